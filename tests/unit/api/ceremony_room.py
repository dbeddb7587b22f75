"""People with phones, who go through a ceremony over HTTP alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from werkzeug.test import Client, TestResponse

from ca.authority import EmbeddedAuthority
from esign.api.app import ApiApp, create_api, mount
from esign.api.ceremony_resources import ceremony_resources
from esign.api.link_limits import LinkLimits
from esign.api.rates import Allowance, RateLimits
from esign.api.services import ApiServices
from esign.ceremony.domain import Envelope
from esign.ceremony.models import EnvelopeRow
from esign.ceremony.people import Person
from esign.ceremony.tokens import TEST_CODE
from esign.infra.database import Database
from esign.infra.metrics import Metrics
from esign.pades.typeface import Typeface
from esign.service import Service, assemble
from tests.service import CLIENT, YU, Desk, ports_for, system_now
from tests.signers import face_jpeg, handwriting_json

__all__ = ["room"]

AMPLE = RateLimits(recipient=Allowance("recipient", 1_000_000), address=Allowance("address", 1_000_000))
AMPLE_LINKS = LinkLimits(link=Allowance("link", 1_000_000))
FROM = {"REMOTE_ADDR": "203.0.113.7"}
written, drawn_face = cache(handwriting_json), cache(face_jpeg)
ZH, EN = {"Accept-Language": "zh-CN"}, {"Accept-Language": "en"}


def api_of(service: Service, limits: RateLimits = AMPLE, links: LinkLimits = AMPLE_LINKS) -> ApiApp:
    """Return the API over a service, with the recipient's side alone."""
    services = ApiServices(
        database=service.ports.database,
        keys=service.ports.keys,
        clock=service.ports.trust_services.clock,
        metrics=Metrics(CollectorRegistry()),
        public_url="https://sign.example",
        mode="test",
        limits=limits,
    )
    return create_api(services, ceremony_resources(service, links))


@dataclass
class Phone:
    """One person's device: the link, and the session once there is one."""

    client: Client
    link: str
    person: Person = YU
    seed: int = 1
    token: str | None = None
    language: Mapping[str, str] = field(default_factory=lambda: ZH)

    def call(self, method: str, path: str, **given: Any) -> TestResponse:
        headers = {**self.language, **given.pop("headers", {})}
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return self.client.open(path, method=method, headers=headers, environ_base=FROM, **given)

    def visit(self, act: str = "", **given: Any) -> TestResponse:
        """Do something with the link."""
        method = given.pop("method", "POST" if act else "GET")
        return self.call(method, f"/v1/ceremonies/{self.link}{act}", **given)

    def answer(self, code: str = TEST_CODE, **changes: Any) -> TestResponse:
        """Answer the code; keep the session that begins."""
        four = self.person.id_number[-4:] if self.person.id_number else None
        body = {"code": code, "name": self.person.name, "id_last_four": four, **changes}
        told = self.visit("/identify", json=body, headers={"User-Agent": "a phone"})
        if told.status_code == 200:
            self.token = told.json["token"]
        return told

    def enter(self) -> None:
        for act in ("/open", "/code"):
            assert self.visit(act).status_code == 200
        assert self.answer().status_code == 200

    def progress(self) -> dict[str, Any]:
        told = self.call("GET", "/v1/ceremony")
        assert told.status_code == 200, told.text
        return dict(told.json)

    def consent(self, stage: str | None = None) -> list[TestResponse]:
        """Agree to what is asked at the stage, or, without one, to the next consent that is missing."""
        texts = self.progress()["consents"]
        wanted = [one for one in texts if one["stage"] == stage] if stage else _first_missing(texts)
        return [
            self.call("POST", "/v1/ceremony/consents", json={name: one[name] for name in ("id", "version", "digest")})
            for one in wanted
        ]

    def read_page(self, page: int) -> TestResponse:
        entered = system_now()
        picture = self.call("GET", f"/v1/ceremony/pages/{page}.jpg")
        assert picture.status_code == 200
        stay = {"page": page, "entered_at": entered.isoformat(), "left_at": system_now().isoformat()}
        return self.call("POST", "/v1/ceremony/pages", json=stay)

    def read(self) -> TestResponse:
        """Give the consents that come before, read every page, finish."""
        assert {told.status_code for told in self.consent("before-reading")} == {200}
        for page in range(1, self.progress()["pages"] + 1):
            assert self.read_page(page).status_code == 200
        return self.call("POST", "/v1/ceremony/finish-reading")

    def draw(self) -> TestResponse:
        return self.call("POST", "/v1/ceremony/handwriting", data=written(self.seed), content_type="application/json")

    def photograph(self) -> TestResponse:
        return self.call("POST", "/v1/ceremony/photo", data=drawn_face(self.seed), content_type="image/jpeg")

    def confirm(self) -> TestResponse:
        return self.call("POST", "/v1/ceremony/confirm")

    def play(self) -> None:
        """Go through the whole ceremony."""
        self.enter()
        assert self.read().status_code == 200
        assert self.draw().status_code == 200
        assert {told.status_code for told in self.consent("photo")} == {200}
        assert self.photograph().status_code == 200
        assert self.confirm().json["state"] == "confirmed"


def _first_missing(texts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return next(([one] for one in texts if one["given_at"] is None), texts[:1])


@dataclass
class Room:
    """A desk, and phones that reach it over HTTP."""

    desk: Desk
    client: Client

    def phone(self, envelope: Envelope, number: int, person: Person = YU) -> Phone:
        return Phone(self.client, self.desk.link(envelope, number), person, seed=number + 2)

    def version(self, envelope: Envelope) -> int:
        """Return the version of the envelope's stream: whether anything happened."""
        with self.desk.service.ports.database.reading() as session:
            return session.get_one(EnvelopeRow, envelope.id).version

    def pass_by(self, **by: float) -> datetime:
        """Move the client's clock forward."""
        service = self.desk.service
        with service.ports.database.transaction() as session:
            return service.clocks.advance(session, CLIENT, timedelta(**by))


def room_of(service: Service) -> Room:
    return Room(Desk(service), Client(mount(api_of(service))))


@pytest.fixture
def room(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Room:
    """A room on both databases."""
    return room_of(assemble(ports_for(database, tmp_path / "service", authority, typeface)))
