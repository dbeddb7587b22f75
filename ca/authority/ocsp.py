"""The OCSP responder of the issuing CA (RFC 6960): delegated, one certificate a request (as RFC 5019)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from asn1crypto import keys
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from ca.authority.crl import reason_flag
from ca.authority.hierarchy import Member
from ca.authority.register import Register
from ca.errors import TrustServiceError, TrustServiceUnavailable
from ca.ports import Clock

NEXT_UPDATE = timedelta(days=1)
MAX_REQUEST_SIZE = 4096
_NONCE_SIZES = range(1, 129)
"""RFC 9654 has 1 to 128 octets."""

# CertID names an issuer by hash and protects nothing: SHA-1 is in RFC 5019, and every verifier knows it.
_CERT_ID_HASH = hashes.SHA1()  # noqa: S303


@dataclass(frozen=True)
class _Asked:
    serial: int
    hash_algorithm: hashes.HashAlgorithm
    nonce: x509.OCSPNonce | None


class _Unanswered(Exception):
    """A request that gets a status and no answer."""

    def __init__(self, status: ocsp.OCSPResponseStatus) -> None:
        super().__init__(status.name)
        self.status = status


class OcspResponder:
    """Answers for every serial number of the issuing CA."""

    def __init__(
        self,
        responder: Member,
        issuing: x509.Certificate,
        register: Register,
        clock: Clock,
        foreign: frozenset[int],
    ) -> None:
        """`foreign` are serial numbers in the register that another issuer gave: unknown here."""
        self._responder = responder
        self._issuing = issuing
        self._register = register
        self._clock = clock
        self._foreign = foreign
        self._name = issuing.subject.public_bytes()
        self._key = _subject_public_key_bits(issuing)

    def answer_for(self, certificate: x509.Certificate) -> bytes:
        """Return the DER OCSPResponse about a certificate of the issuing CA, made now, without nonce.

        Raises `TrustServiceUnavailable` with code `clock-went-back`.
        """
        return self._answer(certificate.serial_number, _CERT_ID_HASH, None)

    def respond(self, request: bytes) -> bytes:
        """Return the DER OCSPResponse to a DER OCSPRequest from outside; it is always a response.

        `malformedRequest` for what cannot be read or asks about several certificates, `unauthorized` for
        other issuers, `tryLater` while the clock is wrong.
        """
        try:
            asked = self._read(request)
            return self._answer(asked.serial, asked.hash_algorithm, asked.nonce)
        except _Unanswered as unanswered:
            return unsuccessful(unanswered.status)
        except TrustServiceUnavailable:
            return unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
        except TrustServiceError:
            return unsuccessful(ocsp.OCSPResponseStatus.INTERNAL_ERROR)

    def _read(self, request: bytes) -> _Asked:
        if len(request) > MAX_REQUEST_SIZE:
            raise _Unanswered(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        try:
            parsed = ocsp.load_der_ocsp_request(request)
            hash_algorithm = parsed.hash_algorithm
            names = (parsed.issuer_name_hash, parsed.issuer_key_hash)
            nonces = [e.value for e in parsed.extensions if isinstance(e.value, x509.OCSPNonce)]
        except (
            ValueError,
            TypeError,
            NotImplementedError,
            UnsupportedAlgorithm,
            x509.DuplicateExtension,
        ) as error:
            raise _Unanswered(ocsp.OCSPResponseStatus.MALFORMED_REQUEST) from error
        if nonces and len(nonces[0].nonce) not in _NONCE_SIZES:
            raise _Unanswered(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        if names != (_digest(hash_algorithm, self._name), _digest(hash_algorithm, self._key)):
            raise _Unanswered(ocsp.OCSPResponseStatus.UNAUTHORIZED)
        return _Asked(parsed.serial_number, hash_algorithm, nonces[0] if nonces else None)

    def _answer(self, serial: int, hash_algorithm: hashes.HashAlgorithm, nonce: x509.OCSPNonce | None) -> bytes:
        now = self._clock()
        revocation = None if serial in self._foreign else self._register.revocation(serial)
        status = ocsp.OCSPCertStatus.UNKNOWN
        if revocation is not None:
            status = ocsp.OCSPCertStatus.REVOKED
        elif serial not in self._foreign and self._register.is_issued(serial):
            status = ocsp.OCSPCertStatus.GOOD
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                _digest(hash_algorithm, self._name),
                _digest(hash_algorithm, self._key),
                serial,
                hash_algorithm,
                status,
                now,
                now + NEXT_UPDATE,
                revocation.at if revocation else None,
                reason_flag(revocation.reason) if revocation else None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self._responder.certificate)
            .certificates([self._responder.certificate])
        )
        if nonce is not None:
            builder = builder.add_extension(nonce, critical=False)
        return builder.sign(self._responder.private_key, hashes.SHA256()).public_bytes(Encoding.DER)


def unsuccessful(status: ocsp.OCSPResponseStatus) -> bytes:
    """Return the DER OCSPResponse that has a status and nothing else."""
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)


def _digest(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()


def _subject_public_key_bits(certificate: x509.Certificate) -> bytes:
    """The content of the subjectPublicKey BIT STRING: what issuerKeyHash is computed over (clause 4.1.1)."""
    public_key = certificate.public_key()
    info = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return bytes(keys.PublicKeyInfo.load(info)["public_key"].contents)[1:]
