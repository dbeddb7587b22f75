"""The rows of figures: a consumer takes down what many events tell, lot by lot, in a few statements.

A page then reads counts of lots, not claims. All of it can be dropped and made anew from the trail
(`esign.public.events.rebuild`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from claims.figures.courses import Course, read_course
from claims.figures.models import ClaimsLotRow, ClaimsUntilRow, CourseRow
from claims.figures.tallies import Key, Tally, key_of, read_tally
from claims.figures.telling import CLAIM, TOLD, tell
from claims.service.streams import FORMS
from esign.public.events import LoggedEvent, ManyProjection
from esign.public.figures import seconds_of
from esign.public.rows import among, put_rows, table_of

NAME: Final = "claims-figures"
_COURSES, _LOTS, _UNTIL = table_of(CourseRow), table_of(ClaimsLotRow), table_of(ClaimsUntilRow)
_LOT_COLUMNS: Final = ("lot", "month", "institution", "tier", "lane", "told")
_ONE: Final = 1


def figures_projection() -> ManyProjection:
    """Return the consumer that keeps the rows."""
    return ManyProjection(NAME, lambda session, logged: _take_down(session, (logged,)), _clear, _take_down)


def _take_down(session: Session, events: Sequence[LoggedEvent]) -> None:
    own = [logged.event for logged in events if logged.event.stream.startswith(CLAIM)]
    if not own:
        return
    known = session.scalar(select(_UNTIL.c.until)) or 0
    until = max(known, *(seconds_of(event.time) for event in own))
    put_rows(session, _UNTIL, "id", ("id", "until"), [(_ONE, until)])
    telling = [event for event in own if event.type in TOLD]
    before = _courses(session, {event.stream for event in telling})
    after: dict[str, Course] = dict(before)
    for event in telling:
        course = tell(after.get(event.stream), FORMS.vocabulary.current(event))
        if course is not None:
            after[event.stream] = course
    changed = [course for stream, course in after.items() if before.get(stream) != course]
    put_rows(session, _COURSES, "claim", ("claim", "told"), [(course.claim, course.kept()) for course in changed])
    _count(session, [(before.get(course.claim), course) for course in changed])


def _courses(session: Session, streams: Iterable[str]) -> Mapping[str, Course]:
    names = sorted(streams)
    if not names:
        return {}
    found = select(_COURSES.c.claim, _COURSES.c.told).where(among(session, _COURSES.c.claim, names))
    return {claim: read_course(told) for claim, told in session.execute(found)}


def _count(session: Session, changes: Iterable[tuple[Course | None, Course]]) -> None:
    """Take away from each lot what its claims were counted as, and count them as they are."""
    more: dict[Key, Tally] = defaultdict(Tally)
    for before, after in changes:
        if before is not None:
            more[key_of(before)].count(before, -1)
        more[key_of(after)].count(after)
    if not more:
        return
    names = {_name(key): key for key in more}
    found = select(_LOTS.c.lot, _LOTS.c.told).where(among(session, _LOTS.c.lot, sorted(names)))
    for lot, told in session.execute(found):
        more[names[lot]].add(read_tally(told))
    rows = [
        (name, key.month, key.institution or None, key.tier, key.lane, more[key].kept()) for name, key in names.items()
    ]
    put_rows(session, _LOTS, "lot", _LOT_COLUMNS, rows)


def _name(key: Key) -> str:
    return " ".join(key)


def _clear(session: Session) -> None:
    for table in (_COURSES, _LOTS, _UNTIL):
        session.execute(delete(table))
