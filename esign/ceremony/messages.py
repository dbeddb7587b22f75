"""Messages to people: what each says, and how a stored one is made ready from the records it names.

A stored message holds ids and codes only. Names, numbers and titles are read from sealed records when it is sent, so
what was erased meanwhile is in no message.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from esign.ceremony.about import read_about
from esign.ceremony.domain.rules import CODE_LIFE
from esign.ceremony.message_words import KINDS, TEXTS
from esign.ceremony.people import Locale, Person, parse_person
from esign.ceremony.tokens import Tokens
from esign.infra.columns import JsonValue
from esign.infra.errors import RecordErased, RecordError
from esign.infra.logs import log_for
from esign.infra.models import Message
from esign.infra.notifications import Address, Composed, NotificationError, Words
from esign.infra.personal_records import PersonalRecords

CODE: Final = "code"
DATA_CODE: Final = "data-code"
"""The code by which a person proves who they are when they ask what is held on them."""
CODES: Final = frozenset({CODE, DATA_CODE})
LINKED: Final = frozenset({"invitation", "reminder", "copy"})
LIFETIMES: Final[Mapping[str, timedelta]] = dict.fromkeys(CODES, CODE_LIFE)
"""After how long a message is of no use any more, by kind."""


def compose_message(kind: str, locale: Locale, facts: Mapping[str, str]) -> Words:
    """Return the words of a message.

    Of the facts, `link` is needed by invitation, reminder and copy, `code` by the code; `title` and `company` are
    replaced by a neutral wording if they are not there; `test_mode` `true` marks the message. Raises
    `NotificationError`: `message-kind` for a kind that has no words, `message-facts` if one that is needed is missing.
    """
    if kind not in KINDS:
        raise NotificationError("message-kind", "there are no words for this kind of message", "add it to the texts")
    texts = TEXTS[locale]
    template = texts.kinds[kind]
    company = facts.get("company") or texts.no_company
    title = facts.get("title")
    values = {
        "company": company,
        "title": _quoted(title, texts.quoted_title, texts.title_at_most) if title else texts.no_title,
        "minutes": str(CODE_LIFE // timedelta(minutes=1)),
        **{name: facts[name] for name in ("link", "code") if name in facts},
    }
    mark = texts.test_mark if facts.get("test_mode") == "true" else ""
    try:
        subject = mark + template.subject.format_map(values)
        return Words(subject, mark + texts.sender.format_map(values) + template.text.format_map(values))
    except KeyError as error:
        raise NotificationError(
            "message-facts", f"a message of kind {kind} lacks its {error.args[0]}", "put the message with all its facts"
        ) from error


_log = log_for(__name__)


class Composer:
    """Makes a stored message ready: `esign.infra.messages.Compose` for the ceremony's messages.

    Its facts: `recipient`, the recipient's id; `code`, the id of a sent code; `test_mode`, true in test mode. Title
    and company are those of its envelope (`esign.ceremony.about`).
    """

    def __init__(self, records: PersonalRecords, tokens: Tokens, public_url: str) -> None:
        self._records = records
        self._tokens = tokens
        self._public_url = public_url.rstrip("/")

    def __call__(self, session: Session, message: Message) -> Composed | None:
        """Return whom it goes to and its words; None if the person's record was erased.

        Raises `NotificationError` as `compose_message` does, and what reading the records raises.
        """
        try:
            person = parse_person(self._records.read(session, message.person))
        except RecordErased:
            return None
        stored = message.facts if isinstance(message.facts, Mapping) else {}
        test_mode = stored.get("test_mode") in (True, "true")
        facts = self._about(session, message.envelope) | {"test_mode": "true" if test_mode else "false"}
        if message.kind in LINKED:
            facts["link"] = self._link(_stored_id(stored, "recipient"), message.person)
        if message.kind in CODES:
            facts["code"] = self._tokens.code(_stored_id(stored, "code"), test_mode=test_mode)
        return Composed(_address(person, message.kind), compose_message(message.kind, person.locale, facts))

    def _about(self, session: Session, envelope: str | None) -> dict[str, str]:
        if envelope is None:
            return {}
        try:
            about = read_about(self._records, session, envelope)
        except RecordErased:  # it is named neutrally then
            return {}
        except RecordError as error:  # the person must hear of it all the same
            _log.failed("a message names its envelope neutrally", error, envelope=envelope)
            return {}
        return {"title": about.title, "company": about.company}

    def _link(self, recipient: str, person: str) -> str:
        return f"{self._public_url}/s/{self._tokens.link(recipient, person)}"


def _address(person: Person, kind: str) -> Address:
    # A code proves who holds the registered phone: it goes nowhere else.
    return Address(person.phone, None if kind in CODES else person.email, person.name)


def _stored_id(stored: Mapping[str, JsonValue], name: str) -> str:
    value = stored.get(name)
    if not isinstance(value, str):
        raise NotificationError(
            "message-facts", f"a stored message lacks its {name}", "put the message with all its facts"
        )
    return value


def _quoted(title: str, quotation: str, at_most: int) -> str:
    title = "".join(filter(str.isprintable, title))  # a message is one line, whatever a title brought along
    short = title if len(title) <= at_most else f"{title[: at_most - 1]}…"
    return short if short.startswith(quotation[0]) else quotation.format(title=short)
