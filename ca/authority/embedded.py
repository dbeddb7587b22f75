"""The embedded authority, open: every port of `ca.ports`, and what the HTTP endpoints serve."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ca.authority.crl import RevocationLister
from ca.authority.description import CertificateDescription, describe_certificate
from ca.authority.event_certificate import EventCertificateIssuer
from ca.authority.hierarchy import Member
from ca.authority.keys import SoftwareKey
from ca.authority.ocsp import OcspResponder
from ca.authority.profiles import TIMESTAMP_POLICY, Endpoints, Role
from ca.authority.register import Register
from ca.authority.server_certificate import ServerCertificateIssuer
from ca.authority.steady_clock import SteadyClock
from ca.authority.timestamping import EmbeddedTimestampAuthority
from ca.errors import TrustServiceError
from ca.ports import CertifiedKey, Clock
from ca.trust import TrustAnchor, TrustStore

ISSUERS = (Role.ROOT, Role.ISSUING)
"""The roles that issue certificates and so have a CRL and a certificate to fetch."""


@dataclass(frozen=True)
class EmbeddedRevocationSource:
    """OCSP for everything under the issuing CA, CRLs for both issuers; a `ca.ports.RevocationSource`."""

    responder: OcspResponder
    listers: dict[bytes, RevocationLister]
    """By the DER certificate of the issuer."""
    issuing: bytes

    def ocsp(self, certificate: bytes, issuer: bytes) -> bytes | None:
        """Return a DER OCSPResponse made now for a certificate of the issuing CA, None for other issuers.

        Raises `TrustServiceUnavailable` (`clock-went-back`), `TrustServiceError` (`certificate-unreadable`).
        """
        if issuer != self.issuing:
            return None
        try:
            parsed = x509.load_der_x509_certificate(certificate)
        except ValueError as error:
            raise TrustServiceError(
                "certificate-unreadable",
                "what was asked about is not a certificate",
                "give one DER certificate",
            ) from error
        return self.responder.answer_for(parsed)

    def crl(self, issuer: bytes, *, covering: bytes | None = None) -> bytes | None:
        """Return the DER CertificateList of now, None for an issuer that is not of this authority.

        Raises `TrustServiceUnavailable` with code `clock-went-back`.
        """
        lister = self.listers.get(issuer)
        return lister.revocation_list() if lister else None


class EmbeddedAuthority:
    """The stand-in authority with its keys in memory. It says in every certificate that it is for testing."""

    def __init__(
        self,
        certificates: dict[Role, x509.Certificate],
        keys: dict[Role, SoftwareKey],
        register: Register,
        endpoints: Endpoints,
        clock: Clock,
    ) -> None:
        """`keys` has every role but the custodian, whose private key is never loaded."""
        self._certificates = certificates
        self._der = {role: c.public_bytes(Encoding.DER) for role, c in certificates.items()}
        steady = SteadyClock(clock, not_before=certificates[Role.ISSUING].not_valid_before_utc, latest=register.latest)
        chain = (self._der[Role.ISSUING], self._der[Role.ROOT])
        members = {role: Member(certificates[role], key.private_key) for role, key in keys.items()}
        of_the_root = frozenset(certificates[role].serial_number for role in ISSUERS)

        self.seal = CertifiedKey(keys[Role.SEAL], self._der[Role.SEAL], chain)
        self.issuer = EventCertificateIssuer(members[Role.ISSUING], chain, register, endpoints, steady)
        self.server_issuer = ServerCertificateIssuer(members[Role.ISSUING], chain, register, endpoints, steady)
        self.timestamp_authority = EmbeddedTimestampAuthority(
            CertifiedKey(keys[Role.TSA], self._der[Role.TSA], chain), TIMESTAMP_POLICY.dotted_string, steady
        )
        self.ocsp_responder = OcspResponder(
            members[Role.OCSP], certificates[Role.ISSUING], register, steady, of_the_root
        )
        listers = {role: RevocationLister(members[role], register, steady, of_the_root) for role in ISSUERS}
        self.revocation = EmbeddedRevocationSource(
            self.ocsp_responder,
            {self._der[role]: lister for role, lister in listers.items()},
            self._der[Role.ISSUING],
        )

    @property
    def custodian_certificate(self) -> bytes:
        """DER: the certificate to which sealed evidence is wrapped."""
        return self._der[Role.CUSTODIAN]

    @property
    def roots(self) -> tuple[bytes, ...]:
        """DER certificates of the roots."""
        return (self._der[Role.ROOT],)

    def certificate(self, role: Role) -> bytes:
        """Return the DER certificate of the role."""
        return self._der[role]

    def trust_store(self) -> TrustStore:
        """Return a store that believes this authority's root, for every purpose."""
        return TrustStore(tuple(TrustAnchor(root) for root in self.roots))

    def describe(self) -> list[CertificateDescription]:
        """Return what `esign ca show` prints, root first."""
        return [describe_certificate(role, self._certificates[role]) for role in Role]
