"""The rows of figures: a consumer takes down what many events tell, lot by lot, in a few statements.

A page then reads counts of lots, not policies. All of it can be dropped and made anew from the trail
(`esign.public.events.rebuild`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from delivery.figures.models import LotRow, UntilRow, WayRow
from delivery.figures.tallies import Key, Tally, key_of, read_tally, settled
from delivery.figures.ways import DELIVERY, TOLD, Way, tell
from delivery.service.streams import FORMS
from esign.public.events import LoggedEvent, ManyProjection
from esign.public.figures import seconds_of
from esign.public.rows import among, put_rows, table_of

NAME: Final = "delivery-figures"
_WAYS, _LOTS, _UNTIL = table_of(WayRow), table_of(LotRow), table_of(UntilRow)
_COLUMNS: Final = (*Way._fields, "is_open")
_READ: Final = select(*(_WAYS.c[name] for name in Way._fields))
_LOT_COLUMNS: Final = ("lot", "month", "institution", "channel", "product", "told")
_ONE: Final = 1


def figures_projection() -> ManyProjection:
    """Return the consumer that keeps the rows."""
    return ManyProjection(NAME, lambda session, logged: _take_down(session, (logged,)), _clear, _take_down)


def _take_down(session: Session, events: Sequence[LoggedEvent]) -> None:
    own = [logged.event for logged in events if logged.event.stream.startswith(DELIVERY)]
    if not own:
        return
    known = session.scalar(select(_UNTIL.c.until)) or 0
    until = max(known, *(seconds_of(event.time) for event in own))
    put_rows(session, _UNTIL, "id", ("id", "until"), [(_ONE, until)])
    telling = [event for event in own if event.type in TOLD]
    before = _ways(session, {event.stream for event in telling})
    after: dict[str, Way] = dict(before)
    for event in telling:
        way = tell(after.get(event.stream), FORMS.vocabulary.current(event))
        if way is not None:
            after[event.stream] = way
    changed = [way for stream, way in after.items() if before.get(stream) != way]
    put_rows(session, _WAYS, "delivery", _COLUMNS, [(*way, way.is_open) for way in changed])
    _count(session, [(before.get(way.delivery), way) for way in changed])


def _ways(session: Session, streams: Iterable[str]) -> Mapping[str, Way]:
    names = sorted(streams)
    if not names:
        return {}
    return {row[0]: Way(*row) for row in session.execute(_READ.where(among(session, _WAYS.c.delivery, names)))}


def _count(session: Session, changes: Iterable[tuple[Way | None, Way]]) -> None:
    """Take away from each lot what its policies were counted as, and count them as they are."""
    more: dict[Key, Tally] = defaultdict(Tally)
    for before, after in changes:
        for way, times in ((before, -1), (after, 1)):
            key = None if way is None else key_of(way)
            if way is not None and key is not None and settled(way):
                more[key].count(way, times)
    if not more:
        return
    names = {_name(key): key for key in more}
    found = select(_LOTS.c.lot, _LOTS.c.told).where(among(session, _LOTS.c.lot, sorted(names)))
    for lot, told in session.execute(found):
        more[names[lot]].add(read_tally(told))
    put_rows(session, _LOTS, "lot", _LOT_COLUMNS, [(name, *key, more[key].kept()) for name, key in names.items()])


def _name(key: Key) -> str:
    return " ".join(key)


def _clear(session: Session) -> None:
    for table in (_WAYS, _LOTS, _UNTIL):
        session.execute(delete(table))
