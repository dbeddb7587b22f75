"""The settlement on paper (车险赔付确认书), which the insured signs in a ceremony of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.resources import files
from typing import Any, Final

from claims.domain.values import INSURERS_ZONE
from claims.settlement.telling import in_yuan
from esign.public.places import AtAnchor
from esign.public.typesetting import Typeface, set_document

ANCHOR: Final = "被保险人签名"
SEAL_ANCHOR: Final = "保险人签章"
BOX_WIDTH, BOX_HEIGHT = 311, 84
TITLE: Final = "车险赔付确认书"
_TEMPLATES: Final = files("claims.agreements") / "templates"


def _place(anchor: str) -> AtAnchor:
    return AtAnchor(anchor, right=10.0, up=-28.0, width=BOX_WIDTH - 4, height=BOX_HEIGHT - 4)


PLACE: Final = _place(ANCHOR)
"""Where the insured signs."""
SEAL_PLACE: Final = _place(SEAL_ANCHOR)
"""Where the insurer seals."""


@dataclass(frozen=True)
class SettlementPaper:
    """What the paper says. Amounts are in fen; `lines` are name, quantity and amount, `covers` name and amount, `steps`
    sentences in Chinese; `digest` is that of what the
    offer shows, as the trail has it."""

    company: str
    policy: str
    insured: str = field(repr=False)
    insured_id: str = field(repr=False)
    plate: str = field(repr=False)
    occurred_at: datetime
    lines: Sequence[tuple[str, int, int]]
    injury: int
    steps: Sequence[str]
    covers: Sequence[tuple[str, int]]
    fen: int
    premium_without: int
    premium_with: int
    digest: str
    made_on: date


def settlement_pdf(paper: SettlementPaper, typeface: Typeface) -> bytes:
    """Return the paper; the places are `PLACE` and `SEAL_PLACE`.

    Raises `EsignError`: `document-characters-missing`, `document-fonts-missing`, `document-not-set`.
    """
    return set_document(_TEMPLATES, "settlement.typ", paper_data(paper), typeface, day=paper.made_on)


def paper_data(paper: SettlementPaper) -> dict[str, Any]:
    """Return what the template is given."""
    day, occurred = paper.made_on, paper.occurred_at.astimezone(INSURERS_ZONE)
    return {
        "title": TITLE,
        "company": paper.company,
        "policy": paper.policy,
        "insured": paper.insured,
        "insured_id": _masked(paper.insured_id),
        "plate": paper.plate,
        "occurred": f"{_day_words(occurred.date())} {occurred:%H:%M}",
        "lines": [[name, str(quantity), in_yuan(fen)] for name, quantity, fen in paper.lines],
        "injury": in_yuan(paper.injury) if paper.injury else None,
        "steps": list(paper.steps),
        "covers": [[name, in_yuan(fen)] for name, fen in paper.covers],
        "amount": in_yuan(paper.fen),
        "premium": [in_yuan(paper.premium_without), in_yuan(paper.premium_with)],
        "digest": [paper.digest[:32], paper.digest[32:]],
        "made_on": _day_words(day),
        "date": [day.year, day.month, day.day],
        "anchors": {"insured": ANCHOR, "seal": SEAL_ANCHOR},
        "box": {"width": BOX_WIDTH, "height": BOX_HEIGHT},
    }


def _day_words(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _masked(number: str) -> str:
    """Return an ID number of which the first six and last four characters are left."""
    return f"{number[:6]}{'*' * max(len(number) - 10, 0)}{number[-4:]}" if len(number) > 10 else number
