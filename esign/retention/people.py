"""Whom a name and a phone find: recipients, over the keyed index, and nobody else.

A number alone may be a family's, a name alone many people's: only where both are those of one record is it this person.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.ceremony.models import RecipientRow
from esign.ceremony.people import Person, parse_person
from esign.infra.columns import canonical_json
from esign.infra.errors import RecordErased
from esign.infra.personal_records import PersonalRecords
from esign.infra.search_index import SearchField, normalise
from esign.staff.domain.institutions import Tree

RECORDS_AT_MOST = 1000
CONCERNED_AT_MOST = 200


@dataclass(frozen=True)
class Concerned:
    """A recipient and the envelope that they are in."""

    recipient: str
    envelope: str


@dataclass(frozen=True)
class Told:
    """What somebody told of themselves; `words` is what they ask for, `locale` the language they read."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    words: str = field(default="", repr=False)
    locale: str = "zh-CN"
    tail: str = field(default="", repr=False)
    """The last four characters of an identity number, where that was asked."""

    def encode(self) -> bytes:
        form = {"name": self.name, "phone": self.phone, "words": self.words, "locale": self.locale, "tail": self.tail}
        return canonical_json(form)

    def fits(self, person: Person | None) -> bool:
        """Tell whether the tail that was told is that of the person's identity number; any is where none is on
        record. Nobody fits who was erased."""
        if person is None:
            return False
        return person.id_number is None or person.id_number[-4:].upper() == self.tail.strip().upper()

    @staticmethod
    def decode(data: bytes) -> Told:
        form = json.loads(data)
        return Told(form["name"], form["phone"], form["words"], form["locale"], form["tail"])


def is_findable(name: str, phone: str) -> bool:
    """Tell whether there is something to look for in both."""
    return bool(normalise(SearchField.NAME, name)) and bool(normalise(SearchField.PHONE, phone))


def find_recipients(
    session: Session, records: PersonalRecords, *, name: str | None = None, phone: str | None = None
) -> Sequence[RecipientRow]:
    """Return the recipients with this name and phone (or with the one that is given), the newest first."""
    asked = ((SearchField.NAME, name), (SearchField.PHONE, phone))
    found: set[str] | None = None
    for kind, value in asked:
        if value is None or not normalise(kind, value):
            continue
        ids = set(records.index.find(session, kind, value, at_most=RECORDS_AT_MOST))
        found = ids if found is None else found & ids
    if not found:
        return []
    chosen = select(RecipientRow).where(RecipientRow.person.in_(sorted(found))).order_by(RecipientRow.id.desc())
    return session.scalars(chosen.limit(CONCERNED_AT_MOST)).all()


def theirs(session: Session, records: PersonalRecords, told: Told) -> Sequence[RecipientRow]:
    """Return the recipients who are this person: name and phone as told, and where an identity number is on record, its
    last four characters."""
    rows = find_recipients(session, records, name=told.name, phone=told.phone)
    return [row for row in rows if told.fits(person_of(session, records, row))]


def person_of(session: Session, records: PersonalRecords, row: RecipientRow) -> Person | None:
    """Return who the recipient is, None after an erasure."""
    try:
        return parse_person(records.read(session, row.person))
    except RecordErased:
        return None


def common_institution(tree: Tree, institutions: Sequence[str | None]) -> str | None:
    """Return the lowest institution that is above all of these; the root where one is owned by none, or none is given.

    Whoever answers for that one sees all that is concerned. None where there is no institution at all.
    """
    root = None if tree.root is None else tree.root.id
    if not institutions or any(one is None or one not in tree.institutions for one in institutions):
        return root
    paths = [list(tree.upwards(str(one))) for one in dict.fromkeys(institutions)]
    shared = set(paths[0]).intersection(*map(set, paths[1:]))
    return next((one for one in paths[0] if one in shared), root)
