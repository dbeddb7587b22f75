"""What a run takes: the processor's time of every process that has a part in it, memory, the size of the database.

The processor's time is what other work on the machine does not spoil. That of PostgreSQL's own processes is read where
its server runs on this machine.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from esign.infra.database import Database

PAGE: Final = os.sysconf("SC_PAGE_SIZE")
TICKS: Final = os.sysconf("SC_CLK_TCK")
_BACKENDS: Final = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")


@dataclass(frozen=True)
class Spent:
    """Seconds of the processor: of the process itself, and of the database's processes that served it and others."""

    own: float = 0.0
    server: float = 0.0


def spent(database: Database) -> Spent:
    """Return what this process has spent so far, and all processes that serve this database now."""
    if database.is_sqlite:
        return Spent(time.process_time())
    with database.reading() as session:
        return Spent(time.process_time(), sum(_seconds_of(pid) for pid in session.scalars(_BACKENDS)))


def resident_memory(process: int | None = None) -> float:
    """Return the resident memory of a process, in MB; of this one where none is named, 0 of one that is gone."""
    try:
        told = Path("/proc", "self" if process is None else str(process), "statm").read_text("ascii")
    except FileNotFoundError:
        return 0.0
    return int(told.split()[1]) * PAGE / 1e6


def database_size(database: Database) -> float:
    """Return how large the database is, in MB."""
    if database.is_sqlite:
        file = Path(str(database.engine.url.database))
        return sum(one.stat().st_size for one in file.parent.glob(f"{file.name}*")) / 1e6
    with database.reading() as session:
        return _postgresql_size(session) / 1e6


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Have Python look for circles of objects only when it is told to (`gc.collect`).

    A year holds a hundred thousand states that circle nowhere. Walking through them again and again, as it does by
    itself, took a quarter of the time.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def keep_what_is_there() -> None:
    """Look for circles of objects now, and never again among those that are left: it is what a year holds anyway."""
    gc.collect()
    gc.freeze()


def _seconds_of(process: int) -> float:
    """Return the processor's time of a process of this machine: 0 where it is gone, or the server is elsewhere."""
    try:
        name, _, told = Path("/proc", str(process), "stat").read_text("utf-8", "replace").rpartition(")")
    except FileNotFoundError:
        return 0.0
    fields = told.split()
    return (int(fields[11]) + int(fields[12])) / TICKS if "postgres" in name else 0.0


def _postgresql_size(session: Session) -> int:
    return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
