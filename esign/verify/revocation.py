"""What OCSP answers (RFC 6960) and CRLs (RFC 5280 clause 5) that a file carries say of a certificate."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from asn1crypto import crl, ocsp, x509

from esign.verify.algorithms import SignatureScheme, check_signature, digest_name, signature_scheme
from esign.verify.certificates import CertificatePool, is_issued_by, is_self_signed, same_name
from esign.verify.errors import MALFORMED
from esign.verify.revocation_scope import covers, is_understood

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
    _basic: list[ocsp.BasicOCSPResponse] | None = None
    _lists: list[tuple[crl.CertificateList, dict[int, datetime]]] | None = None
    _answers: dict[tuple[bytes, bytes], list[RevocationAnswer]] = field(default_factory=dict)

    def responders(self) -> list[x509.Certificate]:
        """The certificates inside the OCSP responses."""
        found: list[x509.Certificate] = []
        for basic in self._parsed_responses():
            try:
                found += list(basic["certs"]) if basic["certs"].native else []
            except MALFORMED:
                continue
        return found

    def answers(
        self, certificate: x509.Certificate, issuer: x509.Certificate, pool: CertificatePool, depth: int = 0
    ) -> list[RevocationAnswer]:
        """Return every answer about the certificate whose maker may speak for the issuer."""
        key = (certificate.dump(), issuer.dump())
        if key not in self._answers:
            self._answers[key] = []
            found = self._ocsp_answers(certificate, issuer, pool, depth)
            found += self._crl_answers(certificate, issuer)
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

    def _parsed_responses(self) -> list[ocsp.BasicOCSPResponse]:
        if self._basic is None:
            self._basic = []
            for encoded in dict.fromkeys(self.ocsp_responses):
                try:
                    response = ocsp.OCSPResponse.load(encoded)
                    if response["response_status"].native == "successful":
                        self._basic.append(response.basic_ocsp_response)
                except MALFORMED:
                    self._add_basic(encoded)
        return self._basic

    def _add_basic(self, encoded: bytes) -> None:
        """Some writers store the inner BasicOCSPResponse."""
        try:
            basic = ocsp.BasicOCSPResponse.load(encoded)
            if basic["tbs_response_data"]["responses"].native is not None and self._basic is not None:
                self._basic.append(basic)
        except MALFORMED:
            return

    def _ocsp_answers(
        self, certificate: x509.Certificate, issuer: x509.Certificate, pool: CertificatePool, depth: int
    ) -> list[RevocationAnswer]:
        found: list[RevocationAnswer] = []
        for basic in self._parsed_responses():
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
                        _utc(single["this_update"].native),
                        _utc_or_none(next_update),
                        _utc_or_none(revoked_at),
                        _scheme_of(basic).is_weak or (responder is not issuer and _scheme_of(responder).is_weak),
                    )
                )
            except MALFORMED:
                continue
        return found

    def _responder(
        self, basic: ocsp.BasicOCSPResponse, issuer: x509.Certificate, pool: CertificatePool, depth: int
    ) -> x509.Certificate | None:
        """Who answered: the issuer itself, or a responder it certified for that (RFC 6960 clause 4.2.2.2)."""
        if _has_signed(issuer, basic):
            return issuer
        own = list(basic["certs"]) if basic["certs"].native else []
        for responder in (*own, *pool.all()):
            if not _may_respond(responder):
                continue
            if is_issued_by(responder, issuer) and _has_signed(responder, basic):
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
        produced = _utc(basic["tbs_response_data"]["produced_at"].native)
        if not responder.not_valid_before <= produced <= responder.not_valid_after:
            return False
        if responder.ocsp_no_check_value is not None or depth > 2:
            return True
        answers = self.answers(responder, issuer, pool, depth + 1)
        return all(answer.revoked_at is None or answer.revoked_at > produced for answer in answers)

    def _crl_answers(self, certificate: x509.Certificate, issuer: x509.Certificate) -> list[RevocationAnswer]:
        found: list[RevocationAnswer] = []
        for listed, revoked in self._parsed_lists():
            try:
                body = listed["tbs_cert_list"]
                if not same_name(listed.issuer, issuer.subject) or not covers(listed, certificate):
                    continue
                if not _may_list(issuer) or not _has_signed(issuer, listed):
                    continue
                found.append(
                    RevocationAnswer(
                        _utc(body["this_update"].native),
                        _utc_or_none(body["next_update"].native),
                        revoked.get(certificate.serial_number),
                        _scheme_of(listed).is_weak,
                    )
                )
            except MALFORMED:
                continue
        return found

    def _parsed_lists(self) -> list[tuple[crl.CertificateList, dict[int, datetime]]]:
        if self._lists is None:
            self._lists = []
            for encoded in dict.fromkeys(self.crls):
                try:
                    listed = crl.CertificateList.load(encoded)
                    if not is_understood(listed):
                        continue
                    entries = listed["tbs_cert_list"]["revoked_certificates"]
                    revoked = {
                        entry["user_certificate"].native: _utc(entry["revocation_date"].native) for entry in entries
                    } if entries.native is not None else {}  # fmt: skip
                    self._lists.append((listed, revoked))
                except MALFORMED:
                    continue
        return self._lists


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
        if is_self_signed(certificate) or certificate.ocsp_no_check_value is not None:
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
        name_hash = hashlib.new(algorithm, issuer.subject.dump()).digest()
        if named["issuer_key_hash"].native == key_hash and named["issuer_name_hash"].native == name_hash:
            return single
    return None


def _has_signed(signer: x509.Certificate, signed: ocsp.BasicOCSPResponse | crl.CertificateList) -> bool:
    body = signed["tbs_response_data"] if isinstance(signed, ocsp.BasicOCSPResponse) else signed["tbs_cert_list"]
    try:
        return check_signature(
            signer.public_key.dump(), _scheme_of(signed), signed["signature"].native, data=body.dump()
        )
    except MALFORMED:
        return False


def _scheme_of(signed: ocsp.BasicOCSPResponse | crl.CertificateList | x509.Certificate) -> SignatureScheme:
    return signature_scheme(signed["signature_algorithm"], "sha256")


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _utc_or_none(moment: datetime | None) -> datetime | None:
    return None if moment is None else _utc(moment)
