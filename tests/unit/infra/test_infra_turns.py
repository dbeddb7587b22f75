from __future__ import annotations

import fcntl
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from esign.infra.errors import DatabaseError
from esign.infra.turns import NamedTurns, SharedTurns, Turns

ROOT = Path(__file__).parents[3]


def in_line(turns: Turns) -> int:
    return len(turns._waiting)


def started(turns: Turns, act: threading.Thread) -> threading.Thread:
    """Start the thread and return once it stands in line."""
    before = in_line(turns)
    act.start()
    while in_line(turns) == before and act.is_alive():
        threading.Event().wait(0.001)
    return act


def test_turns_are_given_in_the_order_of_coming() -> None:
    turns, order = Turns(seconds=10), list[int]()

    def take(number: int) -> None:
        with turns:
            order.append(number)

    with turns:
        threads = [started(turns, threading.Thread(target=take, args=(number,))) for number in range(6)]
        assert order == []
    for thread in threads:
        thread.join()
    assert order == list(range(6))


def test_one_is_inside_at_a_time() -> None:
    turns, inside, most = Turns(seconds=10), list[int](), list[int]()

    def work() -> None:
        for _ in range(200):
            with turns:
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (max(most), len(most)) == (1, 1200)


def test_who_waits_too_long_is_told_and_nobody_waits_for_them() -> None:
    turns, told = Turns(seconds=0.01), list[str]()

    def take() -> None:
        try:
            with turns:
                told.append("in")
        except DatabaseError as error:
            told.append(error.code)

    with turns:
        thread = threading.Thread(target=take)
        thread.start()
        thread.join()
    assert told == ["database-busy"]
    with turns:
        told.append("free again")
    assert in_line(turns) == 0


def test_a_turn_ends_with_an_error_too() -> None:
    turns = Turns(seconds=0.01)
    with pytest.raises(ZeroDivisionError), turns:
        _ = 1 // 0
    with turns:
        assert in_line(turns) == 0


def test_a_name_is_had_by_one_at_a_time_and_other_names_meanwhile() -> None:
    turns, order = NamedTurns(seconds=10), list[str]()

    def take() -> None:
        with turns.of("page 1"):
            order.append("second")

    with turns.of("page 1"):
        second = threading.Thread(target=take)
        second.start()
        while turns._known["page 1"][1] < 2:
            threading.Event().wait(0.001)
        with turns.of("page 9"):
            order.append("other")
        order.append("first")
    second.join()
    assert order == ["other", "first", "second"]
    assert turns._known == {}


def test_who_has_waited_for_a_name_long_enough_goes_ahead() -> None:
    turns = NamedTurns(seconds=0.0)
    with turns.of("page 1"), turns.of("page 1"):
        assert turns._known["page 1"][1] == 2
    with turns.of("page 1"):
        assert not turns._known["page 1"][0].acquire(blocking=False)
    assert turns._known == {}


def test_a_name_is_free_again_after_an_error() -> None:
    turns = NamedTurns(seconds=10)
    with pytest.raises(ValueError, match="broken"), turns.of("page 1"):
        raise ValueError("broken")
    with turns.of("page 1"):
        assert turns._known["page 1"][1] == 1


def test_shared_turns_are_one_at_a_time_whoever_opened_them(tmp_path: Path) -> None:
    rooms = [SharedTurns(tmp_path / "esign.db", seconds=10) for _ in range(3)]
    inside, most = list[int](), list[int]()

    def work(turns: SharedTurns) -> None:
        for _ in range(50):
            with turns:
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work, args=(turns,)) for turns in rooms for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (max(most), len(most)) == (1, 300)


def test_who_gives_a_shared_turn_back_cannot_pass_whoever_waits_for_it(tmp_path: Path) -> None:
    here, there = (SharedTurns(tmp_path / "esign.db", seconds=10) for _ in range(2))
    order, done = list[str](), threading.Event()

    def take() -> None:
        with there:
            order.append("there")
        done.set()

    with here:
        threading.Thread(target=take).start()
        while not is_locked(tmp_path / "esign.db-gate"):
            threading.Event().wait(0.001)
    with here:
        order.append("here")
    assert done.wait(10)
    assert order == ["there", "here"]


def test_a_shared_turn_that_is_held_elsewhere_is_given_up_and_can_be_had_later(tmp_path: Path) -> None:
    here, there = (SharedTurns(tmp_path / "esign.db", seconds=0.01) for _ in range(2))
    with here:
        with pytest.raises(DatabaseError, match="busy"), there:
            raise AssertionError("two have it")
        assert not is_locked(tmp_path / "esign.db-gate")
    with there:
        assert is_locked(tmp_path / "esign.db-turn")


def test_a_process_that_falls_leaves_the_turn_to_others(tmp_path: Path) -> None:
    holding = (
        "import sys, pathlib; from esign.infra.turns import SharedTurns\n"
        "with SharedTurns(pathlib.Path(sys.argv[1]), 10): print('has it', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", holding, str(tmp_path / "esign.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"has it\n"
        assert is_locked(tmp_path / "esign.db-turn")
        process.kill()
    with SharedTurns(tmp_path / "esign.db", seconds=10):
        assert is_locked(tmp_path / "esign.db-turn")


def is_locked(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
