"""Verdicts that are held for a quarter of an hour, for whoever has the address that came with the file.

So a page survives being loaded again, and the report can be downloaded without the file being sent twice. The address
has 256 bits of chance; the table has a digest of it, and the verdict under a key of which the address is a part.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from ca.ports import Clock
from esign.infra.database import Database
from esign.infra.encryption import seal, unseal
from esign.infra.keystore import KeyStore
from esign.infra.statements import rows_changed
from esign.verifications.asked import Asked
from esign.verifications.judged import Judged, decode
from esign.verifications.judging import LONGEST_SECONDS, Judges
from esign.verifications.models import HeldVerdict

HELD_FOR: Final = timedelta(minutes=15)
ANYBODY: Final = ""
"""The owner of a verdict that whoever has its address may see."""
_PURPOSE: Final = "held verdict"
_PICTURES: Final = "held pictures"
_ADDRESS: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class Progress(StrEnum):
    """How it stands with a file. `LOST`: whoever judged it is gone. `BUSY`: nobody came to it in time."""

    WAITING = "waiting"
    JUDGING = "judging"
    DONE = "done"
    BUSY = "busy"
    LOST = "lost"


@dataclass(frozen=True)
class Held:
    """What is held at an address. `ahead` files are before it; `judged` is there when it is done."""

    progress: Progress
    ahead: int
    begun_at: datetime
    gone_at: datetime
    judged: Judged | None = None


class HeldVerdicts:
    """Takes files, has them judged, and holds what came of it."""

    def __init__(self, database: Database, keys: KeyStore, judges: Judges, clock: Clock) -> None:
        self._database = database
        self._keys = keys
        self._judges = judges
        self._clock = clock

    def take(self, asked: Asked, *, seconds: float = 0.0) -> str:
        """Have anybody's file judged; return the address of what comes of it, after so many seconds or when it is
        there.

        Raises `LineFull`, `DatabaseError`.
        """
        address = secrets.token_urlsafe(32)
        thread = self._judges.begin(asked, lambda: self._begin(address))
        thread.join(seconds)
        return address

    def keep(self, judged: Judged, owner: str) -> str:
        """Hold a verdict for its owner alone; return its address."""
        address, now = secrets.token_urlsafe(32), self._clock()
        row = HeldVerdict(
            address=_digest(address, owner),
            state=Progress.DONE.value,
            ahead=0,
            begun_at=now,
            ends_at=now,
            gone_at=now + HELD_FOR,
            sealed=seal(self._key(address), _PURPOSE, judged.encode()),
            pictures=_sealed_pictures(self._key(address), judged),
        )
        with self._database.transaction() as session:
            session.add(row)
        return address

    def find(self, address: str, owner: str = ANYBODY) -> Held | None:
        """Return what is held there, None where nothing is, or not any more, or for somebody else."""
        if not _ADDRESS.fullmatch(address):
            return None
        now = self._clock()
        with self._database.reading() as session:
            row = session.get(HeldVerdict, _digest(address, owner))
            if row is None or row.gone_at <= now:
                return None
            progress = Progress(row.state)
            if progress in {Progress.WAITING, Progress.JUDGING} and row.ends_at <= now:
                progress = Progress.LOST
            judged = None
            if row.sealed is not None:
                judged = _opened(self._key(address), row)
            return Held(progress, row.ahead, row.begun_at, row.gone_at, judged)

    def forget(self, address: str) -> bool:
        """Forget what is held there now; tell whether anything was."""
        with self._database.transaction() as session:
            return bool(
                rows_changed(session.execute(delete(HeldVerdict).where(HeldVerdict.address == _digest(address))))
            )

    def _begin(self, address: str) -> _Telling:
        now = self._clock()
        row = HeldVerdict(
            address=_digest(address),
            state=Progress.WAITING.value,
            ahead=0,
            begun_at=now,
            ends_at=now + timedelta(seconds=self._judges.waiting_seconds + LONGEST_SECONDS),
            gone_at=now + HELD_FOR,
        )
        with self._database.transaction() as session:
            session.add(row)
        return _Telling(self._database, self._clock, _digest(address), self._key(address))

    def _key(self, address: str) -> bytes:
        return self._keys.token_digest(_PURPOSE, address.encode("ascii"))


@dataclass(frozen=True)
class _Telling:
    """Writes into the row how it goes."""

    database: Database
    clock: Clock
    address: bytes
    key: bytes

    def moved(self, ahead: int) -> None:
        values: dict[str, object] = {"ahead": ahead}
        if not ahead:
            ends_at = self.clock() + timedelta(seconds=LONGEST_SECONDS)
            values |= {"state": Progress.JUDGING.value, "ends_at": ends_at}
        self._write(values)

    def ended(self, judged: Judged) -> None:
        sealed = seal(self.key, _PURPOSE, judged.encode())
        gone_at = self.clock() + HELD_FOR
        pictures = _sealed_pictures(self.key, judged)
        self._write({"state": Progress.DONE.value, "sealed": sealed, "pictures": pictures, "gone_at": gone_at})

    def failed(self, code: str) -> None:
        progress = Progress.BUSY if code in {"workers-busy", "quarantine-busy"} else Progress.LOST
        self._write({"state": progress.value})

    def _write(self, values: dict[str, object]) -> None:
        chosen = update(HeldVerdict).where(HeldVerdict.address == self.address).values(values)
        with self.database.transaction() as session:
            session.execute(chosen.execution_options(synchronize_session=False))


def forget_gone(session: Session, now: datetime) -> int:
    """Delete what is not held any more; return how many. For the sweep."""
    gone = delete(HeldVerdict).where(HeldVerdict.gone_at <= now).execution_options(synchronize_session=False)
    return rows_changed(session.execute(gone))


def _sealed_pictures(key: bytes, judged: Judged) -> bytes | None:
    return seal(key, _PICTURES, judged.encode_pictures()) if judged.pictures else None


def _opened(key: bytes, row: HeldVerdict) -> Judged:
    pictures = None if row.pictures is None else unseal(key, _PICTURES, row.pictures)
    return decode(unseal(key, _PURPOSE, row.sealed or b""), pictures)


def _digest(address: str, owner: str = ANYBODY) -> bytes:
    return hashlib.sha256(f"{_PURPOSE}\0{owner}\0{address}".encode()).digest()
