"""What OCSP answers (RFC 6960) and CRLs (RFC 5280 clause 5) say of a certificate, by makers who may say it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from asn1crypto import ocsp, x509

from ca.encoding import certificate_digest, encoding_of
from esign.verify.cms.algorithms import digest_name
from esign.verify.cms.certificates import CertificatePool
from esign.verify.errors import MALFORMED
from esign.verify.trust.algorithm_constraints import OPEN, AlgorithmUse
from esign.verify.trust.algorithm_uses import use_in
from esign.verify.trust.revocation_reading import ReadAnswers, ReadList, ReadResponse, Revocation, utc
from esign.verify.trust.revocation_scope import covers

_FRESH_WITHOUT_NEXT_UPDATE: Final = timedelta(days=1)
_CLOCK_TOLERANCE: Final = timedelta(minutes=5)
_RESPONDERS_DEEP: Final = 2
_ENCLOSED_AT_MOST: Final = 4
_SPEAKERS_AT_MOST: Final = 32
"""Responders, and other keys, of one issuer: a file may carry thousands, and each answer would be tried with each."""


@dataclass(frozen=True)
class RevocationAnswer:
    """One usable answer: good as of `this_update`, or revoked at `revoked_at`, or but suspended since then.

    `is_silent`: it was made when the certificate had expired and could be forgotten. `encoded`: what it was read from.
    `maker_ends` is when its maker, if that is not the issuer itself, expired or was revoked: what is not proven to have
    existed before could be made with a key that was lost since. `uses` are the algorithms that it rests on.
    """

    this_update: datetime
    next_update: datetime | None
    revoked_at: datetime | None
    is_held: bool = False
    is_silent: bool = False
    encoded: bytes = field(default=b"", repr=False)
    maker_ends: datetime = OPEN
    uses: tuple[AlgorithmUse, ...] = ()

    def speaks_of(self, moment: datetime) -> bool:
        """Whether the answer is recent enough for that time; an answer made later always is."""
        if self.revoked_at is not None or self.this_update >= moment - _CLOCK_TOLERANCE:
            return True
        return moment <= (self.next_update or self.this_update + _FRESH_WITHOUT_NEXT_UPDATE)


@dataclass(frozen=True)
class _Maker:
    """Who made an answer, and until when: `OPEN` for the issuer itself, which is judged with the path."""

    certificate: x509.Certificate
    ends: datetime


@dataclass
class RevocationData:
    """Answers in DER, parsed once; responders and CRL issuers are checked when an answer is asked for."""

    ocsp_responses: list[bytes] = field(default_factory=list)
    crls: list[bytes] = field(default_factory=list)
    _read: ReadAnswers = field(default_factory=ReadAnswers)
    _answers: dict[tuple[bytes, bytes], list[RevocationAnswer]] = field(default_factory=dict)
    _speakers: dict[tuple[int, bytes, str], list[x509.Certificate]] = field(default_factory=dict)
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
        for read in self._read.responses(self.ocsp_responses):
            try:
                found += self._read.enclosed_certificates(read.basic)
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
            found: list[RevocationAnswer] = []
            for read in self._read.responses(self.ocsp_responses):
                try:
                    found += self._ocsp_answer(read, certificate, issuer, pool, depth)
                except MALFORMED:
                    continue
            for listed in self._read.lists(self.crls):
                try:
                    found += self._crl_answer(listed, certificate, issuer, pool)
                except MALFORMED:
                    continue
            self._answers[key] = found
        return self._answers[key]

    def _ocsp_answer(
        self,
        read: ReadResponse,
        certificate: x509.Certificate,
        issuer: x509.Certificate,
        pool: CertificatePool,
        depth: int,
    ) -> Iterator[RevocationAnswer]:
        single = _matching_response(read.basic, certificate, issuer)
        maker = self._responder(read.basic, issuer, pool, depth) if single is not None else None
        if single is None or maker is None:
            return
        status, revocation = single["cert_status"], None
        if status.name == "unknown":
            return
        if status.name == "revoked":
            told = status.chosen
            reason = told["revocation_reason"].native
            revocation = Revocation(utc(told["revocation_time"].native), reason == "certificate_hold")
        this_update = utc(single["this_update"].native)
        cutoff = single.archive_cutoff_value
        silent = _is_silent(this_update, None if cutoff is None else utc(cutoff.native), certificate)
        uses = [use_in(read.basic, maker.certificate)]
        if maker.certificate is not issuer:
            uses.append(use_in(maker.certificate, issuer))
        yield _answer(
            read.encoded, this_update, single["next_update"].native, revocation, maker, uses, is_silent=silent
        )

    def _responder(
        self, basic: ocsp.BasicOCSPResponse, issuer: x509.Certificate, pool: CertificatePool, depth: int
    ) -> _Maker | None:
        """Who answered: the issuer itself, or a responder it certified for that (RFC 6960 clause 4.2.2.2)."""
        if self._read.has_signed(issuer, basic):
            return _Maker(issuer, OPEN)
        for responder in (*self._enclosed_responders(basic, issuer, pool), *self._responders_of(issuer, pool)):
            if self._read.has_signed(responder, basic):
                produced = utc(basic["tbs_response_data"]["produced_at"].native)
                ends = self._end_of_responder(responder, issuer, pool, depth)
                return _Maker(responder, ends) if utc(responder.not_valid_before) <= produced < ends else None
        return None

    def _enclosed_responders(
        self, basic: ocsp.BasicOCSPResponse, issuer: x509.Certificate, pool: CertificatePool
    ) -> list[x509.Certificate]:
        """The responders inside the answer itself, which no number of others in the file keeps from being heard."""
        enclosed = map(pool.own, self._read.enclosed_certificates(basic)[:_ENCLOSED_AT_MOST])
        return [one for one in enclosed if _may_respond(one) and pool.is_issued_by(one, issuer)]

    def _responders_of(self, issuer: x509.Certificate, pool: CertificatePool) -> list[x509.Certificate]:
        """The responders in the file, those inside answers included, that the issuer certified."""
        key = (id(pool), certificate_digest(issuer), "respond")
        if key not in self._speakers:
            candidates = {certificate_digest(one): one for one in (*map(pool.own, self.responders()), *pool.all())}
            self._speakers[key] = [
                one for one in candidates.values() if _may_respond(one) and pool.is_issued_by(one, issuer)
            ][:_SPEAKERS_AT_MOST]
        return self._speakers[key]

    def _end_of_responder(
        self, responder: x509.Certificate, issuer: x509.Certificate, pool: CertificatePool, depth: int
    ) -> datetime:
        """When the responder expired or, without no-check, was revoked."""
        ends = [utc(responder.not_valid_after)]
        if responder.ocsp_no_check_value is None and depth <= _RESPONDERS_DEEP:
            answers = self.answers(responder, issuer, pool, depth + 1)
            ends += [answer.revoked_at for answer in answers if answer.revoked_at is not None]
        return min(ends)

    def _crl_answer(
        self, read: ReadList, certificate: x509.Certificate, issuer: x509.Certificate, pool: CertificatePool
    ) -> Iterator[RevocationAnswer]:
        listed = read.listed
        if not pool.same_name(listed.issuer, issuer.subject) or not covers(listed, certificate):
            return
        revocation = read.revocation(certificate.serial_number)
        if revocation is None and read.is_partial:
            return
        maker = self._lister(read, issuer, pool)
        if maker is None:
            return
        body = listed["tbs_cert_list"]
        this_update = utc(body["this_update"].native)
        silent = _is_silent(this_update, read.keeps_expired_since, certificate)
        uses = [use_in(listed, maker.certificate)]
        yield _answer(read.encoded, this_update, body["next_update"].native, revocation, maker, uses, is_silent=silent)

    def _lister(self, read: ReadList, issuer: x509.Certificate, pool: CertificatePool) -> _Maker | None:
        """Whose key signed the list: the issuer's, or one that it had before or since (RFC 5280 clause 6.3.3 (f)).

        The other key has a certificate of the issuer's own name, by the issuer itself or by whoever certified it too.
        """
        if _may_list(issuer) and self._read.has_signed(issuer, read.listed):
            return _Maker(issuer, OPEN)
        for other in self._other_keys_of(issuer, pool):
            if self._read.has_signed(other, read.listed):
                return _Maker(other, utc(other.not_valid_after))
        return None

    def _other_keys_of(self, issuer: x509.Certificate, pool: CertificatePool) -> list[x509.Certificate]:
        key = (id(pool), certificate_digest(issuer), "list")
        if key not in self._speakers:
            by = [issuer, *filter(None, [pool.issuer_of(issuer)])]
            self._speakers[key] = [
                other
                for other in pool.named(issuer.subject)
                if other.ca
                and _may_list(other)
                and certificate_digest(other) != certificate_digest(issuer)
                and any(pool.is_issued_by(other, above) for above in by)
            ][:_SPEAKERS_AT_MOST]
        return self._speakers[key]


def _answer(
    encoded: bytes,
    this_update: datetime,
    next_update: datetime | None,
    revocation: Revocation | None,
    maker: _Maker,
    uses: list[AlgorithmUse],
    *,
    is_silent: bool,
) -> RevocationAnswer:
    return RevocationAnswer(
        this_update,
        None if next_update is None else utc(next_update),
        None if revocation is None else revocation.at,
        is_held=revocation is not None and revocation.is_held,
        is_silent=revocation is None and is_silent,
        encoded=encoded,
        maker_ends=maker.ends,
        uses=tuple(uses),
    )


def _is_silent(this_update: datetime, keeps_since: datetime | None, certificate: x509.Certificate) -> bool:
    """Whether an answer made after the certificate expired does not say that it had not been revoked.

    Makers forget what has expired unless they say since when they keep it: the archive cutoff of OCSP (RFC 6960 clause
    4.4.4) and expiredCertsOnCRL.
    """
    expired = utc(certificate.not_valid_after)
    return this_update > expired + _CLOCK_TOLERANCE and (keeps_since is None or keeps_since > expired)


def _may_respond(certificate: x509.Certificate) -> bool:
    usage = certificate.extended_key_usage_value
    return usage is not None and "ocsp_signing" in usage.native


def _may_list(issuer: x509.Certificate) -> bool:
    """Whether the issuer's key may sign CRLs (RFC 5280 clause 6.3.3 (f)); a key usage that is absent allows."""
    usage = issuer.key_usage_value
    return usage is None or "crl_sign" in usage.native


def has_revocation_data(chain: Iterable[x509.Certificate], data: RevocationData, pool: CertificatePool) -> bool:
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
