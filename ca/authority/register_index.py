"""What the register's lines say, to be asked by serial number and by purpose, in a private temporary file.

The authority of an insurer issues millions of event certificates: kept in memory, they would grow every process that
has the authority open. The file has no name, is the process's own, and is gone with it (sqlite.org/inmemorydb.html,
"Temp-file Databases"); the register alone is the truth.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ca.errors import AuthorityError
from ca.ports import RevocationReason

_TABLES: Final = """
    PRAGMA journal_mode = MEMORY;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -1024;
    CREATE TABLE issued (serial TEXT PRIMARY KEY, not_after TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE purposes (purpose BLOB, number INTEGER, serial TEXT NOT NULL, PRIMARY KEY (purpose, number))
        WITHOUT ROWID;
    CREATE TABLE revoked (number INTEGER PRIMARY KEY, serial TEXT UNIQUE NOT NULL, at TEXT NOT NULL, reason INTEGER);
"""
"""`cache_size` in KiB where it is negative. Nothing is lost with the file, so nothing need be synced."""


@dataclass(frozen=True)
class Revocation:
    """Since when, and why, a certificate is revoked."""

    at: datetime
    reason: RevocationReason


class RegisterIndex:
    """The acts of one register. Not for several threads at once, nor across a fork."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(_TABLES)

    @contextmanager
    def taking_in(self) -> Iterator[None]:
        """Take in many acts together, or none of them. Raises `AuthorityError` with code `register-unindexed`."""
        try:
            with self._database:
                self._database.execute("BEGIN")
                yield
        except sqlite3.Error as error:
            raise AuthorityError(
                "register-unindexed",
                f"what the authority's register says cannot be kept at hand ({error})",
                "make room where this machine keeps temporary files and try again",
            ) from error

    def add_issued(self, serial: int, not_after: datetime, purpose: bytes | None) -> None:
        """Take in a certificate, and what it is for where that was said."""
        self._database.execute(
            "INSERT INTO issued VALUES (?, ?) ON CONFLICT DO UPDATE SET not_after = excluded.not_after",
            (_key(serial), not_after.isoformat()),
        )
        if purpose is not None:
            self._database.execute(
                "INSERT INTO purposes SELECT ?1, count(*), ?2 FROM purposes WHERE purpose = ?1", (purpose, _key(serial))
            )

    def add_revoked(self, serial: int, revocation: Revocation) -> None:
        """Take in a revocation; the first one of a certificate stays."""
        self._database.execute(
            "INSERT INTO revoked (serial, at, reason) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (_key(serial), revocation.at.isoformat(), revocation.reason.value),
        )

    def is_issued(self, serial: int) -> bool:
        return self._database.execute("SELECT 1 FROM issued WHERE serial = ?", (_key(serial),)).fetchone() is not None

    def issued_for(self, purpose: bytes) -> tuple[int, ...]:
        """Return the serial numbers of what was issued for this purpose, in order."""
        rows = self._database.execute("SELECT serial FROM purposes WHERE purpose = ? ORDER BY number", (purpose,))
        return tuple(int(serial, 16) for (serial,) in rows)

    def revocation(self, serial: int) -> Revocation | None:
        """Return the revocation of the serial number, or None."""
        row = self._database.execute("SELECT at, reason FROM revoked WHERE serial = ?", (_key(serial),)).fetchone()
        return None if row is None else _revocation(*row)

    def revocations(self) -> list[tuple[int, datetime, Revocation]]:
        """Return (serial, notAfter, revocation) of everything revoked, in the order of revoking."""
        rows = self._database.execute(
            "SELECT serial, not_after, at, reason FROM revoked JOIN issued USING (serial) ORDER BY number"
        )
        return [
            (int(serial, 16), datetime.fromisoformat(not_after), _revocation(at, reason))
            for serial, not_after, at, reason in rows
        ]


def _key(serial: int) -> str:
    return f"{serial:x}"


def _revocation(at: str, reason: int) -> Revocation:
    return Revocation(datetime.fromisoformat(at), RevocationReason(reason))
