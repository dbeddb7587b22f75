"""A trail edited by hand: what somebody does who owns the tables, has the log's key, and runs the timestamp authority.

They drop the guards, change or remove rows, hash everything anew, and sign it again. Nothing that is left in the
database shows it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, delete, inspect, select, text, update

from ca.ports import TimestampAuthority
from esign.infra.database import Database
from esign.trail.checkpoint import Checkpoint, Origin, sign_checkpoint, timestamp_checkpoint
from esign.trail.event import canonical
from esign.trail.log import COLUMNS, event_of_row
from esign.trail.merkle import Frontier, Tree, leaf_hash
from esign.trail.models import INSERT_ONLY, TrailCheckpoint, TrailEvent, TrailLeaf, TrailNode, TrailPending
from esign.trail.note import NoteKey
from esign.trail.sequencer import StoredNodes, tree_size
from tests.vectors.trail.stored import LOG_KEY, ORIGIN


def cut_off(database: Database, size: int) -> None:
    """Leave the first `size` events, and the checkpoints over no more than them."""
    with unguarded(database) as connection:
        gone = connection.scalars(select(TrailLeaf.event_id).where(TrailLeaf.position >= size)).all()
        connection.execute(delete(TrailLeaf).where(TrailLeaf.position >= size))
        numbers = select(TrailEvent.number).where(TrailEvent.id.in_(gone))
        connection.execute(delete(TrailPending).where(TrailPending.number.in_(numbers)))
        connection.execute(delete(TrailEvent).where(TrailEvent.id.in_(gone)))
        connection.execute(delete(TrailCheckpoint).where(TrailCheckpoint.size > size))
        hash_anew(connection)


def rewrite(database: Database, position: int, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the payload of the event there, hash the tree anew, and remove the checkpoints over it."""
    with unguarded(database) as connection:
        at = TrailEvent.id == select(TrailLeaf.event_id).where(TrailLeaf.position == position).scalar_subquery()
        payload = json.loads(connection.scalars(select(TrailEvent.payload).where(at)).one())
        change(payload)
        changed = json.dumps(payload, sort_keys=True, separators=(",", ":"))
        connection.execute(update(TrailEvent).where(at).values(payload=changed))
        connection.execute(delete(TrailCheckpoint).where(TrailCheckpoint.size > position))
        hash_anew(connection)


@contextmanager
def unguarded(database: Database) -> Iterator[Connection]:
    """Yield a connection while every trigger that keeps the trail is away; afterwards they are back as they were."""
    with database.engine.begin() as connection:
        if database.is_sqlite:
            triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            for name, _sql in triggers:
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
            yield connection
            for _name, sql in triggers:
                connection.exec_driver_sql(sql)
            return
        tables = [model.__tablename__ for model in (*INSERT_ONLY, TrailPending)]
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield connection
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def hash_anew(connection: Connection) -> None:
    """Compute every node of the tree again from the events as they are now."""
    connection.execute(delete(TrailNode))
    frontier, nodes = Frontier(), []
    leaves = select(*COLUMNS).join(TrailLeaf, TrailLeaf.event_id == TrailEvent.id).order_by(TrailLeaf.position)
    for row in connection.execute(leaves):
        nodes += frontier.append(leaf_hash(canonical(event_of_row(row[:]))))
    if nodes:
        rows = [{"level": node.level, "index": node.index, "hash": value} for node, value in nodes]
        connection.execute(inspect(TrailNode).local_table.insert(), rows)


def sign_anew(
    database: Database, timestamps: TimestampAuthority, key: NoteKey = LOG_KEY, origin: Origin = ORIGIN
) -> None:
    """Store a checkpoint over what is there now, in whatever epoch: no publisher is asked whether it may be."""
    with database.transaction() as session:
        size = tree_size(session)
        head = Checkpoint(origin, size, Tree(StoredNodes(session), size).root())
        stamped = timestamp_checkpoint(sign_checkpoint(head, key), timestamps)
        session.add(
            TrailCheckpoint(
                log=origin.log,
                epoch=origin.epoch,
                size=size,
                note=stamped.signed.encode(),
                token=stamped.token.der,
                time=stamped.token.gen_time,
            )
        )
