"""The composition root: the one place that chooses implementations and hands them to the commands."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.x509.oid import NameOID

from ca.authority import EmbeddedAuthority, KeyAlgorithm, create_authority, describe_authority, open_authority
from ca.authority.description import CertificateDescription
from ca.authority.profiles import Role
from ca.ports import CertificateIssuer, CertifiedKey, RevocationSource, TimestampAuthority
from ca.remote import FirstRevocationSource, RemoteRevocationSource, RemoteTimestampAuthority
from ca.trust import TrustStore, load_trust_store
from esign.cli import build_command
from esign.cli.builders import Builders, CertificateFacts
from esign.errors import FieldError

if TYPE_CHECKING:
    from esign.pades.typeface import Typeface

FONT_VARIABLE = "ESIGN_FONT"
FONTS: tuple[tuple[str, int], ...] = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),  # Debian, Ubuntu: fonts-noto-cjk, face SC
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),  # Arch
    ("/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc", 2),  # Fedora
)


def clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class _Authority:
    """The embedded authority as the commands see it."""

    embedded: EmbeddedAuthority

    @property
    def issuer(self) -> CertificateIssuer:
        return self.embedded.issuer

    @property
    def timestamp_authority(self) -> TimestampAuthority:
        return self.embedded.timestamp_authority

    @property
    def revocation(self) -> RevocationSource:
        return self.embedded.revocation

    @property
    def seal(self) -> CertifiedKey:
        return self.embedded.seal

    @property
    def custodian_certificate(self) -> bytes:
        return self.embedded.custodian_certificate

    @property
    def organisation(self) -> str:
        seal = x509.load_der_x509_certificate(self.embedded.seal.certificate)
        return str(seal.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def find_typeface() -> Typeface:
    """Return the typeface that draws on signature fields: $ESIGN_FONT, else Noto Sans CJK where it is usual.

    `ESIGN_FONT` is a path, with `#N` behind it for the N-th face of a collection. Raises `FieldError` with code
    `font-missing`.
    """
    from esign.pades.typeface import Typeface  # noqa: PLC0415  # only signing draws; verifying need not wait for it

    candidates = FONTS
    if given := os.environ.get(FONT_VARIABLE):
        path, _hash, face = given.partition("#")
        candidates = ((path, int(face) if face.isdigit() else 0),)
    for candidate, index in candidates:
        if Path(candidate).is_file():
            return Typeface(Path(candidate), index)
    raise FieldError(
        "font-missing",
        "there is no typeface for Chinese text on this machine",
        f"run: apt-get install fonts-noto-cjk, or set {FONT_VARIABLE}",
    )


def build() -> Builders:
    return Builders(
        clock=clock,
        entropy=secrets.token_bytes,
        key_algorithms=tuple(KeyAlgorithm),
        create_authority=lambda folder, passphrase, algorithm, organisation: create_authority(
            folder,
            passphrase=passphrase,
            clock=clock,
            key_algorithm=KeyAlgorithm(algorithm),
            organization=organisation,
        ),
        open_authority=lambda folder, passphrase: _Authority(
            open_authority(folder, passphrase=passphrase, clock=clock)
        ),
        describe_authority=lambda folder: [_facts(description) for description in describe_authority(folder)],
        authority_roots=authority_roots,
        remote_timestamp_authority=lambda url, trust: RemoteTimestampAuthority(url, trust, clock),
        with_remote_revocation=lambda own: FirstRevocationSource(own, RemoteRevocationSource(clock)),
        find_typeface=find_typeface,
    )


def authority_roots(folder: Path) -> TrustStore:
    describe_authority(folder)
    return load_trust_store([folder / "certificates" / f"{Role.ROOT.value}.pem"])


def _facts(description: CertificateDescription) -> CertificateFacts:
    return CertificateFacts(
        role=description.role.value,
        subject=description.subject,
        serial_number=description.serial,
        not_before=description.not_before.isoformat(),
        not_after=description.not_after.isoformat(),
        key=description.key_algorithm.value,
        sha256=description.fingerprint,
    )


def main() -> None:
    """Run the `esign` command."""
    build_command(build())()
