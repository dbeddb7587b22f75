"""The figures of a simulated year, counted by the room's own core from the events of its claims.

A process of its own counts them beside the year: what was told of a claim that is over is read while others go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Final

from claims.figures.figures import Report
from claims.figures.told import Told
from esign.infra.database import Database, open_database
from esign.public.events import read_streams
from esign.public.house import House

AT_ONCE: Final = 100
"""So many claims are read in one transaction: one that lasts keeps SQLite from emptying its log."""


class Counting:
    """Counts the figures of claims that are over, in the process that its pool has."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool
        self._heard: list[Future[None]] = []

    def hear(self, claims: Sequence[str]) -> None:
        """Have the events of these claims counted, each claim once: nothing happens to it any more."""
        self._heard.append(self._pool.submit(_hear, claims))

    def report(self) -> Report:
        """Return the figures of all claims that were heard of, when they are counted. Raises what hindered that."""
        for one in self._heard:
            one.result()
        return self._pool.submit(_report).result()


@contextmanager
def counting(house: House) -> Iterator[Counting]:
    """Open a process that counts beside this one, on the same database."""
    url = house.database.engine.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(1, get_context("spawn"), _Told.begin, (url,)) as pool:
        yield Counting(pool)


class _Told:
    """What the process that counts has open, and what it has heard so far."""

    database: Database
    told: Told

    @classmethod
    def begin(cls, url: str) -> None:
        cls.database, cls.told = open_database(url), Told()


def _hear(claims: Sequence[str]) -> None:
    for at in range(0, len(claims), AT_ONCE):
        with _Told.database.reading() as session:
            found = read_streams(session, claims[at : at + AT_ONCE])
        for events in found.values():
            for event in events:
                _Told.told.hear(event)


def _report() -> Report:
    return _Told.told.report()
