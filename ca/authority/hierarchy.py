"""The hierarchy: root, issuing CA, and the certificates of the services under it (RFC 5280)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from ca.authority.certification import certify
from ca.authority.keys import KeyAlgorithm, PrivateKey, generate_key
from ca.authority.profiles import (
    BACKDATED,
    Endpoints,
    Profile,
    Role,
    certificate_policies,
    hierarchy_profiles,
    subject,
)


@dataclass(frozen=True)
class Member:
    """A certificate of the hierarchy and its private key."""

    certificate: x509.Certificate
    private_key: PrivateKey


def create_hierarchy(
    organization: str, key_algorithm: KeyAlgorithm, endpoints: Endpoints, now: datetime
) -> dict[Role, Member]:
    """Make fresh keys and certificates for every role.

    `organization` is the insurer, named by the seal certificate. Raises `ValueError` if it does not fit into
    a common name (1 to 64 bytes of UTF-8).
    """
    members: dict[Role, Member] = {}
    for role, profile in hierarchy_profiles(organization, key_algorithm).items():
        key = generate_key(key_algorithm)
        issuer = members.get(profile.issuer)
        members[role] = Member(_certify(role, profile, key, issuer=issuer, endpoints=endpoints, now=now), key)
    return members


def _certify(
    role: Role,
    profile: Profile,
    key: PrivateKey,
    *,
    issuer: Member | None,
    endpoints: Endpoints,
    now: datetime,
) -> x509.Certificate:
    """Certify the key; without an issuer the certificate is the self-signed root."""
    public_key = key.public_key()
    not_after = now + profile.validity
    if issuer is not None:
        not_after = min(not_after, issuer.certificate.not_valid_after_utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject(profile.common_name))
        .issuer_name(issuer.certificate.subject if issuer else subject(profile.common_name))
        .public_key(public_key)
        .not_valid_before(now - BACKDATED)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(profile.path_length is not None, profile.path_length), critical=True)
        .add_extension(profile.key_usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(certificate_policies(), critical=False)
    )
    if issuer is not None:
        authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.private_key.public_key())
        builder = (
            builder.add_extension(authority_key, critical=False)
            .add_extension(endpoints.authority_information_access(profile.issuer), critical=False)
            .add_extension(endpoints.crl_distribution_points(profile.issuer), critical=False)
        )
    if profile.extended_key_usage is not None:
        # RFC 3161 clause 2.3: a timestamping certificate has this usage alone, and critical.
        builder = builder.add_extension(x509.ExtendedKeyUsage([profile.extended_key_usage]), critical=role is Role.TSA)
    if profile.ocsp_no_check:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return certify(builder, issuer.private_key if issuer else key)
