"""Lists by which people count: of a print run, of a print file, of what lies in a parcel. As PDF and as CSV."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.domain.paper_events import DeliveryPrinted
from delivery.domain.print_code import print_code
from delivery.domain.refusal import refusal
from delivery.domain.values import RouteWay
from delivery.errors import DeliveryDataBroken
from delivery.models import DeliveryRow, ParcelRow, PrintLine, PrintRunRow
from delivery.printing.papers import Label, ListLine, label_pdf, list_pdf
from delivery.printing.parcels import label_of
from delivery.service.notes import UNREADABLE_TEXT, masked, read_note
from delivery.service.streams import FORMS
from esign.public.events import read_streams
from esign.public.figures import BYTE_ORDER_MARK, csv_text
from esign.public.house import House
from esign.public.people import ERASED_TEXT, RecordErased, name_of_institution

HEAD = ("序号", "保单号", "投保人", "网点", "页数")


class Lists:
    """Makes lists when somebody asks: none is kept."""

    def __init__(self, house: House) -> None:
        self._house = house

    def of_run(self, session: Session, run: str, outlet: str | None = None) -> Sequence[ListLine]:
        """Return the policies of a run in order, of one outlet where it is named. Raises `DeliveryRefused`."""
        self._run(session, run)
        chosen = select(PrintLine, DeliveryRow).join(DeliveryRow, DeliveryRow.id == PrintLine.delivery)
        chosen = chosen.where(PrintLine.run == run).order_by(PrintLine.position)
        if outlet is not None:
            chosen = chosen.where(PrintLine.outlet == outlet)
        found, names = session.execute(chosen).all(), dict[str, str]()
        prints = _prints(session, [line.delivery for line, _ in found])
        return [
            ListLine(
                line.position,
                line.policy,
                _code(line.policy, next((one for one in prints.get(line.delivery, ()) if one.run == run), None)),
                self._applicant(session, row.note),
                self._name(session, names, line.outlet),
                line.pages,
            )
            for line, row in found
        ]

    def of_parcel(self, session: Session, parcel: str) -> Sequence[ListLine]:
        """Return what lies in a parcel, by number."""
        chosen = select(DeliveryRow).where(DeliveryRow.is_open, DeliveryRow.parcel == parcel)
        rows, names = session.scalars(chosen.order_by(DeliveryRow.policy)).all(), dict[str, str]()
        prints = _prints(session, [row.id for row in rows])
        return [
            ListLine(
                number,
                str(row.policy),
                _code(str(row.policy), next(iter(prints.get(row.id, ())), None)),
                self._applicant(session, row.note),
                self._name(session, names, row.institution),
                None,
            )
            for number, row in enumerate(rows, 1)
        ]

    def run_pdf(self, session: Session, run: str, outlet: str | None = None) -> bytes:
        """Return the list of a run as a PDF."""
        row = self._run(session, run)
        lines = self.of_run(session, run, outlet)
        centre = name_of_institution(session, self._house.records, row.print_centre)
        about = f"{centre}　{row.day.isoformat()} 第 {row.number} 批"
        return list_pdf("打印清单", about, lines, self._house.organisation, self._house.typeface, day=row.day)

    def run_csv(self, session: Session, run: str, outlet: str | None = None) -> str:
        """Return the list of a run as CSV for a spreadsheet; what begins like a formula is none."""
        lines = self.of_run(session, run, outlet)
        rows = [
            (str(one.position), one.policy, one.applicant, one.outlet, "" if one.pages is None else str(one.pages))
            for one in lines
        ]
        return BYTE_ORDER_MARK + csv_text(HEAD, rows)

    def parcel_pdf(self, session: Session, parcel: str) -> bytes:
        """Return the list of a parcel as a PDF. Raises `DeliveryRefused` (`no-parcel`)."""
        row = self._parcel(session, parcel)
        about = f"{label_of(parcel)}　{name_of_institution(session, self._house.records, row.outlet)}"
        lines, house = self.of_parcel(session, parcel), self._house
        return list_pdf("包裹清单", about, lines, house.organisation, house.typeface, day=row.opened_at.date())

    def label(self, session: Session, parcel: str) -> bytes:
        """Return the label of a parcel as a PDF. Raises `DeliveryRefused` (`no-parcel`)."""
        row, records = self._parcel(session, parcel), self._house.records
        stops = [name_of_institution(session, records, one) for one in row.stops]
        label = Label(
            code=label_of(parcel),
            outlet=name_of_institution(session, records, row.outlet),
            print_centre=name_of_institution(session, records, row.print_centre),
            route="直达" if row.way == RouteWay.DIRECT.value else " → ".join(stops) or "中转",
            policies=row.policies or None,
            day=row.opened_at.date(),
        )
        return label_pdf(label, self._house.organisation, self._house.typeface)

    def _run(self, session: Session, run: str) -> PrintRunRow:
        row = session.get(PrintRunRow, run)
        if row is None:
            raise refusal("no-print-run")
        return row

    def _parcel(self, session: Session, parcel: str) -> ParcelRow:
        row = session.get(ParcelRow, parcel)
        if row is None:
            raise refusal("no-parcel")
        return row

    def _applicant(self, session: Session, note: str | None) -> str:
        if note is None:
            return ""
        try:
            return masked(read_note(session, self._house.records, note).applicant.name)
        except RecordErased:
            return ERASED_TEXT
        except DeliveryDataBroken:
            return UNREADABLE_TEXT

    def _name(self, session: Session, names: dict[str, str], institution: str) -> str:
        """Return an institution's name, asked once."""
        if institution not in names:
            names[institution] = name_of_institution(session, self._house.records, institution)
        return names[institution]


def _prints(session: Session, deliveries: Sequence[str]) -> dict[str, list[DeliveryPrinted]]:
    """Return how each of these deliveries was printed, the last time first."""
    found: dict[str, list[DeliveryPrinted]] = {}
    for delivery, events in read_streams(session, deliveries, types=[DeliveryPrinted.type.name]).items():
        read = [FORMS.event_of(one) for one in reversed(events)]
        found[delivery] = [one for one in read if isinstance(one, DeliveryPrinted)]
    return found


def _code(policy: str, printed: DeliveryPrinted | None) -> str:
    """Return what the bar code of a cover says: that of the print, or the number where covers bore that alone."""
    return policy if printed is None or not printed.coded else print_code(policy, printed.copy)
