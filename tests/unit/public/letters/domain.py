"""The domain of letters: one goes to a customer, who answers by signing, and may have it forgotten."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from esign.trail.event import EventType


class LetterKind(StrEnum):
    THANKS = "thanks"
    QUESTION = "question"


@dataclass(frozen=True, kw_only=True)
class LetterWritten:
    type: ClassVar[EventType] = EventType("letter.written")
    at: datetime
    kind: LetterKind
    client: str
    person: str
    envelope: str


@dataclass(frozen=True, kw_only=True)
class LetterAnswered:
    type: ClassVar[EventType] = EventType("letter.answered")
    at: datetime
    sealed: str


@dataclass(frozen=True, kw_only=True)
class LetterForgotten:
    """The personal record was erased, and the insurer's copy with it."""

    type: ClassVar[EventType] = EventType("letter.forgotten")
    at: datetime
    person: str


LetterEvent = LetterWritten | LetterAnswered | LetterForgotten
EVENTS: Final[tuple[type[LetterEvent], ...]] = (LetterWritten, LetterAnswered, LetterForgotten)


@dataclass(frozen=True)
class Letter:
    kind: LetterKind
    client: str
    person: str
    envelope: str
    sealed: str | None = None
    forgotten: bool = False


@dataclass(frozen=True, kw_only=True)
class Write:
    at: datetime
    kind: LetterKind
    client: str
    person: str
    envelope: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    at: datetime
    sealed: str


@dataclass(frozen=True, kw_only=True)
class Forget:
    at: datetime


Command = Write | Answer | Forget


class LetterRefused(Exception):
    """The command does not fit the letter; the code says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def decide(state: Letter | None, command: Command) -> tuple[LetterEvent, ...]:
    if isinstance(command, Write):
        if state is not None:
            raise LetterRefused("letter-exists")
        written = LetterWritten(
            at=command.at,
            kind=command.kind,
            client=command.client,
            person=command.person,
            envelope=command.envelope,
        )
        return (written,)
    if state is None:
        raise LetterRefused("no-letter")
    if isinstance(command, Forget):
        return () if state.forgotten else (LetterForgotten(at=command.at, person=state.person),)
    if state.forgotten:
        raise LetterRefused("letter-forgotten")
    return () if state.sealed is not None else (LetterAnswered(at=command.at, sealed=command.sealed),)


def evolve(state: Letter | None, event: LetterEvent) -> Letter:
    if isinstance(event, LetterWritten):
        return Letter(event.kind, event.client, event.person, event.envelope)
    if state is None:
        raise LetterRefused("no-letter")
    if isinstance(event, LetterForgotten):
        return replace(state, forgotten=True)
    return replace(state, sealed=event.sealed)
