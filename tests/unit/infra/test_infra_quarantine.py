"""Hostile tasks in real processes: each is ended, told apart, and leaves the next one unharmed."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hostile_tasks import ESCAPES, MARK
from other_processes import process_ended

from esign.errors import DocumentRefused, EsignError, SigningError
from esign.infra.quarantine import (
    Confinement,
    ProcessQuarantine,
    QuarantineFailed,
    QuarantineLimits,
    QuarantineUnavailable,
    TaskBounds,
    start_quarantine,
)
from esign.infra.quarantine.frames import frame_head, read_frame
from esign.infra.quarantine.launcher import ChildHandle, Deadline, ZygoteHandle

MIB = 1024 * 1024
HERE = str(Path(__file__).parent)
TABLE = "hostile_tasks:TABLE"
LIMITS = QuarantineLimits(
    memory_bytes=256 * MIB, cpu_seconds=1, wall_seconds=2.0, exchange_bytes=64 * MIB, form_bytes=MIB, attachments=100
)


@pytest.fixture(scope="module")
def quarantine() -> Iterator[ProcessQuarantine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ESIGN_MASTER_KEY", "secret")
        with closing(start_quarantine(TABLE, LIMITS, setup={"word": "ready"})) as started:
            yield started


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    path = tmp_path / "victim"
    path.write_bytes(b"whole")
    return path


def refusal(quarantine: ProcessQuarantine, task: str, *attachments: bytes) -> EsignError:
    with pytest.raises(EsignError) as raised:
        quarantine.run(task, {}, attachments)
    assert quarantine.run("echo", {"value": "still there"}).value == "still there"
    return raised.value


def test_json_and_bytes_cross_both_ways_as_they_are(quarantine: ProcessQuarantine) -> None:
    value = {"名字": ["𠮷", 1.5, -3, True, None, {}], "serial": "9" * 40}
    attachments = (b"", b"\x00\xff", os.urandom(3 * MIB))
    answer = quarantine.run("echo", {"value": value}, attachments)
    assert answer.value == value
    assert answer.attachments == attachments


def test_what_is_given_at_the_start_is_there_before_every_task(quarantine: ProcessQuarantine) -> None:
    assert quarantine.run("told-at-start", {}).value == ["ready"]


def test_every_task_has_a_process_of_its_own(quarantine: ProcessQuarantine) -> None:
    pids = {str(quarantine.run("where", {}).value) for _ in range(3)}
    assert len(pids) == 3


def test_a_task_sees_nothing_of_its_owners_environment(quarantine: ProcessQuarantine) -> None:
    value = quarantine.run("where", {}).value
    assert isinstance(value, dict)
    own = {"PYTHONPATH", "LC_ALL", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"}
    assert set(value["environment"]) == own | {"MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES"}


def test_a_task_has_no_open_file_but_its_own_socket(quarantine: ProcessQuarantine, victim: Path) -> None:
    with victim.open("rb") as file:
        os.set_inheritable(file.fileno(), True)
        with closing(start_quarantine(TABLE, LIMITS)) as other:
            assert other.run("descriptors", {}).value == [0, 1, 2, 3]


def test_this_machine_enforces_all_of_it(quarantine: ProcessQuarantine) -> None:
    assert quarantine.confinement == Confinement(True, True, True, True, True, True, True)
    assert quarantine.confinement.complete
    assert quarantine.confinement.network_closed


def test_nothing_leads_out(quarantine: ProcessQuarantine, victim: Path) -> None:
    met = quarantine.run("escapes", {"path": str(victim), "owner": os.getpid()}).value
    assert isinstance(met, dict)
    assert set(met) == set(ESCAPES)
    assert {name: what for name, what in met.items() if what not in {"PermissionError", "RuntimeError"}} == {}
    assert [path.name for path in victim.parent.iterdir()] == ["victim"]
    assert victim.read_bytes() == b"whole"


@pytest.mark.parametrize("task", ["eats-memory", "computes-for-ever", "waits-for-ever", "answers-too-much"])
def test_a_task_beyond_its_limits_is_ended(quarantine: ProcessQuarantine, task: str) -> None:
    error = refusal(quarantine, task)
    assert isinstance(error, QuarantineFailed)
    assert error.code == "file-too-heavy"


@pytest.mark.parametrize("task", ["segfaults", "aborts", "leaves"])
def test_a_task_that_crashes_says_so_and_takes_nobody_along(quarantine: ProcessQuarantine, task: str) -> None:
    error = refusal(quarantine, task)
    assert isinstance(error, QuarantineFailed)
    assert error.code == "file-breaks-reader"


def test_a_task_that_closes_its_socket_and_stays_is_ended_alone() -> None:
    with closing(start_quarantine(TABLE, QuarantineLimits())) as quarantine, ThreadPoolExecutor(1) as threads:
        before = quarantine.zygote_pid
        other = threads.submit(quarantine.run, "naps", {"seconds": 4})
        error = refusal(quarantine, "closes-and-stays")
        assert (type(error), error.code) == (QuarantineFailed, "file-breaks-reader")
        assert other.result().value == "rested"
        assert quarantine.zygote_pid == before


def test_an_unexpected_exception_is_told_by_its_class_alone(quarantine: ProcessQuarantine) -> None:
    error = refusal(quarantine, "stumbles")
    assert isinstance(error, QuarantineFailed)
    assert "KeyError" in str(error)
    assert "张伟" not in str(error)


def framed(form: bytes, *attachments: bytes) -> bytes:
    """Return an answer of this form; an object gets the mark, which its answer needs."""
    if form.startswith(b"{"):
        form = b'{"mark":"' + MARK + b'",' + form[1:]
    lengths = struct.pack(f">{len(attachments)}Q", *map(len, attachments))
    return struct.pack(">II", len(form), len(attachments)) + lengths + form + b"".join(attachments)


def test_an_answer_by_hand_that_has_its_form_is_one(quarantine: ProcessQuarantine) -> None:
    answer = quarantine.run("answers-badly", {}, [framed(b'{"value":1}', b"abc")])
    assert (answer.value, answer.attachments) == (1, (b"abc",))


NONSENSE = {
    "nothing": b"",
    "half a head": b"\x00\x00",
    "half an answer": framed(b'{"value":1}')[:-3],
    "an attachment that ends early": framed(b'{"value":1}', b"abc")[:-1],
    "no JSON": framed(b"\xff\xfe"),
    "another value": framed(b"[1]"),
    "not a number": framed(b'{"value":NaN}'),
    "a name twice": framed(b'{"value":1,"value":2}'),
    "brackets without end": framed(b'{"value":' + b"[" * 200_000),
    "a member too many": framed(b'{"value":1,"more":2}'),
    "a pickle": framed(b"\x80\x04cos\nsystem\n(S'true'\ntR."),
    "an unknown error": framed(b'{"error":{"class":"SystemExit","code":"a","cause":"b","cure":"c"}}'),
    "an error without cure": framed(b'{"error":{"class":"EsignError","code":"a","cause":"b"}}'),
    "an error in colour": framed(b'{"error":{"class":"EsignError","code":"a","cause":"\\u001b[31m","cure":"c"}}'),
    "an endless error": framed(b'{"error":{"class":"EsignError","code":"a","cause":"%b","cure":"c"}}' % (b"b" * 9000)),
    "a code that is none": framed(b'{"error":{"class":"EsignError","code":"A B","cause":"b","cure":"c"}}'),
    "another's mark": framed(b'{"value":1}').replace(MARK, MARK[::-1]),
    "words for an exception": framed(b'{"ended":"rm -rf /"}'),
}


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE)
def test_an_answer_without_form_is_no_answer(quarantine: ProcessQuarantine, answer: bytes) -> None:
    error = refusal(quarantine, "answers-badly", answer)
    assert isinstance(error, QuarantineFailed)
    assert error.code == "file-breaks-reader"


@pytest.mark.parametrize(
    "answer",
    [
        struct.pack(">II", 0xFFFFFFFF, 0),
        struct.pack(">II", 2, 0xFFFFFFFF),
        struct.pack(">IIQ", 2, 1, 1 << 62),
        struct.pack(">II3Q", 2, 3, *[40 * MIB] * 3),
    ],
)
def test_a_length_beyond_the_limits_is_refused_before_anything_is_allocated(
    quarantine: ProcessQuarantine, answer: bytes
) -> None:
    assert refusal(quarantine, "answers-badly", answer).code == "file-too-heavy"


def test_an_answer_that_is_promised_and_never_comes_ends_with_the_time(quarantine: ProcessQuarantine) -> None:
    assert refusal(quarantine, "claims-too-much").code == "file-too-heavy"


def test_an_answer_without_end_is_not_read(quarantine: ProcessQuarantine) -> None:
    assert refusal(quarantine, "writes-past-limits").code == "file-breaks-reader"


def test_a_request_beyond_the_limits_is_not_sent(quarantine: ProcessQuarantine) -> None:
    assert refusal(quarantine, "echo", bytes(65 * MIB)).code == "file-too-heavy"


def test_an_error_of_ours_comes_back_as_itself_and_can_be_printed(quarantine: ProcessQuarantine) -> None:
    error = refusal(quarantine, "refuses")
    assert type(error) is DocumentRefused
    assert (error.code, error.cure) == ("document-encrypted", "send it without a password")
    assert error.cause == "第一页 is �[2Jencrypted"


def test_another_class_of_error_comes_back_as_the_nearest_and_is_cut(quarantine: ProcessQuarantine) -> None:
    error = refusal(quarantine, "lowers")
    assert type(error) is SigningError
    assert error.code == "level-not-reached"
    assert len(error.cause) == 600


def test_an_error_with_an_odd_code_gets_a_plain_one(quarantine: ProcessQuarantine) -> None:
    assert refusal(quarantine, "odd-code").code == "unnamed-error"


def test_an_unknown_task_is_an_error_and_no_hang(quarantine: ProcessQuarantine) -> None:
    assert refusal(quarantine, "no-such-task").code == "file-breaks-reader"


def test_threads_run_tasks_side_by_side_and_each_gets_its_own_answer(quarantine: ProcessQuarantine) -> None:
    def echo(number: int) -> bool:
        answer = quarantine.run("echo", {"value": number}, [str(number).encode()])
        return answer.value == number and answer.attachments == (str(number).encode(),)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(echo, range(60)))


def test_who_waits_too_long_for_a_place_is_told_so() -> None:
    limits = QuarantineLimits(wall_seconds=1.0, at_once=1, waiting_seconds=0.1)

    def wait(quarantine: ProcessQuarantine) -> str:
        with pytest.raises(EsignError) as raised:
            quarantine.run("waits-for-ever", {})
        return raised.value.code

    with closing(start_quarantine(TABLE, limits)) as quarantine, ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(wait, [quarantine] * 2)) == ["file-too-heavy", "quarantine-busy"]
        assert quarantine.run("echo", {"value": 1}).value == 1


def test_a_killed_zygote_is_started_anew_and_nobody_notices(quarantine: ProcessQuarantine) -> None:
    for _ in range(2):
        before = quarantine.zygote_pid
        assert before is not None
        os.kill(before, signal.SIGKILL)
        with ThreadPoolExecutor(4) as threads:
            values = list(threads.map(lambda n: quarantine.run("echo", {"value": n}).value, range(8)))
        assert values == list(range(8))
        assert quarantine.zygote_pid != before


def test_another_process_may_not_use_it_after_a_fork(quarantine: ProcessQuarantine) -> None:
    pid = os.fork()
    if pid == 0:
        code = "none"
        try:
            quarantine.run("echo", {})
        except QuarantineUnavailable as error:
            code = error.code
            quarantine.close()
        finally:
            os._exit(0 if code == "quarantine-elsewhere" else 1)
    _pid, status = os.waitpid(pid, 0)
    assert status == 0
    assert quarantine.run("echo", {"value": 1}).value == 1  # closing in the other process ended nothing here


def test_closing_ends_the_zygote_and_a_closed_one_runs_nothing() -> None:
    quarantine = start_quarantine(TABLE, LIMITS)
    pid = quarantine.zygote_pid
    assert pid is not None
    quarantine.close()
    quarantine.close()
    assert process_ended(pid)
    with pytest.raises(QuarantineUnavailable) as raised:
        quarantine.run("echo", {})
    assert raised.value.code == "quarantine-closed"


def test_nothing_survives_an_owner_that_is_killed() -> None:
    script = (
        "from esign.infra.quarantine import QuarantineLimits, start_quarantine\n"
        f"quarantine = start_quarantine({TABLE!r}, QuarantineLimits())\n"
        "value = quarantine.run('where', {}).value\n"
        "print(value['zygote'], flush=True)\n"
        "quarantine.run('waits-for-ever', {})\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([HERE, *sys.path])}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment) as owner:
        assert owner.stdout is not None
        zygote = int(owner.stdout.readline())
        child = 0
        while not child:  # until the task that waits has begun
            children = Path(f"/proc/{zygote}/task/{zygote}/children").read_text("ascii").split()
            child = int(children[-1]) if children else 0
        owner.kill()
    assert process_ended(zygote)
    assert process_ended(child)


@pytest.mark.parametrize(
    ("table", "setup", "reason"),
    [
        ("no_such_module:TABLE", {}, "ModuleNotFoundError"),
        ("hostile_tasks:ESCAPES", {}, "not a table of tasks"),
        (TABLE, {"fails": True}, "no such typeface"),
    ],
)
def test_a_quarantine_that_cannot_start_says_why(table: str, setup: dict[str, bool], reason: str) -> None:
    with pytest.raises(QuarantineUnavailable) as raised:
        start_quarantine(table, LIMITS, setup=setup)
    assert raised.value.code == "quarantine-not-started"
    assert reason in raised.value.cause


def test_a_task_that_is_bound_further_is_ended_sooner_and_the_others_are_not(quarantine: ProcessQuarantine) -> None:
    eight = {"bytes": 8 * MIB}
    tight = quarantine.within(TaskBounds(memory_bytes=4 * MIB, cpu_seconds=1, wall_seconds=2.0, niceness=7))
    with pytest.raises(QuarantineFailed, match="memory"):
        tight.run("takes-memory", eight)
    assert quarantine.run("takes-memory", eight).value == 8 * MIB
    wide = quarantine.within(TaskBounds(memory_bytes=1024 * MIB, cpu_seconds=60, wall_seconds=60.0))
    with pytest.raises(QuarantineFailed, match="memory"):
        wide.run("takes-memory", {"bytes": 512 * MIB})


def _exactly(child: ChildHandle, deadline: Deadline, count: int) -> bytes:
    return child.exactly(count, deadline)


def test_a_process_stands_back_for_others_as_far_as_it_is_told() -> None:
    with closing(ZygoteHandle(TABLE, LIMITS, {})) as zygote:
        for niceness in (0, 7):
            child = zygote.begin_child(replace(LIMITS.usual, niceness=niceness))
            deadline = Deadline(LIMITS.start_seconds)
            child.send([frame_head({"task": "where", "arguments": {}, "mark": "m"}, [], LIMITS)], deadline)
            told = read_frame(partial(_exactly, child, deadline), LIMITS).form["value"]
            assert isinstance(told, dict)
            assert os.getpriority(os.PRIO_PROCESS, told["pid"]) == min(19, os.nice(0) + niceness)
            child.end()


def test_a_task_that_is_bound_in_time_ends_in_its_time(quarantine: ProcessQuarantine) -> None:
    hasty = quarantine.within(TaskBounds(memory_bytes=64 * MIB, cpu_seconds=1, wall_seconds=0.05))
    with pytest.raises(QuarantineFailed, match="time"):
        hasty.run("waits-for-ever", {})
