"""Certificates for the service's own HTTPS, where no public authority gives one: a machine on a desk, a demo.

Phones refuse the camera and drop secure cookies over plain HTTP. A browser warns of such a certificate unless its
root was installed; it says in its name that it is for testing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from ca.authority.certification import certify
from ca.authority.hierarchy import Member
from ca.authority.profiles import Endpoints, Role, certificate_policies, key_usage, subject
from ca.authority.register import Register
from ca.errors import AuthorityError
from ca.ports import Clock

BACKDATED = timedelta(hours=1)
LIFETIME = timedelta(days=90)
HOSTS_AT_MOST = 20


@dataclass(frozen=True)
class ServerCertificate:
    """A certificate for TLS servers with its key and the issuing CA above it, as PEM."""

    certificate_chain: bytes
    private_key: bytes = field(repr=False)


class ServerCertificateIssuer:
    """Issues certificates for TLS servers under the issuing CA."""

    def __init__(
        self, issuing: Member, chain: tuple[bytes, ...], register: Register, endpoints: Endpoints, clock: Clock
    ) -> None:
        """`chain` is the issuing CA's certificate and the root's, DER."""
        self._issuing = issuing
        self._chain = chain
        self._register = register
        self._endpoints = endpoints
        self._clock = clock

    def issue_server_certificate(self, hosts: Sequence[str]) -> ServerCertificate:
        """Make a P-256 key and certify it for these DNS names and IP addresses, for 90 days (RFC 5280, RFC 6125).

        Raises `AuthorityError` (`server-host-refused`, `register-unwritable`), `TrustServiceUnavailable`.
        """
        names = _alternative_names(hosts)
        key, now = ec.generate_private_key(ec.SECP256R1()), self._clock()
        issuer_key = self._issuing.private_key.public_key()
        not_after = min(now + LIFETIME, self._issuing.certificate.not_valid_after_utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject("Test Web Server"))
            .issuer_name(self._issuing.certificate.subject)
            .public_key(key.public_key())
            .not_valid_before(now - BACKDATED)
            .not_valid_after(not_after)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(key_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
            .add_extension(self._endpoints.authority_information_access(Role.ISSUING), critical=False)
            .add_extension(self._endpoints.crl_distribution_points(Role.ISSUING), critical=False)
            .add_extension(certificate_policies(), critical=False)
        )
        certificate = certify(builder, self._issuing.private_key)
        self._register.record_issued(certificate.serial_number, not_after, now)
        issuing = x509.load_der_x509_certificate(self._chain[0])
        chain = b"".join(one.public_bytes(Encoding.PEM) for one in (certificate, issuing))
        return ServerCertificate(chain, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _alternative_names(hosts: Sequence[str]) -> list[x509.GeneralName]:
    unique = list(dict.fromkeys(host.strip("[]").lower() for host in hosts))
    if not 0 < len(unique) <= HOSTS_AT_MOST:
        raise _refused(f"a server has 1 to {HOSTS_AT_MOST} names and addresses")
    names: list[x509.GeneralName] = []
    for host in unique:
        try:
            names.append(x509.IPAddress(ip_address(host)))
        except ValueError:
            plain = host.isascii() and 0 < len(host) <= 253 and all(c.isalnum() or c in ".-" for c in host)
            if not plain:
                raise _refused("one of them is neither a DNS name nor an IP address") from None
            names.append(x509.DNSName(host))
    return names


def _refused(cause: str) -> AuthorityError:
    return AuthorityError("server-host-refused", cause, "give names and addresses as browsers reach the server")
