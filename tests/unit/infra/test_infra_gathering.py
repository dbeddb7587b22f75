"""What many parts of a step write is written together, at its end."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy.orm import Session

from esign.infra.gathering import gather, gathering


class Book:
    def __init__(self) -> None:
        self.written: list[tuple[str, ...]] = []

    def write(self, _session: Session, entries: Sequence[str]) -> None:
        self.written.append(tuple(entries))


def test_what_is_given_within_a_step_is_written_together_at_its_end() -> None:
    session, book, other = Session(), Book(), Book()
    with gathering(session):
        gather(session, book.write, ["a", "b"])
        gather(session, other.write, ["x"])
        gather(session, book.write, ["c"])
        assert book.written == []
    assert (book.written, other.written) == ([("a", "b", "c")], [("x",)])


def test_what_is_given_outside_of_a_step_is_written_at_once() -> None:
    session, book = Session(), Book()
    gather(session, book.write, ["a"])
    with gathering(session):
        pass
    gather(session, book.write, ["b"])
    assert book.written == [("a",), ("b",)]


def test_of_a_step_that_fails_nothing_is_written_and_the_next_one_begins_empty() -> None:
    session, book = Session(), Book()
    with pytest.raises(ZeroDivisionError), gathering(session):
        gather(session, book.write, ["a"])
        raise ZeroDivisionError
    with gathering(session):
        gather(session, book.write, ["b"])
    assert book.written == [("b",)]
