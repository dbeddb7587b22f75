"""Whether a certificate had been revoked at the time that counts, by the answers that can be relied upon for it.

EN 319 102-1 clauses 5.2.5 (freshness) and 5.6.2.2 (control-time sliding): an answer counts if it was recent enough for
that time, and is proven to have existed while its maker's key and its algorithms could still be relied upon.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from esign.verify.trust.algorithm_constraints import AlgorithmConstraints
from esign.verify.trust.existence import Proofs, When
from esign.verify.trust.revocation import RevocationAnswer


class RevocationState(StrEnum):
    """What is known of a certificate's revocation at a time."""

    GOOD = "good"
    REVOKED = "revoked"
    HELD = "held"
    """Suspended, and it is not known for how long."""
    UNKNOWN = "unknown"
    MAKER_ENDED = "maker-ended"
    """Good by answers alone that are not proven to be older than the end of their maker's certificate."""
    WEAK = "weak"
    """Good by answers alone whose algorithms could not be relied upon when they were made."""
    WEAK_SINCE = "weak-since"
    """Good by answers alone that are not proven to be older than the end of their algorithms."""


@dataclass(frozen=True)
class RevocationStatus:
    """The state at the time that counts, and when the certificate was revoked, if ever."""

    state: RevocationState
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class AnswerJudge:
    """Judges answers by the proofs of one file and the constraints on algorithms."""

    proofs: Proofs
    constraints: AlgorithmConstraints

    def status(self, answers: Sequence[RevocationAnswer], when: When, issuer_ends: datetime) -> RevocationStatus:
        """Judge what the answers say of one certificate. `issuer_ends` is when its issuer expired or was revoked."""
        revocations = [found for found in answers if found.revoked_at is not None]
        lasting = [found for found in revocations if not found.is_held]
        if lasting:
            first = min(found.revoked_at for found in lasting if found.revoked_at is not None)
            if first <= when.existed:
                return RevocationStatus(RevocationState.REVOKED, first)
        good = [found for found in answers if found.revoked_at is None and not found.is_silent]
        held = [found for found in revocations if found.is_held and not _is_lifted(found, good)]
        since = min((found.revoked_at for found in held if found.revoked_at is not None), default=None)
        if since is not None and since <= when.existed:
            return RevocationStatus(RevocationState.HELD, since)
        if lasting:
            return RevocationStatus(RevocationState.GOOD, first)
        if held:
            return RevocationStatus(RevocationState.GOOD, since)
        return RevocationStatus(self._state_of_good(good, when, issuer_ends))

    def _state_of_good(self, good: list[RevocationAnswer], when: When, issuer_ends: datetime) -> RevocationState:
        recent = [found for found in good if found.speaks_of(when.fresh_for)]
        if not recent:
            return RevocationState.UNKNOWN
        timely = [found for found in recent if self._existed(found, when) <= min(found.maker_ends, issuer_ends)]
        if not timely:
            return RevocationState.MAKER_ENDED
        ends = {id(found): self.constraints.end_of_all(found.uses) for found in timely}
        if any(self._existed(found, when) < ends[id(found)] for found in timely):
            return RevocationState.GOOD
        was_strong = any(found.this_update < ends[id(found)] for found in timely)
        return RevocationState.WEAK_SINCE if was_strong else RevocationState.WEAK

    def _existed(self, answer: RevocationAnswer, when: When) -> datetime:
        return min(self.proofs.of_answer(answer.encoded), when.answers_since)


def _is_lifted(held: RevocationAnswer, good: Sequence[RevocationAnswer]) -> bool:
    """Whether a later answer says that the certificate is suspended no more."""
    return any(found.this_update > held.this_update for found in good)
