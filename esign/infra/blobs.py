"""Blobs: bytes under a name, written once. The port; folder and bucket are beside it.

Names are `<prefix>/<two characters>/<rest>`, from the digest of the content or from chance. A name is never written
twice. Sealed blobs take names from chance: a digest of the content would tell what the seal hides.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from esign.infra.errors import BlobError

Source: TypeAlias = bytes | Path | Iterable[bytes]

_PREFIX: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}/[0-9a-f]{2}/[0-9a-f]{30,64}")
PIECE: Final = 1024 * 1024


class BlobStore(Protocol):
    """Every method raises `BlobError` (`blob-store`) if the store does not answer, and for a name that is none."""

    @property
    def bytes_at_most(self) -> int:
        """The size of the largest blob."""

    def put(self, name: str, source: Source) -> None:
        """Write a new blob; when this returns it is there for good. Raises `BlobError`: `blob-exists`, `blob-size`.

        A blob is there whole or not at all; if this raises, it may be there only after `blob-store`.
        """

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the blob in pieces of about a mebibyte. Raises `BlobError` (`blob-missing`), before the first piece."""

    def size(self, name: str) -> int:
        """Return the blob's size in bytes. Raises `BlobError` (`blob-missing`)."""

    def delete(self, name: str) -> None:
        """Remove the blob, if it is there."""


def content_name(prefix: str, sha256: bytes) -> str:
    """Return the name of a blob whose content has this digest."""
    if len(sha256) != 32:
        raise ValueError("a SHA-256 digest has 32 bytes")
    return _name(prefix, sha256.hex())


def random_name(prefix: str) -> str:
    """Return a name that was never used: 128 bits from chance."""
    return _name(prefix, secrets.token_hex(16))


def read_blob(store: BlobStore, name: str) -> bytes:
    """Return the whole blob, which the store's limit keeps small enough to hold."""
    return b"".join(store.chunks(name))


def save_blob(pieces: Iterable[bytes], path: Path) -> None:
    """Write pieces into a new file, its owner's alone; if they fail half-way, the file goes. Raises `OSError`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(pieces)
    except BaseException:
        path.unlink()
        raise


def checked_name(name: str) -> str:
    """Return the name if it is one. Raises `BlobError` (`blob-name`): nothing from outside becomes a path."""
    if not _NAME.fullmatch(name):
        raise BlobError("blob-name", "this is not the name of a blob", "take names from content_name or random_name")
    return name


def pieces_of(source: Source, *, at_most: int) -> Iterator[bytes]:
    """Yield what the source holds, up to a limit in bytes. Raises `BlobError` (`blob-size`) when it is passed."""
    total = 0
    for piece in _pieces(source):
        total += len(piece)
        if total > at_most:
            raise BlobError("blob-size", f"a blob has more than {at_most} bytes", "make it smaller, or raise the limit")
        yield piece


def blob_exists(name: str) -> BlobError:
    return BlobError("blob-exists", f"blob {name} exists already", "a blob is never written twice; use another name")


def blob_missing(name: str) -> BlobError:
    return BlobError("blob-missing", f"blob {name} is not in the store", "restore it from a backup")


def store_failed(reason: str) -> BlobError:
    return BlobError("blob-store", f"the blob store failed ({reason})", "check its place, space and rights; try again")


def _pieces(source: Source) -> Iterable[bytes]:
    if isinstance(source, bytes):
        return (source,)
    return _read(source) if isinstance(source, Path) else source


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _name(prefix: str, rest: str) -> str:
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"{prefix!r} is not a prefix for blobs")
    return f"{prefix}/{rest[:2]}/{rest[2:]}"
