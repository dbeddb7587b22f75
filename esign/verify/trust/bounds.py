"""What bounds the time for which a path may be relied upon: validity, revocation, algorithms, and proofs of existence.

EN 319 102-1 clauses 5.2.6 (certificates), 5.5.4 (with time) and 5.6.2 (past certificates, control-time sliding). The
standard slides one control time down the path and asks whether the signature existed before it. Here each bound is
asked for itself, so that the verdict can say which of them the signature is not proven to be older than.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from asn1crypto import x509

from esign.verify.cms.certificates import CertificatePool
from esign.verify.trust.algorithm_constraints import OPEN
from esign.verify.trust.algorithm_uses import use_in
from esign.verify.trust.existence import When
from esign.verify.trust.revocation import RevocationData
from esign.verify.trust.revocation_reading import utc
from esign.verify.trust.revocation_status import AnswerJudge, RevocationState, RevocationStatus
from esign.verify.trust.verdict import STANDS, PathVerdict

_UNKNOWN_REVOCATION: Final = {
    RevocationState.UNKNOWN: PathVerdict(
        "TRY_LATER", "the file does not show that the certificates had not been revoked"
    ),
    RevocationState.HELD: PathVerdict("TRY_LATER", "a certificate was suspended at the time that can be proven"),
    RevocationState.MAKER_ENDED: PathVerdict(
        "REVOCATION_OUT_OF_BOUNDS_NO_POE",
        "a revocation answer is not proven to be older than the end of its maker's certificate",
    ),
    RevocationState.WEAK: PathVerdict(
        "CRYPTO_CONSTRAINTS_FAILURE", "a revocation answer was signed with an algorithm that is too weak"
    ),
    RevocationState.WEAK_SINCE: PathVerdict(
        "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
        "a revocation answer rests on an algorithm that was relied upon once, and is not proven to be that old",
    ),
}


@dataclass(frozen=True)
class _Link:
    """One certificate of a path under its issuer, whether it is the last, and what is known of its revocation."""

    certificate: x509.Certificate
    issuer: x509.Certificate
    is_leaf: bool
    issuer_revoked_at: datetime | None
    status: RevocationStatus


@dataclass(frozen=True)
class BoundsJudge:
    """Judges paths by what the file says of their certificates' revocation."""

    revocation: RevocationData
    answers: AnswerJudge

    def judge(self, path: Sequence[x509.Certificate], pool: CertificatePool, when: When) -> PathVerdict:
        """Judge a path, its root first, that keeps the rules, at the times that count."""
        links = self._links(path, pool, when)
        leaf_good = bool(links) and links[-1].status.state is RevocationState.GOOD
        for verdict in (
            _not_yet_valid(path, when),
            *(self._revoked(link, when) for link in reversed(links)),
            _out_of_bounds(path, when, is_good=leaf_good),
            *(self._weak(link, when) for link in links),
            *(self._unproven(link) for link in links),
            *(_UNKNOWN_REVOCATION.get(link.status.state, STANDS) for link in links),
        ):
            if not verdict.stands:
                return verdict
        return STANDS

    def _links(self, path: Sequence[x509.Certificate], pool: CertificatePool, when: When) -> list[_Link]:
        links: list[_Link] = []
        issuer_ends, issuer_revoked = OPEN, None
        for position, (issuer, certificate) in enumerate(itertools.pairwise(path)):
            found = self.revocation.answers(certificate, issuer, pool)
            expired = utc(certificate.not_valid_after)
            status = self.answers.status(found, replace(when, fresh_for=min(when.fresh_for, expired)), issuer_ends)
            links.append(_Link(certificate, issuer, position == len(path) - 2, issuer_revoked, status))
            issuer_revoked = status.revoked_at
            issuer_ends = min(expired, issuer_revoked or OPEN)
        return links

    def _revoked(self, link: _Link, when: When) -> PathVerdict:
        if link.status.state is not RevocationState.REVOKED:
            return STANDS
        revoked_at = link.status.revoked_at
        if not link.is_leaf:
            return PathVerdict(
                "REVOKED_CA_NO_POE",
                "an authority's certificate was revoked before the time that can be proven",
                revoked_at,
            )
        if when.is_proven or (when.after is not None and revoked_at is not None and when.after >= revoked_at):
            return PathVerdict(
                "REVOKED", "the certificate was revoked before the time that can be proven", revoked_at, fails=True
            )
        return PathVerdict(
            "REVOKED_NO_POE", "the certificate was revoked, and nothing proves that it was used before", revoked_at
        )

    def _weak(self, link: _Link, when: When) -> PathVerdict:
        """Whether the certificate's own signature rests on what could not be relied upon when it is proven to exist."""
        end = self.answers.constraints.end_of(use_in(link.certificate, link.issuer))
        if self.answers.proofs.at < end or self._existed(link, when) < end:
            return STANDS
        if utc(link.certificate.not_valid_before) >= end:
            return PathVerdict(
                "CRYPTO_CONSTRAINTS_FAILURE", "a certificate was signed with an algorithm that is too weak"
            )
        return PathVerdict(
            "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
            "a certificate rests on an algorithm that was relied upon once, and is not proven to be that old",
        )

    def _unproven(self, link: _Link) -> PathVerdict:
        """Whether an authority's certificate could have been made by an issuer's key after that was revoked.

        The signer's own certificate is not asked here: the signature is as old as the certificate must be.
        """
        if link.is_leaf or link.issuer_revoked_at is None:
            return STANDS
        if self.answers.proofs.of_certificate(link.certificate) <= link.issuer_revoked_at:
            return STANDS
        return PathVerdict(
            "NO_POE", "an authority's certificate is not proven to be older than its issuer's revocation"
        )

    def _existed(self, link: _Link, when: When) -> datetime:
        proven = self.answers.proofs.of_certificate(link.certificate)
        return min(proven, when.existed) if link.is_leaf else proven


def _not_yet_valid(path: Sequence[x509.Certificate], when: When) -> PathVerdict:
    if all(when.existed >= utc(certificate.not_valid_before) for certificate in _judged(path)):
        return STANDS
    if when.is_proven:
        reason = "a certificate was not yet valid at the time that can be proven"
        return PathVerdict("NOT_YET_VALID", reason, fails=True)
    return PathVerdict("OUT_OF_BOUNDS_NO_POE", "a certificate was not yet valid at the time of validation")


def _out_of_bounds(path: Sequence[x509.Certificate], when: When, *, is_good: bool) -> PathVerdict:
    """Whether a certificate had expired; `is_good`: the signer's own is known not to have been revoked till then."""
    leaf = path[-1]
    if when.existed > (ends := utc(leaf.not_valid_after)):
        if when.after is not None and when.after > ends:
            return PathVerdict("EXPIRED", "the certificate had expired when the signature was made", fails=True)
        if is_good:
            reason = "the certificate has expired, unrevoked, and nothing proves that it was used before"
            return PathVerdict("OUT_OF_BOUNDS_NOT_REVOKED", reason)
    if any(when.existed > utc(certificate.not_valid_after) for certificate in _judged(path)):
        return PathVerdict("OUT_OF_BOUNDS_NO_POE", "a certificate had expired at the time that can be proven")
    return STANDS


def _judged(path: Sequence[x509.Certificate]) -> Sequence[x509.Certificate]:
    """The certificates whose validity counts: those below the root, which is believed by configuration."""
    return path[1:] or path
