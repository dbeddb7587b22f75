"""The embedded authority: it stands in for a third-party CA and says so in every certificate."""

from ca.authority.description import CertificateDescription
from ca.authority.embedded import EmbeddedAuthority
from ca.authority.folder import create_authority, describe_authority, open_authority
from ca.authority.keys import KeyAlgorithm, SoftwareKey
from ca.authority.profiles import Role

__all__ = [
    "CertificateDescription",
    "EmbeddedAuthority",
    "KeyAlgorithm",
    "Role",
    "SoftwareKey",
    "create_authority",
    "describe_authority",
    "open_authority",
]
