"""Certification path validation (RFC 5280 clause 6) against the believed roots, with pyHanko's validator.

Path building and the path's rules come from there; revocation is judged here, from what the file carries.
"""

from __future__ import annotations

import itertools
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from asn1crypto import x509
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    NotYetValidError,
    PathBuildingError,
    PathError,
    ValidationError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy, RevocationCheckingRule
from pyhanko_certvalidator.registry import CertificateRegistry, PathBuilder, SimpleTrustManager
from pyhanko_certvalidator.validate import async_validate_path

from ca.encoding import certificate_digest
from esign.verify.cms.certificates import CertificatePool, load_certificate
from esign.verify.errors import MALFORMED
from esign.verify.trust.revocation import RevocationData, RevocationState

_Result = TypeVar("_Result")
_PATHS_AT_MOST = 8
_REVOCATION_ASIDE: Final = CertRevTrustPolicy(
    RevocationCheckingPolicy(RevocationCheckingRule.NO_CHECK, RevocationCheckingRule.NO_CHECK)
)
_NO_PATH: tuple[type[Exception], ...] = (PathBuildingError, *MALFORMED)
_BROKEN_PATH: tuple[type[Exception], ...] = (ValidationError, PathError, *MALFORMED)


@dataclass(frozen=True)
class PathVerdict:
    """Whether a path stands at a time. `sub_indication` (EN 319 102-1) and `reason` are None if it does."""

    sub_indication: str | None
    reason: str | None = None
    revoked_at: datetime | None = None

    @property
    def stands(self) -> bool:
        return self.sub_indication is None


class PathJudge:
    """Judges the paths of one file's certificates; what two paths have in common is worked out once."""

    def __init__(self, pool: CertificatePool, revocation: RevocationData) -> None:
        """`pool` and `revocation` are everything the file carries; nothing is added to them from here on."""
        self._pool = pool
        self._revocation = revocation
        self._grounds: dict[tuple[bytes, ...], _Ground] = {}

    def judge(
        self, certificate: x509.Certificate, roots: tuple[bytes, ...], moment: datetime, used_at: datetime
    ) -> PathVerdict:
        """Judge the certificate's path to one of `roots` (DER) at `moment`, timezone-aware UTC.

        Revocation answers must be recent enough for `used_at`. It is `moment` for signers; for a timestamp it is the
        time it names, since a file cannot hold answers that are made after its last timestamp. A revocation that is
        known counts up to `moment`.
        """
        if not roots:
            return PathVerdict("NO_CERTIFICATE_CHAIN_FOUND", "no root is configured that could be believed")
        verdict = PathVerdict("NO_CERTIFICATE_CHAIN_FOUND", "the certificate does not lead to a root that is believed")
        try:
            if roots not in self._grounds:
                self._grounds[roots] = _Ground(roots, self._pool)
            ground = self._grounds[roots]
            paths = ground.paths(certificate)
        except _NO_PATH:
            return verdict
        for path in paths[:_PATHS_AT_MOST]:
            verdict = ground.judge_rules(path, moment)
            if verdict.stands:
                verdict = _judge_revocation(path, ground.pool, self._revocation, moment, used_at)
            if verdict.stands:
                return verdict
        return verdict


class _Ground:
    """What paths start from: certain roots and the certificates of the file. May raise any of `_NO_PATH`."""

    def __init__(self, roots: tuple[bytes, ...], pool: CertificatePool) -> None:
        believed = [pool.own(load_certificate(root)) for root in roots]
        self.pool = pool.under(believed)
        self._roots = SimpleTrustManager.build(trust_roots=believed)
        self._registry = CertificateRegistry.build([*pool.all(), *believed])
        self._paths: dict[bytes, list[ValidationPath]] = {}
        self._verdicts: dict[tuple[int, datetime], PathVerdict] = {}

    def paths(self, certificate: x509.Certificate) -> list[ValidationPath]:
        """Return every path from a root to the certificate."""
        known = certificate_digest(certificate)
        if known not in self._paths:
            builder = PathBuilder(self._roots, self._registry)
            self._paths[known] = _complete(builder.async_build_paths(certificate))
        return self._paths[known]

    def judge_rules(self, path: ValidationPath, moment: datetime) -> PathVerdict:
        """Judge by the rules of RFC 5280 clause 6 at `moment`, revocation aside."""
        key = (id(path), moment)
        if key not in self._verdicts:
            context = ValidationContext(
                trust_manager=self._roots,
                certificate_registry=self._registry,
                moment=moment,
                allow_fetching=False,
                revinfo_policy=_REVOCATION_ASIDE,
            )
            self._verdicts[key] = _judge_rules(path, context)
        return self._verdicts[key]


def _judge_rules(path: ValidationPath, context: ValidationContext) -> PathVerdict:
    try:
        _complete(async_validate_path(context, path))
    except ExpiredError:
        return PathVerdict("OUT_OF_BOUNDS_NO_POE", "a certificate had expired at the time that can be proven")
    except NotYetValidError:
        return PathVerdict("NOT_YET_VALID", "a certificate was not yet valid at the time that can be proven")
    except DisallowedAlgorithmError:
        return PathVerdict("CRYPTO_CONSTRAINTS_FAILURE", "a certificate was signed with an algorithm that is too weak")
    except _BROKEN_PATH:
        return PathVerdict("CERTIFICATE_CHAIN_GENERAL_FAILURE", "the certificate's path to its root breaks a rule")
    return PathVerdict(None)


def _judge_revocation(
    path: ValidationPath,
    pool: CertificatePool,
    revocation: RevocationData,
    moment: datetime,
    used_at: datetime,
) -> PathVerdict:
    certificates = list(path)
    for position, (issuer, certificate) in enumerate(itertools.pairwise(certificates)):
        state, revoked_at = revocation.state(certificate, issuer, pool, moment, used_at)
        is_leaf = position == len(certificates) - 2
        if state is RevocationState.REVOKED:
            code = "REVOKED" if is_leaf else "REVOKED_CA_NO_POE"
            return PathVerdict(code, "a certificate was revoked before the time that can be proven", revoked_at)
        if state is RevocationState.WEAK:
            return PathVerdict(
                "CRYPTO_CONSTRAINTS_FAILURE", "a revocation answer was signed with an algorithm that is too weak"
            )
        if state is RevocationState.UNKNOWN:
            return PathVerdict("TRY_LATER", "the file does not show that the certificates had not been revoked")
    return PathVerdict(None)


def _complete(coroutine: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a coroutine that never waits: with fetching off, the validator has nothing to wait for."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: _Result = done.value
        return result
    coroutine.close()
    raise RuntimeError("the offline path validator waited for something")
