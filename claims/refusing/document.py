"""The notice of a refusal (拒赔通知书) as one page: reasons, the insurer's own words, and what the customer can do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import Any, Final

from esign.public.places import AtAnchor
from esign.public.typesetting import Typeface, set_document

SEAL_ANCHOR: Final = "保险人签章"
BOX_WIDTH, BOX_HEIGHT = 311, 96
PLACE: Final = AtAnchor(SEAL_ANCHOR, right=10.0, up=-28.0, width=BOX_WIDTH - 4, height=BOX_HEIGHT - 4)
"""Where the insurer seals."""
_TEMPLATES: Final = files("claims.refusing") / "templates"


@dataclass(frozen=True)
class Notice:
    """What a notice says. `reasons` are in Chinese, `words` are the handler's own; days are the insurer's."""

    claim: str
    policy: str
    company: str
    insured: str = field(repr=False)
    plate: str = field(repr=False)
    occurred_on: date
    reported_on: date
    refused_on: date
    reasons: tuple[str, ...]
    words: str = field(repr=False)


def notice_pdf(notice: Notice, typeface: Typeface) -> bytes:
    """Return the notice; the insurer seals at `PLACE`.

    Raises `EsignError`: `document-characters-missing`, `document-fonts-missing`, `document-not-set`.
    """
    return set_document(_TEMPLATES, "refusal.typ", notice_data(notice), typeface, day=notice.refused_on)


def notice_data(notice: Notice) -> dict[str, Any]:
    """Return what the template is given."""
    day = notice.refused_on
    return {
        "title": "拒赔通知书",
        "company": notice.company,
        "claim": notice.claim.removeprefix("clm_").upper(),
        "policy": notice.policy,
        "insured": notice.insured,
        "plate": notice.plate,
        "occurred_on": day_words(notice.occurred_on),
        "reported_on": day_words(notice.reported_on),
        "refused_on": day_words(day),
        "reasons": list(notice.reasons),
        "words": [one for one in notice.words.split("\n") if one.strip()],
        "date": [day.year, day.month, day.day],
        "anchor": SEAL_ANCHOR,
        "box": {"width": BOX_WIDTH, "height": BOX_HEIGHT},
    }


def day_words(day: date) -> str:
    """Return the day as it is printed."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
