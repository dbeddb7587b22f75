"""A room as one value: what a business package hands to the composition root, and what it does in a process.

    ROOM = Room("policy", "policy", FORMS.vocabulary, open=open_room, changing=(ProposalRow,), codes=CODES, ...)

Its commands are added by the entry point group `esign.commands`, as before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias, cast

from sqlalchemy import Table

from esign.api.operations import Resource
from esign.api.room_codes import NO_CODES, RoomCodes
from esign.api.scopes import ScopeWords
from esign.api.test_resource import ClientOf, nobodys
from esign.backup.tables import BLOB
from esign.ceremony.erasing import RecordsAbout, nothing_else
from esign.infra.database import Base, Database
from esign.infra.jobs import JobKind
from esign.infra.personal_records import PersonalRecords
from esign.infra.pulse import Beat
from esign.public.house import House
from esign.public.messages import MessageText
from esign.retention.copies import HeldByRoom
from esign.retention.matters import MattersOf
from esign.retention.restoring import RecordsOfErasure
from esign.trail.consumers import Consumer
from esign.trail.vocabulary import Vocabulary
from esign.web.console.room_part import ConsolePart
from esign.web.room_part import LinkedPart
from esign.worker import Cleaning

_NAME: Final = re.compile(r"[a-z][a-z]{1,23}", re.ASCII)
Model: TypeAlias = type[Base]
Look: TypeAlias = Callable[[Database, PersonalRecords], str]


@dataclass(frozen=True)
class RoomParts:
    """What a room does in a process. A web process serves resources and pages, a worker process does the rest.

    `consumers` read the whole trail in order, from its beginning: an envelope's completion comes to them after a
    checkpoint covers it. `beats` open transactions themselves, `cleanings` are given one. `held` reads what the room
    keeps on a recipient, for whoever asks for a copy of what is kept on them.
    """

    resources: Sequence[Resource] = ()
    console: ConsolePart | None = None
    pages: LinkedPart | None = None
    consumers: Sequence[Consumer] = ()
    jobs: Sequence[JobKind] = ()
    beats: Sequence[Beat] = ()
    cleanings: Sequence[Cleaning] = ()
    held: HeldByRoom | None = None


@dataclass(frozen=True)
class Room:
    """What is so of a room whether or not anything is open.

    name           one word in lower case: it begins the names of its consumers, jobs and message kinds, and its paths
    package        where its templates and words are
    vocabulary     the types of its events
    open           makes its parts over what a process has open; it declares, and asks nothing yet
    changing       models of tables whose rows change; `adding` those that are insert-only
    codes          which errors it raises, and what each code means to a caller
    scopes         scopes of API keys, with their words
    messages       the texts of what it writes to people, by kind
    stand_ins      codes of what takes the place of a third party, with what that means: live mode asks for consent
    has_signed     whether it has documents signed: live mode then needs `identity.levels`
    records_about  names the personal records that it keeps about envelopes and recipients: erased with theirs, so none
                   that another envelope of the same matter still needs
    told           by the type of an event of its own: the members that webhooks tell the client whose it is
    client_of      returns the client of the API whose a stream is, None where it is nobody's
    looks          what `esign doctor --live` looks at, by name, in the database and the records that it can open: says
                   how it stands, or raises an `EsignError`
    matters        makes what it keeps on people that no envelope holds (`esign.public.keeping`), None where nothing is
    erasures       by the type of an event of its own that tells of an erasure: names the records that went

    Raises `ValueError` for one that contradicts itself.
    """

    name: str
    package: str
    vocabulary: Vocabulary
    open: Callable[[House], RoomParts]
    changing: Sequence[Model] = ()
    adding: Sequence[Model] = ()
    codes: RoomCodes = NO_CODES
    scopes: ScopeWords = field(default_factory=dict)
    messages: Mapping[str, MessageText] = field(default_factory=dict)
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    has_signed: bool = False
    records_about: RecordsAbout = nothing_else
    matters: MattersOf | None = None
    erasures: Mapping[str, RecordsOfErasure] = field(default_factory=dict)
    told: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    client_of: ClientOf = nobodys
    looks: Mapping[str, Look] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no name of a room: one word in lower-case letters")
        for kind in self.messages:
            self._require_named("a message kind", kind)
        if unknown := {*self.erasures, *self.told} - {one.name for one in self.vocabulary}:
            raise ValueError(f"the room {self.name} tells of events that are not its own: {unknown}")
        for table in self.tables:
            if BLOB in table.c and "record" not in table.c:
                raise ValueError(f"{table.name} names blobs without their records, so no backup would find the keys")

    @property
    def tables(self) -> tuple[Table, ...]:
        """Its tables: backups hold them."""
        return tuple(cast(Table, model.__table__) for model in (*self.changing, *self.adding))

    def opened(self, house: House) -> RoomParts:
        """Return its parts over what a process has open.

        Raises `ValueError` for a consumer or job that is not named for the room, or pages of another one.
        """
        parts = self.open(house)
        for consumer in parts.consumers:
            self._require_named("a consumer", consumer.name)
        for job in parts.jobs:
            self._require_named("a kind of job", job.name)
        for part in (parts.console, parts.pages):
            if part is not None and part.room != self.name:
                raise ValueError(f"the room {self.name} has pages of {part.room}")
        return parts

    def _require_named(self, what: str, name: str) -> None:
        if name != self.name and not name.startswith((f"{self.name}-", f"{self.name}.")):
            raise ValueError(f"{what} of the room {self.name} begins with its name: {name}")
