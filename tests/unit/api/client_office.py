"""An insurer's office for tests: the client's side of the API over a whole service, with everybody played at the desk.

from tests.unit.api.client_office import *  # noqa: F403
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from werkzeug.test import TestResponse

from ca.authority import EmbeddedAuthority
from ca.ports import HttpAnswer, TransportFailed, TransportFailure
from esign.api.app import ApiApp, create_api
from esign.api.client_resources import client_resources
from esign.api.rates import Allowance, RateLimits
from esign.api.scopes import Scope
from esign.api.services import ApiServices
from esign.ceremony.domain import Envelope
from esign.ceremony.messages import LIFETIMES, Composer
from esign.ceremony.public_events import AWAITS_CHECKPOINT, TOLD, EnvelopeEvents
from esign.ceremony.tokens import Tokens
from esign.infra.database import Database
from esign.infra.exclusive import Exclusive
from esign.infra.jobs import NoJobs
from esign.infra.messages import MessageBox
from esign.infra.metrics import Metrics
from esign.infra.notifications import OutboxChannel
from esign.infra.outgoing_rules import OutgoingRules
from esign.infra.personal_records import DataKeys, PersonalRecords
from esign.pades.typeface import Typeface
from esign.service import Ports, assemble
from esign.trail.consumers import Consumer
from esign.trail.keeper import TrailKeeper
from esign.trail.publishing import CheckpointPublisher
from esign.webhooks.deliveries import Deliveries
from esign.webhooks.endpoints import Endpoints
from tests.service import YE, YU, Desk, ports_for, system_now
from tests.unit.api.invented_api import Caller, token_of
from tests.vectors.trail.stored import LOG_KEY, ORIGIN

__all__ = ["Office", "asked", "office"]

PUBLIC_URL = "https://sign.example"
UPLOAD_AT_MOST = 1024 * 1024


@dataclass
class Receiver:
    """Whoever is behind a webhook's address. `answer` is a status, or why there is none."""

    answer: int | TransportFailure = 200
    got: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    def post(
        self, url: str, *, body: bytes, headers: Mapping[str, str], timeout_seconds: float, max_bytes: int
    ) -> HttpAnswer:
        self.got.append((url, headers, body))
        if isinstance(self.answer, TransportFailure):
            raise TransportFailed(self.answer, "in the test")
        return HttpAnswer(self.answer, "text/plain", b"")

    def get(self, url: str, *, timeout_seconds: float, max_bytes: int) -> HttpAnswer:
        raise AssertionError("webhooks are posted")


@dataclass
class Office:
    """A service with its API, a client with every scope, and another client that has nothing to do with the first."""

    desk: Desk
    services: ApiServices
    api: ApiApp
    keeper: TrailKeeper
    receiver: Receiver
    client: Caller
    other: Caller

    def caller(self, *scopes: Scope) -> Caller:
        """Return a client of its own whose key has these scopes."""
        return Caller(self.api, token_of(self.services, *scopes))

    def make(self, contract: bytes, **changes: Any) -> dict[str, Any]:
        """Have the client make an envelope of two people, and return it as told."""
        answer = self.client.post("/v1/envelopes", json=asked(contract, **changes))
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.get_json()
        return told

    def see(self, envelope: Mapping[str, Any]) -> dict[str, Any]:
        """Return the envelope as it stands now."""
        told: dict[str, Any] = self.client.get(f"/v1/envelopes/{envelope['id']}").get_json()
        return told

    def state(self, envelope: Mapping[str, Any]) -> Envelope:
        return self.desk.envelope(envelope["id"])

    def complete(self, envelope: Mapping[str, Any]) -> None:
        """Have both people sign, and everything done that follows, up to the checkpoint."""
        for number, person in enumerate((YU, YE)):
            self.desk.play(self.state(envelope), number, person)
            self.desk.work()
        self.tend()

    def tend(self) -> None:
        """Look after the trail: leaves, checkpoint, consumers."""
        self.keeper.place()
        self.keeper.publish()
        self.keeper.consume()


def asked(contract: bytes, **changes: Any) -> dict[str, Any]:
    """Return the body that asks for an envelope of two people."""
    return {
        "title": "鸿福一生终身寿险合同",
        "documents": [{"name": "合同.pdf", "content": base64.b64encode(contract).decode("ascii")}],
        "recipients": [
            {"role": "applicant", "name": YU.name, "phone": YU.phone, "id_number": YU.id_number},
            {"role": "insured", "name": YE.name, "phone": YE.phone, "locale": "en"},
        ],
        "photo": {"roles": ["applicant", "insured"]},
        **changes,
    }


def code_of(answer: TestResponse) -> tuple[int, str]:
    """Return status and code of a problem."""
    return answer.status_code, answer.get_json()["code"]


@pytest.fixture
def office(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Office:
    """An office on both databases."""
    ports = ports_for(database, tmp_path, authority, typeface)
    composer = Composer(PersonalRecords(ports.keys), Tokens(ports.keys), PUBLIC_URL)
    box = MessageBox(database, OutboxChannel(), composer, NoJobs(), clock=system_now, lifetimes=LIFETIMES)
    return open_office(replace(ports, messages=box), box)


def open_office(ports: Ports, box: MessageBox) -> Office:
    service, database = assemble(ports), ports.database
    receiver, events = Receiver(), EnvelopeEvents()
    endpoints = Endpoints(DataKeys(ports.keys), OutgoingRules(()), TOLD)
    deliveries = Deliveries(events, system_now)
    services = ApiServices(
        database=database,
        keys=ports.keys,
        clock=system_now,
        metrics=Metrics(CollectorRegistry()),
        public_url=PUBLIC_URL,
        mode="live" if ports.live else "test",
        limits=RateLimits(key=Allowance("key", 10_000)),
    )
    resources = client_resources(
        service,
        public_url=PUBLIC_URL,
        upload_bytes_at_most=UPLOAD_AT_MOST,
        messages=box,
        endpoints=endpoints,
        deliveries=deliveries,
        transport=receiver,
        log=ORIGIN.verifier(LOG_KEY.public_key),
    )
    api = create_api(services, resources)
    publisher = CheckpointPublisher(ORIGIN, LOG_KEY, ports.trust_services.timestamp_authority)
    consumers = [Consumer("webhooks", deliveries.enter_event)]
    keeper = TrailKeeper(database, publisher, consumers, system_now, Exclusive(database), awaited=AWAITS_CHECKPOINT)
    return Office(
        desk=Desk(service),
        services=services,
        api=api,
        keeper=keeper,
        receiver=receiver,
        client=Caller(api, token_of(services, mode=services.mode)),
        other=Caller(api, token_of(services, mode=services.mode)),
    )
