"""On which timestamping unit each checkpoint and each renewal rests, and the renewals themselves, as stored."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import exists, func, insert, select
from sqlalchemy.orm import Session

from ca.ports import TimestampToken
from esign.infra.statements import insert_if_absent
from esign.renewal.chain import Link, Stamped, parse_head
from esign.renewal.models import CheckpointTimestamp, RenewalData, RenewedTimestamp, TimestampRenewal
from esign.renewal.resting import keep_unit
from esign.renewal.units import Unit
from esign.trail.merkle import Frontier, Node, Tree
from esign.trail.models import TrailCheckpoint

LINKS_AT_MOST: Final = 99
_ADD_DATA: Final = insert_if_absent(RenewalData, "id", "content")
_ADD_CHECKPOINT: Final = insert_if_absent(CheckpointTimestamp, "size", "epoch", "log", "note", "unit")
_CHECKPOINT_IS_RENEWED: Final = exists().where(RenewedTimestamp.content == CheckpointTimestamp.note)
_RENEWAL_IS_RENEWED: Final = exists().where(RenewedTimestamp.content == TimestampRenewal.id)
_OF_CHECKPOINT: Final = (
    (TrailCheckpoint.size == CheckpointTimestamp.size)
    & (TrailCheckpoint.epoch == CheckpointTimestamp.epoch)
    & (TrailCheckpoint.log == CheckpointTimestamp.log)
)


def unknown_checkpoints(session: Session, *, after: tuple[int, int], limit: int) -> Sequence[TrailCheckpoint]:
    """Return checkpoints behind that size and epoch of which nobody knows on what they rest, the smallest first."""
    size, epoch = after
    behind = (TrailCheckpoint.size > size) | ((TrailCheckpoint.size == size) & (TrailCheckpoint.epoch > epoch))
    found = select(TrailCheckpoint).where(behind, ~exists().where(_OF_CHECKPOINT))
    return session.scalars(found.order_by(TrailCheckpoint.size, TrailCheckpoint.epoch).limit(limit)).all()


def checkpoint_rests_on(session: Session, row: TrailCheckpoint, unit: Unit) -> None:
    """Record on which unit's token the checkpoint rests."""
    keep_unit(session, unit, row.token)
    note = hashlib.sha256(row.note).hexdigest()
    values = {"size": row.size, "epoch": row.epoch, "log": row.log, "note": note, "unit": unit.id}
    session.execute(_ADD_CHECKPOINT, values)


def stamped_by(session: Session, unit: str, *, limit: int) -> Sequence[Stamped]:
    """Return what rests on the unit and was not renewed: checkpoints first, then renewals, `limit` in all at most."""
    checkpoints = session.execute(
        select(TrailCheckpoint.note, TrailCheckpoint.token)
        .join(CheckpointTimestamp, _OF_CHECKPOINT)
        .where(CheckpointTimestamp.unit == unit, ~_CHECKPOINT_IS_RENEWED)
        .order_by(TrailCheckpoint.size, TrailCheckpoint.epoch)
        .limit(limit)
    ).all()
    renewals = session.execute(
        select(TimestampRenewal.head, TimestampRenewal.token)
        .where(TimestampRenewal.unit == unit, ~_RENEWAL_IS_RENEWED)
        .order_by(TimestampRenewal.time, TimestampRenewal.id)
        .limit(limit - len(checkpoints))
    ).all()
    return [Stamped(content, token) for content, token in (*checkpoints, *renewals)]


def count_checkpoints(session: Session) -> Mapping[str, int]:
    """Return by unit how many checkpoints, and renewals of them, rest on it and were not renewed."""
    counts: dict[str, int] = {}
    for column, renewed in (
        (CheckpointTimestamp.unit, _CHECKPOINT_IS_RENEWED),
        (TimestampRenewal.unit, _RENEWAL_IS_RENEWED),
    ):
        for unit, count in session.execute(select(column, func.count()).where(~renewed).group_by(column)):
            counts[unit] = counts.get(unit, 0) + count
    return counts


def keep_renewal(
    session: Session, head: bytes, token: TimestampToken, unit: Unit, covered: Sequence[Stamped], data: Iterable[bytes]
) -> None:
    """Keep a renewal, what it covers in the tree's order, and its validation data (DER)."""
    keep_unit(session, unit, token.der)
    id_ = hashlib.sha256(head).hexdigest()
    session.add(TimestampRenewal(id=id_, head=head, token=token.der, time=token.gen_time, unit=unit.id))
    session.flush()
    rows = [
        {
            "renewal": id_,
            "position": position,
            "leaf": one.leaf,
            "content": hashlib.sha256(one.content).hexdigest(),
        }
        for position, one in enumerate(covered)
    ]
    session.execute(insert(RenewedTimestamp), rows)
    for value in data:
        session.execute(_ADD_DATA, {"id": hashlib.sha256(value).hexdigest(), "content": value})


def renewals_of(session: Session, note: bytes) -> Sequence[Link]:
    """Return the renewals of a checkpoint's note, the first one first; empty where it has none."""
    links: list[Link] = []
    content = hashlib.sha256(note).hexdigest()
    while len(links) < LINKS_AT_MOST:
        row = session.scalars(select(RenewedTimestamp).where(RenewedTimestamp.content == content)).one_or_none()
        if row is None:
            break
        renewal = session.get_one(TimestampRenewal, row.renewal)
        leaves = session.scalars(
            select(RenewedTimestamp.leaf)
            .where(RenewedTimestamp.renewal == row.renewal)
            .order_by(RenewedTimestamp.position)
        ).all()
        path = LeafTree(leaves).path(row.position)
        links.append(Link(Stamped(renewal.head, renewal.token), row.position, path))
        content = row.renewal
    return links


def data_of(session: Session, links: Iterable[Link]) -> Mapping[str, bytes]:
    """Return the validation data (DER) that these renewals name, by SHA-256 (hex)."""
    named = {one for link in links for one in parse_head(link.stamped.content).data}
    rows = session.scalars(select(RenewalData).where(RenewalData.id.in_(sorted(named))))
    return {row.id: row.content for row in rows}


class LeafTree:
    """The tree over these leaves (hashes of 32 bytes), held in memory."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        frontier, self._nodes = Frontier(), dict[Node, bytes]()
        for leaf in leaves:
            self._nodes.update(frontier.append(leaf))
        self._size = len(leaves)
        self.root = frontier.root()

    def path(self, position: int) -> tuple[bytes, ...]:
        """Return the inclusion path of a leaf."""
        return Tree(self, self._size).inclusion_path(position)

    def hashes(self, nodes: Collection[Node]) -> Mapping[Node, bytes]:
        """See `NodeSource`."""
        return {node: self._nodes[node] for node in nodes if node in self._nodes}
