"""Tasks apart: they reach the other quarantine alone, which is started for the first of them and closed with both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from esign.infra.columns import JsonValue
from esign.infra.quarantine import (
    Answer,
    InProcessQuarantine,
    QuarantineFailed,
    QuarantineUnavailable,
    QuarantineWithApart,
    TaskTable,
)


def task(word: str) -> Callable[[Mapping[str, JsonValue], Sequence[bytes]], Answer]:
    return lambda _arguments, _attachments: Answer(word)


def in_process(**tasks: str) -> InProcessQuarantine:
    return InProcessQuarantine(TaskTable({name: task(word) for name, word in tasks.items()}, lambda _setup: None))


@dataclass
class Beginnings:
    """Starts a quarantine that knows `photo`, and counts how often."""

    begun: list[InProcessQuarantine] = field(default_factory=list)

    def __call__(self) -> InProcessQuarantine:
        self.begun.append(in_process(photo="there"))
        return self.begun[-1]


@pytest.fixture
def beginnings() -> Beginnings:
    return Beginnings()


@pytest.fixture
def both(beginnings: Beginnings) -> QuarantineWithApart:
    return QuarantineWithApart(in_process(document="here"), frozenset({"photo"}), beginnings)


def test_a_task_apart_runs_in_the_other_quarantine_and_any_other_here(both: QuarantineWithApart) -> None:
    assert both.run("document", {}).value == "here"
    assert both.run("photo", {}).value == "there"


def test_the_other_quarantine_is_started_once_and_for_its_first_task(
    both: QuarantineWithApart, beginnings: Beginnings
) -> None:
    both.run("document", {})
    assert not beginnings.begun
    both.run("photo", {})
    both.run("photo", {})
    assert len(beginnings.begun) == 1


def test_no_file_of_a_task_apart_shares_a_process(both: QuarantineWithApart) -> None:
    with pytest.raises(QuarantineFailed):
        both.files_of("somebody").run("photo", {})


def test_nothing_is_started_any_more_once_it_is_closed(both: QuarantineWithApart, beginnings: Beginnings) -> None:
    both.close()
    with pytest.raises(QuarantineUnavailable):
        both.run("photo", {})
    assert not beginnings.begun
