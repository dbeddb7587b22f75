"""Renewing a document: the last timestamp's validation data first, then a new timestamp over all of it.

EN 319 142-1 clause 5.4.3: both in one increment, nothing before it is touched. Our verifier judges the result before
anybody has it. A document whose timestamp does not end soon is left alone, so renewing twice is renewing once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from asn1crypto import cms, tsp

from ca.ports import Clock, RevocationSource, TimestampAuthority
from ca.trust import TrustStore
from esign.errors import LevelNotReached, SigningError
from esign.pades.revision import OpenRevision
from esign.pades.validation_data import ValidationData, collect_validation_data, require_good_answers
from esign.renewal.units import Unit, roots_of, unit_of
from esign.verify.newest_timestamp import NewestTimestamp
from esign.verify.trust.algorithm_constraints import AlgorithmConstraints

BEFORE: Final = timedelta(days=90)
"""How long before its end a timestamp is renewed."""


@dataclass(frozen=True)
class Judged:
    """Our verifier's word: the conclusion, the codes of what is not merely told, the report as JSON."""

    conclusion: str
    codes: Sequence[str]
    report: object = field(repr=False)


class Held(Protocol):
    """A document, held by whoever reads it: in a process apart, or here. Each method may raise what its reader does."""

    def digest(self) -> bytes:
        """Return the SHA-256 of the document (32 bytes)."""

    def newest_timestamp(self) -> NewestTimestamp | None:
        """Return its newest document timestamp."""

    def open_timestamp_revision(self, data: ValidationData, *, capacity: int) -> OpenRevision:
        """Open a revision with this validation data and room for a timestamp of `capacity` bytes."""

    def judge(self, increment: bytes, *, trust: TrustStore, at: datetime) -> Judged:
        """Judge the document with the increment behind it, for the time `at`."""


@dataclass(frozen=True)
class Authorities:
    """Who stamps, who answers for certificates, whom we believe, and until when algorithms hold."""

    timestamps: TimestampAuthority
    revocation: RevocationSource
    trust: TrustStore
    constraints: AlgorithmConstraints
    clock: Clock


@dataclass(frozen=True)
class Renewal:
    """What renewing appended, when it was stamped, by whom before and now, and the verdict that released it."""

    increment: bytes = field(repr=False)
    token: bytes = field(repr=False)
    stamped_at: datetime
    before: Unit
    after: Unit
    judged: Judged


def renew(held: Held, authorities: Authorities, *, before: timedelta = BEFORE) -> Renewal | None:
    """Renew the document if its newest timestamp ends within `before`; None where it holds for longer.

    Raises `SigningError` (`no-document-timestamp`; `authority-ends-no-later` where the timestamp authority in use ends
    as early as the last one; and as `collect_validation_data` and `require_good_answers` do), `LevelNotReached`
    (`renewal-not-verified`), and what the authorities and the reader raise. Nothing is changed then.
    """
    now, trust = authorities.clock(), authorities.trust
    last = held.newest_timestamp()
    if last is None:
        raise SigningError(
            "no-document-timestamp",
            "the document has no document timestamp that could be renewed",
            "renew documents of level B-LTA; sign or seal to B-LTA",
        )
    pool = (*last.certificates, *roots_of(trust, now))
    old = unit_of(last.token, pool)
    if old.ends_at(trust, authorities.constraints) - now > before:
        return None
    # Who will stamp is told by a token of theirs alone: what proves that one later has to be under the new timestamp.
    new = unit_of(authorities.timestamps.timestamp(held.digest()).der, pool)
    require_later(old, new, authorities)
    data = collect_validation_data([old.chain, new.chain], authorities.revocation)
    require_good_answers(data.ocsp_responses, not_before=stamped_at(last.token))
    opened = held.open_timestamp_revision(data, capacity=authorities.timestamps.token_size_bound)
    token = authorities.timestamps.timestamp(opened.digest)
    increment = opened.close(token.der)
    judged = held.judge(increment, trust=trust, at=max(token.gen_time, now))
    if judged.conclusion != "TOTAL-PASSED":
        raise LevelNotReached(
            "renewal-not-verified",
            f"our verifier does not accept the renewed document ({', '.join(judged.codes) or judged.conclusion})",
            "nothing was replaced; check that every authority in use is among the trusted roots, and that it is not "
            "too late for this document",
        )
    return Renewal(increment, token.der, token.gen_time, old, unit_of(token.der, pool), judged)


def require_later(old: Unit, new: Unit, authorities: Authorities) -> None:
    """Raise `SigningError` (`authority-ends-no-later`) unless the new unit's timestamps hold for longer."""
    trust, constraints = authorities.trust, authorities.constraints
    if new.ends_at(trust, constraints) <= old.ends_at(trust, constraints):
        raise SigningError(
            "authority-ends-no-later",
            f"a timestamp of {new.name} would end no later than the one that is there",
            "configure a timestamp authority whose certificate and algorithms hold for longer",
        )


def stamped_at(token: bytes) -> datetime:
    """Return the time in a token (DER) that was read before."""
    content = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"]
    moment: datetime = tsp.TSTInfo.load(bytes(content))["gen_time"].native
    return moment.astimezone(UTC).replace(microsecond=0)
