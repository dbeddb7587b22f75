"""The events of an envelope under the latest checkpoint, with what proves each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from esign.bundle.renewed_members import RenewedCheckpoint
from esign.bundle.trail_members import ProvenEvent, ProvenTrail
from esign.ceremony.domain import Envelope
from esign.ceremony.erasing import STREAM as ERASURES
from esign.ceremony.handovers import stream_of as handovers_of
from esign.ceremony.screens import stream_of as screens_of
from esign.exports.errors import not_covered
from esign.exports.events import exports_of, openings_of
from esign.exports.renewed_checkpoints import renewed_checkpoint
from esign.staff.models import ApprovalRow
from esign.trail.checkpoint import TimestampedCheckpoint
from esign.trail.errors import TrailDamaged
from esign.trail.event import Event
from esign.trail.log import COLUMNS, event_of_row
from esign.trail.merkle import Tree
from esign.trail.models import TrailEvent, TrailLeaf
from esign.trail.publishing import latest_checkpoint
from esign.trail.sequencer import StoredNodes

_PATHS_AT_ONCE: Final = 200


@dataclass(frozen=True)
class EnvelopeTrail:
    """Every event of the envelope's streams that the checkpoint covers; `streams` counts them by whole stream.

    `renewed` is the first checkpoint over the envelope's end, where its timestamp was renewed.
    """

    proven: ProvenTrail
    streams: Mapping[str, int]
    renewed: RenewedCheckpoint | None = None

    def of_type(self, type_name: str) -> list[ProvenEvent]:
        """Return the events of one type, in order."""
        return [one for one in self.proven.events if one.event.type == type_name]

    def of_recipient(self, type_name: str, recipient: str) -> list[Event]:
        """Return the events of one type that happened to a recipient, in order."""
        return [one.event for one in self.of_type(type_name) if one.event.payload.get("recipient") == recipient]


def require_covered(session: Session, envelope: Envelope, *, is_erased: bool) -> TimestampedCheckpoint:
    """Return the latest checkpoint.

    Raises `ExportError` (`bundle-not-covered`) unless it covers the envelope's end, and its erasing where it is erased.
    What happens to it afterwards is there as far as the checkpoint goes.
    """
    latest = latest_checkpoint(session)
    position = session.scalar(
        select(func.max(TrailLeaf.position))
        .join(TrailEvent, TrailEvent.id == TrailLeaf.event_id)
        .where(TrailEvent.stream == envelope.id, TrailEvent.type == ending_of(envelope))
    )
    if latest is None or position is None or position >= latest.checkpoint.size:
        raise not_covered()
    if is_erased:
        erased = (
            select(TrailLeaf.position)
            .join(TrailEvent, TrailEvent.id == TrailLeaf.event_id)
            .where(_erases(envelope), TrailLeaf.position < latest.checkpoint.size)
        )
        if session.scalar(erased.limit(1)) is None:
            raise not_covered()
    return latest


def _erases(envelope: Envelope) -> ColumnElement[bool]:
    named = TrailEvent.payload.contains(f'"envelope":"{envelope.id}"', autoescape=True)
    return and_(TrailEvent.stream == ERASURES, named)


def erasures_of(session: Session, envelope: Envelope) -> int:
    """Return how often something of the envelope was erased, whether a checkpoint covers that yet or not."""
    return session.scalars(select(func.count()).select_from(TrailEvent).where(_erases(envelope))).one()


def ending_of(envelope: Envelope) -> str:
    """Return the type of the event that ended an envelope that is over."""
    return f"envelope.{envelope.state.value}"


def envelope_trail(session: Session, envelope: Envelope, log_key: bytes, *, is_erased: bool) -> EnvelopeTrail:
    """Return them. `log_key` is the public key that checkpoints are verified by (32 bytes).

    Raises `ExportError` (`bundle-not-covered`) where no checkpoint covers it all, and as `renewed_checkpoint`.
    """
    latest = require_covered(session, envelope, is_erased=is_erased)
    streams = _streams_of(session, envelope)
    wanted: ColumnElement[bool] = TrailEvent.stream.in_(streams)
    if is_erased:
        wanted = or_(wanted, _erases(envelope))
    size = latest.checkpoint.size
    rows = session.execute(
        select(TrailLeaf.position, *COLUMNS)
        .join(TrailEvent, TrailEvent.id == TrailLeaf.event_id)
        .where(TrailLeaf.position < size, wanted)
        .order_by(TrailLeaf.position)
    ).all()
    found = [(row[0], event_of_row(row[1:])) for row in rows]
    counts: Counter[str] = Counter()
    for _position, event in found:
        if event.stream in streams:
            counts[event.stream] += 1
            if event.version != counts[event.stream]:
                raise _not_whole(event.stream)
    paths = _paths(session, size, [position for position, _event in found])
    events = [ProvenEvent(position, event, path) for (position, event), path in zip(found, paths, strict=True)]
    key = latest.checkpoint.origin.verifier(log_key).vkey
    ends = [event.id for _position, event in found if (event.stream, event.type) == (envelope.id, ending_of(envelope))]
    renewed = renewed_checkpoint(session, ends[-1], latest.checkpoint)
    return EnvelopeTrail(ProvenTrail(events, latest, key), counts, renewed)


def _streams_of(session: Session, envelope: Envelope) -> frozenset[str]:
    recipients = [one.id for one in envelope.recipients]
    approvals = session.scalars(select(ApprovalRow.id).where(ApprovalRow.subject.in_([envelope.id, *recipients])))
    by_recipient = (stream(recipient) for recipient in recipients for stream in (screens_of, handovers_of))
    return frozenset((envelope.id, exports_of(envelope.id), openings_of(envelope.id), *by_recipient, *approvals))


def _paths(session: Session, size: int, positions: Sequence[int]) -> list[tuple[bytes, ...]]:
    tree, paths = Tree(StoredNodes(session), size), list[tuple[bytes, ...]]()
    for start in range(0, len(positions), _PATHS_AT_ONCE):
        paths += tree.inclusion_paths(positions[start : start + _PATHS_AT_ONCE])
    return paths


def _not_whole(stream: str) -> TrailDamaged:
    return TrailDamaged(
        "trail-stream", f"the events of {stream} are not in order in the tree", "compare it with an earlier export"
    )
