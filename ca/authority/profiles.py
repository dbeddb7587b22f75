"""What the authority's certificates say: subjects, policies, key usages, validity (RFC 5280)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from ca.authority.keys import KeyAlgorithm

TEST_MARK = "仅供测试 FOR TESTING ONLY"
"""The organization in the subject and issuer of every certificate of this authority."""

TEST_NOTICE = (
    "仅供测试，不具有法律效力。 FOR TESTING ONLY: made by an embedded stand-in authority, "
    "not by a licensed certification authority."
)

# An arc derived from a random UUID (Rec. ITU-T X.667): unique without asking anybody for one.
_ARC = "2.25.168425568173473221159138961230720683283"
CERTIFICATE_POLICY = x509.ObjectIdentifier(f"{_ARC}.1")
TIMESTAMP_POLICY = x509.ObjectIdentifier(f"{_ARC}.2")

_YEAR = timedelta(days=365)

BACKDATED = timedelta(hours=1)
"""How long before its creation the hierarchy is valid: event certificates begin after their issuer."""


class Role(StrEnum):
    """The certificates of the hierarchy; the value names their files."""

    ROOT = "root"
    ISSUING = "issuing"
    TSA = "tsa"
    OCSP = "ocsp"
    SEAL = "seal"
    CUSTODIAN = "custodian"


@dataclass(frozen=True)
class Endpoints:
    """Where verifiers outside find the authority (RFC 5280, clauses 4.2.1.13 and 4.2.2.1)."""

    base_url: str

    def ca_certificate(self, issuer: Role) -> str:
        return f"{self.base_url}/aia/{issuer.value}.cer"

    def crl(self, issuer: Role) -> str:
        return f"{self.base_url}/crl/{issuer.value}.crl"

    @property
    def ocsp(self) -> str:
        return f"{self.base_url}/ocsp"

    def authority_information_access(self, issuer: Role) -> x509.AuthorityInformationAccess:
        """The issuer's certificate and, under the issuing CA, the responder; the root has a CRL alone."""
        access = [
            x509.AccessDescription(
                AuthorityInformationAccessOID.CA_ISSUERS,
                x509.UniformResourceIdentifier(self.ca_certificate(issuer)),
            )
        ]
        if issuer is Role.ISSUING:
            access.insert(
                0,
                x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(self.ocsp)),
            )
        return x509.AuthorityInformationAccess(access)

    def crl_distribution_points(self, issuer: Role) -> x509.CRLDistributionPoints:
        name = x509.UniformResourceIdentifier(self.crl(issuer))
        return x509.CRLDistributionPoints([x509.DistributionPoint([name], None, None, None)])


@dataclass(frozen=True)
class Profile:
    """One role's certificate. `validity` is cut to the issuer's; `path_length` is None for end entities."""

    common_name: str
    issuer: Role
    validity: timedelta
    key_usage: x509.KeyUsage
    path_length: int | None = None
    extended_key_usage: x509.ObjectIdentifier | None = None
    ocsp_no_check: bool = False


def subject(common_name: str) -> x509.Name:
    """Return the subject with the test mark. Raises `ValueError` unless the name has 1 to 64 UTF-8 bytes."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, TEST_MARK),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def certificate_policies() -> x509.CertificatePolicies:
    notice = x509.UserNotice(None, TEST_NOTICE)
    return x509.CertificatePolicies([x509.PolicyInformation(CERTIFICATE_POLICY, [notice])])


def key_usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_encipherment: bool = False,
    key_agreement: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=key_encipherment,
        data_encipherment=False,
        key_agreement=key_agreement,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def hierarchy_profiles(organization: str, key_algorithm: KeyAlgorithm) -> dict[Role, Profile]:
    """Return the profile of each role, issuers before those whom they certify.

    Nothing here is renewed, so the service certificates live as long as their issuer: a verifier meets the
    same timestamping certificate for twenty years.
    """
    ca_usage = key_usage(key_cert_sign=True, crl_sign=True)
    elliptic = key_algorithm is KeyAlgorithm.P256
    return {
        Role.ROOT: Profile("Test Root CA", Role.ROOT, 30 * _YEAR, ca_usage, path_length=1),
        Role.ISSUING: Profile("Test Issuing CA", Role.ROOT, 20 * _YEAR, ca_usage, path_length=0),
        Role.TSA: Profile(
            "Test Time-Stamping Unit",
            Role.ISSUING,
            20 * _YEAR,
            key_usage(digital_signature=True),
            extended_key_usage=ExtendedKeyUsageOID.TIME_STAMPING,
        ),
        Role.OCSP: Profile(
            "Test OCSP Responder",
            Role.ISSUING,
            20 * _YEAR,
            key_usage(digital_signature=True),
            extended_key_usage=ExtendedKeyUsageOID.OCSP_SIGNING,
            ocsp_no_check=True,
        ),
        Role.SEAL: Profile(
            organization,
            Role.ISSUING,
            10 * _YEAR,
            key_usage(digital_signature=True, content_commitment=True),
        ),
        Role.CUSTODIAN: Profile(
            "Test Evidence Custodian",
            Role.ISSUING,
            20 * _YEAR,
            key_usage(key_agreement=elliptic, key_encipherment=not elliptic),
        ),
    }
