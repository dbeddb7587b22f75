"""The service's second verdict on files that are handed in: for colleagues, and for anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from ca.ports import Clock
from esign.ceremony.recognition.public import PublicAnswer, PublicTrail, told_to_anybody
from esign.ceremony.recognition.stored import SIGNED_BY_SOMEBODY, StoredTrail
from esign.infra.database import Database
from esign.verify.acceptance.judge import accept
from esign.verify.acceptance.policy import Policy
from esign.verify.acceptance.verdict import Acceptance


@dataclass(frozen=True)
class Acceptors:
    """Judges reports (esign-verification/1) by the service's policy. Safe for threads.

    The report may come from a process that a hostile file took over; its SHA-256 must be one that the caller computed
    over the file itself, since by it alone the trail is asked.
    """

    policy: Policy
    seals: frozenset[str]
    trail: StoredTrail
    public_trail: PublicTrail

    def for_staff(self, report: Mapping[str, object]) -> Acceptance:
        """Judge by everything that our trail knows: for people who may see the envelope."""
        return accept(report, self.policy, seals=self.seals, trail=self.trail)

    def for_anybody(self, report: Mapping[str, object]) -> Acceptance:
        """Judge by no more than strangers may learn (`esign.ceremony.recognition.public`)."""
        return accept(report, self.policy, seals=self.seals, trail=self.public_trail)

    def told_to_anybody(self, file_sha256: str) -> PublicAnswer:
        """Return whether the file with this SHA-256 (lower-case hex) is one of ours, and how it stands."""
        return told_to_anybody(self.public_trail, file_sha256)


def acceptors_over(
    database: Database, policy: Policy, *, seals: Iterable[bytes], keys: Iterable[bytes], clock: Clock
) -> Acceptors:
    """Return those over this database. `seals` are certificates (DER) of our seal, `keys` the log's public keys."""
    held = frozenset(keys)
    return Acceptors(
        policy,
        frozenset(sha256(certificate).hexdigest() for certificate in seals),
        StoredTrail(database, held, clock),
        PublicTrail(StoredTrail(database, held, clock, from_piece=SIGNED_BY_SOMEBODY)),
    )
