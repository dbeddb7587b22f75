"""kill -9 between appending and placing, and anywhere else: nothing is lost, nothing is there twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from esign.infra.database import open_database
from esign.trail.log import read_from
from esign.trail.sequencer import stored_frontier, tree_size, unplaced
from tests.databases import create_tables
from tests.vectors.trail.stored import append, place

ROOT = Path(__file__).parents[3]
WRITER = """
import sys
from esign.infra.database import open_database
from tests.vectors.trail.stored import append, place

database, placing = open_database(sys.argv[1]), sys.argv[2] == "place"
print("ready", flush=True)
stream = sys.stdin.readline().strip()
for version in range(10_000):
    (event,) = append(database, stream, after=version)
    print(event.id, flush=True)
    if placing:
        place(database, limit=2)
"""


def killed_writer(url: str, stream: str, *, placing: bool, after: int) -> list[str]:
    """Have a process append until it has reported so many events, kill it, and return what it reported."""
    command = [sys.executable, "-c", WRITER, url, "place" if placing else "append"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        writer.stdin.write(f"{stream}\n")
        writer.stdin.flush()
        reported = [writer.stdout.readline().strip() for _ in range(after)]
        writer.kill()
        rest = writer.stdout.read().split("\n")
        # The last line may be cut short: that event was committed, but nobody was told so.
        return [*reported, *rest[:-1]]


@pytest.mark.parametrize("placing", [False, True])
def test_a_killed_process_loses_no_event_that_it_reported(database_url: str, placing: bool) -> None:
    database = open_database(database_url)
    create_tables(database)
    reported = [
        id_
        for kill in range(3)
        for id_ in killed_writer(database_url, f"env_{kill}", placing=placing, after=3 + 4 * kill)
    ]
    append(database, "env_after")
    while place(database):
        pass
    with database.reading() as session:
        placed = read_from(session, 0, limit=10_000)
        ids = [logged.event.id for logged in placed]
        assert set(reported) <= set(ids)
        assert len(ids) == len(set(ids)) <= len(reported) + 1 + 3
        assert [logged.position for logged in placed] == list(range(tree_size(session)))
        assert stored_frontier(session).size == len(ids)
        assert unplaced(session) == []
    database.close()
