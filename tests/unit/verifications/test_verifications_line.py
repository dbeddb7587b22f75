"""The line of files: first come first served, few at once, none crowds it, and nobody waits for ever."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from esign.verifications.asked import plain_name, plain_password
from esign.verifications.errors import LineFull
from esign.verifications.line import Line, LineLimits

LIMITS = LineLimits(at_once=1, at_most=4, each_at_most=2, bytes_at_most=100, waiting_seconds=30.0)


def test_one_after_another_in_the_order_of_coming() -> None:
    line, done = Line(LIMITS), list[str]()
    first, second, third = (line.join(origin, 1) for origin in ("a", "b", "c"))
    told = list[int]()

    def wait() -> None:
        with third:
            third.wait(told.append)
            done.append("third")

    thread = threading.Thread(target=wait)
    thread.start()
    first.wait()
    assert (second.ahead, third.ahead) == (1, 2)
    first.leave()
    second.wait()
    assert done == []
    second.leave()
    thread.join(30)
    assert done == ["third"]
    assert told[-1] == 0
    assert told == sorted(told, reverse=True)


def test_as_many_as_may_have_their_turn_at_once() -> None:
    line = Line(replace(LIMITS, at_once=2))
    places = [line.join(origin, 1) for origin in ("a", "b", "c")]
    assert [place.ahead for place in places] == [0, 0, 1]


@pytest.mark.parametrize(
    ("there", "origin", "size"),
    [
        ([("a", 1), ("a", 1)], "a", 1),
        ([("a", 1), ("b", 1), ("c", 1), ("d", 1)], "e", 1),
        ([("a", 60)], "b", 41),
    ],
    ids=["too many of one origin", "too many of all", "too large together"],
)
def test_who_would_crowd_the_line_is_not_taken(there: list[tuple[str, int]], origin: str, size: int) -> None:
    line = Line(LIMITS)
    places = [line.join(*one) for one in there]
    with pytest.raises(LineFull):
        line.join(origin, size)
    places[0].leave()
    places[0].leave()  # again changes nothing
    line.join(origin, size)


def test_nobody_waits_beyond_the_time() -> None:
    line = Line(replace(LIMITS, waiting_seconds=0.0))
    line.join("a", 1)
    second = line.join("b", 1)
    with pytest.raises(LineFull), second:
        second.wait()
    with pytest.raises(ValueError, match="not in list"):
        second.ahead  # noqa: B018  # it has left


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (None, "document.pdf"),
        ("", "document.pdf"),
        ("C:\\fakepath\\合同.pdf", "合同.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egnp.fdp\x00", "agnp.fdp"),
        ("长" * 500, "长" * 160),
    ],
)
def test_a_files_name_is_shown_without_what_could_mislead(told: str | None, shown: str) -> None:
    assert plain_name(told) == shown


def test_a_password_is_as_long_as_one_can_be() -> None:
    assert plain_password("") is None
    assert plain_password("密" * 100) == "密" * 42
    assert plain_password("correct horse") == "correct horse"
