"""The register of serial numbers: what was issued until when, and what is revoked since when.

One line of text per act, appended and synced before the act has any effect outside:

    issued  <serial, hex> <notAfter> <when> [<what for, hex>]
    revoked <serial, hex> <CRLReason> <when>

A lock on the file lets several processes share one authority; each reads what the others appended before it
answers. A last line without its end is an act that never had an effect (the machine stopped while it was
written): readers ignore it and the next writer removes it.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from ca.authority.register_index import RegisterIndex, Revocation
from ca.errors import AuthorityError
from ca.ports import RevocationReason


class Register:
    """The register in one file, with an index of what it says."""

    def __init__(self, path: Path) -> None:
        """Read the file. Raises `AuthorityError`: `register-damaged`, `register-unreadable`."""
        self._path = path
        self._mutex = threading.RLock()
        self._index = RegisterIndex()
        self._latest: datetime | None = None
        self._read_to = 0
        self._catch_up()

    @property
    def latest(self) -> datetime | None:
        """The latest time that an act in the register has."""
        return self._latest

    def record_issued(self, serial: int, not_after: datetime, at: datetime, *, purpose: bytes = b"") -> None:
        """Record a certificate before it leaves the authority; durable on return. `purpose` finds it again."""
        with self._exclusive() as descriptor:
            self._append(descriptor, _issued_line(serial, not_after, at, purpose))

    def issued_for(self, purpose: bytes) -> tuple[int, ...]:
        """Return the serial numbers of what was issued for this purpose, in order."""
        with self._mutex:
            self._catch_up()
            return self._index.issued_for(purpose)

    def record_revoked(self, serial: int, reason: RevocationReason, at: datetime) -> Revocation:
        """Record a revocation, durable on return; one that is already there stays as it is.

        Returns the revocation that holds. Raises `AuthorityError` with code `serial-unknown`.
        """
        with self._exclusive() as descriptor:
            if not self._index.is_issued(serial):
                raise AuthorityError(
                    "serial-unknown",
                    "the certificate to revoke was not issued by this authority",
                    "revoke it at the authority named in its issuer field",
                )
            found = self._index.revocation(serial)
            if found is None:
                self._append(descriptor, _revoked_line(serial, reason, at))
                found = self._index.revocation(serial)
            if found is None:
                raise _damaged()
            return found

    def is_issued(self, serial: int) -> bool:
        with self._mutex:
            self._catch_up()
            return self._index.is_issued(serial)

    def revocation(self, serial: int) -> Revocation | None:
        """Return the revocation of the serial number, or None if it is not revoked."""
        with self._mutex:
            self._catch_up()
            return self._index.revocation(serial)

    def revocations(self) -> list[tuple[int, datetime, Revocation]]:
        """Return (serial, notAfter, revocation) of everything revoked, in the order of revoking."""
        with self._mutex:
            self._catch_up()
            return self._index.revocations()

    @contextmanager
    def _exclusive(self) -> Iterator[int]:
        """Lock the file against threads and processes; yields its descriptor, open for appending.

        It is opened anew each time: a lock belongs to the open file, and forked workers would share one.
        """
        with self._mutex:
            descriptor = self._open(os.O_RDWR | os.O_APPEND)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                self._catch_up()
                yield descriptor
            finally:
                os.close(descriptor)

    def _append(self, descriptor: int, line: bytes) -> None:
        try:
            if os.fstat(descriptor).st_size > self._read_to:
                os.ftruncate(descriptor, self._read_to)
            _write_whole(descriptor, line)
            os.fdatasync(descriptor)
        except OSError as error:
            raise AuthorityError(
                "register-unwritable",
                f"the authority's register cannot be written ({error.strerror})",
                "make room on the disk that holds the authority's folder and try again",
            ) from error
        self._catch_up()

    def _catch_up(self) -> None:
        """Read the whole lines that were appended since the last reading."""
        try:
            size = self._path.stat().st_size
        except OSError as error:
            raise _unreadable(error) from error
        if size < self._read_to:
            raise _damaged()
        if size == self._read_to:
            return
        descriptor = self._open(os.O_RDONLY)
        try:
            new = os.pread(descriptor, size - self._read_to, self._read_to)
        finally:
            os.close(descriptor)
        whole = new[: new.rfind(b"\n") + 1]
        with self._index.taking_in():
            for line in whole.splitlines():
                self._apply(line)
        self._read_to += len(whole)

    def _open(self, flags: int) -> int:
        try:
            return os.open(self._path, flags | os.O_CLOEXEC)
        except OSError as error:
            raise _unreadable(error) from error

    def _apply(self, line: bytes) -> None:
        try:
            act, serial_hex, detail, when, *purpose = line.decode("ascii").split(" ")
            serial, at = int(serial_hex, 16), datetime.fromisoformat(when)
            if act == "issued" and len(purpose) <= 1:
                not_after = datetime.fromisoformat(detail)
                self._index.add_issued(serial, not_after, bytes.fromhex(purpose[0]) if purpose else None)
            elif purpose:
                raise _damaged()
            elif act == "revoked" and self._index.is_issued(serial):
                self._index.add_revoked(serial, Revocation(at, RevocationReason(int(detail))))
            else:
                raise _damaged()
            self._latest = at if self._latest is None else max(self._latest, at)
        except (ValueError, TypeError) as error:
            raise _damaged() from error


def first_lines(serials: dict[int, datetime], at: datetime) -> bytes:
    """Return the content of a new register that holds these certificates (serial number to notAfter)."""
    return b"".join(_issued_line(serial, not_after, at) for serial, not_after in serials.items())


def _write_whole(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _unreadable(error: OSError) -> AuthorityError:
    return AuthorityError(
        "register-unreadable",
        f"the authority's register cannot be opened ({error.strerror})",
        "check that the authority's folder belongs to this user, or restore it from its backup",
    )


def _damaged() -> AuthorityError:
    return AuthorityError(
        "register-damaged",
        "the authority's register has a line that it never wrote, or has lost some",
        "restore the authority's folder from its backup",
    )


def _issued_line(serial: int, not_after: datetime, at: datetime, purpose: bytes = b"") -> bytes:
    what_for = f" {purpose.hex()}" if purpose else ""
    return f"issued {serial:x} {_text(not_after)} {_text(at)}{what_for}\n".encode("ascii")


def _revoked_line(serial: int, reason: RevocationReason, at: datetime) -> bytes:
    return f"revoked {serial:x} {reason.value} {_text(at)}\n".encode("ascii")


def _text(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
