"""The service's second verdict on files that are handed in: for anybody, and for who may see the envelope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from ca.ports import Clock
from esign.ceremony.recognition.public import MaySee, PublicAnswer, PublicTrail, told_to_anybody
from esign.ceremony.recognition.stored import SIGNED_BY_SOMEBODY, StoredTrail
from esign.errors import EsignError
from esign.infra.database import Database
from esign.infra.logs import log_for
from esign.verify.acceptance.judge import accept
from esign.verify.acceptance.policy import Policy
from esign.verify.acceptance.verdict import Acceptance

_log = log_for(__name__)


@dataclass(frozen=True)
class Acceptors:
    """Judges reports (esign-verification/1) by the service's policy. Safe for threads.

    The report may come from a process that a hostile file took over; its SHA-256 must be one that the caller computed
    over the file itself, since by it alone the trail is asked.
    """

    policy: Policy
    seals: frozenset[str]
    trail: StoredTrail
    strangers_trail: PublicTrail

    def accept(self, report: Mapping[str, object], may_see: MaySee | None = None) -> Acceptance:
        """Judge by no more than anybody may learn; with `may_see` by all that is known of envelopes that it lets see.

        A trail that cannot be read leaves unknown what it alone could say, and is logged.
        """
        trail = self.strangers_trail if may_see is None else PublicTrail(self.trail, may_see)
        try:
            return accept(report, self.policy, seals=self.seals, trail=trail)
        except EsignError as error:
            _log.failed("trail not asked about a file", error, code=error.code)
            return accept(report, self.policy, seals=self.seals)

    def told_to_anybody(self, file_sha256: str) -> PublicAnswer:
        """Return whether the file with this SHA-256 (lower-case hex) is one of ours, and how it stands."""
        return told_to_anybody(self.strangers_trail, file_sha256)


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
