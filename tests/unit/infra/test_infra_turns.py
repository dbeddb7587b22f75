from __future__ import annotations

import threading

import pytest

from esign.infra.errors import DatabaseError
from esign.infra.turns import Turns


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
