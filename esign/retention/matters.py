"""What a room keeps on a person that no envelope holds, such as a motor claim that was agreed to by a code: a matter.

A room knows its matters; they are asked for here when somebody wants to know what is kept on them, when a legal hold is
set, and when something is erased. What is signed in an envelope stands and falls with that one: it is no matter any
more, and says which envelope has it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol, TypeAlias

from sqlalchemy.orm import Session

from esign.ceremony.erasing import Erased, Order
from esign.ceremony.people import Person
from esign.infra.personal_records import PersonalRecords
from esign.retention.errors import refused
from esign.retention.people import Told
from esign.retention.rules import Said

ReadDocument: TypeAlias = Callable[[Session, str, str], bytes]
"""Reads a document that is kept, by its blob and its record. Raises `RecordErased`, `BlobError`."""


@dataclass(frozen=True)
class HeldFile:
    """What a room keeps on a person: a file's name, and its bytes; None where it was erased.

    `once` says that it belongs to the person and not to the envelope that led to it: a copy holds it in one folder.
    """

    name: str
    content: bytes | None = field(repr=False)
    once: bool = False


@dataclass(frozen=True)
class Matter:
    """What is kept of one matter, and until when.

    `name` is what it is called, without anything of a person, and `content` of what kind the material is. `until` is
    the last day of keeping, None while it goes on; `demanded` tells that a law demands keeping till then, and `source`
    which. `erased_at` is when what it kept on people went; `envelope` is the envelope that has it by now, None where it
    is a matter still.
    """

    id: str
    name: Said
    content: Said
    institution: str | None
    is_over: bool
    until: date | None
    demanded: bool
    source: Said
    erased_at: datetime | None = None
    envelope: str | None = None

    def is_due(self, today: date) -> bool:
        """Tell whether its time is over, and something is left to erase."""
        return self.erased_at is None and self.until is not None and self.until < today


class RoomMatters(Protocol):
    """The matters of one room; `room` is its name, `prefix` what begins their ids (`clm` of `clm_...`)."""

    @property
    def room(self) -> str: ...

    @property
    def prefix(self) -> str: ...

    def find(self, session: Session, name: str | None, phone: str | None) -> Sequence[str]:
        """Return the matters of people with this name and phone (or with the one that is given), the newest first,
        also those that an envelope has by now."""
        ...

    def get(self, session: Session, matter: str, now: datetime) -> Matter | None:
        """Return what is kept of a matter, None where there is none of this id."""
        ...

    def person(self, session: Session, matter: str) -> Person | None:
        """Return whose it is, None after an erasure."""
        ...

    def addressee(self, session: Session, matter: str, now: datetime) -> str | None:
        """Return the record by which messages reach that person, None where none does."""
        ...

    def files(self, session: Session, matter: str, read: ReadDocument) -> Sequence[HeldFile]:
        """Return what is kept on the person in it, for a copy; names begin with the matter's id."""
        ...

    def lock(self, session: Session, matter: str) -> None:
        """Keep others from the matter until the end of the transaction: neither hold nor erasure slips past."""
        ...

    def due(self, session: Session, now: datetime, at_most: int) -> Sequence[str]:
        """Return matters whose time is over and that are not held, the oldest first."""
        ...

    def erase(self, session: Session, matter: str, order: Order, now: datetime) -> Erased:
        """Erase what it keeps on people, and record who had that done, in the caller's transaction. Who asks has made
        sure that it may go. Doing it again erases nothing."""
        ...


MattersOf: TypeAlias = Callable[[PersonalRecords], RoomMatters]
"""Makes the matters of a room over sealed records; it asks nothing yet."""


class Matters:
    """The matters of all rooms, each known by the prefix of its id."""

    def __init__(self, rooms: Sequence[RoomMatters] = ()) -> None:
        self._rooms = {one.prefix: one for one in rooms}

    @property
    def prefixes(self) -> Sequence[str]:
        """What ids of matters begin with."""
        return tuple(self._rooms)

    def has(self, subject: str) -> bool:
        """Tell whether an id is one of a matter, whether or not it is there."""
        return subject.partition("_")[0] in self._rooms

    def room(self, matter: str) -> RoomMatters:
        """Return the room of a matter. Raises `RetentionRefused` (`no-matter`) for an id of none."""
        found = self._rooms.get(matter.partition("_")[0])
        if found is None:
            raise refused("no-matter")
        return found

    def get(self, session: Session, matter: str, now: datetime) -> Matter:
        """Return what is kept of a matter. Raises `RetentionRefused` (`no-matter`)."""
        found = self.room(matter).get(session, matter, now)
        if found is None:
            raise refused("no-matter")
        return found

    def find(self, session: Session, *, name: str | None, phone: str | None, now: datetime) -> Sequence[Matter]:
        """Return the matters of whoever has this name, or phone, or both, the newest of each room first."""
        return [
            found
            for room in self._rooms.values()
            for one in room.find(session, name, phone)
            if (found := room.get(session, one, now)) is not None and found.envelope is None
        ]

    def theirs(self, session: Session, told: Told, now: datetime) -> Sequence[Matter]:
        """Return the matters of this person: name and phone as told, and where an identity number is on record, its
        last four characters."""
        found = self.find(session, name=told.name, phone=told.phone, now=now)
        return [one for one in found if told.fits(self.room(one.id).person(session, one.id))]

    def addressee(self, session: Session, told: Told, now: datetime) -> str | None:
        """Return the record by which messages reach whoever has this name and phone, None where no matter knows one."""
        for one in self.find(session, name=told.name, phone=told.phone, now=now):
            record = self.room(one.id).addressee(session, one.id, now)
            if record is not None:
                return record
        return None

    def due(self, session: Session, *, now: datetime, at_most: int) -> Sequence[str]:
        """Return matters of which something is to be erased and that are not held."""
        return [one for room in self._rooms.values() for one in room.due(session, now, at_most)][:at_most]


NO_MATTERS = Matters()
"""Of a service without rooms."""
