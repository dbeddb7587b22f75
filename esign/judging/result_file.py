"""The file of results: whole rows only, each on the disk before the next is begun, and taken up again after any end."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from esign.errors import OutputError
from esign.judging.rows import Row
from esign.judging.tables import Table

_LARGEST: Final = 1 << 30
_MODE: Final = 0o644


class ResultFile:
    """A table on disk that one run writes to; use it as a context.

    A row is appended in one write and synchronised. What a run that was ended left behind, an unfinished last row,
    is dropped when the file is opened the next time.
    """

    def __init__(self, path: Path, table: Table) -> None:
        self._path = path
        self._table = table
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Open it, and make it where it is missing. Raises `OutputError` (`results-in-use`, `results-unwritable`)."""
        try:
            self._descriptor = self._opened()
        except OSError as error:
            raise self._unwritable(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)

    def rows(self) -> dict[str, Row]:
        """Return the rows of earlier runs, the last one of each path. Raises `OutputError` (`results-foreign`)."""
        if os.fstat(self._descriptor).st_size > _LARGEST:
            raise self._foreign()
        text = self._path.read_bytes().decode("utf-8", "replace")
        whole = text[: text.rfind("\n") + 1]
        header = self._table.header()
        found = {row.path: row for row in self._table.rows(whole.removeprefix(header))}
        if whole and not whole.startswith(header or "{"):
            raise self._foreign()
        return found

    def begin(self, kept: Iterable[Row]) -> None:
        """Write the table anew with these rows alone, in one step: there is no moment without a whole table."""
        text = self._table.header() + "".join(map(self._table.line, kept))
        try:
            descriptor, name = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
            try:
                os.fchmod(descriptor, _MODE)
                _write(descriptor, text)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                Path(name).replace(self._path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                os.close(descriptor)
                raise
            os.close(self._descriptor)
            self._descriptor = descriptor
            self._synchronise_folder()
        except OSError as error:
            raise self._unwritable(error) from error

    def append(self, row: Row) -> None:
        """Add a row, which is on the disk when this returns. Raises `OutputError` (`results-unwritable`)."""
        try:
            _write(self._descriptor, self._table.line(row))
        except OSError as error:
            raise self._unwritable(error) from error

    def _opened(self) -> int:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK, _MODE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise OutputError(
                "results-in-use", f"another run writes to {self._path}", "wait for it, or name another file"
            ) from error
        return descriptor

    def _synchronise_folder(self) -> None:
        folder = os.open(self._path.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _unwritable(self, error: OSError) -> OutputError:
        return OutputError(
            "results-unwritable", f"{self._path} cannot be written ({error.strerror})", "name a file in another folder"
        )

    def _foreign(self) -> OutputError:
        return OutputError(
            "results-foreign",
            f"{self._path} holds something else than results of this command",
            "name another file: this one is left as it is",
        )


def _write(descriptor: int, text: str) -> None:
    """Append the text in one write where the system lets us, and wait for the disk."""
    view = memoryview(text.encode("utf-8", "backslashreplace"))
    while view:
        view = view[os.write(descriptor, view) :]
    os.fdatasync(descriptor)
