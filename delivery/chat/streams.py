"""The stream of group chats, and the rows of those that are open."""

from __future__ import annotations

from typing import Final, TypeAlias

from sqlalchemy import delete
from sqlalchemy.orm import Session

from delivery.chat.models import ChatRow
from delivery.domain.chats import ChatClosed, ChatOpened, ChatTable, decide_chat, evolve_chat
from delivery.domain.command import Command
from delivery.domain.event import Event
from delivery.service.streams import FORMS
from esign.public.events import Change, Streams

CHATS: Final = "delivery-chats"
"""The stream of all of them."""
ChatStreams: TypeAlias = Streams[ChatTable, Command, Event]
ChatChange: TypeAlias = Change[ChatTable, Event]


def chat_streams() -> ChatStreams:
    return Streams(
        FORMS, prefix=CHATS, start=ChatTable(), decide=decide_chat, evolve=evolve_chat, project=project_chats
    )


def project_chats(session: Session, change: ChatChange) -> None:
    """Keep which are open."""
    for event in change.events:
        if isinstance(event, ChatClosed):
            session.execute(delete(ChatRow).where(ChatRow.institution == event.institution))
        elif isinstance(event, ChatOpened):
            row = ChatRow(institution=event.institution, record=event.record, service=event.service, opened_at=event.at)
            session.merge(row)
    session.flush()
