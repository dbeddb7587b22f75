"""The streams of print runs (`run_...`) and parcels (`pcl_...`), and their rows."""

from __future__ import annotations

from typing import Final, TypeAlias

from sqlalchemy.orm import Session

from delivery.domain.command import Command
from delivery.domain.event import Event
from delivery.domain.parcel import Parcel, decide_parcel, evolve_parcel
from delivery.domain.print_run import PrintFileErased, PrintFileTaken, PrintRun, PrintRunBegun, decide_run, evolve_run
from delivery.models import ParcelRow, PrintFile, PrintRunRow
from delivery.service.streams import FORMS
from esign.public.events import Change, Streams, holding

RUN: Final = "run"
PARCEL: Final = "pcl"
RunChange: TypeAlias = Change[PrintRun | None, Event]
ParcelChange: TypeAlias = Change[Parcel | None, Event]
RunStreams: TypeAlias = Streams[PrintRun | None, Command, Event]
ParcelStreams: TypeAlias = Streams[Parcel | None, Command, Event]


def run_streams() -> RunStreams:
    return Streams(
        FORMS,
        prefix=f"{RUN}_",
        start=None,
        decide=decide_run,
        evolve=evolve_run,
        project=_project_run,
        hold=holding(PrintRunRow),
    )


def parcel_streams() -> ParcelStreams:
    return Streams(
        FORMS,
        prefix=f"{PARCEL}_",
        start=None,
        decide=decide_parcel,
        evolve=evolve_parcel,
        project=_project_parcel,
        hold=holding(ParcelRow),
    )


def _project_run(session: Session, change: RunChange) -> None:
    """Bring the rows of a run and its files to where the change leaves them; whoever made a file adds its row."""
    for event in change.events:
        if isinstance(event, PrintRunBegun):
            row = PrintRunRow(
                id=change.stream,
                print_centre=event.print_centre,
                day=event.printed_on,
                number=event.number,
                policies=event.policies,
                begun_at=event.at,
            )
            session.add(row)
        elif isinstance(event, PrintFileTaken | PrintFileErased):
            file = session.get(PrintFile, event.file)
            if file is None:
                continue
            if isinstance(event, PrintFileErased):
                file.erase_on = None
            else:
                file.taken_at = event.at
    session.flush()


def _project_parcel(session: Session, change: ParcelChange) -> None:
    """Bring the row of a parcel to its state."""
    state = change.after
    if state is None or not change.events:
        return
    row = session.get(ParcelRow, change.stream)
    if row is None:
        row = ParcelRow(
            id=change.stream,
            print_centre=state.print_centre,
            outlet=state.outlet,
            way=state.way.value,
            stops=list(state.stops),
            opened_at=change.events[0].at,
        )
        session.add(row)
    row.state = state.state.value
    row.policies = state.policies
    session.flush()
