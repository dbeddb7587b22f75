"""A service whose contracts end, and what is kept of them, years later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from esign.ceremony.domain import Envelope, commands
from esign.ceremony.domain.values import PhotoPlacement, RecipientRole
from esign.infra.database import Base
from esign.infra.statements import table_of
from esign.retention.contracts import ContractEnd
from esign.retention.kept import KeptOfEnvelope, kept_of
from esign.retention.models import RetainedEnvelope
from esign.retention.projection import retention_projection
from esign.retention.room import RetentionChoice, RetentionRoom, retention_room
from esign.retention.rules import Term, usual_rules
from esign.retention.sweep import Mode
from esign.trail.consumers import catch_up
from tests.service import YE, YU, Desk, request, settings, short_request, system_now
from tests.vectors.trail.stored import place

LIN, ZHAO = "usr_lin0000000000000000000000", "usr_zhao000000000000000000000"


@dataclass
class Office:
    """The service, its retention room, and a time that tests move on."""

    desk: Desk
    contract: bytes
    room: RetentionRoom
    now: datetime

    @staticmethod
    def over(desk: Desk, contract: bytes, mode: Mode = "propose") -> Office:
        ports = desk.service.ports
        choice = RetentionChoice(usual_rules(), mode)
        room = retention_room(ports.database, ports.keys, ports.blobs, choice, clock=system_now)
        return Office(desk, contract, room, system_now())

    def completed(self, *, photos: bool = False, **changes: Any) -> Envelope:
        """Return an envelope that is signed, with photos where they are asked for, and told to the projection."""
        if photos:
            placement = changes.pop("placement", PhotoPlacement.SEALED)
            made = request(self.contract, consents=())
            made = request(
                self.contract,
                recipients=made.recipients[:1],
                consents=(),
                settings=settings(
                    photo_placement=placement, consents=(), photo_roles=(RecipientRole.APPLICANT,), **changes
                ),
            )
            envelope = self.desk.create(made)
        else:
            envelope = self.desk.create(short_request(self.contract, YU, **changes))
        self.desk.play(envelope, 0, YU)
        self.desk.work()
        self.follow()
        return self.desk.envelope(envelope.id)

    def voided(self) -> Envelope:
        envelope = self.desk.create(short_request(self.contract, YE))
        self.desk.service.envelopes.change(
            envelope.id,
            lambda _session, _state: commands.Void(at=system_now(), by="cli_test", reason="test"),
            actor="system",
        )
        self.follow()
        return self.desk.envelope(envelope.id)

    def follow(self) -> None:
        """Let the projection read what happened."""
        database = self.desk.service.ports.database
        place(database)
        catch_up(database, retention_projection())

    def end(self, envelope: Envelope, on: date | None, term: Term = Term.OVER_ONE_YEAR) -> None:
        """Tell that the contract ended."""
        end = None if on is None else ContractEnd(on, term)
        with self.desk.service.ports.database.transaction() as session:
            self.room.contracts.tell(session, envelope, end, by="cli_test", actor="client:cli_test", now=self.now)
        self.follow()

    def wait(self, *, days: float) -> None:
        self.now += timedelta(days=days)

    def sweep(self) -> tuple[int, int]:
        """Do a run of the sweep; return how many were proposed and erased."""
        swept = self.room.retention.run(self.now)
        self.follow()
        return swept.proposed, swept.erased

    def kept(self, envelope: Envelope) -> KeptOfEnvelope:
        with self.desk.service.ports.database.reading() as session:
            row = session.get_one(RetainedEnvelope, envelope.id)
            return kept_of(session, self.room.rules, row, now=self.now)

    def rows(self, *models: type[Base]) -> list[tuple[str, ...]]:
        """Return every row of these tables."""
        with self.desk.service.ports.database.reading() as session:
            return sorted(
                (model.__tablename__, *map(str, row))
                for model in models
                for row in session.execute(select(table_of(model)))
            )
