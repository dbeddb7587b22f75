"""The members in `trail/`: events at their positions, and the path of each to the checkpoint's root."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from esign.canonical_json import encode_canonical
from esign.trail.checkpoint import TimestampedCheckpoint
from esign.trail.event import Event, canonical
from esign.trail.merkle import leaf_hash


@dataclass(frozen=True)
class ProvenEvent:
    """An event, its position in the tree (from 0), and its path to the root: hashes of 32 bytes each."""

    position: int
    event: Event
    path: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True)
class ProvenTrail:
    """Events in the order of their positions, the checkpoint that their paths lead to, and the log's verifier key."""

    events: Sequence[ProvenEvent] = field(repr=False)
    checkpoint: TimestampedCheckpoint
    log_key: str


def encode_events(events: Iterable[ProvenEvent]) -> bytes:
    """Return `trail/events.jsonl`: a line of canonical JSON for each event."""
    return b"".join(_event_line(one) for one in events)


def encode_proofs(trail: ProvenTrail) -> bytes:
    """Return `trail/proofs.json`: for each event its path, in the order of `trail/events.jsonl`."""
    head = trail.checkpoint.checkpoint
    proofs = [{"position": one.position, "hashes": [step.hex() for step in one.path]} for one in trail.events]
    return encode_canonical({"size": head.size, "root": head.root.hex(), "proofs": proofs})


def _event_line(one: ProvenEvent) -> bytes:
    entry = canonical(one.event)  # canonical already, and the members' names are in order: so is the line
    return b'{"event":%s,"leaf":"%s","position":%d}\n' % (entry, leaf_hash(entry).hex().encode(), one.position)
