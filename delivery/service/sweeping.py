"""The daily sweep: day 12 opens a chase, day 16 makes late. One indexed question for what is due, then batches.

A day in the past is due too, so a sweep that did not run misses nothing; and what is due is told by the row that the
last event left, so a sweep that runs twice finds nothing the second time.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Final, TypeAlias

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from delivery.domain import commands as c
from delivery.domain import wants_reminder
from delivery.domain.clocks import day_of
from delivery.errors import DeliveryRefused
from delivery.models import DeliveryRow
from delivery.service.deliveries import ACTOR, Asked, Deliveries
from delivery.service.streams import chase_of
from delivery.service.telling import Telling
from esign.public.events import retried
from esign.public.rows import new_id, table_of
from esign.public.work import log_for

SWEPT_AT_ONCE: Final = 1000
REMINDED_AT_ONCE: Final = 200
REMIND: Final = "remind"
"""The kind of the task that reminds salespeople: one for a batch of the sweep, not for each of a thousand chases."""

Place: TypeAlias = tuple[date, str]
"""How far a sweep has come: the day on which the last one was due, and its id."""
_ROWS: Final = table_of(DeliveryRow)
_DUE: Final = (
    select(_ROWS.c.id, _ROWS.c.client, _ROWS.c.chase, _ROWS.c.due_on, _ROWS.c.watch_on)
    .where(_ROWS.c.watch_on <= bindparam("today"), _ROWS.c.watch_on >= bindparam("day"))
    .where((_ROWS.c.watch_on > bindparam("day")) | (_ROWS.c.id > bindparam("after")))
    .order_by(_ROWS.c.watch_on, _ROWS.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
"""Held until the end of the transaction: what is due cannot be received meanwhile. Whoever holds one already is at work
on it, and it is due again at the next sweep."""

_UNTOLD: Final = (
    select(_ROWS.c.id)
    .where(_ROWS.c.wants_reminder, _ROWS.c.id > bindparam("after"))
    .order_by(_ROWS.c.id)
    .limit(bindparam("most"))
    .with_for_update()
)

_FIRST: Final = (date.min, "")

_log = log_for(__name__)


class Sweeping:
    """Sweeps, and reminds of what it found."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries
        self._house = deliveries.house
        self._telling = Telling(deliveries.house)

    def sweep(self) -> int:
        """Open every chase and record all lateness that is due by now; return for how many deliveries."""
        today, place, total = day_of(self._house.clock()), _FIRST, 0
        while True:
            last, swept = retried(self._house.database, partial(self._sweep, today, place))
            total += swept
            if last is None:
                return total
            place = last

    def _sweep(self, today: date, place: Place, session: Session) -> tuple[Place | None, int]:
        """Sweep the next ones after this place; return the last one's place where there are more, and for how many
        something was recorded.

        One that is refused keeps no other from its day, however many are refused: it is told in the log, passed over,
        and due again at the next sweep.
        """
        asked: list[Asked] = []
        due = session.execute(_DUE, {"today": today, "day": place[0], "after": place[1], "most": SWEPT_AT_ONCE}).all()
        for delivery, client, chase, due_on, _watch_on in due:
            at = self._deliveries.now(session, client)
            if chase is None:
                asked.append((delivery, c.OpenChase(at=at, chase=chase_of(delivery))))
            if today > due_on:
                asked.append((delivery, c.FallLate(at=at)))
        done = self._deliveries.execute_many(session, asked, actor=ACTOR, refusals=DeliveryRefused)
        if any(change.after is not None and wants_reminder(change.after) for change in done.changes.values()):
            self._house.tasks.add(session, REMIND, new_id("swp", self._house.clock()))
        for delivery, refused in done.refused.items():
            _log.failed("a delivery was not swept", refused, record=delivery)
        last = (due[-1].watch_on, due[-1].id) if len(due) == SWEPT_AT_ONCE else None
        return last, len(done.changes)

    def remind(self, _sweep: str) -> None:
        """Remind salespeople of what is chased and was not told them yet: the task's work, whichever sweep entered it.

        Who is no member of staff is told nothing. What was received meanwhile needs no reminder.
        """
        after = ""
        while True:
            after, looked_at = retried(self._house.database, partial(self._remind, after))
            if looked_at < REMINDED_AT_ONCE:
                return

    def _remind(self, after: str, session: Session) -> tuple[str, int]:
        """Return the last delivery that was looked at, and how many were."""
        found = session.scalars(_UNTOLD, {"after": after, "most": REMINDED_AT_ONCE}).all()
        asked: list[Asked] = []
        for delivery in found:
            state = self._deliveries.get(session, delivery)
            if not wants_reminder(state) or state.chase is None:
                continue
            at = max(self._deliveries.now(session, state.application.client), state.last_at)
            if self._telling.tell_chased(session, delivery, state, at):
                asked.append((delivery, c.Remind(at=at, reminder=reminder_of(state.chase.id))))
        self._deliveries.execute_many(session, asked, actor=ACTOR)
        return (found[-1] if found else after), len(found)

    def give_up(self, sweep: str, reason: str) -> None:
        """Tell that reminding ended; what was not told is told after the next sweep that chases something."""
        _log.error("salespeople were not reminded", record=sweep, code=reason)


def reminder_of(chase: str) -> str:
    """Return the id of the first reminder of a chase."""
    return f"rmd_{chase.partition('_')[2]}"
