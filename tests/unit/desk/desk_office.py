"""A branch of an insurer for tests: its staff in two institutions, envelopes of theirs, and the desk they work at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from ca.authority import EmbeddedAuthority
from esign.ceremony.creation import Owner
from esign.ceremony.domain import Envelope
from esign.ceremony.messages import LIFETIMES, Composer
from esign.ceremony.models import EnvelopeRow
from esign.ceremony.people import Person
from esign.ceremony.public_events import EnvelopeEvents
from esign.ceremony.tokens import Tokens
from esign.desk.room import Desk, desk_over
from esign.errors import EsignError
from esign.infra.database import Database
from esign.infra.jobs import NoJobs
from esign.infra.keystore import open_key_store
from esign.infra.messages import MessageBox
from esign.infra.metrics import Metrics
from esign.infra.notifications import OutboxChannel
from esign.infra.personal_records import PersonalRecords
from esign.pades.typeface import Typeface
from esign.service import Service, assemble
from esign.staff.actors import Caller
from esign.staff.approval_lists import Which
from esign.staff.domain.roles import PLAIN, Role
from esign.webhooks.deliveries import Deliveries
from tests.service import YE, YU, ports_for, short_request, system_now
from tests.service import Desk as Ceremonies
from tests.unit.staff.staff_office import OPERATOR, Office, open_office

SITE = "https://sign.example"
JIANG = Person("江一舟", "13800000009", "110105194912310038")


@dataclass
class Branch:
    """Staff in an eastern and a western branch below a head office, and what they work with."""

    office: Office
    service: Service
    desk: Desk
    ceremonies: Ceremonies
    messages: MessageBox
    deliveries: Deliveries
    metrics: Metrics
    contract: bytes
    head: Caller
    east: str
    west: str
    people: dict[str, Caller] = field(default_factory=dict)

    def member(self, login: str, institution: str, *roles: Role) -> Caller:
        """Return who is in the session of a member with these roles, joined the first time."""
        if login not in self.people:
            self.people[login] = self._join(login, institution, *roles)
        return self.people[login]

    def _join(self, login: str, institution: str, *roles: Role) -> Caller:
        deciders = [one for one in self.people.values() if not {Role.ADMIN, Role.COMPLIANCE}.isdisjoint(one.roles)]
        if not deciders or set(roles) <= PLAIN:
            return self.office.join(login, institution, *roles)
        joined = self.office.join(login, institution, Role.OPERATIONS)
        self.office.give(joined.member, *roles, by=self.head, and_by=deciders[0])
        self.office.wait(minutes=1)
        opened = self.office.log_in(login, totp=self.office.code(joined.member))
        return self.office.room.sessions.caller(opened.token, at=self.office.now)

    @property
    def shen(self) -> Caller:
        """A salesperson of the east."""
        return self.member("shen.zhiqiu", self.east, Role.SALES)

    @property
    def lead(self) -> Caller:
        """The supervisor of the east."""
        return self.member("zhou.minglan", self.east, Role.SUPERVISOR)

    @property
    def stranger(self) -> Caller:
        """The supervisor of the west, who must see nothing of the east."""
        return self.member("gao.yuan", self.west, Role.SUPERVISOR, Role.SALES, Role.OPERATIONS)

    def with_role(self, role: Role) -> Caller:
        """Return a member of the east with one role."""
        return self.member(f"east.{role.value}", self.east, role)

    def envelope(self, *people: Person, draft: bool = False, **changes: Any) -> Envelope:
        """Return an envelope of Shen's, sent."""
        owner = changes.pop("owner", Owner(self.east, self.shen.member))
        request = replace(short_request(self.contract, *(people or (YU, YE)), **changes), owner=owner, send=not draft)
        return self.ceremonies.create(request)

    def completed(self, *people: Person, **changes: Any) -> Envelope:
        """Return an envelope that everybody has signed and that is sealed."""
        envelope = self.envelope(*people, **changes)
        for number, person in enumerate(people or (YU, YE)):
            self.ceremonies.play(envelope, number, person)
            self.ceremonies.work()
        return self.ceremonies.envelope(envelope.id)

    def approve(self, approval: str, decider: Caller) -> None:
        self.office.room.approvals.approve(decider, approval, now=self.office.now)

    def waiting(self, decider: Caller) -> list[str]:
        """Return the requests that wait for the decider, the latest first."""
        listed = self.office.room.approval_lists.page(decider, Which.WAITING, now=self.office.now)
        return [one.id for one in listed]

    def row(self, envelope: str) -> EnvelopeRow:
        with self.service.ports.database.reading() as session:
            return session.get_one(EnvelopeRow, envelope)

    def refused(self, act: Any, *given: Any, **named: Any) -> str:
        """Return the code with which an act is refused."""
        with pytest.raises(EsignError) as caught:
            act(*given, **named)
        return caught.value.code


def open_branch(
    database: Database, folder: Path, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes
) -> Branch:
    """Return a branch over the database. Its staff live by the machine's own time."""
    office = open_office(database, folder / "service")
    office.now = system_now()
    keys = open_key_store(folder / "service" / "keys")
    clock = _Clock(office)
    composer = Composer(PersonalRecords(keys), Tokens(keys), SITE)
    messages = MessageBox(database, OutboxChannel(), composer, NoJobs(), clock=clock, lifetimes=LIFETIMES)
    ports = replace(ports_for(database, folder / "service", authority, typeface), messages=messages)
    service = assemble(ports)
    office.accept(office.begin())
    head = office.with_totp("lin.qiushi")
    branches = [office.room.institutions.open(OPERATOR, name, head.institution, now=office.now) for name in "东西"]
    deliveries = Deliveries(EnvelopeEvents(), clock)
    return Branch(
        office=office,
        service=service,
        desk=desk_over(service, office.room, deliveries, messages, clock),
        ceremonies=Ceremonies(service),
        messages=messages,
        deliveries=deliveries,
        metrics=Metrics(CollectorRegistry()),
        contract=contract,
        head=head,
        east=branches[0],
        west=branches[1],
    )


class _Clock:
    """The office's time, which tests move on."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def __call__(self) -> Any:
        return self._office.now


def approved_change(branch: Branch, envelope: Envelope, phone: str) -> str:
    """Return the approval of a corrected phone of the first recipient, asked for by Shen, given by the lead."""
    asked = branch.desk.changes.ask_phone(branch.shen, envelope.id, envelope.recipients[0].id, phone, "客户换了号码")
    assert asked is not None
    branch.approve(asked, branch.lead)
    return asked
