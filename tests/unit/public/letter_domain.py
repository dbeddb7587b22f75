"""The domain of an invented room: a letter goes to a customer, who answers by signing. Two events, and no more."""

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


LetterEvent = LetterWritten | LetterAnswered
EVENTS: Final[tuple[type[LetterEvent], ...]] = (LetterWritten, LetterAnswered)


@dataclass(frozen=True)
class Letter:
    kind: LetterKind
    client: str
    person: str
    envelope: str
    sealed: str | None = None


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


Command = Write | Answer


class LetterRefused(Exception):
    """The command does not fit the letter; the code says how."""


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
    if state.sealed is not None:
        return ()
    return (LetterAnswered(at=command.at, sealed=command.sealed),)


def evolve(state: Letter | None, event: LetterEvent) -> Letter:
    if isinstance(event, LetterWritten):
        return Letter(event.kind, event.client, event.person, event.envelope)
    if state is None:
        raise LetterRefused("no-letter")
    return replace(state, sealed=event.sealed)
