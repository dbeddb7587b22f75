"""The trail behind the commands: leaves, and the rows of figures. On PostgreSQL a second process keeps up with it."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from typing import Final

from delivery.figures.projecting import figures_projection
from esign.infra.database import Database, open_database
from esign.trail.consumers import catch_up
from esign.trail.sequencer import Sequencer

PLACED_AT_ONCE: Final = 5000
READ_AT_ONCE: Final = 5000
LOOK_SECONDS: Final = 0.5


def place_and_read(database: Database) -> int:
    """Give every pending event its leaf, and let the figures read on; return how many events got one."""
    total, sequencer = 0, Sequencer()
    while True:
        with database.transaction() as session:
            placed = sequencer.run_once(session, limit=PLACED_AT_ONCE)
        total += placed
        if placed < PLACED_AT_ONCE:
            break
    catch_up(database, figures_projection(), batch=READ_AT_ONCE)
    return total


@contextmanager
def keeping_up(url: str) -> Iterator[None]:
    """Run a process beside the commands that keeps up with them; at the end it has done all there was.

    Raises `RuntimeError` where it failed.
    """
    context = multiprocessing.get_context("spawn")
    over = context.Event()
    process = context.Process(target=_keep_up, args=(url, over), name="sequencing")
    process.start()
    try:
        yield
    finally:
        over.set()
        process.join()
    if process.exitcode:
        raise RuntimeError(f"the process that keeps the trail ended with {process.exitcode}")


def _keep_up(url: str, over: Event) -> None:
    database = open_database(url)
    try:
        while not over.is_set():
            if not place_and_read(database):
                time.sleep(LOOK_SECONDS)
        place_and_read(database)
    finally:
        database.close()
