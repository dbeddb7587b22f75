"""Publishing checkpoints, and proofs against those that were published.

No transaction is open while the timestamp authority is asked. Two publishers at once are harmless: the same head
makes the same note, Ed25519 being deterministic, and the first one stored is the one that stays.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import insert, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ca.ports import TimestampAuthority, TimestampToken
from esign.infra.database import Database
from esign.trail.checkpoint import (
    Checkpoint,
    Origin,
    TimestampedCheckpoint,
    parse_checkpoint,
    sign_checkpoint,
    timestamp_checkpoint,
    verify_checkpoint,
)
from esign.trail.errors import NotCovered, TrailDamaged
from esign.trail.event import canonical
from esign.trail.log import COLUMNS, event_of_row
from esign.trail.merkle import Tree
from esign.trail.models import TrailCheckpoint, TrailEvent, TrailLeaf
from esign.trail.note import NoteKey
from esign.trail.proof import InclusionProof
from esign.trail.remembered import RememberedCheckpoint
from esign.trail.sequencer import StoredNodes, tree_size
from esign.trail.standing import placed_standing, require_opened, require_remembered


class CheckpointPublisher:
    """Signs the head of the tree, has it timestamped, and keeps it."""

    def __init__(
        self,
        origin: Origin,
        key: NoteKey,
        timestamps: TimestampAuthority,
        *,
        earlier_keys: Collection[bytes] = (),
        remembered: RememberedCheckpoint | None = None,
    ) -> None:
        """`origin` names the log and its first epoch: a later one that was opened in the trail goes before it.

        `earlier_keys` are the public keys (32 bytes each) that signed for this log before `key` did; `remembered` is
        where the last checkpoint is remembered outside of the database.
        """
        self.origin = origin
        self._key = key
        self._timestamps = timestamps
        self._public_keys = (key.public_key, *earlier_keys)
        self._remembered = remembered

    def publish(self, database: Database) -> TimestampedCheckpoint | None:
        """Publish a checkpoint over every event that has a leaf; None if the last one covers them all.

        None, too, while the event that opened the epoch has no leaf yet. Raises `TrustServiceUnavailable` or
        `TokenRefused` (nothing is stored; try again), and `TrailDamaged`: `trail-forked` if the stored tree no longer
        has the root that was signed last, `trail-epoch` if the last one is of another log or a later epoch,
        `trail-restored` if a backup was brought back and no epoch opened since, `trail-behind` if the database lacks
        what is remembered, `trail-unopened` if the settings alone began an epoch. `NoteRefused` if none of our keys
        signed the last one.
        """
        with database.reading() as session:
            head = self._next_head(session)
        if head is None:
            return None
        stamped = timestamp_checkpoint(sign_checkpoint(head, self._key), self._timestamps)
        if self._remembered is not None:
            self._remembered.keep(stamped.signed)  # before anybody can see it
        try:
            with database.transaction() as session:
                session.execute(insert(TrailCheckpoint), [_row(stamped)])
        except IntegrityError:
            with database.reading() as session:
                stored = session.get(TrailCheckpoint, (head.size, head.origin.epoch, head.origin.log))
                if stored is None:
                    raise
                return _stamped(stored)
        return stamped

    def _next_head(self, session: Session) -> Checkpoint | None:
        size = tree_size(session)
        standing, is_placed = placed_standing(session)
        if standing.awaits_epoch:
            raise TrailDamaged(
                "trail-restored",
                "a backup was brought back, and no epoch was opened since",
                "say what was published, and open it: esign trail open-epoch",
            )
        origin = Origin(self.origin.log, max(self.origin.epoch, standing.epoch))
        remembered = self._read_remembered()
        if remembered is not None:
            require_remembered(session, remembered, size, origin.epoch, opened=standing.epoch)
        last = latest_checkpoint(session)
        stored = None if last is None else last.checkpoint
        require_opened(stored, remembered, origin.epoch, opened=standing.epoch)
        if last is not None:
            self._check_continues(session, last, size, origin)
            if last.checkpoint.size == size and last.checkpoint.origin == origin:
                return None
        if size == 0 or not is_placed:
            return None
        return Checkpoint(origin, size, Tree(StoredNodes(session), size).root())

    def _read_remembered(self) -> Checkpoint | None:
        remembered = None if self._remembered is None else self._remembered.read()
        return None if remembered is None else verify_checkpoint(remembered, self._public_keys)

    def _check_continues(self, session: Session, last: TimestampedCheckpoint, size: int, origin: Origin) -> None:
        """Never sign a head that does not continue the one signed before it (C2SP tlog-checkpoint)."""
        signed = last.checkpoint
        verify_checkpoint(last.signed, self._public_keys)
        if signed.origin.log != origin.log or signed.origin.epoch > origin.epoch:
            raise TrailDamaged(
                "trail-epoch",
                f"the last checkpoint here is of {signed.origin}, and this process signs for {origin}",
                "set the origin and epoch to those of the trail in this database",
            )
        if signed.size > size or Tree(StoredNodes(session), signed.size).root() != signed.root:
            raise TrailDamaged(
                "trail-forked",
                f"the stored tree has not the root that was signed at size {signed.size}",
                "stop, keep the database as it is, and compare it with an exported trail",
            )


def latest_checkpoint(session: Session) -> TimestampedCheckpoint | None:
    """Return the checkpoint published last, which is the largest."""
    newest = session.scalars(
        select(TrailCheckpoint).order_by(TrailCheckpoint.size.desc(), TrailCheckpoint.epoch.desc()).limit(1)
    ).first()
    return None if newest is None else _stamped(newest)


def checkpoints(session: Session, *, after: Checkpoint | None = None, limit: int = 100) -> list[TimestampedCheckpoint]:
    """Return at most `limit` checkpoints that come after that one, the smallest first."""
    beginning = (-1, 0) if after is None else (after.size, after.origin.epoch)
    found = session.scalars(
        select(TrailCheckpoint)
        .where(tuple_(TrailCheckpoint.size, TrailCheckpoint.epoch) > beginning)
        .order_by(TrailCheckpoint.size, TrailCheckpoint.epoch)
        .limit(limit)
    )
    return [_stamped(row) for row in found]


def checkpoint_covering(session: Session, event_id: str) -> TimestampedCheckpoint:
    """Return the first checkpoint over this event: since when its place is fixed.

    Raises `NotCovered` (`event-not-covered`) if there is none yet, or no such event.
    """
    position = _position(session, event_id)
    row = session.scalars(
        select(TrailCheckpoint)
        .where(TrailCheckpoint.size > position)
        .order_by(TrailCheckpoint.size, TrailCheckpoint.epoch)
        .limit(1)
    ).first()
    if row is None:
        raise _not_covered(event_id)
    return _stamped(row)


def prove_event(session: Session, event_id: str, checkpoint: TimestampedCheckpoint | None = None) -> InclusionProof:
    """Return the proof that the event is in the tree of the checkpoint, or of the first that covers it.

    Raises `NotCovered` (`event-not-covered`), `TrailDamaged`.
    """
    against = checkpoint or checkpoint_covering(session, event_id)
    position = _position(session, event_id)
    size = against.checkpoint.size
    if position >= size:
        raise _not_covered(event_id)
    row = session.execute(select(*COLUMNS).where(TrailEvent.id == event_id)).one()
    path = Tree(StoredNodes(session), size).inclusion_path(position)
    return InclusionProof(canonical(event_of_row(row[:])), position, path, against.signed)


def prove_consistency(session: Session, earlier: Checkpoint, later: Checkpoint) -> tuple[bytes, ...]:
    """Return the path for `esign.trail.proof.verify_continues`. Raises `ValueError`, `TrailDamaged`."""
    return Tree(StoredNodes(session), later.size).consistency_path(earlier.size)


def _position(session: Session, event_id: str) -> int:
    position = session.scalar(select(TrailLeaf.position).where(TrailLeaf.event_id == event_id))
    if position is None:
        raise _not_covered(event_id)
    return position


def _row(stamped: TimestampedCheckpoint) -> dict[str, object]:
    return {
        "log": stamped.checkpoint.origin.log,
        "epoch": stamped.checkpoint.origin.epoch,
        "size": stamped.checkpoint.size,
        "note": stamped.signed.encode(),
        "token": stamped.token.der,
        "time": stamped.token.gen_time,
    }


def _stamped(row: TrailCheckpoint) -> TimestampedCheckpoint:
    return TimestampedCheckpoint(parse_checkpoint(row.note), TimestampToken(row.token, row.time))


def _not_covered(event_id: str) -> NotCovered:
    return NotCovered(
        "event-not-covered",
        f"no checkpoint covers the event {event_id[:44]} yet",
        "wait for the next checkpoint, or publish one",
    )
