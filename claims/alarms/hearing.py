"""What the trail says of clocks is told to people: reminders to whoever acts, alarms to the manager, each once.

A consumer: it reads every event in order, at least once. What is heard twice leads to no second message and no second
row.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from claims.alarms.models import AlarmRow
from claims.alarms.owners import nearest, person_of, reminded
from claims.alarms.texts import PASSED, alarm, reminder, short
from claims.clocks.catalogue import end_of
from claims.clocks.days import load_days
from claims.domain import Actor, Claim
from claims.domain import events as e
from claims.domain.values import INSURERS_ZONE
from claims.rules_in_force import clocks_of
from claims.service.office import Office
from claims.service.streams import CLAIM, FORMS
from esign.public.console import Role
from esign.public.events import Event, LoggedEvent
from esign.public.people import member_record
from esign.public.work import log_for

_HEARD: Final = frozenset(
    kind.type.name for kind in (e.ClockReminded, e.ClockBroken, e.AlarmAcknowledged, e.DisputePassed)
)
_log = log_for(__name__)


class ClockHearing:
    """Tells people of clocks."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def hear(self, session: Session, logged: LoggedEvent) -> None:
        """Take down what the event means; the consumer's handler."""
        event = logged.event
        if event.type not in _HEARD or not event.stream.startswith(f"{CLAIM}_"):
            return
        told = FORMS.event_of(event)
        if isinstance(told, e.AlarmAcknowledged):
            acknowledge(session, event.stream, told)
            return
        state = self._office.get(session, event.stream)
        if isinstance(told, e.ClockReminded):
            self._remind(session, event, told, state)
        elif isinstance(told, e.ClockBroken):
            self._alarm(session, event, told, state)
        elif isinstance(told, e.DisputePassed):
            self._pass(session, event, told, state)

    def _remind(self, session: Session, event: Event, told: e.ClockReminded, state: Claim) -> None:
        members = reminded(session, state, Actor(told.owner))
        self._tell(session, event, reminder(told.clock), told.due, members)

    def _alarm(self, session: Session, event: Event, told: e.ClockBroken, state: Claim) -> None:
        managers = nearest(session, state.institution, Role.CLAIMS_MANAGER)
        if session.get(AlarmRow, (event.stream, told.clock, told.due)) is None:
            row = AlarmRow(claim=event.stream, clock=told.clock, due=told.due, institution=state.institution)
            row.owner, row.person = told.owner, person_of(state, Actor(told.owner))
            row.broke_at, row.told = told.at, len(managers)
            session.add(row)
            session.flush()
        if not managers:
            _log.error("a clock broke, and there is no manager to tell", record=event.stream, code=told.clock)
        self._tell(session, event, alarm(told.clock), told.due, managers)

    def _pass(self, session: Session, event: Event, told: e.DisputePassed, state: Claim) -> None:
        """Tell the quotation desk of a dispute that came to it, with the day by which it answers."""
        clocks = clocks_of(state)
        due = end_of(clocks.get("quotation").span, told.at, clocks.closing, load_days())
        self._tell(session, event, PASSED, due, nearest(session, state.institution, Role.QUOTATION))

    def _tell(self, session: Session, event: Event, kind: str, due: datetime, members: Iterable[str]) -> None:
        facts = {"claim": short(event.stream), "at": f"{due.astimezone(INSURERS_ZONE):%m-%d %H:%M}"}
        for member in members:
            record = member_record(session, member)
            if record is not None:
                self._office.house.messages.tell(
                    session, kind, record, about=event.stream, because=event.id, at=event.time, facts=facts
                )


def acknowledge(session: Session, claim: str, told: e.AlarmAcknowledged) -> None:
    """Write down in the row of an alarm who saw it; again changes nothing."""
    row = session.get(AlarmRow, (claim, told.clock, told.due))
    if row is not None:
        row.acknowledged_at, row.acknowledged_by = told.at, told.by
        row.measure, row.words = told.measure, told.words
        session.flush()
