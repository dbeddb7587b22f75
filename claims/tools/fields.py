"""Fields of forms, and how what was typed into them is read: strictly, each with a sentence where it is wrong. Pure.

A form is a tuple of fields. What is not known stays out: a field that nobody filled in is None, never no or zero, as
scoring wants it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Protocol, TypeAlias

from claims.typed import fen_typed as yuan_as_fen
from claims.typed import moment_typed
from esign.public.console import N_

Value: TypeAlias = str | int | bool | tuple[str, ...] | None
"""A field as it is kept: amounts in fen, days and moments in ISO 8601."""
LINE_AT_MOST: Final = 80
WORDS_AT_MOST: Final = 2000
YUAN_AT_MOST: Final = 100_000_000


class Kind(StrEnum):
    """What is typed into a field, and how it is shown."""

    YES_NO = "yes-no"
    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    YUAN = "yuan"
    DAY = "day"
    MOMENT = "moment"
    LINE = "line"
    WORDS = "words"


@dataclass(frozen=True)
class Field:
    """A field. `label`, `hint` and what choices are called are messages of the catalogue.

    `most` is the largest number, or the longest text; `needed` tells that the form is not taken without it.
    """

    name: str
    kind: Kind
    label: str
    hint: str = ""
    choices: Mapping[str, str] | None = None
    least: int = 0
    most: int = 0
    unit: str = ""
    needed: bool = False


@dataclass(frozen=True)
class Section:
    """Fields that are filled in one after the other, under a heading."""

    title: str
    fields: tuple[Field, ...]
    folded: bool = False


class Typed(Protocol):
    """What was sent with a form: each name with one text, or several."""

    def get(self, key: str, default: str) -> str: ...

    def getlist(self, key: str) -> list[str]: ...


class FieldWrong(ValueError):
    """What was typed into a field is not of its kind; the sentence is a message of the catalogue."""


MISSING: Final = N_("这一项必须填写。")
NOT_A_CHOICE: Final = N_("请从列出的选项中选择。")
NOT_A_NUMBER: Final = N_("请填写整数，并在合理范围内。")
NOT_YUAN: Final = N_("请填写金额，最多两位小数，例如 1280.50。")
NOT_A_DAY: Final = N_("请填写日期，例如 2026-11-27。")
TOO_LONG: Final = N_("写得太长了，请精简。")


def read(sections: Sequence[Section], typed: Typed) -> tuple[dict[str, Value], dict[str, str]]:
    """Return what the form says, by field, and what is wrong with it, by field: a message of the catalogue.

    Where something is wrong, the first is what could be read.
    """
    found: dict[str, Value] = {}
    wrong: dict[str, str] = {}
    for field in (one for section in sections for one in section.fields):
        try:
            value = _READ[field.kind](field, typed)
        except FieldWrong as error:
            wrong[field.name] = str(error)
            continue
        found[field.name] = value
        if field.needed and value in (None, ()):
            wrong[field.name] = MISSING
    return found, wrong


def fen_typed(text: str) -> int | None:
    """Return an amount in fen as somebody typed it in yuan, None for nothing. Raises `FieldWrong`."""
    try:
        return yuan_as_fen(text, yuan_at_most=YUAN_AT_MOST)
    except ValueError:
        raise FieldWrong(NOT_YUAN) from None


def _line(field: Field, typed: Typed) -> str | None:
    text = " ".join(typed.get(field.name, "").split())
    if len(text) > (field.most or LINE_AT_MOST):
        raise FieldWrong(TOO_LONG)
    return text or None


def _words(field: Field, typed: Typed) -> str | None:
    text = typed.get(field.name, "").replace("\r\n", "\n").strip()
    if len(text) > (field.most or WORDS_AT_MOST):
        raise FieldWrong(TOO_LONG)
    return text or None


def _yes_no(field: Field, typed: Typed) -> bool | None:
    told = typed.get(field.name, "")
    if told not in ("", "yes", "no"):
        raise FieldWrong(NOT_A_CHOICE)
    return None if not told else told == "yes"


def _choice(field: Field, typed: Typed) -> str | None:
    told = typed.get(field.name, "")
    if told and told not in (field.choices or {}):
        raise FieldWrong(NOT_A_CHOICE)
    return told or None


def _choices(field: Field, typed: Typed) -> tuple[str, ...]:
    told = dict.fromkeys(typed.getlist(field.name))
    if not set(told) <= set(field.choices or {}):
        raise FieldWrong(NOT_A_CHOICE)
    return tuple(sorted(told))


def _number(field: Field, typed: Typed) -> int | None:
    text = typed.get(field.name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and field.least <= int(text) <= field.most):
        raise FieldWrong(NOT_A_NUMBER)
    return int(text)


def _yuan(field: Field, typed: Typed) -> int | None:
    return fen_typed(typed.get(field.name, ""))


def _day(field: Field, typed: Typed) -> str | None:
    text = typed.get(field.name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise FieldWrong(NOT_A_DAY) from None


def _moment(field: Field, typed: Typed) -> str | None:
    """A day and time of day in China, as a browser sends it."""
    text = typed.get(field.name, "").strip()
    if not text:
        return None
    try:
        return moment_typed(text).isoformat(timespec="minutes")
    except ValueError:
        raise FieldWrong(NOT_A_DAY) from None


_READ: Final[Mapping[Kind, Callable[[Field, Typed], Value]]] = {
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.NUMBER: _number,
    Kind.YUAN: _yuan,
    Kind.DAY: _day,
    Kind.MOMENT: _moment,
    Kind.LINE: _line,
    Kind.WORDS: _words,
}
