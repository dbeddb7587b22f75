"""The trail behind the commands: leaves, and the rows of figures. On PostgreSQL a second process keeps up with it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from typing import Final

from delivery.figures.projecting import figures_projection
from esign.infra.database import Database, open_database
from esign.trail.consumers import catch_up
from esign.trail.log import READ_LATELY
from esign.trail.sequencer import Sequencer
from simulate.measuring import Spent, resident_memory, spent

AT_ONCE: Final = READ_LATELY
"""So many events get a leaf and are then read by the figures, which find them read already."""
LOOK_SECONDS: Final = 0.5
"""Meanwhile enough comes together that what a transaction costs by itself hardly counts."""


def place_and_read(database: Database) -> int:
    """Give every pending event its leaf, and let the figures read on; return how many events got one."""
    total, sequencer, figures = 0, Sequencer(), figures_projection()
    while True:
        with database.transaction() as session:
            placed = sequencer.run_once(session, limit=AT_ONCE)
        total += placed
        catch_up(database, figures, batch=AT_ONCE)
        if placed < AT_ONCE:
            return total


class Beside:
    """The process that keeps up. `spent` is what it has spent, with all that the server has, once it has ended."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        self.spent = Spent()

    @property
    def memory(self) -> float:
        """Its resident memory, in MB."""
        return resident_memory(self._process.pid)


@contextmanager
def keeping_up(url: str) -> Iterator[Beside]:
    """Run a process beside the commands that keeps up with them; at the end it has done all there was.

    Raises `RuntimeError` where it failed.
    """
    context = multiprocessing.get_context("spawn")
    over, (ours, theirs) = context.Event(), context.Pipe(duplex=False)
    process = context.Process(target=_keep_up, args=(url, over, theirs), name="sequencing")
    process.start()
    theirs.close()
    beside = Beside(process)
    try:
        yield beside
    finally:
        over.set()
        process.join()
    if process.exitcode:
        raise RuntimeError(f"the process that keeps the trail ended with {process.exitcode}")
    beside.spent = ours.recv()


def _keep_up(url: str, over: Event, told: Connection) -> None:
    database = open_database(url)
    try:
        while not over.wait(LOOK_SECONDS):
            place_and_read(database)
        place_and_read(database)
        told.send(spent(database))
    finally:
        database.close()
