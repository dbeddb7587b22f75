"""The sequencer: gives every event its place in the tree, in order, one process at a time.

Transactions commit in another order than they began, so no column that is filled on appending can say which events
are new. The database notes each event as pending in the transaction that appends it; the sequencer, alone behind
a lock, gives those the next positions. An event of a stream is never placed before an earlier one of it: a version
is appended only by whoever sees the one before, so it has the higher number and is seen no sooner.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import and_, bindparam, delete, func, or_, select, text
from sqlalchemy.orm import Session

from esign.infra.bulk import among, insert_rows
from esign.infra.statements import table_of
from esign.trail.errors import TrailDamaged
from esign.trail.event import canonical_around
from esign.trail.log import COLUMNS, event_read_lately
from esign.trail.merkle import Frontier, Node, full_nodes, leaf_hash
from esign.trail.models import TrailEvent, TrailLeaf, TrailNode, TrailPending

ADVISORY_LOCK: Final = 0x747261696C  # "trail"
BATCH: Final = 500

_EVENTS, _PENDING, _LEAVES, _NODES = (table_of(one) for one in (TrailEvent, TrailPending, TrailLeaf, TrailNode))
_LOCK: Final = text("SELECT pg_advisory_xact_lock(:lock)")
_WAITING: Final = select(_PENDING.c.number).order_by(_PENDING.c.number).limit(bindparam("limit"))
_NUMBERED: Final = select(*(_EVENTS.c[column.key] for column in COLUMNS)).order_by(_EVENTS.c.number)
_PLACED: Final = delete(_PENDING)
_LAST: Final = select(func.max(_LEAVES.c.position))


class StoredNodes:
    """The nodes in the database, as a `esign.trail.merkle.NodeSource`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def hashes(self, nodes: Collection[Node]) -> Mapping[Node, bytes]:
        levels: dict[int, list[int]] = {}
        for node in nodes:
            levels.setdefault(node.level, []).append(node.index)
        if not levels:
            return {}
        # Level by level, since SQLite answers a list of pairs by reading the whole table.
        wanted = [and_(TrailNode.level == level, TrailNode.index.in_(indexes)) for level, indexes in levels.items()]
        found = self._session.execute(select(TrailNode.level, TrailNode.index, TrailNode.hash).where(or_(*wanted)))
        return {Node(level, index): value for level, index, value in found}


def tree_size(session: Session) -> int:
    """Return how many events have a leaf."""
    last = session.scalar(_LAST)
    return 0 if last is None else last + 1


def waiting(session: Session) -> int:
    """Return how many events have no leaf yet."""
    return session.scalar(select(func.count()).select_from(TrailPending)) or 0


class Sequencer:
    """Gives positions to pending events."""

    def run_once(self, session: Session, *, limit: int = BATCH) -> int:
        """Place at most `limit` pending events in the caller's transaction, which must be one that may write.

        Returns how many; 0 if there were none. Waits for another sequencer to commit: PostgreSQL by an advisory
        lock, SQLite because the transaction holds the only write lock there is. Raises `TrailDamaged` if a node
        is missing, and that or `EventRefused` if a pending event is not one that this product wrote; nothing is
        placed then.
        """
        if session.get_bind().dialect.name == "postgresql":
            session.execute(_LOCK, {"lock": ADVISORY_LOCK})
        # Two questions instead of a join: a planner could answer that by walking through every event there ever was.
        waiting = list(session.scalars(_WAITING, {"limit": limit}))
        if not waiting:
            return 0
        ids, leaves = [], []
        for row in session.execute(_NUMBERED.where(among(session, _EVENTS.c.number, waiting))).all():
            event = event_read_lately(row[:])
            ids.append(event.id)
            leaves.append(leaf_hash(canonical_around(event, row.payload)))
        frontier = stored_frontier(session)
        places = list(enumerate(ids, frontier.size))
        filled = [(node.level, node.index, value) for leaf in leaves for node, value in frontier.append(leaf)]
        insert_rows(session, _LEAVES, ("position", "event_id"), places)
        insert_rows(session, _NODES, ("level", "index", "hash"), filled)
        session.execute(_PLACED.where(among(session, _PENDING.c.number, waiting)))
        return len(ids)


def stored_frontier(session: Session) -> Frontier:
    """Return the right edge of the stored tree. Raises `TrailDamaged` (`trail-nodes`)."""
    size = tree_size(session)
    edge = list(full_nodes(0, size))
    found = StoredNodes(session).hashes(edge)
    if len(found) != len(edge):
        raise TrailDamaged(
            "trail-nodes",
            f"{len(edge) - len(found)} nodes at the edge of the tree of {size} leaves are missing",
            "compare the database with an exported trail",
        )
    return Frontier(size, [found[node] for node in edge])


def unplaced(session: Session) -> list[str]:
    """Return the ids of events that neither have a leaf nor are pending: there are none, unless somebody meddled.

    Reads the whole table: for `doctor`, not for every tick.
    """
    return list(
        session.scalars(
            select(TrailEvent.id)
            .where(~select(TrailLeaf.position).where(TrailLeaf.event_id == TrailEvent.id).exists())
            .where(~select(TrailPending.number).where(TrailPending.number == TrailEvent.number).exists())
            .order_by(TrailEvent.number)
        )
    )
