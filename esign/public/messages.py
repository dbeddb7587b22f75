"""What a room writes to people: a text for each kind of message, in both languages, made when the message is sent.

A stored message holds ids, codes and numbers alone. Every text begins with the insurer's name, as all messages do; a
text names no person, for it is read on locked screens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from typing import Final

from sqlalchemy.orm import Session

from esign.ceremony.message_words import TEXTS
from esign.ceremony.people import Locale, Person, parse_person
from esign.ceremony.reactions import Messages
from esign.ceremony.tokens import Tokens
from esign.infra.columns import JsonValue
from esign.infra.errors import RecordErased
from esign.infra.keystore import KeyStore
from esign.infra.messages import SUBJECT, Compose
from esign.infra.models import Message
from esign.infra.notifications import Address, Composed, NotificationError, Words
from esign.infra.personal_records import PersonalRecords
from esign.infra.room_links import RoomLinks
from esign.staff.people import is_staff_person
from esign.staff.people import parse_person as parse_staff_person
from esign.web.room_assets import PREFIX

LINK: Final = "link"
CODE: Final = "code"
_SUBJECT, _ROOM, _TEST = SUBJECT, "room", "test_mode"
_RESERVED: Final = frozenset({_SUBJECT, _ROOM, _TEST, LINK})


@dataclass(frozen=True)
class MessageText:
    """What one kind of message says, in both languages; `ConsolePart.kinds` says what it is called at the console.

    In subject and text, `{name}` is a fact of the message, and `{link}` the address of the room's page about its
    subject, with a space on either side; `{code}` the digits of the one-time code whose id is the fact `code`
    (`esign.public.codes`). Raises `ValueError` where the languages name other facts.
    """

    zh: Words
    en: Words

    def __post_init__(self) -> None:
        if _facts_of(self.zh) != _facts_of(self.en):
            raise ValueError(f"{self.en.subject!r} does not say the same in both languages")

    def in_(self, locale: Locale) -> Words:
        """Return it in the language that somebody reads."""
        return self.zh if locale == "zh-CN" else self.en


class RoomMessages:
    """Puts messages of a room, in the caller's transaction."""

    def __init__(self, messages: Messages, room: str, texts: Mapping[str, MessageText], *, live: bool) -> None:
        self._messages = messages
        self._room = room
        self._texts = dict(texts)
        self._live = live

    def tell(
        self,
        session: Session,
        kind: str,
        person: str,
        *,
        about: str,
        because: str,
        at: datetime,
        facts: Mapping[str, str | int] | None = None,
        envelope: str | None = None,
    ) -> None:
        """Put a message to the person of this record (`esign.public.people`: `keep_person`, `member_record`).

        `about` is the id of what it is about, to which its link leads; `because` names the cause, such as an event by
        its id: the same cause tells the same person once. `facts` are ids, codes, numbers and days. Raises `ValueError`
        for a kind without a text, or facts that are not those of its text.
        """
        given, text = dict(facts or {}), self._texts.get(kind)
        if text is None or set(given) != _facts_of(text.zh) - {LINK}:
            raise ValueError(f"a message of kind {kind} has a text, and exactly the facts that it names")
        stored: dict[str, JsonValue] = {**given, _SUBJECT: about, _ROOM: self._room, _TEST: not self._live}
        self._messages.put(
            session,
            dedupe=f"{because}:{person}:{kind}",
            kind=kind,
            person=person,
            envelope=envelope,
            facts=stored,
            at=at,
        )


class RoomComposer:
    """Makes the messages of rooms ready, and leaves all others to whoever makes those."""

    def __init__(
        self,
        texts: Mapping[str, MessageText],
        links: Mapping[str, RoomLinks],
        keys: KeyStore,
        records: PersonalRecords,
        organisation: str,
        public_url: str,
        others: Compose,
    ) -> None:
        """`texts` are those of all rooms, by kind; `links` make the links of each room, by its name."""
        self._texts = dict(texts)
        self._links = dict(links)
        self._tokens = Tokens(keys)
        self._records = records
        self._organisation = organisation
        self._public_url = public_url.rstrip("/")
        self._others = others

    def __call__(self, session: Session, message: Message) -> Composed | None:
        """Return whom it goes to and its words; None if the person's record was erased.

        Raises `NotificationError` (`message-facts`), and what reading the record raises.
        """
        text = self._texts.get(message.kind)
        if text is None:
            return self._others(session, message)
        try:
            person = addressee(self._records.read(session, message.person))
        except RecordErased:
            return None
        stored = message.facts if isinstance(message.facts, Mapping) else {}
        values = {name: str(value) for name, value in stored.items() if name not in _RESERVED}
        values[LINK] = self._link(stored, message.person)
        if (carries_code := CODE in _facts_of(text.zh)) and CODE in values:
            values[CODE] = self._tokens.code(values[CODE], test_mode=stored.get(_TEST) is True)
        words, around = text.in_(person.locale), TEXTS[person.locale]
        mark = around.test_mark if stored.get(_TEST) is True else ""
        sender = around.sender.format(company=self._organisation)
        try:
            said = Words(mark + words.subject.format_map(values), mark + sender + words.text.format_map(values))
        except KeyError as error:
            raise _lacking(message.kind) from error
        # A code proves who holds the registered phone: it goes nowhere else.
        return Composed(Address(person.phone, None if carries_code else person.email, person.name), said)

    def _link(self, stored: Mapping[str, JsonValue], person: str) -> str:
        room, subject = stored.get(_ROOM), stored.get(_SUBJECT)
        if not isinstance(room, str) or not isinstance(subject, str) or room not in self._links:
            raise _lacking("room")
        return f"{self._public_url}{PREFIX}/{room}/{self._links[room].link(subject, person)}"


def addressee(record: bytes) -> Person:
    """Return whom a message goes to: a person as rooms keep them, or a member of staff.

    Raises `EvidenceError` (`person-...`) for what is neither.
    """
    if is_staff_person(record):
        member = parse_staff_person(record)
        return Person(member.name, member.phone)
    return parse_person(record)


def _facts_of(words: Words) -> frozenset[str]:
    """Return the names that stand in the texts in braces."""
    named = (name for text in (words.subject, words.text) for _, name, _, _ in Formatter().parse(text))
    return frozenset(name for name in named if name is not None)


def _lacking(kind: str) -> NotificationError:
    return NotificationError(
        "message-facts", f"a stored message of kind {kind} lacks a fact", "put the message with all its facts"
    )


__all__ = ["MessageText", "RoomComposer", "RoomMessages", "Words"]
