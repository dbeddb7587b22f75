"""The receipt for an insurance contract (保险合同签收回执), which the applicant signs in a ceremony of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import Any, Final

from esign.public.places import AtAnchor
from esign.public.typesetting import Typeface, set_document

ANCHOR: Final = "投保人签收"
SEAL_ANCHOR: Final = "保险人签章"
BOX_WIDTH, BOX_HEIGHT = 311, 96
_TEMPLATES: Final = files("delivery.documents") / "templates"


def _place(anchor: str) -> AtAnchor:
    return AtAnchor(anchor, right=10.0, up=-28.0, width=BOX_WIDTH - 4, height=BOX_HEIGHT - 4)


PLACE: Final = _place(ANCHOR)
"""Where the applicant signs."""
SEAL_PLACE: Final = _place(SEAL_ANCHOR)
"""Where the insurer seals."""


@dataclass(frozen=True)
class Receipt:
    """What a receipt says. `digest` is that of the contract's file, 64 hexadecimal digits; `reached_by` says how the
    contract came to the customer, in Chinese; `made_on` is the day on which the receipt was set."""

    policy: str
    proposal: str
    company: str
    product: str
    applicant: str = field(repr=False)
    applicant_id: str = field(repr=False)
    insured: str = field(repr=False)
    underwritten_on: date
    issued_on: date
    effective_on: date
    channel: str
    reached_by: str = field(repr=False)
    digest: str
    hesitation_days: int
    hesitation: tuple[date, date] | None
    made_on: date


def receipt_pdf(receipt: Receipt, typeface: Typeface) -> bytes:
    """Return the receipt as one page; the places are `PLACE` and `SEAL_PLACE`.

    Raises `EsignError`: `document-characters-missing`, `document-fonts-missing`, `document-not-set`.
    """
    return set_document(_TEMPLATES, "receipt.typ", receipt_data(receipt), typeface, day=receipt.made_on)


def receipt_data(receipt: Receipt) -> dict[str, Any]:
    """Return what the template is given."""
    period = receipt.hesitation
    day = receipt.made_on
    return {
        "title": "保险合同签收回执",
        "company": receipt.company,
        "policy": receipt.policy,
        "proposal": receipt.proposal,
        "product": receipt.product,
        "applicant": receipt.applicant,
        "applicant_id": masked(receipt.applicant_id),
        "insured": receipt.insured,
        "underwritten_on": day_words(receipt.underwritten_on),
        "issued_on": day_words(receipt.issued_on),
        "effective_on": day_words(receipt.effective_on),
        "channel": receipt.channel,
        "reached_by": receipt.reached_by,
        "digest": [receipt.digest[:32], receipt.digest[32:]],
        "days": receipt.hesitation_days,
        "period": None if period is None else [day_words(one) for one in period],
        "made_on": day_words(day),
        "date": [day.year, day.month, day.day],
        "anchors": {"applicant": ANCHOR, "seal": SEAL_ANCHOR},
        "box": {"width": BOX_WIDTH, "height": BOX_HEIGHT},
    }


def day_words(day: date) -> str:
    """Return the day as it is printed."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def masked(number: str) -> str:
    """Return an ID number of which the first six and last four characters are left."""
    return f"{number[:6]}{'*' * max(len(number) - 10, 0)}{number[-4:]}" if len(number) > 10 else number
