"""How an envelope went: its events as a person follows them, the latest first, with the names of who acted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, cast

from sqlalchemy.orm import Session

from esign.ceremony.domain import VOCABULARY, Envelope
from esign.desk.sight import Sight
from esign.infra.search_index import ERASED_TEXT
from esign.staff.actors import Caller
from esign.staff.domain.roles import Role
from esign.trail.event import Event, plain_payload
from esign.trail.log import read_stream

READ: Final = "recipient.page-read"
MEMBER: Final = "usr_"
JUDGES: Final = frozenset({Role.SUPERVISOR, Role.COMPLIANCE, Role.AUDITOR})
JUDGED: Final = frozenset({"recipient.signal-raised", "signal.captures-shown", "signal.cleared"})
"""What is told to judges alone: whether somebody signed for somebody else is not for the salesperson to follow."""


@dataclass(frozen=True)
class Happening:
    """Something that happened. `type` is the event's, `name` that of the recipient whom it is about.

    `facts` are codes, numbers and ids of the event; `members` the names of the staff that it names, by the fact's name.
    `count` is how often it happened in a row: of many pages read one after the other one entry is told. `images` are
    those pages in order, each with the SHA-256 of its picture as it was read last.
    """

    type: str
    at: datetime
    name: str | None = field(repr=False)
    facts: Mapping[str, object]
    members: Mapping[str, str] = field(default_factory=dict, repr=False)
    count: int = 1
    version: int = 0
    images: tuple[tuple[int, str], ...] = ()


def hidden_from(caller: Caller) -> frozenset[str]:
    """Return the types of events that the caller is not told."""
    return JUDGED if JUDGES.isdisjoint(caller.roles) else frozenset()


def timeline(sight: Sight, session: Session, envelope: Envelope, hidden: Collection[str] = ()) -> tuple[Happening, ...]:
    """Return what happened to the envelope, the latest first, but for hidden types. Raises `TrailDamaged`."""
    names = {one.id: one.plan.person for one in envelope.recipients}
    called: dict[str, str] = {}
    for recipient, record in names.items():
        person = sight.person(session, record)
        called[recipient] = ERASED_TEXT if person is None else person.name
    members: dict[str, str] = {}
    told = [
        _told(sight, session, event, called, members)
        for event in read_stream(session, envelope.id)
        if event.type not in hidden
    ]
    return tuple(reversed(_gathered(told)))


def _told(
    sight: Sight, session: Session, event: Event, called: Mapping[str, str], members: dict[str, str]
) -> Happening:
    facts = plain_payload(VOCABULARY.current(event))
    named: dict[str, str] = {}
    for fact, value in facts.items():
        if isinstance(value, str) and value.startswith(MEMBER):
            if value not in members:
                members[value] = sight.member(session, value)
            named[fact] = members[value]
    recipient = facts.get("recipient")
    name = called.get(str(recipient)) if recipient is not None else None
    images = ((cast("int", facts["page"]), str(facts["image"])),) if event.type == READ else ()
    return Happening(event.type, event.time, name, facts, named, version=event.version, images=images)


def _gathered(told: Iterable[Happening]) -> Sequence[Happening]:
    """Return the same with pages that one person read in a row as one entry, at the time of the last."""
    gathered: list[Happening] = []
    for one in told:
        before = gathered[-1] if gathered else None
        if before is None or not (one.type == before.type == READ) or _reader(one) != _reader(before):
            gathered.append(one)
            continue
        pages = tuple(sorted({*_pages(before), one.facts["page"]}, key=str))
        images = tuple(sorted(dict((*before.images, *one.images)).items()))
        gathered[-1] = replace(one, facts={**one.facts, "pages": pages}, count=before.count + 1, images=images)
    return gathered


def _reader(one: Happening) -> object:
    return one.facts["recipient"]


def _pages(one: Happening) -> tuple[object, ...]:
    pages = one.facts.get("pages")
    return pages if isinstance(pages, tuple) else (one.facts["page"],)
