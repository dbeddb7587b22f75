"""What the service stands on goes away and comes back: the timestamp authority, PostgreSQL, room for documents.

While it is away, nobody is told that something was done which was not, and what waits says for what. Afterwards
everything goes on by itself.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from demo.player import Platform, Refused, confirm
from tests.documents import contract
from tests.faults.falls import Watch
from tests.faults.patience import People, Sales
from tests.faults.postgresql import running_postgresql
from tests.faults.promises import wait_until_at_rest
from tests.faults.running_service import RunningService, running
from tests.faults.timestamp_server import TimestampServer

SECONDS = 90
SIGNED = "SELECT count(*) FROM accepted_signatures"
SEALED = "SELECT count(*) FROM sealed_releases"
ROOM = 24
"""MiB that there are for documents."""


@pytest.fixture(scope="module")
def timestamps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimestampServer]:
    server = TimestampServer(tmp_path_factory.mktemp("timestamps") / "tsa")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def selling(timestamps: TimestampServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sales, Watch]]:
    """A service that takes its timestamps there. Each test sells an envelope of its own, and leaves them coming."""
    allow = {"ESIGN_OUTGOING_ALLOW": timestamps.destination, **timestamps.settings}
    with sold_by(RunningService(tmp_path_factory.mktemp("selling"), settings=allow)) as found:
        yield found


@contextmanager
def sold_by(service: RunningService) -> Iterator[tuple[Sales, Watch]]:
    """Start the service; yield a platform that sells through it, and what watches it."""
    with (
        running(service),
        closing(Watch(service)) as watch,
        closing(Sales(service.url, service.new_client(), People())) as sales,
    ):
        yield sales, watch


def hindered(sales: Sales, envelope: str) -> str:
    """Wait until the envelope says what it waits for, and return that code."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        for move in sales.platform.envelope(envelope)["next"]:
            if move["waiting_for"] is not None:
                return str(move["waiting_for"])
        time.sleep(0.1)
    raise AssertionError("the envelope never said what it waits for")


def test_without_timestamps_the_signature_waits_and_says_so_then_goes_on_with_the_same_certificate(
    selling: tuple[Sales, Watch], timestamps: TimestampServer
) -> None:
    sales, watch = selling
    made, (applicant, insured) = sales.create()
    known = len(watch.certified())
    timestamps.stop()
    sales.platform.play(made["recipients"][0], applicant)
    assert hindered(sales, made["id"]) == "tsa-unreachable"
    before = watch.certified()[known:]
    assert [one["state"] for one in sales.platform.envelope(made["id"])["recipients"]] == ["confirmed", "sent"]
    timestamps.start()
    sales.platform.play(made["recipients"][1], insured)
    done = sales.platform.wait(made["id"], "completed", seconds=SECONDS, pause=0.3)
    assert [one["state"] for one in done["recipients"]] == ["signed", "signed"]
    assert before == watch.certified()[known : known + 1]
    assert watch.figure("SELECT count(*) FROM trail_events WHERE type = 'recipient.signing-failed'") == 0


def test_a_seal_without_timestamps_waits_and_is_never_lowered(
    selling: tuple[Sales, Watch], timestamps: TimestampServer
) -> None:
    sales, watch = selling
    made, signers = sales.create()
    signed, sealed = watch.figure(SIGNED), watch.figure(SEALED)
    sales.platform.play(made["recipients"][0], signers[0])
    wait_for_figure(watch, SIGNED, signed + 1)
    timestamps.stop()
    sales.platform.play(made["recipients"][1], signers[1])
    hindered(sales, made["id"])
    assert watch.figure(SEALED) == sealed
    timestamps.start()
    done = sales.platform.wait(made["id"], "completed", seconds=SECONDS, pause=0.3)
    report = sales.platform.api.json(f"/v1/documents/{done['documents'][0]['id']}/report")
    assert {one["level"] for one in report["signatures"] if one["kind"] == "signature"} == {"B-LTA"}


def wait_for_figure(watch: Watch, statement: str, wanted: int) -> None:
    end = time.monotonic() + SECONDS
    while watch.figure(statement) < wanted:
        assert time.monotonic() < end, statement
        time.sleep(0.05)


def ask(service: RunningService, path: str, key: str) -> tuple[int, str, Mapping[str, Any]]:
    """Return status, media type and JSON of an answer, whatever it is."""
    connection = http.client.HTTPConnection(urlsplit(service.url).netloc, timeout=60)
    with closing(connection):
        connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        return answer.status, str(answer.headers.get_content_type()), json.loads(answer.read())


def test_while_postgresql_is_away_callers_get_a_503_and_afterwards_everything_goes_on(tmp_path: Path) -> None:
    with running_postgresql() as server:
        service = RunningService(tmp_path, database_url=server.url)
        with running(service):
            key = service.new_client()
            with closing(Sales(service.url, key, People())) as sales, closing(Watch(service)) as watch:
                made, signers = sales.create()
                sales.platform.play(made["recipients"][0], signers[0])
                server.stop()
                status, media_type, problem = ask(service, f"/v1/envelopes/{made['id']}", key)
                assert (status, media_type) == (503, "application/problem+json")
                assert problem["code"] == "database-unavailable"
                assert "psycopg" not in json.dumps(problem)
                service.wait_for_readiness(503)  # what was answered a moment ago is answered again for two seconds
                server.start()
                sales.platform.play(made["recipients"][1], signers[1])
                done = sales.platform.wait(made["id"], "completed", seconds=SECONDS, pause=0.3)
                wait_until_at_rest(watch, seconds=SECONDS)
                assert watch.figure(SIGNED) == len(done["recipients"])
                service.wait_until_ready()


def own_room(folder: Path) -> list[str]:
    """Return the command that gives what it runs a small file system at the folder, which ends with it."""
    folder.mkdir()
    spaces = ["-m"] if os.geteuid() == 0 else ["-Urm"]
    mount = f'mount -t tmpfs -o size={ROOM}m none "{folder}" && exec "$@"'
    return ["unshare", *spaces, "sh", "-c", mount, "sh"]


def can_have_room(folder: Path) -> bool:
    probe = subprocess.run([*own_room(folder), "true"], capture_output=True, check=False)
    return probe.returncode == 0


def fill(folder: Path) -> Path:
    """Take all the room there is; return the file that has it."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for piece in (64 * 1024, 1024, 1):
            try:
                while True:
                    if file.write(bytes(piece)) < piece:
                        break
            except OSError:
                continue
    return filler


def test_without_room_for_documents_nothing_is_lost_and_with_room_it_goes_on(tmp_path: Path) -> None:
    if not can_have_room(tmp_path / "probe"):
        pytest.skip("this machine gives a process no file system of its own (unshare, mount)")
    blobs = tmp_path / "blobs"
    service = RunningService(tmp_path / "service", settings={"ESIGN_BLOBS_FOLDER": str(blobs)}, under=own_room(blobs))
    with sold_by(service) as (sales, watch):
        key = service.new_client()
        made, signers = sales.create()
        sales.platform.play(made["recipients"][0], signers[0])
        wait_for_figure(watch, SIGNED, 1)
        device = sales.platform.read(made["recipients"][1], signers[1])
        room = service.root / blobs.relative_to("/")
        filler = fill(room)
        another = Platform(service.url, key)
        with closing(another.api), pytest.raises(Refused, match="storage-unavailable"):
            another.create("人身保险合同", contract(), [People(seed=2).next("applicant")])
        confirm(device, signers[1])
        assert hindered(sales, made["id"]) == "blob-store"
        assert watch.figure("SELECT count(*) FROM envelopes") == 1
        filler.unlink()
        done = sales.platform.wait(made["id"], "completed", seconds=SECONDS, pause=0.3)
        assert [one["state"] for one in done["recipients"]] == ["signed", "signed"]
