"""All rooms of a product as one: what esign's closed lists take from them; nothing where there is no room."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import chain
from operator import or_

from sqlalchemy import Table
from sqlalchemy.orm import Session

from esign.api.room_codes import NO_CODES, RoomCodes
from esign.api.scopes import RoomScope, ScopeWords
from esign.backup.erasing_again import KeptByRooms
from esign.infra.keystore import KeyStore
from esign.infra.messages import Compose
from esign.infra.personal_records import PersonalRecords
from esign.infra.roles import adding_rights, changing_rights
from esign.infra.room_links import RoomLinks
from esign.operations.stand_ins import STAND_INS
from esign.public.codes import OneTimeCodes
from esign.public.documents import RoomDocuments
from esign.public.envelopes import RoomEnvelopes
from esign.public.house import House
from esign.public.messages import MessageText, RoomComposer, RoomMessages
from esign.public.pictures import RoomPictures
from esign.public.room import Room, RoomParts
from esign.public.told_events import RoomEvents, ToldEvent
from esign.public.vocabularies import OWN
from esign.public.work import RoomTasks
from esign.retention.copies import HeldByRoom
from esign.retention.matters import MattersOf
from esign.retention.restoring import RecordsOfErasure
from esign.service import Service
from esign.trail.vocabulary import Vocabulary
from esign.webhooks.deliveries import PublicEvents


@dataclass(frozen=True)
class Rooms:
    """The rooms, in the order in which they are shown. Raises `ValueError` where two of them, or one of them and esign,
    have the same name, event type, table, code, scope, message kind or stand-in."""

    rooms: tuple[Room, ...] = ()

    def __post_init__(self) -> None:
        for what, names in (
            ("rooms", [room.name for room in self.rooms]),
            ("tables", [table.name for table in self.tables]),
            ("scopes", [scope for room in self.rooms for scope in room.scopes]),
            ("messages", [kind for room in self.rooms for kind in room.messages]),
            ("stand-ins", [*STAND_INS, *(code for room in self.rooms for code in room.stand_ins)]),
        ):
            if len(set(names)) != len(names):
                raise ValueError(f"two {what} have one name among {', '.join(sorted(names))}")
        _ = self.vocabulary, self.codes

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Every type of event there is, esign's own and those of rooms."""
        return reduce(or_, (room.vocabulary for room in self.rooms), OWN)

    @cached_property
    def codes(self) -> RoomCodes:
        return reduce(or_, (room.codes for room in self.rooms), NO_CODES)

    @cached_property
    def scopes(self) -> ScopeWords:
        found: dict[RoomScope, tuple[str, str]] = {}
        for room in self.rooms:
            found.update(room.scopes)
        return found

    @cached_property
    def messages(self) -> Mapping[str, MessageText]:
        return {kind: text for room in self.rooms for kind, text in room.messages.items()}

    @cached_property
    def stand_ins(self) -> Mapping[str, str]:
        """What takes the place of a third party in rooms, by its code, and what it means."""
        return {code: meaning for room in self.rooms for code, meaning in room.stand_ins.items()}

    @property
    def have_signed(self) -> tuple[str, ...]:
        """The names of the rooms that have documents signed, so that somebody has to choose `identity.levels`."""
        return tuple(room.name for room in self.rooms if room.has_signed)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        return tuple(chain.from_iterable(room.tables for room in self.rooms))

    @cached_property
    def erasures(self) -> Mapping[str, RecordsOfErasure]:
        return {type_: names for room in self.rooms for type_, names in room.erasures.items()}

    @cached_property
    def packages(self) -> Mapping[str, str]:
        """The packages of the rooms, by name."""
        return {room.name: room.package for room in self.rooms}

    @cached_property
    def told(self) -> Mapping[str, ToldEvent]:
        """The types of events of rooms that clients are told of."""
        return {type_: ToldEvent(room, members) for room in self.rooms for type_, members in room.told.items()}

    def public_events(self, own: PublicEvents) -> PublicEvents:
        """Return what is told outside: of rooms, and by `own` of envelopes."""
        return RoomEvents(self.told, own) if self.told else own

    @property
    def matters_of(self) -> Sequence[MattersOf]:
        """What makes the matters of the rooms that keep something on people without an envelope."""
        return [room.matters for room in self.rooms if room.matters is not None]

    @property
    def kept(self) -> KeptByRooms:
        """What rooms keep, for backups and for erasing anew after a restore."""
        return KeptByRooms(self.tables, self.records_about, self.erasures)

    def client_of(self, session: Session, subject: str) -> str | None:
        """Return the client of the API whose something of a room is, None where it is nobody's or not there."""
        found = (room.client_of(session, subject) for room in self.rooms)
        return next((client for client in found if client is not None), None)

    def records_about(self, session: Session, subjects: Collection[str]) -> Sequence[str]:
        """Name the personal records that rooms keep about these envelopes and recipients."""
        return [record for room in self.rooms for record in room.records_about(session, subjects)]

    def role_statements(self, role: str) -> Sequence[str]:
        """Return the PostgreSQL DDL that lets the service's role work with the rooms' tables (`esign.infra.roles`)."""
        statements: list[str] = []
        for room in self.rooms:
            statements += adding_rights(role, room.adding) if room.adding else ()
            statements += changing_rights(role, room.changing) if room.changing else ()
        return statements

    def composer(
        self, keys: KeyStore, records: PersonalRecords, organisation: str, public_url: str, others: Compose
    ) -> Compose:
        """Return what makes the messages of rooms ready, and leaves all others to `others`."""
        if not self.rooms:
            return others
        links = {room.name: RoomLinks(keys, room.name) for room in self.rooms}
        return RoomComposer(self.messages, links, keys, records, organisation, public_url, others)

    def held(self, parts: Sequence[RoomParts]) -> Mapping[str, HeldByRoom]:
        """Return what reads for a person's copy what rooms keep on them, by the rooms' names; `parts` are in order."""
        return {room.name: part.held for room, part in zip(self.rooms, parts, strict=True) if part.held is not None}

    def opened(self, service: Service, public_url: str) -> tuple[RoomParts, ...]:
        """Return the parts of each room over a service. Raises `ValueError` as `Room.opened` does."""
        return tuple(room.opened(house_of(room, service, public_url)) for room in self.rooms)


def house_of(room: Room, service: Service, public_url: str) -> House:
    """Return what the room is given of a service."""
    ports = service.ports
    return House(
        database=ports.database,
        records=service.records,
        envelopes=RoomEnvelopes(service, room.name, public_url),
        documents=RoomDocuments(service, room.name),
        pictures=RoomPictures(service),
        messages=RoomMessages(ports.messages, room.name, room.messages, live=ports.live),
        chats=ports.chats,
        tasks=RoomTasks(service, room.name),
        links=RoomLinks(ports.keys, room.name),
        codes=OneTimeCodes(ports.keys, live=ports.live),
        clock=ports.trust_services.clock,
        clocks=service.clocks,
        find_owner=ports.find_owner,
        typeface=ports.typeface,
        organisation=ports.organisation,
        public_url=public_url,
        live=ports.live,
        identity_levels=ports.identity_levels,
    )


NO_ROOMS = Rooms()
"""Of a service that signs, and nothing else."""
