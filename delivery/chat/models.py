"""The tables of group chats: which are open, and what was posted to them on which day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from delivery.models import CODE, ID
from esign.public.rows import RECORD_ID, Base, UtcDateTime


class ChatRow(Base):
    """An open chat: the daily list of the institution goes there. `record` holds its address, sealed."""

    __tablename__ = "delivery_chats"

    institution: Mapped[str] = mapped_column(ID, primary_key=True)
    record: Mapped[str] = mapped_column(RECORD_ID)
    service: Mapped[str] = mapped_column(CODE)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChatPost(Base):
    """What goes to the chat of an institution on a day. `state` is a code of `delivery.chat.posting`; `tries` how often
    it was tried, `failure` the code of why it did not go the last time."""

    __tablename__ = "delivery_chat_posts"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    institution: Mapped[str] = mapped_column(ID)
    day: Mapped[date] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(CODE)
    tries: Mapped[int]
    failure: Mapped[str | None] = mapped_column(CODE)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
