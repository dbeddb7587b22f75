"""Exporting the trail as JSON lines that anybody can check again (`esign.trail.recheck`)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import rfc8785
from sqlalchemy.orm import Session

from esign.trail.checkpoint import Checkpoint, TimestampedCheckpoint
from esign.trail.errors import NotCovered, TrailDamaged
from esign.trail.event import LoggedEvent, canonical, load_json
from esign.trail.log import read_from
from esign.trail.merkle import leaf_hash
from esign.trail.publishing import checkpoints, latest_checkpoint, prove_consistency
from esign.trail.recheck import FORMAT
from esign.trail.sequencer import tree_size, waiting

BATCH: Final = 500


@dataclass(frozen=True)
class ExportSummary:
    """How much was written, and how many events came too late for it: they wait for the next checkpoint."""

    events: int
    checkpoints: int
    later: int


def export_trail(session: Session, file: BinaryIO) -> ExportSummary:
    """Write every event under the latest checkpoint, with all checkpoints and the proofs between them.

    `session` is one of `Database.reading`, so that the export is of one moment. Memory does not grow with the
    trail. Raises `NotCovered` (`nothing-published`) if there is no checkpoint, and `TrailDamaged`.
    """
    newest = latest_checkpoint(session)
    if newest is None:
        raise NotCovered("nothing-published", "no checkpoint was published yet", "publish one, then export")
    head = newest.checkpoint
    _write(file, {"export": FORMAT, "log": head.origin.log, "size": head.size})
    last: Checkpoint | None = None
    count = position = 0
    while batch := checkpoints(session, after=last, limit=BATCH):
        for stamped in batch:
            position = _write_events(session, file, position, stamped.checkpoint.size)
            _write(file, _checkpoint_line(session, last, stamped))
            last = stamped.checkpoint
            count += 1
    return ExportSummary(events=head.size, checkpoints=count, later=tree_size(session) - head.size + waiting(session))


def _write_events(session: Session, file: BinaryIO, position: int, end: int) -> int:
    while position < end:
        batch = read_from(session, position, min(BATCH, end - position))
        if not batch:
            raise _missing(position)
        for logged in batch:
            if logged.position != position:
                raise _missing(position)
            _write(file, _event_line(logged))
            position += 1
    return position


def _event_line(logged: LoggedEvent) -> dict[str, Any]:
    entry = canonical(logged.event)
    return {"position": logged.position, "leaf": leaf_hash(entry).hex(), "event": load_json(entry)}


def _checkpoint_line(session: Session, last: Checkpoint | None, stamped: TimestampedCheckpoint) -> dict[str, Any]:
    path = () if last is None else prove_consistency(session, last, stamped.checkpoint)
    return {
        "checkpoint": _base64(stamped.signed.encode()),
        "timestamp": _base64(stamped.token.der),
        "consistency": [_base64(value) for value in path],
    }


def _write(file: BinaryIO, line: dict[str, Any]) -> None:
    file.write(rfc8785.dumps(line) + b"\n")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _missing(position: int) -> TrailDamaged:
    return TrailDamaged(
        "trail-leaves", f"position {position} has no event", "compare the database with an earlier export"
    )
