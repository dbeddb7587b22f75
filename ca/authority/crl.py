"""Certificate revocation lists of the root and the issuing CA (RFC 5280, clause 5)."""

from __future__ import annotations

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from ca.authority.hierarchy import Member
from ca.authority.register import Register
from ca.authority.register_index import Revocation
from ca.ports import Clock, RevocationReason

NEXT_UPDATE = timedelta(days=7)


class RevocationLister:
    """Makes the present CRL of one issuer each time it is asked."""

    def __init__(self, issuer: Member, register: Register, clock: Clock, issued_by_root: frozenset[int]) -> None:
        """`issued_by_root`: the serial numbers that the root answers for, the issuing CA for the others."""
        self._issuer = issuer
        self._register = register
        self._clock = clock
        self._issued_by_root = issued_by_root
        self._is_root = issuer.certificate.issuer == issuer.certificate.subject
        self._authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.private_key.public_key())

    def revocation_list(self) -> bytes:
        """Return the DER CertificateList of now.

        Raises `TrustServiceUnavailable` with code `clock-went-back`.
        """
        now = self._clock()
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._issuer.certificate.subject)
            .last_update(now)
            .next_update(now + NEXT_UPDATE)
            .add_extension(self._authority_key, critical=False)
            # The clock never goes back further than its tolerance: seconds since 1970 number the lists.
            .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        )
        for serial, not_after, revocation in self._register.revocations():
            # Clause 3.3: an entry stays until it was on a list made after the certificate expired.
            if (serial in self._issued_by_root) is self._is_root and now <= not_after + NEXT_UPDATE:
                builder = builder.add_revoked_certificate(_entry(serial, revocation))
        return builder.sign(self._issuer.private_key, hashes.SHA256()).public_bytes(Encoding.DER)


def reason_flag(reason: RevocationReason) -> x509.ReasonFlags | None:
    """Return the reason as `cryptography` names it; `unspecified` is expressed by absence (clause 5.3.1)."""
    return {
        RevocationReason.UNSPECIFIED: None,
        RevocationReason.KEY_COMPROMISE: x509.ReasonFlags.key_compromise,
        RevocationReason.SUPERSEDED: x509.ReasonFlags.superseded,
        RevocationReason.CESSATION_OF_OPERATION: x509.ReasonFlags.cessation_of_operation,
    }[reason]


def _entry(serial: int, revocation: Revocation) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(revocation.at)
    reason = reason_flag(revocation.reason)
    if reason is not None:
        builder = builder.add_extension(x509.CRLReason(reason), critical=False)
    return builder.build()
