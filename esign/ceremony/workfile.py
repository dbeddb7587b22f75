"""A document in the making: a private copy beside its destination, which appears there whole or not at all."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from esign.errors import EsignError, OutputError

CHUNK = 1 << 20


def digest_of(stream: BinaryIO) -> bytes:
    """Return the SHA-256 of everything in the stream, read in chunks."""
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    return digest.digest()


class Workfile:
    """Copies `source` beside `destination`, grows there, and replaces `destination` on `release`.

    Use as a context manager: without `release` the copy is removed. Raises `EsignError` with code
    `document-unreadable` for the source and `OutputError` (`output-unwritable`, `output-disk-full`) for the rest.
    """

    def __init__(self, source: Path, destination: Path) -> None:
        self._source = source
        self._destination = destination
        self._path: Path | None = None
        self._stream: BinaryIO | None = None

    @property
    def stream(self) -> BinaryIO:
        if self._stream is None:
            raise RuntimeError("the work file is not open")
        return self._stream

    def __enter__(self) -> Workfile:
        try:
            with self._source.open("rb") as original:
                descriptor, path = self._create()
                self._path = path
                self._stream = os.fdopen(descriptor, "w+b")
                self._copy(original)
        except OSError as error:
            self._discard()
            raise EsignError(
                "document-unreadable",
                f"{self._source} cannot be read ({error.strerror})",
                "check the path and its rights",
            ) from error
        except BaseException:
            self._discard()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._discard()

    def append(self, increment: bytes) -> None:
        """Write the increment at the end and flush it."""
        try:
            self.stream.seek(0, os.SEEK_END)
            self.stream.write(increment)
            self.stream.flush()
        except OSError as error:
            raise output_error(self._destination, error) from error

    def release(self, companions: Mapping[Path, bytes]) -> None:
        """Make the copy durable and put it at the destination, replacing what was there.

        `companions` are put in place first, each whole, so that the document never appears without what belongs
        to it. If the release fails, everything that stood there before stands there again: an earlier document
        would be of no use without the key that was beside it.
        """
        if self._path is None:
            raise RuntimeError("the work file is not open")
        replacements: list[_Replacement] = []
        try:
            self.stream.flush()
            os.fsync(self.stream.fileno())
            for path, content in companions.items():
                replacements.append(_Replacement(path, write_finished(path, content)))
            replacements.append(_Replacement(self._destination, self._path))
            # two runs to one destination: whoever comes second replaces document and companions together
            with locked_folder(self._destination.parent):
                for replacement in replacements:
                    replacement.place()
            for folder in {replacement.target.parent for replacement in replacements}:
                sync_folder(folder)
        except BaseException as error:
            for replacement in reversed(replacements):
                replacement.take_back()
            if isinstance(error, OSError):
                raise output_error(self._destination, error) from error
            raise
        self._path = None
        for replacement in replacements:
            with suppress(OSError):  # the document is released; what was set aside may stay behind
                replacement.settle()

    def _create(self) -> tuple[int, Path]:
        try:
            descriptor, name = tempfile.mkstemp(prefix=f".{self._destination.name}.", dir=self._destination.parent)
        except OSError as error:
            raise output_error(self._destination, error) from error
        return descriptor, Path(name)

    def _copy(self, original: BinaryIO) -> None:
        while chunk := original.read(CHUNK):
            try:
                self.stream.write(chunk)
            except OSError as error:
                raise output_error(self._destination, error) from error
        try:
            self.stream.flush()
        except OSError as error:
            raise output_error(self._destination, error) from error

    def _discard(self) -> None:
        if self._stream is not None:
            try:
                self._stream.close()
            except OSError:  # a full disk may refuse the last flush of a file that is removed anyway
                self._stream = None
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            self._path = None


class _Replacement:
    """A finished file that takes the place of `target`; what stood there can be put back until it is settled."""

    def __init__(self, target: Path, finished: Path) -> None:
        self.target = target
        self._finished = finished
        self._kept = finished.with_name(f"{finished.name}.kept")
        self._placed = False

    def place(self) -> None:
        if self.target.is_file():
            try:
                os.link(self.target, self._kept)
            except OSError:  # a file system without hard links
                shutil.copyfile(self.target, self._kept)
        self._finished.replace(self.target)
        self._placed = True

    def take_back(self) -> None:
        if self._placed and self._kept.exists():
            self._kept.replace(self.target)
        elif self._placed:
            self.target.unlink(missing_ok=True)
        self._finished.unlink(missing_ok=True)
        self._kept.unlink(missing_ok=True)

    def settle(self) -> None:
        self._kept.unlink(missing_ok=True)


def output_error(path: Path, error: OSError) -> OutputError:
    """Say in one line why `path` cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputError("output-disk-full", f"the disk of {path.parent} is full", "make room and run it again")
    if error.errno == errno.ENOENT and not path.parent.exists():
        cause = f"{path} cannot be written: no folder {path.parent}"
        return OutputError("output-unwritable", cause, "make that folder")
    return OutputError(
        "output-unwritable", f"{path} cannot be written ({error.strerror})", "choose another place, or mend its rights"
    )


def write_beside(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write a small file whole or not at all. Raises `OutputError` like `Workfile`."""
    replacement = _Replacement(path, write_finished(path, data, mode=mode))
    try:
        replacement.place()
        sync_folder(path.parent)
    except OSError as error:
        replacement.take_back()
        raise output_error(path, error) from error
    replacement.settle()


def write_finished(path: Path, data: bytes, *, mode: int = 0o600) -> Path:
    """Write a file beside `path`, durably, and return where it is, ready to take the place of `path`.

    Raises `OutputError`; then nothing is left.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise output_error(path, error) from error
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
    except BaseException as error:
        beside.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise output_error(path, error) from error
        raise
    return beside


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Hold the folder for one process at a time (advisory, released when the process ends)."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
