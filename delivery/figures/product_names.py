"""What products are called: the name that came with a policy, in its delivery note.

The trail has the code alone. A policy of the newest month in which a product was underwritten tells its name; where
that note was erased or cannot be read, a few others are asked, and then there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.errors import DeliveryDataBroken
from delivery.models import DeliveryRow
from delivery.service.notes import read_note
from esign.public.figures import Month
from esign.public.people import PersonalRecords, RecordErased

TRIED: Final = 3
"""So many notes of a product are read at most."""


def product_names(session: Session, records: PersonalRecords, newest: Iterable[tuple[str, Month]]) -> Mapping[str, str]:
    """Return the names of products, each given with the newest month of its policies; without those that have none.

    Two products of one name are told apart by their codes.
    """
    found: dict[str, str] = {}
    for product, month in newest:
        name = _name(session, records, product, month)
        if name is not None:
            found[product] = name
    names = list(found.values())
    return {code: name if names.count(name) == 1 else f"{name} {code}" for code, name in found.items()}


def _name(session: Session, records: PersonalRecords, product: str, month: Month) -> str | None:
    """Return what the latest policies of the month say: the index by the day of underwriting bounds the search."""
    first = date.fromisoformat(f"{month}-01")
    chosen = select(DeliveryRow.note).where(
        DeliveryRow.underwritten_on >= first,
        DeliveryRow.underwritten_on < _next(first),
        DeliveryRow.product == product,
        DeliveryRow.note.is_not(None),
    )
    for note in session.scalars(chosen.order_by(DeliveryRow.underwritten_on.desc()).limit(TRIED)):
        try:
            return read_note(session, records, str(note)).product
        except (RecordErased, DeliveryDataBroken):  # another policy of the product tells it
            continue
    return None


def _next(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
