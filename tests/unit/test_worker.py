"""The worker as a process: killed in the middle of its work, its successor brings every envelope to its end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from esign.ceremony.domain.values import EnvelopeState
from esign.ceremony.models import AcceptedSignature, SigningAct
from esign.ceremony.reactions import QUEUES
from esign.infra.database import Database
from esign.infra.jobs_dbos import DbosQueue, prepare_jobs
from esign.pades.typeface import Typeface
from esign.service import assemble
from esign.trail.consumers import position_of
from esign.trail.models import TrailCheckpoint
from esign.trail.sequencer import tree_size
from tests.authority import create_test_authority
from tests.databases import *  # noqa: F403
from tests.service import YE, YU, Desk, ports_for, short_request

ROOT = Path(__file__).parents[2]


@contextmanager
def working(database: Database, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A worker process, from when it works; it is stopped at the end, unless it was killed."""
    url = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-W", "ignore", "-m", "tests.unit.worker_process", url, str(folder)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        if process.stdout.readline() != "working\n":
            raise AssertionError(process.communicate()[1])
        yield process
        _out, said = process.communicate(timeout=60)
        assert process.returncode in (0, -9), said


def until(happened: Callable[[], bool], *, seconds: int = 90) -> None:
    """Wait for what a process does."""
    for _ in range(seconds * 50):
        if happened():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen")


def test_an_envelope_is_completed_though_its_worker_was_killed_while_it_signed(
    database: Database, tmp_path: Path, typeface: Typeface, contract: bytes
) -> None:
    prepare_jobs(database)
    authority = create_test_authority(tmp_path / "ca")
    ports = replace(ports_for(database, tmp_path, authority, typeface), queue=DbosQueue(database, QUEUES))
    desk = Desk(assemble(ports))
    envelope = desk.create(short_request(contract, YU, YE))
    desk.play(envelope, 0, YU)
    desk.play(envelope, 1, YE)

    def count(model: type[SigningAct] | type[AcceptedSignature] | type[TrailCheckpoint]) -> int:
        with database.reading() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    def is_told() -> bool:
        with database.reading() as session:
            return position_of(session, "webhooks") == tree_size(session) > 0

    def is_to_be_certified() -> bool:
        certified = desk.envelope(envelope.id).certificate is not None
        return certified or any(task.kind == "certify" for task in desk.tasks())

    with working(database, tmp_path) as first:
        until(lambda: count(SigningAct) > 0)
        first.kill()
    with working(database, tmp_path):
        until(lambda: desk.envelope(envelope.id).state is EnvelopeState.COMPLETED)
        until(is_to_be_certified)
        until(lambda: count(TrailCheckpoint) > 0 and is_told())
    assert count(AcceptedSignature) == 2
    # What two had taken is looked at once more when its first taker must be done, and the certificate gives way to it.
    assert {task.kind for task in desk.tasks()} <= {"sign", "seal", "certify"}
    desk.work()
    assert desk.envelope(envelope.id).certificate is not None
    assert desk.tasks() == []
    events = desk.events(envelope)
    assert (events.count("recipient.signed"), events.count("document.sealed")) == (2, 1)
