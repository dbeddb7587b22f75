"""Which roots are believed, for what, since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ca.errors import TrustServiceError


class Purpose(StrEnum):
    """What a root is believed for."""

    SIGNING = "signing"
    """A person's signature, and whatever is signed without saying that it is a seal."""
    SEALING = "sealing"
    """An organisation's seal."""
    TIMESTAMPING = "timestamping"


EVERY_PURPOSE = frozenset(Purpose)


@dataclass(frozen=True)
class TrustAnchor:
    """A root certificate (DER), believed for `purposes` between `since` and `until` (None: no bound)."""

    certificate: bytes
    purposes: frozenset[Purpose] = EVERY_PURPOSE
    since: datetime | None = None
    until: datetime | None = None

    def is_believed(self, purpose: Purpose, at: datetime) -> bool:
        return (
            purpose in self.purposes
            and (self.since is None or self.since <= at)
            and (self.until is None or at <= self.until)
        )


@dataclass(frozen=True)
class TrustStore:
    """The configured trust anchors. An empty store believes nobody."""

    anchors: tuple[TrustAnchor, ...] = ()

    def roots(self, purpose: Purpose, at: datetime) -> tuple[bytes, ...]:
        """Return the DER roots believed for `purpose` at the time `at`."""
        return tuple(anchor.certificate for anchor in self.anchors if anchor.is_believed(purpose, at))

    def ended_roots(self, purpose: Purpose, at: datetime) -> tuple[bytes, ...]:
        """Return the DER roots that were believed for `purpose` once, but at `at` no more."""
        return tuple(
            anchor.certificate
            for anchor in self.anchors
            if purpose in anchor.purposes and anchor.until is not None and anchor.until < at
        )

    def __add__(self, other: TrustStore) -> TrustStore:
        return TrustStore(tuple(dict.fromkeys(self.anchors + other.anchors)))


def load_trust_store(paths: Iterable[Path], purposes: frozenset[Purpose] = EVERY_PURPOSE) -> TrustStore:
    """Read roots from files (PEM with one or more certificates, or DER) and folders of such files.

    In a folder only `*.pem`, `*.crt` and `*.cer` are read, in the order of their names. Raises
    `TrustServiceError` with code `trust-root-unreadable` naming the file that is not a certificate.
    """
    anchors: list[TrustAnchor] = []
    for path in paths:
        for member in _members(path) if path.is_dir() else [path]:
            anchors += [TrustAnchor(der, purposes) for der in _certificates(member)]
    return TrustStore(tuple(dict.fromkeys(anchors)))


def _members(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in {".pem", ".crt", ".cer"})
    except OSError as error:
        raise _unreadable(folder, error) from error


def _certificates(path: Path) -> list[bytes]:
    try:
        data = path.read_bytes()
        if b"-----BEGIN" in data:
            found = x509.load_pem_x509_certificates(data)
        else:
            found = [x509.load_der_x509_certificate(data)]
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    return [certificate.public_bytes(Encoding.DER) for certificate in found]


def _unreadable(path: Path, error: OSError | ValueError) -> TrustServiceError:
    return TrustServiceError(
        "trust-root-unreadable",
        f"{path} is not a readable certificate" + (f" ({error.strerror})" if isinstance(error, OSError) else ""),
        "give a PEM or DER certificate file, or a folder of them",
    )
