"""What is asked about a file, and what a judgement of one may take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Final

from ca.trust import TrustStore
from esign.infra.quarantine.limits import MIB, QuarantineLimits
from esign.verify.trust.algorithm_constraints import AlgorithmConstraints

SECONDS: Final = 60.0
MEMORY_MIB: Final = 1024


@dataclass(frozen=True)
class Question:
    """What `esign.verify.verify` is asked, under the names that it has there; `supplement_*` is its supplement, DER."""

    name: str
    trust: TrustStore
    at: datetime
    password: str | None = None
    pictures: bool = False
    constraints: AlgorithmConstraints | None = None
    tell_missing: bool = False
    supplement_certificates: tuple[bytes, ...] = ()
    supplement_ocsp_responses: tuple[bytes, ...] = ()
    supplement_crls: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class JudgingLimits:
    """What one file may take: seconds, and MiB of memory beside the libraries' and the file's own mapping."""

    seconds: float = SECONDS
    memory_mib: int = MEMORY_MIB

    def of_processes(self, at_once: int = 1) -> QuarantineLimits:
        """Return the limits of the processes, of which so many run at once."""
        return QuarantineLimits(
            memory_bytes=self.memory_mib * MIB,
            cpu_seconds=ceil(self.seconds) + 1,
            wall_seconds=self.seconds,
            at_once=at_once,
            waiting_seconds=24 * 3600.0,
        )
