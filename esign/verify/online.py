"""Fetches what a file does not carry from the addresses that certificates name, where that was asked for.

Nothing here knows the network: what asks is a port (`ca.ports.ValidationDataSource`), under limits of its own. Whatever
comes goes through the same checks as what the file carries.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from ca.errors import TrustServiceError
from ca.ports import Fetch, ValidationDataSource
from esign.verify.cms.certificates import load_certificate
from esign.verify.errors import MALFORMED
from esign.verify.report import Finding, MissingData, Report, Severity
from esign.verify.trust.validation_data import SecurityStore

_ROUNDS_AT_MOST: Final = 6
"""Each round may find one more issuer; paths are no longer than that."""
_ASKED_AT_MOST: Final = 60
_UNPRINTABLE: Final = re.compile(r"[^!-~]")
_URL_SHOWN: Final = 200


@dataclass(frozen=True)
class Fetched:
    """What came: a supplement to what the file carries, and a finding (info) for each request that was made."""

    supplement: SecurityStore
    findings: tuple[Finding, ...]

    def told_in(self, report: Report) -> Report:
        """Return the report with these findings behind its own."""
        return replace(report, findings=(*report.findings, *self.findings))


def fetch_missing(missing: Callable[[SecurityStore], tuple[MissingData, ...]], source: ValidationDataSource) -> Fetched:
    """Ask for what is missing until nothing more is, or nothing more comes.

    `missing` judges with a supplement and returns what is wanted beyond it (`Report.missing`); what it raises, leaves.
    All rounds ask one `source`, whose limits hold for all of them together; what it refuses by them is told as well.
    """
    supplement = SecurityStore()
    asked: set[MissingData] = set()
    refused: list[Finding] = []
    for _ in range(_ROUNDS_AT_MOST):
        wanted = [one for one in missing(supplement) if one not in asked][: _ASKED_AT_MOST - len(asked)]
        if not wanted:
            break
        asked.update(wanted)
        before = supplement
        for one in wanted:
            supplement = _with_answer(supplement, one, source, refused)
        if supplement == before:
            break
    told = [_of_fetch(fetch) for fetch in source.fetches()]
    return Fetched(supplement, tuple(dict.fromkeys([*told, *refused])))


def _with_answer(
    supplement: SecurityStore, missing: MissingData, source: ValidationDataSource, refused: list[Finding]
) -> SecurityStore:
    if missing.issuer is None:
        return _with_issuers(supplement, missing.certificate, source, refused)
    try:
        if answer := source.ocsp(missing.certificate, missing.issuer):
            return replace(supplement, ocsp_responses=(*supplement.ocsp_responses, answer))
    except TrustServiceError as error:
        refused.append(_of_refusal(error))
    try:
        if answer := source.crl(missing.issuer, covering=missing.certificate):
            return replace(supplement, crls=tuple(dict.fromkeys((*supplement.crls, answer))))
    except TrustServiceError as error:
        refused.append(_of_refusal(error))
    return supplement


def _with_issuers(
    supplement: SecurityStore, certificate: bytes, source: ValidationDataSource, refused: list[Finding]
) -> SecurityStore:
    found = []
    try:
        for encoded in source.issuers(certificate):
            issuer = load_certificate(encoded)
            if issuer.subject.hashable and issuer.serial_number:
                found.append(issuer)
    except TrustServiceError as error:
        refused.append(_of_refusal(error))
    except MALFORMED:
        refused.append(
            Finding("fetch-unusable", Severity.INFO, "An issuer's certificate that was fetched cannot be read.")
        )
    return replace(supplement, certificates=(*supplement.certificates, *found))


def _of_fetch(fetch: Fetch) -> Finding:
    where = _UNPRINTABLE.sub("?", fetch.url)[:_URL_SHOWN]
    if fetch.failure is not None:
        return Finding(
            "fetch-failed", Severity.INFO, f"Validation data could not be had from {where} ({fetch.failure})."
        )
    return Finding("fetched", Severity.INFO, f"Validation data was fetched from {where} ({fetch.received} bytes).")


def _of_refusal(error: TrustServiceError) -> Finding:
    return Finding("fetch-unusable", Severity.INFO, f"Validation data could not be used: {error.cause}.")
