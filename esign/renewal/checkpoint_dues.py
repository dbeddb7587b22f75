"""What falls due of the checkpoints' timestamps: until when each unit holds, and how many rest on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ca.trust import TrustStore
from esign.renewal.checkpoint_rows import count_checkpoints
from esign.renewal.resting import units
from esign.renewal.units import Unit
from esign.verify.trust.algorithm_constraints import AlgorithmConstraints


@dataclass(frozen=True)
class CheckpointsDue:
    """Checkpoints, and renewals of them, that rest on one unit: how many, and when it ends."""

    unit: Unit
    ends_at: datetime
    checkpoints: int

    @property
    def year(self) -> int:
        return self.ends_at.year


def checkpoint_dues(session: Session, trust: TrustStore, constraints: AlgorithmConstraints) -> list[CheckpointsDue]:
    """Return what falls due, the earliest end first."""
    known, counts = units(session), count_checkpoints(session)
    found = [CheckpointsDue(known[id_], known[id_].ends_at(trust, constraints), n) for id_, n in counts.items()]
    return sorted(found, key=lambda due: (due.ends_at, due.unit.id))
