"""What OCSP answers (RFC 6960) and CRLs (RFC 5280 clause 5) that a file carries say of a certificate."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from asn1crypto import ocsp, x509

from ca.encoding import certificate_digest, encoding_of
from esign.verify.cms.algorithms import digest_name
from esign.verify.cms.certificates import CertificatePool
from esign.verify.errors import MALFORMED
from esign.verify.trust.revocation_reading import ReadAnswers, scheme_of, utc
from esign.verify.trust.revocation_scope import covers

_FRESH_WITHOUT_NEXT_UPDATE: Final = timedelta(days=1)
_CLOCK_TOLERANCE: Final = timedelta(minutes=5)


class RevocationState(StrEnum):
    """What is known of a certificate's revocation at a time."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    WEAK = "weak"
    """Good by answers alone whose signatures are too weak to rely on."""


@dataclass(frozen=True)
class RevocationAnswer:
    """One usable answer: good as of `this_update`, or revoked at `revoked_at`.

    `is_weak`: a signature it rests on uses a digest that is too weak to believe a good answer.
    """

    this_update: datetime
    next_update: datetime | None
    revoked_at: datetime | None
    is_weak: bool = False

    def speaks_of(self, moment: datetime) -> bool:
        """Whether the answer is recent enough for that time; an answer made later always is."""
        if self.revoked_at is not None or self.this_update >= moment - _CLOCK_TOLERANCE:
            return True
        return moment <= (self.next_update or self.this_update + _FRESH_WITHOUT_NEXT_UPDATE)


@dataclass
class RevocationData:
    """Answers in DER, parsed once; responders and CRL issuers are checked when an answer is asked for."""

    ocsp_responses: list[bytes] = field(default_factory=list)
    crls: list[bytes] = field(default_factory=list)
    _read: ReadAnswers = field(default_factory=ReadAnswers)
    _answers: dict[tuple[bytes, bytes], list[RevocationAnswer]] = field(default_factory=dict)
    _parts: dict[tuple[tuple[bytes, ...], tuple[bytes, ...]], RevocationData] = field(default_factory=dict)

    def only(self, ocsp_responses: tuple[bytes, ...], crls: tuple[bytes, ...]) -> RevocationData:
        """Return what these answers say by themselves; those that were read and checked here are not read again."""
        part = (ocsp_responses, crls)
        if part not in self._parts:
            self._parts[part] = RevocationData(list(ocsp_responses), list(crls), self._read)
        return self._parts[part]

    def responders(self) -> list[x509.Certificate]:
        """The certificates inside the OCSP responses."""
        found: list[x509.Certificate] = []
        for basic in self._responses():
            try:
                found += self._read.enclosed_certificates(basic)
            except MALFORMED:
                continue
        return found

    def answers(
        self, certificate: x509.Certificate, issuer: x509.Certificate, pool: CertificatePool, depth: int = 0
    ) -> list[RevocationAnswer]:
        """Return every answer about the certificate whose maker may speak for the issuer."""
        key = (certificate_digest(certificate), certificate_digest(issuer))
        if key not in self._answers:
            self._answers[key] = []
            found = self._ocsp_answers(certificate, issuer, pool, depth)
            found += self._crl_answers(certificate, issuer, pool)
            self._answers[key] = found
        return self._answers[key]

    def state(
        self,
        certificate: x509.Certificate,
        issuer: x509.Certificate,
        pool: CertificatePool,
        moment: datetime,
        used_at: datetime,
    ) -> tuple[RevocationState, datetime | None]:
        """Return the state at `moment` by answers recent enough for `used_at`, and when it was revoked if ever."""
        answers = self.answers(certificate, issuer, pool)
        revoked = [answer.revoked_at for answer in answers if answer.revoked_at is not None]
        if revoked:
            first = min(revoked)
            return (RevocationState.REVOKED if first <= moment else RevocationState.GOOD), first
        recent = [answer for answer in answers if answer.speaks_of(used_at)]
        if not recent:
            return RevocationState.UNKNOWN, None
        return (RevocationState.WEAK if all(answer.is_weak for answer in recent) else RevocationState.GOOD), None

    def _responses(self) -> list[ocsp.BasicOCSPResponse]:
        return self._read.responses(self.ocsp_responses)

    def _ocsp_answers(
        self, certificate: x509.Certificate, issuer: x509.Certificate, pool: CertificatePool, depth: int
    ) -> list[RevocationAnswer]:
        found: list[RevocationAnswer] = []
        for basic in self._responses():
            try:
                single = _matching_response(basic, certificate, issuer)
                responder = self._responder(basic, issuer, pool, depth) if single is not None else None
                if single is None or responder is None:
                    continue
                status = single["cert_status"]
                revoked_at = status.chosen["revocation_time"].native if status.name == "revoked" else None
                if status.name == "unknown":
                    continue
                next_update = single["next_update"].native
                found.append(
                    RevocationAnswer(
                        utc(single["this_update"].native),
                        _utc_or_none(next_update),
                        _utc_or_none(revoked_at),
                        scheme_of(basic).is_weak or (responder is not issuer and scheme_of(responder).is_weak),
                    )
                )
            except MALFORMED:
                continue
        return found

    def _responder(
        self, basic: ocsp.BasicOCSPResponse, issuer: x509.Certificate, pool: CertificatePool, depth: int
    ) -> x509.Certificate | None:
        """Who answered: the issuer itself, or a responder it certified for that (RFC 6960 clause 4.2.2.2)."""
        if self._read.has_signed(issuer, basic):
            return issuer
        for responder in (*map(pool.own, self._read.enclosed_certificates(basic)), *pool.all()):
            if not _may_respond(responder):
                continue
            if pool.is_issued_by(responder, issuer) and self._read.has_signed(responder, basic):
                return responder if self._responder_stands(responder, issuer, basic, pool, depth) else None
        return None

    def _responder_stands(
        self,
        responder: x509.Certificate,
        issuer: x509.Certificate,
        basic: ocsp.BasicOCSPResponse,
        pool: CertificatePool,
        depth: int,
    ) -> bool:
        """Whether the responder was in force when it answered; without no-check it must not be revoked."""
        produced = utc(basic["tbs_response_data"]["produced_at"].native)
        if not responder.not_valid_before <= produced <= responder.not_valid_after:
            return False
        if responder.ocsp_no_check_value is not None or depth > 2:
            return True
        answers = self.answers(responder, issuer, pool, depth + 1)
        return all(answer.revoked_at is None or answer.revoked_at > produced for answer in answers)

    def _crl_answers(
        self, certificate: x509.Certificate, issuer: x509.Certificate, pool: CertificatePool
    ) -> list[RevocationAnswer]:
        found: list[RevocationAnswer] = []
        for listed, revoked in self._read.lists(self.crls):
            try:
                body = listed["tbs_cert_list"]
                if not pool.same_name(listed.issuer, issuer.subject) or not covers(listed, certificate):
                    continue
                if not _may_list(issuer) or not self._read.has_signed(issuer, listed):
                    continue
                found.append(
                    RevocationAnswer(
                        utc(body["this_update"].native),
                        _utc_or_none(body["next_update"].native),
                        revoked.get(certificate.serial_number),
                        scheme_of(listed).is_weak,
                    )
                )
            except MALFORMED:
                continue
        return found


def _may_respond(certificate: x509.Certificate) -> bool:
    usage = certificate.extended_key_usage_value
    return usage is not None and "ocsp_signing" in usage.native


def _may_list(issuer: x509.Certificate) -> bool:
    """Whether the issuer's key may sign CRLs (RFC 5280 clause 6.3.3 (f)); a key usage that is absent allows."""
    usage = issuer.key_usage_value
    return usage is None or "crl_sign" in usage.native


def has_revocation_data(
    chain: Iterable[x509.Certificate], data: RevocationData, pool: CertificatePool, depth: int = 0
) -> bool:
    """Whether there is an answer for every certificate of the chain that can be revoked.

    Self-signed certificates and OCSP responders marked no-check need none (EN 319 142-1, level B-LT).
    """
    for certificate in chain:
        if pool.is_self_signed(certificate) or certificate.ocsp_no_check_value is not None:
            continue
        issuer = pool.issuer_of(certificate)
        if issuer is None or not data.answers(certificate, issuer, pool):
            return False
    return True


def _matching_response(
    basic: ocsp.BasicOCSPResponse, certificate: x509.Certificate, issuer: x509.Certificate
) -> ocsp.SingleResponse | None:
    for single in basic["tbs_response_data"]["responses"]:
        named = single["cert_id"]
        if named["serial_number"].native != certificate.serial_number:
            continue
        algorithm = digest_name(named["hash_algorithm"])
        key_hash = hashlib.new(algorithm, bytes(issuer.public_key["public_key"])).digest()
        name_hash = hashlib.new(algorithm, encoding_of(issuer.subject)).digest()
        if named["issuer_key_hash"].native == key_hash and named["issuer_name_hash"].native == name_hash:
            return single
    return None


def _utc_or_none(moment: datetime | None) -> datetime | None:
    return None if moment is None else utc(moment)
