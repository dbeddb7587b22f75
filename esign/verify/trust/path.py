"""Certification path validation (RFC 5280 clause 6) against the believed roots, with pyHanko's validator.

The path's rules come from there, without regard to time. Paths are found here (`path_building.py`), and validity,
revocation and algorithms are judged here, at the times that proofs of existence give (`bounds.py`).
"""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from asn1crypto import algos, keys, x509
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    AlgorithmUsageConstraint,
    AlgorithmUsagePolicy,
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import CertificateRegistry, SimpleTrustManager
from pyhanko_certvalidator.validate import async_validate_path

from ca.encoding import certificate_digest
from ca.trust import Purpose, TrustStore
from esign.verify.cms.certificates import CertificatePool, load_certificate
from esign.verify.errors import MALFORMED
from esign.verify.trust.bounds import BoundsJudge
from esign.verify.trust.existence import When
from esign.verify.trust.path_building import Path, PathBudget, build_paths
from esign.verify.trust.revocation import RevocationData
from esign.verify.trust.revocation_status import AnswerJudge
from esign.verify.trust.verdict import STANDS, PathVerdict

_Result = TypeVar("_Result")
_REVOCATION_ASIDE: Final = CertRevTrustPolicy(
    RevocationCheckingPolicy(RevocationCheckingRule.NO_CHECK, RevocationCheckingRule.NO_CHECK)
)
_ANY_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)
_VALIDITY_ASIDE: Final = timedelta(days=700_000)
_BROKEN_PATH: tuple[type[Exception], ...] = (ValidationError, PathError, *MALFORMED)


class PathJudge:
    """Judges the paths of one file's certificates; what two paths have in common is worked out once."""

    def __init__(
        self, trust: TrustStore, pool: CertificatePool, revocation: RevocationData, answers: AnswerJudge
    ) -> None:
        """`pool` and `revocation` are everything the file carries; nothing is added to them from here on."""
        self._trust = trust
        self._pool = pool
        self._budget = PathBudget()
        self._bounds = BoundsJudge(revocation, answers)
        self._grounds: dict[tuple[bytes, ...], _Ground] = {}

    def judge(self, certificate: x509.Certificate, purpose: Purpose, when: When) -> PathVerdict:
        """Judge the certificate's path to a root that is believed for `purpose` at the time that is proven."""
        roots = self._trust.roots(purpose, when.existed)
        ground, paths = self._paths(certificate, roots)
        if ground is None or not paths:
            return self._without_path(certificate, purpose, when, any_root=bool(roots))
        first: PathVerdict | None = None
        for path in paths:
            verdict = ground.judge_rules(path)
            if verdict.stands:
                verdict = self._bounds.judge(path, ground.pool, when)
            if verdict.stands:
                return verdict
            first = first or verdict
        return first or STANDS

    def _without_path(
        self, certificate: x509.Certificate, purpose: Purpose, when: When, *, any_root: bool
    ) -> PathVerdict:
        ended = self._trust.ended_roots(purpose, when.existed)
        if not when.is_proven and ended and self._paths(certificate, ended)[1]:
            return PathVerdict(
                "NO_CERTIFICATE_CHAIN_FOUND_NO_POE", "the root that its certificate leads to is believed no more"
            )
        if not any_root:
            return PathVerdict("NO_CERTIFICATE_CHAIN_FOUND", "no root is configured that could be believed")
        return PathVerdict("NO_CERTIFICATE_CHAIN_FOUND", "the certificate does not lead to a root that is believed")

    def _paths(self, certificate: x509.Certificate, roots: tuple[bytes, ...]) -> tuple[_Ground | None, list[Path]]:
        if not roots:
            return None, []
        try:
            if roots not in self._grounds:
                self._grounds[roots] = _Ground(roots, self._pool, self._budget)
            ground = self._grounds[roots]
            return ground, ground.paths(certificate)
        except MALFORMED:
            return None, []


class _Ground:
    """What paths start from: certain roots and the certificates of the file. May raise any of `MALFORMED`."""

    def __init__(self, roots: tuple[bytes, ...], pool: CertificatePool, budget: PathBudget) -> None:
        believed = [pool.own(load_certificate(root)) for root in roots]
        self.pool = pool.under(believed)
        self._budget = budget
        self._digests = frozenset(map(certificate_digest, believed))
        self._roots = SimpleTrustManager.build(trust_roots=believed)
        self._registry = CertificateRegistry.build(believed)
        self._paths: dict[bytes, list[Path]] = {}
        self._verdicts: dict[int, PathVerdict] = {}

    def paths(self, certificate: x509.Certificate) -> list[Path]:
        """Return paths from a root to the certificate, which stay as they are here."""
        known = certificate_digest(certificate)
        if known not in self._paths:
            self._paths[known] = build_paths(certificate, self._digests, self.pool, self._budget)
        return self._paths[known]

    def judge_rules(self, path: Path) -> PathVerdict:
        """Judge by the rules of RFC 5280 clause 6; validity, revocation and the strength of algorithms aside."""
        if id(path) not in self._verdicts:
            root, *between, leaf = path if len(path) > 1 else (*path, None)
            context = ValidationContext(
                trust_manager=self._roots,
                certificate_registry=self._registry,
                moment=_ANY_MOMENT,
                time_tolerance=_VALIDITY_ASIDE,
                allow_fetching=False,
                revinfo_policy=_REVOCATION_ASIDE,
                algorithm_usage_policy=_AnyAlgorithm(),
            )
            self._verdicts[id(path)] = _judge_rules(ValidationPath(CertTrustAnchor(root), between, leaf), context)
        return self._verdicts[id(path)]


class _AnyAlgorithm(AlgorithmUsagePolicy):
    """Leaves the strength of algorithms to `AlgorithmConstraints`."""

    def digest_algorithm_allowed(
        self,
        algo: algos.DigestAlgorithm,
        moment: datetime | None,
    ) -> AlgorithmUsageConstraint:
        return AlgorithmUsageConstraint(allowed=True)

    def signature_algorithm_allowed(
        self,
        algo: algos.SignedDigestAlgorithm,
        moment: datetime | None,
        public_key: keys.PublicKeyInfo | None,
    ) -> AlgorithmUsageConstraint:
        return AlgorithmUsageConstraint(allowed=True)


def _judge_rules(path: ValidationPath, context: ValidationContext) -> PathVerdict:
    try:
        _complete(async_validate_path(context, path))
    except _BROKEN_PATH:
        return PathVerdict("CERTIFICATE_CHAIN_GENERAL_FAILURE", "the certificate's path to its root breaks a rule")
    return STANDS


def _complete(coroutine: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a coroutine that never waits: with fetching off, the validator has nothing to wait for."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: _Result = done.value
        return result
    coroutine.close()
    raise RuntimeError("the offline path validator waited for something")
