"""Group chats of institutions: opened for one, closed again. All of it is one stream of the trail.

Of a chat's address the trail knows the sealed record alone: whoever has the address can write into the group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from delivery.domain.command import ByAnybody, Command
from delivery.domain.event import Event
from delivery.domain.forms import Code, FormError, Id, check_members
from delivery.domain.refusal import broken, refusal
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class ChatOpened(Event):
    """The daily list of the institution goes to a group chat, whose address is in the record; `service` is its kind."""

    type: ClassVar[EventType] = EventType("delivery-chat.opened")
    institution: Id
    record: Id
    service: Code
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class ChatClosed(Event):
    """It goes there no more, and the record is erased. Opening it anew closes the one before."""

    type: ClassVar[EventType] = EventType("delivery-chat.closed")
    institution: Id
    record: Id
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class OpenChat(ByAnybody):
    """The members are those of `ChatOpened`."""

    institution: Id
    record: Id
    service: Code


@dataclass(frozen=True, kw_only=True)
class CloseChat(ByAnybody):
    institution: Id


@dataclass(frozen=True)
class ChatTable:
    """The records of the addresses, by institution."""

    records: Mapping[str, str] = field(default_factory=dict)


def decide_chat(table: ChatTable, command: Command) -> tuple[Event, ...]:
    """Return the events that `command` leads to; none where nothing is open that could be closed.

    Raises `DeliveryRefused` (`malformed-command`).
    """
    try:
        check_members(command)
    except FormError as error:
        raise refusal("malformed-command", (error.place,)) from error
    match command:
        case OpenChat(at=at, institution=institution, record=record, service=service, by=by):
            opened = ChatOpened(at=at, institution=institution, record=record, service=service, by=by)
            return (*_closing(table, institution, command), opened)
        case CloseChat(institution=institution):
            return _closing(table, institution, command)
        case _:
            raise refusal("malformed-command", (type(command).__name__,))


def evolve_chat(table: ChatTable, event: Event) -> ChatTable:
    """Return the table after `event`. Raises `DeliveryTrailBroken` for an event of something else."""
    match event:
        case ChatOpened(institution=institution, record=record):
            return ChatTable({**table.records, institution: record})
        case ChatClosed(institution=institution):
            return ChatTable({name: kept for name, kept in table.records.items() if name != institution})
        case _:
            raise broken("an event among the group chats is none of a chat")


def _closing(table: ChatTable, institution: str, command: ByAnybody) -> tuple[ChatClosed, ...]:
    record = table.records.get(institution)
    if record is None:
        return ()
    return (ChatClosed(at=command.at, institution=institution, record=record, by=command.by),)
