"""What makes services quick to open in a test process, which opens dozens: what all would make alike is made once.

A first start brings an empty database to the schema of this version, step by step; here a copy of one that went all
the steps is laid where the service looks for its own. And documents are read in confined processes which a zygote
forks: it takes longer to load than all the rest, and services that are closed keep nothing in it.
"""

from __future__ import annotations

import atexit
import tempfile
from functools import cache
from pathlib import Path
from unittest.mock import patch

from esign.ceremony.quarantined.start import start_document_quarantine
from esign.infra.database import open_database
from esign.infra.jobs_dbos import prepare_jobs
from esign.infra.quarantine import QuarantineLimits, QuarantineWithApart
from esign.infra.schema import upgrade
from esign.pades.typeface import Typeface


class _StaysOpen(QuarantineWithApart):
    """The quarantine of all services of this process: none of them closes it."""

    def __init__(self, shared: QuarantineWithApart) -> None:
        super().__init__(shared, frozenset(), lambda: shared)

    def close(self) -> None:
        """It is closed with the process."""


@cache
def _shared(typefaces: tuple[Typeface, ...], limits: QuarantineLimits | None) -> QuarantineWithApart:
    started = start_document_quarantine(*typefaces, limits=limits)
    atexit.register(started.close)
    return _StaysOpen(started)


def _start(*typefaces: Typeface, limits: QuarantineLimits | None = None) -> QuarantineWithApart:
    return _shared(typefaces, limits)


@cache
def share_quarantine() -> None:
    """Have services that this process opens from now on, also by their commands, share one where limits are alike."""
    patch("esign.process.start_document_quarantine", _start).start()


@cache
def _prepared() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "esign.db"
        database = open_database(f"sqlite:///{file}")
        upgrade(database)
        prepare_jobs(database)
        database.close()
        return file.read_bytes()


def lay_database(file: Path) -> None:
    """Lay a database of SQLite there, with all that a first start makes in it, unless there is one."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_bytes(_prepared())
