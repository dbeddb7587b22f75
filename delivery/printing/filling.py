"""What goes into a print file: contracts as their events name them, checked by digest, and their cover sheets."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy.orm import Session

from delivery.domain import Delivery
from delivery.domain.values import DeliveryState
from delivery.errors import DeliveryDataBroken, DeliveryTrailBroken
from delivery.models import PrintLine, PrintRunRow
from delivery.printing.merging import Merged, merged
from delivery.printing.papers import Cover, cover_sheets
from delivery.service.notes import Note, read_note
from delivery.service.streams import DeliveryStreams, delivery_streams
from esign.public.console import member_name
from esign.public.documents import NotAvailable
from esign.public.events import read_stream
from esign.public.house import House
from esign.public.people import ERASED_TEXT, RecordErased, RecordError, SealedDataError, name_of_institution
from esign.public.typesetting import lacking, printed_typefaces

ERASED: Final = "contract-erased"
MISSING: Final = "contract-missing"
OTHER: Final = "contract-differs"
UNPRINTABLE: Final = "document-characters-missing"
UNREADABLE: Final = "note-malformed"
_TROUBLES: Final[Mapping[type[Exception], str]] = {
    RecordErased: ERASED,
    NotAvailable: MISSING,
    RecordError: MISSING,
    SealedDataError: OTHER,
    DeliveryDataBroken: UNREADABLE,
}
LinkOf: TypeAlias = Callable[[Session, House, str, Delivery], str | None]
"""Returns the address at which the customer signs the receipt of a delivery, None where there is none."""


@dataclass(frozen=True)
class Page:
    """A policy of a run as it is printed, or the code of why it cannot be."""

    position: int
    delivery: str
    outlet: str
    last_at: datetime
    trouble: str | None = None
    document: str = ""
    cover: Cover | None = field(default=None, repr=False)


class Filling:
    """Reads what is printed, and makes the file."""

    def __init__(self, house: House, link_of: LinkOf) -> None:
        self._house = house
        self._link_of = link_of
        self._streams: DeliveryStreams = delivery_streams()

    def read(self, lines: Sequence[PrintLine]) -> list[Page]:
        """Return each policy with its cover sheet, its contract found and compared with the digest of its issue."""
        typefaces = printed_typefaces(self._house.typeface)
        found = []
        for line in lines:
            with self._house.database.transaction() as session:
                page = self._page(session, line)
            cover = page.cover
            told = "" if cover is None else cover.applicant + cover.address + cover.salesperson + cover.product
            if lacking(told, typefaces):
                page = Page(page.position, page.delivery, page.outlet, page.last_at, UNPRINTABLE)
            found.append(page)
        return found

    def merge(self, run: str, pages: Sequence[Page]) -> Merged:
        """Return the file of these policies. Contracts are read one after another."""
        with self._house.database.reading() as session:
            row = session.get_one(PrintRunRow, run)
            batch, day = f"{row.day.isoformat()} 第 {row.number} 批", row.day
        covers = [one.cover for one in pages if one.cover is not None]
        sheets = cover_sheets(covers, batch, self._house.organisation, self._house.typeface, day=day)
        return merged(sheets, self._contracts(pages))

    def _contracts(self, pages: Sequence[Page]) -> Iterator[bytes]:
        for page in pages:
            with self._house.database.reading() as session:
                yield self._house.documents.read_named(session, page.document)

    def _page(self, session: Session, line: PrintLine) -> Page:
        state = self._streams.read(session, line.delivery).state
        where = (line.position, line.delivery, line.outlet)
        if state is None:
            raise DeliveryTrailBroken("trail-broken", f"{line.delivery} has a line and no events", "compare the trail")
        if state.state is not DeliveryState.TO_PRINT:
            return Page(*where, state.last_at, f"delivery-{state.state.value}")
        issued = [one for one in read_stream(session, state.application.proposal) if one.type == "policy.issued"]
        note = None if state.issued is None else state.issued.note
        if not issued or note is None:
            return Page(*where, state.last_at, MISSING)
        document, digest = str(issued[-1].payload["document"]), str(issued[-1].payload["contract"])
        try:
            told = read_note(session, self._house.records, note)
            content = self._house.documents.read_named(session, document)
        except tuple(_TROUBLES) as hindered:  # it keeps no other from being printed
            return Page(*where, state.last_at, _TROUBLES[type(hindered)])
        if hashlib.sha256(content).hexdigest() != digest:
            return Page(*where, state.last_at, OTHER)
        return Page(*where, state.last_at, None, document, self._cover(session, line, told, state))

    def _cover(self, session: Session, line: PrintLine, note: Note, state: Delivery) -> Cover:
        """Whoever sees to it now is named: it may be another than sold it."""
        named = member_name(session, self._house.records, state.salesperson)
        sold_by = "" if note.sales is None else note.sales.name
        return Cover(
            position=line.position,
            policy=line.policy,
            copy=state.copy.number,
            product=note.product,
            applicant=note.applicant.name,
            address=note.applicant.address,
            outlet=name_of_institution(session, self._house.records, line.outlet),
            salesperson=sold_by if named in (state.salesperson, ERASED_TEXT) else named,
            hesitation_days=note.hesitation_days,
            link=self._link_of(session, self._house, line.delivery, state),
        )
