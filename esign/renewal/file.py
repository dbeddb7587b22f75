"""A file that is renewed in this process: on a copy beside its destination, which it replaces when it is verified."""

from __future__ import annotations

from datetime import datetime

from ca.trust import TrustStore
from esign.ceremony.workfile import Workfile, digest_of
from esign.pades.revision import OpenRevision, open_timestamp_revision
from esign.pades.validation_data import ValidationData
from esign.renewal.renewing import Judged
from esign.verify import verify
from esign.verify.newest_timestamp import NewestTimestamp, read_newest_timestamp
from esign.verify.trust.algorithm_constraints import AlgorithmConstraints


class HeldFile:
    """A `Held` over a work file. `judge` leaves the increment in it."""

    def __init__(self, work: Workfile, name: str, constraints: AlgorithmConstraints) -> None:
        self._work = work
        self._name = name
        self._constraints = constraints

    def digest(self) -> bytes:
        """See `Held`."""
        return digest_of(self._work.stream)

    def newest_timestamp(self) -> NewestTimestamp | None:
        """See `Held`. Raises `UnreadableDocument`."""
        return read_newest_timestamp(self._work.stream)

    def open_timestamp_revision(self, data: ValidationData, *, capacity: int) -> OpenRevision:
        """See `Held`."""
        return open_timestamp_revision(self._work.stream, data, capacity=capacity)

    def judge(self, increment: bytes, *, trust: TrustStore, at: datetime) -> Judged:
        """See `Held`. Raises `OutputError`."""
        self._work.append(increment)
        report = verify(self._work.stream, name=self._name, trust=trust, at=at, constraints=self._constraints)
        told = [finding.code for finding in report.findings if finding.severity.value != "info"]
        return Judged(report.conclusion.value, told, report.as_json())
