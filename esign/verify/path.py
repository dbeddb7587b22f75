"""Certification path validation (RFC 5280 clause 6) against the believed roots, with pyHanko's validator.

Path building and the path's rules come from there; revocation is judged here, from what the file carries.
"""

from __future__ import annotations

import itertools
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

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
from pyhanko_certvalidator.validate import async_validate_path

from esign.verify.certificates import CertificatePool
from esign.verify.errors import MALFORMED
from esign.verify.revocation import RevocationData, RevocationState

_Result = TypeVar("_Result")
_PATHS_AT_MOST = 8
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


def judge_path(
    certificate: x509.Certificate,
    roots: tuple[bytes, ...],
    pool: CertificatePool,
    revocation: RevocationData,
    moment: datetime,
    used_at: datetime,
) -> PathVerdict:
    """Judge the certificate's path to one of `roots` (DER) at `moment`, timezone-aware UTC.

    Revocation answers must be recent enough for `used_at`. It is `moment` for signers; for a timestamp it is the
    time it names, since a file cannot hold answers that are made after its last timestamp. A revocation that is
    known counts up to `moment`.
    """
    if not roots:
        return PathVerdict("NO_CERTIFICATE_CHAIN_FOUND", "no root is configured that could be believed")
    try:
        believed = [x509.Certificate.load(root) for root in roots]
        context = ValidationContext(
            trust_roots=believed,
            other_certs=pool.all(),
            moment=moment,
            allow_fetching=False,
            revocation_mode="soft-fail",
            crls=[],
            ocsps=[],
        )
        paths = _complete(context.path_builder.async_build_paths(certificate))
    except _NO_PATH:
        return PathVerdict("NO_CERTIFICATE_CHAIN_FOUND", "the certificate does not lead to a root that is believed")
    verdict = PathVerdict("NO_CERTIFICATE_CHAIN_FOUND", "the certificate does not lead to a root that is believed")
    with_roots = CertificatePool([*believed, *pool.all()])
    for path in paths[:_PATHS_AT_MOST]:
        verdict = _judge_one(path, context, with_roots, revocation, (moment, used_at))
        if verdict.stands:
            return verdict
    return verdict


def _judge_one(
    path: ValidationPath,
    context: ValidationContext,
    pool: CertificatePool,
    revocation: RevocationData,
    times: tuple[datetime, datetime],
) -> PathVerdict:
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
    return _judge_revocation(path, pool, revocation, times)


def _judge_revocation(
    path: ValidationPath, pool: CertificatePool, revocation: RevocationData, times: tuple[datetime, datetime]
) -> PathVerdict:
    moment, used_at = times
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
