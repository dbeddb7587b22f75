"""How values are read on either side: arguments from the owner, answers from a task that may have been taken over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from esign.errors import EvidenceError
from esign.evidence.strict_json import StrictJson
from esign.infra.quarantine.errors import breaks_reader

NUMBER_AT_MOST: Final = 2**53 - 1

arguments_json: Final = StrictJson("task-argument", "call the task through its client")
answer_json: Final = StrictJson("task-answer", "do not use the answer")


@contextmanager
def answer_understood() -> Iterator[None]:
    """Turn what is wrong with an answer into `QuarantineFailed` (`file-breaks-reader`). Only reading belongs inside."""
    try:
        yield
    except EvidenceError as error:
        raise breaks_reader("its answer has no form") from error


def require_answer(condition: bool, what: str) -> None:
    """Refuse an answer that does not fit what was asked. Inside `answer_understood`."""
    if not condition:
        answer_json.refuse("form", f"{what} is not what was asked for")


def text_of(value: object, where: str) -> str:
    """Return an argument's string, which may be empty."""
    if not isinstance(value, str):
        arguments_json.refuse("form", f"{where} must be a string")
    return value


def number_of(value: object, where: str) -> float:
    """Return an argument's number as it was given: what is drawn with 72 and with 72.0 may differ in bytes."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        arguments_json.refuse("form", f"{where} must be a number")
    return value


def integer_of(value: object, where: str) -> int:
    """Return an argument's integer, also one that makes no sense: the task has the words for that."""
    return arguments_json.integer(value, where, -NUMBER_AT_MOST, NUMBER_AT_MOST)


def whole_of(value: object, where: str) -> int:
    return arguments_json.integer(value, where, 0, NUMBER_AT_MOST)


def moment_of(value: object, where: str) -> datetime:
    """Return an argument's ISO 8601 time, with its offset."""
    try:
        moment = datetime.fromisoformat(text_of(value, where))
    except ValueError:
        arguments_json.refuse("form", f"{where} must be a time")
    if moment.utcoffset() is None:
        arguments_json.refuse("form", f"{where} must have an offset from UTC")
    return moment
