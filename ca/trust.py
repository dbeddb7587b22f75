"""Which roots are believed, for what, since when."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Final

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
TRUST_FILE: Final = "trust.toml"
_LISTING_BYTES_AT_MOST: Final = 1024 * 1024


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

    In a folder only `*.pem`, `*.crt` and `*.cer` are read, in the order of their names, and believed for `purposes`;
    those in its subfolders `signing`, `sealing` and `timestamping` for that alone. Where a folder holds `trust.toml`,
    what that file names is believed, as it says, and nothing else of the folder. Raises `TrustServiceError` with code
    `trust-root-unreadable` naming the file that is not a certificate, or `trust-file-unreadable`.
    """
    anchors: list[TrustAnchor] = []
    for path in paths:
        anchors += _folder(path, purposes) if path.is_dir() else _believed(path, purposes)
    return TrustStore(tuple(dict.fromkeys(anchors)))


def _folder(folder: Path, purposes: frozenset[Purpose]) -> Iterator[TrustAnchor]:
    listing = folder / TRUST_FILE
    if listing.exists():
        yield from _listed(listing, purposes)
        return
    for member in _members(folder):
        yield from _believed(member, purposes)
    for purpose in Purpose:
        if purpose in purposes and (folder / purpose.value).is_dir():
            for member in _members(folder / purpose.value):
                yield from _believed(member, frozenset({purpose}))


def _believed(
    path: Path, purposes: frozenset[Purpose], since: datetime | None = None, until: datetime | None = None
) -> list[TrustAnchor]:
    return [TrustAnchor(der, purposes, since, until) for der in _certificates(path)]


def _members(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in {".pem", ".crt", ".cer"} and path.is_file())
    except OSError as error:
        raise _unreadable(folder, error) from error


def _listed(listing: Path, purposes: frozenset[Purpose]) -> Iterator[TrustAnchor]:
    """Yield what `trust.toml` names: a `[[roots]]` for each, with file, purposes and perhaps since and until."""
    try:
        if listing.stat().st_size > _LISTING_BYTES_AT_MOST:
            raise _unusable(listing, "it is too long")
        rows = tomllib.loads(listing.read_text("utf-8")).get("roots")
    except (OSError, ValueError, RecursionError) as error:
        raise _unusable(listing, "it is not a TOML file that can be read") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _unusable(listing, "it has no [[roots]]")
    for row in rows:
        if unknown := set(row) - {"file", "purposes", "since", "until"}:
            raise _unusable(listing, f"it says {min(unknown)!r} of a root, which nobody understands")
        name = row.get("file")
        if not isinstance(name, str) or Path(name).name != name:
            raise _unusable(listing, "file is the name of a file beside it")
        try:
            told = frozenset(map(Purpose, row.get("purposes", ())))
        except (TypeError, ValueError) as error:
            raise _unusable(listing, f"purposes of {name} are one or more of {', '.join(Purpose)}") from error
        if not told:
            raise _unusable(listing, f"it does not say what {name} is believed for")
        since, until = (_bound(row.get(bound), listing) for bound in ("since", "until"))
        if told & purposes:
            yield from _believed(listing.parent / name, told & purposes, since, until)


def _bound(value: object, listing: Path) -> datetime | None:
    """A date is the moment at which it begins, in UTC."""
    if value is None:
        return None
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            return value.astimezone(UTC)
    elif isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    raise _unusable(listing, "since and until are dates, or times with an offset")


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


def _unusable(listing: Path, cause: str) -> TrustServiceError:
    return TrustServiceError(
        "trust-file-unreadable",
        f"{listing} cannot be used: {cause}",
        'write a [[roots]] for each root: file = "root.pem", purposes = ["signing"], since = 2020-01-01',
    )
