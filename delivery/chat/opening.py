"""Chats are opened and closed, by the operator. The address is kept sealed, under a key of its own, and erased when
the chat is closed or another takes its place; also after a restore."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.chat.models import ChatRow
from delivery.chat.streams import CHATS, ChatStreams, chat_streams
from delivery.domain.chats import ChatClosed, CloseChat, OpenChat
from delivery.domain.command import Command
from delivery.domain.refusal import refusal
from esign.public.chats import Secret
from esign.public.events import Event, retried
from esign.public.house import House
from esign.public.institutions import read_tree
from esign.public.rows import new_id

RECORD: Final = "dch"
KIND: Final = "delivery-chat"
GREETING: Final = (
    "【{company}】每日待送达名单从今天起发到本群，只有件数和编号。\n"
    "The daily list of deliveries comes here: numbers and ids."
)


class Chats:
    """Opens, closes and lists them."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._streams: ChatStreams = chat_streams()

    def open(self, institution: str, address: Secret, *, actor: str) -> str:
        """Open a chat for an institution, instead of the one that it has; return the name of its service.

        A greeting is posted first, so that a wrong key is found at once. Raises `DeliveryRefused`
        (`delivery-no-institution`), and what `GroupChats.post` raises: nothing has changed then.
        """
        service = self._house.chats.check(address)
        with self._house.database.reading() as session:
            found = read_tree(session).institutions.get(institution)
            if found is None or found.closed:
                raise refusal("delivery-no-institution", (institution,))
        self._house.chats.post(address, GREETING.format(company=self._house.organisation))

        def work(session: Session) -> None:
            now = self._house.clock()
            record = new_id(RECORD, now)
            self._house.records.keep(session, record, KIND, address.reveal().strip().encode(), at=now)
            self._execute(session, OpenChat(at=now, institution=institution, record=record, service=service), actor)

        retried(self._house.database, work)
        return service

    def close(self, institution: str, *, actor: str) -> bool:
        """Close the chat of an institution; return whether there was one."""

        def work(session: Session) -> bool:
            return self._execute(session, CloseChat(at=self._house.clock(), institution=institution), actor)

        return retried(self._house.database, work)

    def open_ones(self, session: Session) -> Sequence[ChatRow]:
        """Return which are open."""
        return session.scalars(select(ChatRow).order_by(ChatRow.institution)).all()

    def address(self, session: Session, row: ChatRow) -> Secret:
        """Return the address of a chat. Raises `RecordErased`, `RecordError`."""
        return Secret(self._house.records.read(session, row.record).decode())

    def _execute(self, session: Session, command: Command, actor: str) -> bool:
        change = self._streams.execute(session, CHATS, command, actor=actor)
        for event in change.events:
            if isinstance(event, ChatClosed):
                self._house.records.erase(session, event.record, at=event.at)
        return bool(change.events)


def address_erased(_session: Session, event: Event) -> Sequence[str]:
    """Name the record of an address that an event says was erased."""
    return (str(event.payload["record"]),)
