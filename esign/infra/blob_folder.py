"""Blobs as files in a folder, each flushed to the disk before it has its name."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from esign.infra.blobs import PIECE, Source, blob_exists, blob_missing, checked_name, pieces_of, store_failed

_INCOMING: Final = ".incoming"


class FolderBlobStore:
    """The `BlobStore` of one machine. A crash may leave a file in `.incoming`, which nobody refers to."""

    def __init__(self, folder: Path, *, bytes_at_most: int) -> None:
        self._folder = folder
        self._bytes_at_most = bytes_at_most
        with _translated():
            (folder / _INCOMING).mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)

    @property
    def bytes_at_most(self) -> int:
        return self._bytes_at_most

    def put(self, name: str, source: Source) -> None:
        target, incoming = self._folder / checked_name(name), self._folder / _INCOMING / secrets.token_hex(16)
        try:
            with _translated(name):
                self._make_folder(target.parent)
                with os.fdopen(os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.writelines(pieces_of(source, at_most=self._bytes_at_most))
                    file.flush()
                    os.fsync(file.fileno())
                target.hardlink_to(incoming)  # unlike a rename, never onto another blob
                _flush(target.parent)
        finally:
            incoming.unlink(missing_ok=True)

    def chunks(self, name: str) -> Iterator[bytes]:
        self.size(name)  # says at once if it is missing; the file is opened only when somebody reads
        return _pieces(name, self._folder / name)

    def size(self, name: str) -> int:
        with _translated(name):
            return (self._folder / checked_name(name)).stat().st_size

    def delete(self, name: str) -> None:
        path = self._folder / checked_name(name)
        with _translated(name):
            if path.exists():
                path.unlink(missing_ok=True)
                _flush(path.parent)

    def _make_folder(self, folder: Path) -> None:
        """Make the two folders of a name, on the disk before a blob is in them."""
        for place in (folder.parent, folder):
            if not place.is_dir():
                place.mkdir(mode=0o700, exist_ok=True)
                _flush(place.parent)


def _pieces(name: str, path: Path) -> Iterator[bytes]:
    with _translated(name), path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _translated(name: str = "") -> Iterator[None]:
    """Turn what the file system says into what a blob store says."""
    try:
        yield
    except FileNotFoundError as error:
        raise blob_missing(name) from error
    except FileExistsError as error:
        raise blob_exists(name) from error
    except OSError as error:
        raise store_failed(error.strerror or type(error).__name__) from error
