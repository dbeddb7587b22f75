"""Event certificates: one signing act, 24 hours, bound to its evidence (SIGNING.md, Sign, step 1).

The evidence is bound by standard means: RFC 3739 `biometricInfo` holds the digests of handwriting and
picture, an RFC 6920 `ni` URI in subjectAltName holds the digest of the manifest.
"""

from __future__ import annotations

import base64
import unicodedata
from datetime import timedelta

from asn1crypto import algos, core
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from ca.authority.certification import certify
from ca.authority.hierarchy import Member
from ca.authority.profiles import Endpoints, Role, certificate_policies, key_usage, subject
from ca.authority.register import Register
from ca.errors import TrustServiceError
from ca.ports import Clock, EventCertificateRequest, IssuedCertificate, RevocationReason

BACKDATED = timedelta(minutes=5)
LIFETIME = timedelta(hours=24)
MAX_REQUEST_SIZE = 16384
BIOMETRIC_INFO = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.2")

_PICTURE, _HANDWRITTEN_SIGNATURE = 0, 1
_DIGEST_SIZE = 32
_RSA_SIZES = range(2048, 4097)


class _TypeOfBiometricData(core.Choice):  # type: ignore[misc]
    _alternatives = [  # noqa: RUF012
        ("predefined_biometric_type", core.Integer),
        ("biometric_data_oid", core.ObjectIdentifier),
    ]


class _BiometricData(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012
        ("type_of_biometric_data", _TypeOfBiometricData),
        ("hash_algorithm", algos.DigestAlgorithm),
        ("biometric_data_hash", core.OctetString),
        ("source_data_uri", core.IA5String, {"optional": True}),
    ]


class _BiometricSyntax(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _BiometricData


class EventCertificateIssuer:
    """Issues event certificates under the issuing CA; a `ca.ports.CertificateIssuer`."""

    def __init__(
        self,
        issuing: Member,
        chain: tuple[bytes, ...],
        register: Register,
        endpoints: Endpoints,
        clock: Clock,
    ) -> None:
        """`chain` is the issuing CA's certificate and the root's, DER."""
        self._issuing = issuing
        self._chain = chain
        self._register = register
        self._clock = clock
        self._fixed_extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (key_usage(content_commitment=True), True),
            (x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.private_key.public_key()), False),
            (endpoints.authority_information_access(Role.ISSUING), False),
            (endpoints.crl_distribution_points(Role.ISSUING), False),
            (certificate_policies(), False),
        )

    def issue_event_certificate(self, request: EventCertificateRequest) -> IssuedCertificate:
        """Certify the requested key from 5 minutes ago until in 24 hours, bound to the digests.

        Raises `TrustServiceError` with code `certificate-request-refused` if the PKCS#10 is not one, is not
        signed by its own key, or its key is neither RSA 2048-4096 nor on a NIST curve; if the name is empty,
        over 64 bytes of UTF-8 or has control characters; or if a digest has not 32 bytes. Raises
        `TrustServiceUnavailable` (`clock-went-back`) and `AuthorityError` (`register-unwritable`).
        """
        public_key = _proven_public_key(request.certification_request)
        now = self._clock()
        builder = (
            x509.CertificateBuilder()
            .subject_name(_checked_subject(request.common_name))
            .issuer_name(self._issuing.certificate.subject)
            .public_key(public_key)
            .not_valid_before(now - BACKDATED)
            .not_valid_after(now + LIFETIME)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(_biometric_info(request.handwriting_digest, request.photo_digest), critical=False)
            .add_extension(
                x509.SubjectAlternativeName(
                    [x509.UniformResourceIdentifier(named_information_uri(request.manifest_digest))]
                ),
                critical=False,
            )
        )
        for extension, critical in self._fixed_extensions:
            builder = builder.add_extension(extension, critical=critical)
        certificate = certify(builder, self._issuing.private_key)
        self._register.record_issued(certificate.serial_number, now + LIFETIME, now, purpose=request.manifest_digest)
        return IssuedCertificate(certificate.public_bytes(Encoding.DER), self._chain)

    def issued_for(self, manifest_digest: bytes) -> tuple[int, ...]:
        """Return the serial numbers of every certificate that was issued for this manifest, in order.

        Raises `AuthorityError` (`register-unreadable`, `register-damaged`).
        """
        return self._register.issued_for(_checked_digest(manifest_digest))

    def revoke(self, serial_number: int, reason: RevocationReason) -> None:
        """Revoke the certificate from now on; revoking twice keeps the first date and reason.

        Raises `AuthorityError` with code `serial-unknown` or `register-unwritable`.
        """
        self._register.record_revoked(serial_number, reason, self._clock())


def named_information_uri(digest: bytes) -> str:
    """Return the RFC 6920 URI `ni:///sha-256;<base64url without padding>` of a SHA-256 digest."""
    return "ni:///sha-256;" + base64.urlsafe_b64encode(_checked_digest(digest)).rstrip(b"=").decode("ascii")


def _biometric_info(handwriting: bytes, photo: bytes | None) -> x509.UnrecognizedExtension:
    """RFC 3739, clause 3.2.5: the digests only; no sourceDataUri points anywhere."""
    items = [(_HANDWRITTEN_SIGNATURE, handwriting)]
    if photo is not None:
        items.append((_PICTURE, photo))
    syntax = _BiometricSyntax(
        [
            {
                "type_of_biometric_data": _TypeOfBiometricData("predefined_biometric_type", kind),
                "hash_algorithm": {"algorithm": "sha256"},
                "biometric_data_hash": _checked_digest(digest),
            }
            for kind, digest in items
        ]
    )
    return x509.UnrecognizedExtension(BIOMETRIC_INFO, syntax.dump())


def _proven_public_key(certification_request: bytes) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
    if len(certification_request) > MAX_REQUEST_SIZE:
        raise _refused(f"the PKCS#10 is longer than {MAX_REQUEST_SIZE} bytes")
    try:
        request = x509.load_der_x509_csr(certification_request)
        proven = request.is_signature_valid
        key = request.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _refused("the certification request is not a readable PKCS#10") from error
    if not proven:
        raise _refused("the PKCS#10 is not signed by the key that it names")
    if isinstance(key, rsa.RSAPublicKey) and key.key_size in _RSA_SIZES:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1 | ec.SECP521R1):
        return key
    raise _refused("the key is neither RSA of 2048 to 4096 bits nor on P-256, P-384 or P-521")


def _checked_subject(common_name: str) -> x509.Name:
    if common_name != common_name.strip() or any(unicodedata.category(c)[0] == "C" for c in common_name):
        raise _refused("the name begins or ends with a space or has control characters")
    try:
        return subject(common_name)
    except ValueError as error:
        raise _refused("the name is empty or longer than 64 bytes of UTF-8") from error


def _checked_digest(digest: bytes) -> bytes:
    if len(digest) != _DIGEST_SIZE:
        raise _refused(f"a digest has {len(digest)} bytes, SHA-256 has {_DIGEST_SIZE}")
    return digest


def _refused(cause: str) -> TrustServiceError:
    return TrustServiceError("certificate-request-refused", cause, "correct the request; nothing was issued")
