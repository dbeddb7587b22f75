"""Several files of one origin in one process: as long as it answers, not for ever, and never another origin's."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from other_processes import process_ended

from esign.errors import DocumentRefused
from esign.infra.quarantine import (
    ProcessQuarantine,
    QuarantineFailed,
    QuarantineLimits,
    TaskRunner,
    start_quarantine,
)
from esign.infra.quarantine.kept import KeptProcess, KeptProcesses
from esign.infra.quarantine.launcher import ZygoteHandle

MIB = 1024 * 1024
TABLE = "hostile_tasks:TABLE"
LIMITS = QuarantineLimits(
    memory_bytes=256 * MIB, cpu_seconds=3, wall_seconds=2.0, files_each=5, kept_seconds=60.0, kept_at_most=2
)


@pytest.fixture(scope="module")
def quarantine() -> Iterator[ProcessQuarantine]:
    with closing(start_quarantine(TABLE, LIMITS)) as started:
        yield started


@pytest.fixture
def one(quarantine: ProcessQuarantine, request: pytest.FixtureRequest) -> TaskRunner:
    """Files of an origin that no other test has."""
    return quarantine.files_of(str(request.node.name))


def process_of(runner: TaskRunner) -> int:
    return int(cast("Mapping[str, int]", runner.run("where", {}).value)["pid"])


def test_files_of_one_origin_are_read_by_one_process(one: TaskRunner) -> None:
    first = process_of(one)
    assert one.run("echo", {"value": 1}, [b"", b"x" * MIB]).attachments == (b"", b"x" * MIB)
    assert process_of(one) == first


def test_another_origin_has_another_process(quarantine: ProcessQuarantine, one: TaskRunner) -> None:
    first = process_of(one)
    assert process_of(quarantine.files_of("another origin")) != first
    assert process_of(one) == first


def test_a_file_without_an_origin_has_a_process_of_its_own(quarantine: ProcessQuarantine, one: TaskRunner) -> None:
    assert process_of(quarantine) != process_of(one)


def test_a_process_ends_with_the_last_file_that_it_may_read(one: TaskRunner) -> None:
    first = process_of(one)
    for _ in range(LIMITS.files_each - 1):
        assert process_of(one) == first
    assert process_ended(first)
    assert process_of(one) != first


def test_an_error_of_ours_ends_no_process(one: TaskRunner) -> None:
    first = process_of(one)
    with pytest.raises(DocumentRefused):
        one.run("refuses", {})
    assert process_of(one) == first


@pytest.mark.parametrize("task", ["segfaults", "eats-memory", "waits-for-ever", "stumbles"])
def test_a_process_that_failed_reads_nothing_more(quarantine: ProcessQuarantine, task: str) -> None:
    one = quarantine.files_of(task)
    first = process_of(one)
    with pytest.raises(QuarantineFailed):
        one.run(task, {})
    assert process_ended(first)
    assert process_of(one) != first


def test_what_fails_where_others_were_read_is_read_anew_by_itself(one: TaskRunner) -> None:
    assert one.run("breaks-after-others", {}).value == "read"
    first = process_of(one)
    assert one.run("breaks-after-others", {}).value == "read"
    assert process_ended(first)


def test_a_process_that_was_busy_for_long_reads_nothing_more(one: TaskRunner) -> None:
    first = process_of(one)
    one.run("naps", {"seconds": LIMITS.cpu_seconds / 3})
    assert process_of(one) != first


def test_who_waits_too_long_for_a_next_file_is_ended() -> None:
    with closing(start_quarantine(TABLE, replace(LIMITS, kept_seconds=0.05))) as started:
        for _ in range(2):  # the second time, nobody watched any more
            assert process_ended(process_of(started.files_of("rare")))


def test_a_process_that_has_moved_much_reads_nothing_more(one: TaskRunner) -> None:
    first = process_of(one)
    one.run("echo", {"value": 1}, [bytes(LIMITS.kept_bytes // 2)])  # there and back
    assert process_ended(first)
    assert process_of(one) != first


def test_a_large_file_is_read_by_a_process_that_read_nothing_before(one: TaskRunner) -> None:
    first = process_of(one)
    assert one.run("echo", {"value": 1}, [bytes(LIMITS.kept_bytes)]).value == 1
    assert process_ended(first)


def test_what_a_file_left_behind_takes_no_memory_from_the_next(quarantine: ProcessQuarantine) -> None:
    one = quarantine.files_of("rings")
    first = process_of(one)
    for _ in range(3):  # together more than a process may have
        assert one.run("leaves-a-ring", {}).value == "read"
    assert process_of(one) == first


def test_a_process_that_waits_computes_nothing(one: TaskRunner) -> None:
    state, until = Path(f"/proc/{process_of(one)}/stat"), time.monotonic() + 10
    while (stopped := state.read_text("ascii").rpartition(")")[2].split()[0] == "T") is False:
        assert time.monotonic() < until
    assert stopped


def test_an_answer_that_nobody_asked_for_reaches_nobody(one: TaskRunner) -> None:
    first = process_of(one)
    one.run("leaves-an-answer", {})
    assert one.run("echo", {"value": 5}).value == 5
    assert process_ended(first)


def test_where_no_thread_can_be_had_the_answer_is_told_and_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with closing(start_quarantine(TABLE, LIMITS)) as started:
        monkeypatch.setattr(threading.Thread, "start", refuse)
        assert process_ended(process_of(started.files_of("one")))
        monkeypatch.undo()
        one = started.files_of("one")
        assert process_of(one) == process_of(one)


def test_only_so_many_wait_and_the_one_that_waited_longest_goes(quarantine: ProcessQuarantine) -> None:
    origins = [quarantine.files_of(f"origin {number}") for number in range(LIMITS.kept_at_most + 1)]
    processes = [process_of(origin) for origin in origins]
    assert process_ended(processes[0])
    assert [process_of(origin) for origin in origins[1:]] == processes[1:]


def test_files_that_come_at_once_never_share_a_process_at_once(one: TaskRunner) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda n: one.run("echo", {"value": n}).value, range(40))) == list(range(40))


def test_a_process_outlives_no_zygote(quarantine: ProcessQuarantine, one: TaskRunner) -> None:
    before = process_of(one)
    os.kill(quarantine.zygote_pid or 0, signal.SIGKILL)
    assert process_ended(before)
    assert process_of(one) != before


def test_closing_ends_those_that_wait() -> None:
    quarantine = start_quarantine(TABLE, LIMITS)
    waiting = process_of(quarantine.files_of("one"))
    handles = len(list(Path("/proc/self/fd").iterdir()))
    quarantine.close()
    assert process_ended(waiting)
    assert len(list(Path("/proc/self/fd").iterdir())) < handles


def test_a_process_that_comes_back_to_a_closed_quarantine_is_ended() -> None:
    closed = KeptProcesses(LIMITS)
    closed.close()
    with closing(ZygoteHandle(TABLE, LIMITS, {})) as zygote:
        child = zygote.begin_child(LIMITS.usual)
        closed.put(KeptProcess(zygote, "one", child))
        assert child.channel.fileno() == -1
