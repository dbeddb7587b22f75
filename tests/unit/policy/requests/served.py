"""Policies that are in force without anybody having signed, and what is asked for about them."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from esign.ceremony.domain import commands as envelope_commands
from esign.infra.models import Message
from esign.public.people import Person
from esign.public.rows import new_id
from policy.domain import commands as c
from policy.domain.request_events import RequestKind
from policy.domain.requests import RecordRequestSigned, SendRequest
from policy.domain.values import Signer, day_of
from policy.proposal import Beneficiary, Proposal, Relation
from policy.requests.doing import Doing
from policy.requests.entering import Requesting
from policy.requests.register import Register
from policy.room import ROOM
from policy.service.in_force import in_force
from policy.wish import Wish
from tests.policy_shell import PolicyHouse
from tests.proposals import proposal_body
from tests.rooms import key_of
from tests.service import system_now
from tests.unit.policy.proposal_play import ACCEPTED

HEIRS = (
    Beneficiary("于文山", "990106199105192218", Relation.CHILD, 1, 40),
    Beneficiary("于文溪", "990106199406110669", Relation.CHILD, 1, 60),
)
BODY = {
    "kind": "beneficiary",
    "beneficiaries": [
        {"name": one.name, "id_number": one.id_number, "is_insureds": "child", "order": 1, "share": one.share}
        for one in HEIRS
    ],
}
CONTACT = Wish(RequestKind.ADDRESS, address="栖川市望潮区临江路 9 号 1 幢 101 室", phone="13600009911")


@dataclass
class Served:
    """The room over a service, with policies that are in force; the bank has their premiums."""

    room: PolicyHouse

    @cached_property
    def register(self) -> Register:
        return Register(self.room.office)

    @cached_property
    def requesting(self) -> Requesting:
        return Requesting(self.register)

    @cached_property
    def doing(self) -> Doing:
        return Doing(self.register)

    def policy(self, key: str | None = None, *, received: bool = False, **changes: Any) -> str:
        """Return the proposal of a policy that is in force, paid to the simulated bank and signed by nobody."""
        body = proposal_body(self.room.sales, external_id=None, send=False, **changes)
        proposal = self.call("POST", "/v1/proposals", key, json=body).get_json()["id"]
        self.room.give(proposal, *ACCEPTED[1:])
        self.room.money.order_debit(proposal)
        self.room.money.collect(proposal, self.room.state(proposal).debits[0].id)
        number = f"CY{int(proposal[4:], 36) % 10**14:014d}"
        self.room.give(proposal, c.Issue, policy=number, document=f"con_{proposal[4:]}")
        if received:
            self.room.give(proposal, c.RecordReceived)
        return str(proposal)

    def client(self) -> str:
        """Return the key of a new client, whose clock can be moved without moving that of others."""
        return key_of(self.room.house.database, ROOM.scopes, *ROOM.scopes)

    def wait(self, proposal: str, days: int) -> None:
        """Move the clock of the client whose proposal it is."""
        client = self.room.state(proposal).client
        assert client is not None
        with self.room.office.house.database.transaction() as session:
            self.room.office.house.clocks.advance(session, client, timedelta(days=days))

    def call(self, method: str, path: str, key: str | None = None, **given: Any) -> TestResponse:
        return self.room.house.call(method, path, key, **given)

    def ask(self, proposal: str, body: dict[str, Any], key: str | None = None) -> TestResponse:
        """Enter a request by the API, not sent unless the body says so."""
        made = {"send": False, **copy.deepcopy(body)}
        return self.call("POST", f"/v1/proposals/{proposal}/requests", key, json=made)

    def enter(self, proposal: str, wish: Wish) -> str:
        return self.requesting.enter(None, proposal, wish, external_id=None, actor="tests").request

    def sign_on_paper(self, request: str) -> None:
        """Have a request count as signed, without a ceremony."""
        with self.room.office.house.database.transaction() as session:
            state = self.register.get(session, request)
            policy = self.room.office.get(session, state.proposal)
            at = self.room.office.house.clocks.now(session, policy.client or "")
            envelope = new_id("env", system_now())
            self.register.execute(
                session,
                request,
                SendRequest(at=at, envelope=envelope),
                RecordRequestSigned(at=at, envelope=envelope, document="5f" * 32, signers=state.signers),
                actor="tests",
            )

    def told(self, request: str, key: str | None = None) -> dict[str, Any]:
        """Return what the API tells of a request."""
        answer: dict[str, Any] = self.call("GET", f"/v1/requests/{request}", key).get_json()
        return answer

    def content(self, proposal: str) -> Proposal:
        """Return what is in force."""
        office = self.room.office
        with office.house.database.reading() as session:
            return in_force(office, session, proposal, office.get(session, proposal))

    def sign(self, envelope: str, place: int, person: Person) -> None:
        """Have a recipient sign on a phone, and do what follows."""
        self.room.house.desk.play(self.room.house.desk.envelope(envelope), place, person)
        self.room.house.work()

    def decline(self, envelope: str, person: Person) -> None:
        """Have the first recipient decline on a phone."""
        desk = self.room.house.desk
        desk.service.ceremony.decline(desk.enter(desk.envelope(envelope), 0, person), "changed-mind", None)
        self.room.house.work()

    def expire(self, envelope: str) -> None:
        at = self.room.house.desk.envelope(envelope).settings.expires_at
        command = envelope_commands.Expire(at=at)
        self.room.house.desk.service.envelopes.change(envelope, lambda *_: command, actor="system:tests")
        self.room.house.work()

    def messages(self, request: str) -> list[tuple[str, str]]:
        """Return what was told about a request: kinds and persons' records, in order."""
        with self.room.house.database.reading() as session:
            found = [one for one in session.scalars(select(Message)) if (one.facts or {}).get("subject") == request]
            return sorted((one.kind, one.person) for one in found)


def today() -> Any:
    return day_of(system_now())


BOTH = (Signer.APPLICANT, Signer.INSURED)
