"""People at pages, without a browser: forms are filled in and sent as they stand in the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from typing import Any, Final

from flask import Flask
from prometheus_client import CollectorRegistry
from werkzeug.test import Client, TestResponse

from esign.api.rates import Allowance, RateLimits
from esign.ceremony.domain import Envelope
from esign.ceremony.models import EnvelopeRow
from esign.ceremony.people import Person
from esign.ceremony.tokens import TEST_CODE
from esign.infra.metrics import Metrics
from esign.service import Service
from esign.web.app import create_pages
from esign.web.forgery import Forms
from esign.web.page_services import PageServices, page_services
from tests.service import CLIENT, YU, Desk
from tests.signers import face_jpeg, handwriting_json

SITE: Final = "https://sign.example"
written, drawn_face = cache(handwriting_json), cache(face_jpeg)
AMPLE: Final = RateLimits(recipient=Allowance("recipient", 1_000_000), address=Allowance("address", 1_000_000))
SAME: Final = {"Origin": SITE, "Sec-Fetch-Site": "same-origin"}


@dataclass
class Form:
    """A form as it stands in a page: where it goes, by its buttons too, and what is filled in already."""

    action: str
    method: str
    elsewhere: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    choices: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.attributes: list[tuple[str, Mapping[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.attributes.append((tag, found))
        if tag == "form":
            self.forms.append(Form(str(found["action"]), str(found.get("method", "get"))))
        elif tag == "button" and self.forms and found.get("formaction"):
            self.forms[-1].elsewhere.append(str(found["formaction"]))
        elif tag == "input" and self.forms and found.get("name"):
            kind, name, value = found.get("type"), str(found["name"]), str(found.get("value") or "")
            if kind in {"checkbox", "radio"}:
                self.forms[-1].choices.append((name, value))
            elif kind != "file":
                self.forms[-1].fields[name] = value


def read_page(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    return reader


@dataclass
class Visitor:
    """One browser: its cookies, and the link that it came by."""

    client: Client
    link: str
    person: Person = YU
    headers: Mapping[str, str] = field(default_factory=lambda: SAME)

    @property
    def recipient(self) -> str:
        return self.link.partition(".")[0]

    @property
    def home(self) -> str:
        return f"/c/{self.recipient}"

    def get(self, path: str, **given: Any) -> TestResponse:
        headers = {"Accept-Language": "zh-CN", **given.pop("headers", {})}
        return self.client.get(path, base_url=SITE, headers=headers, **given)

    def post(self, path: str, data: object = None, **given: Any) -> TestResponse:
        headers = {**self.headers, "Accept-Language": "zh-CN", **given.pop("headers", {})}
        return self.client.post(path, base_url=SITE, data=data, headers=headers, **given)

    def form(self, page: str, action: str) -> Form:
        """Return the form with this action in the page at this path."""
        told = self.get(page)
        assert told.status_code == 200, (page, told.status_code)
        return next(one for one in read_page(told.text).forms if action in (one.action, *one.elsewhere))

    def send(self, page: str, action: str, **filled: object) -> TestResponse:
        """Fill in the form and send it."""
        return self.post(action, {**self.form(page, action).fields, **filled})

    def enter(self) -> None:
        """From the link into the session."""
        assert self.send(f"/s/{self.link}", f"/s/{self.link}/open").status_code == 303
        assert self.identify().location == self.home

    def identify(self, code: str = TEST_CODE, **changes: str) -> TestResponse:
        page = f"/s/{self.link}/identify"
        tail = self.person.id_number[-4:] if self.person.id_number else ""
        return self.send(page, page, **{"code": code, "name": self.person.name, "tail": tail, **changes})

    def consent(self) -> TestResponse:
        """Agree to all that is asked on the present page of consents."""
        page = f"{self.home}/consents"
        form = self.form(page, page)
        return self.post(page, {**form.fields, "agreed": [value for _name, value in form.choices]})

    def read(self, page: int) -> TestResponse:
        return self.send(f"{self.home}/pages/{page}", f"{self.home}/pages/{page}")

    def draw(self, data: bytes | None = None, **headers: str) -> TestResponse:
        return self.post(
            f"{self.home}/handwriting",
            written(3) if data is None else data,
            content_type="application/json",
            headers={"Accept": "application/json", "X-Form-Token": self.form_token(), **headers},
        )

    def photograph(self, data: bytes | None = None) -> TestResponse:
        page = f"{self.home}/photo"
        fields = self.form(page, page).fields
        content = drawn_face(3) if data is None else data
        return self.post(page, {**fields, "photo": (BytesIO(content), "photo.jpg")})

    def confirm(self) -> TestResponse:
        return self.send(f"{self.home}/confirm", f"{self.home}/confirm")

    def form_token(self) -> str:
        """Return the token that the page with the pad gives to its module."""
        page = read_page(self.get(f"{self.home}/sign").text)
        return next(str(found["data-token"]) for _tag, found in page.attributes if "data-token" in found)

    def stand(self) -> str:
        """Return the page where the recipient stands."""
        return self.get(self.home).location.removeprefix(self.home)

    def until_reading(self) -> None:
        self.enter()
        self.consent()

    def until_signing(self) -> None:
        self.until_reading()
        self.read(1)
        self.read(2)

    def until_confirming(self) -> None:
        self.until_signing()
        assert self.draw().status_code == 200
        self.consent()
        assert self.photograph().status_code == 303


@dataclass
class Pages:
    """The pages over a service, and a desk that plays everybody else's part."""

    desk: Desk
    app: Flask
    forms: Forms

    def visitor(self, envelope: Envelope, number: int = 0, person: Person = YU) -> Visitor:
        return Visitor(Client(self.app), self.desk.link(envelope, number), person)

    def version(self, envelope: Envelope) -> int:
        """Return the version of the envelope's stream: whether anything happened."""
        with self.desk.service.ports.database.reading() as session:
            return session.get_one(EnvelopeRow, envelope.id).version

    def pass_by(self, **by: float) -> None:
        """Move the client's clock forward."""
        service = self.desk.service
        with service.ports.database.transaction() as session:
            service.clocks.advance(session, CLIENT, timedelta(**by))


def pages_over(service: Service, limits: RateLimits = AMPLE) -> Pages:
    made = page_services(service, Metrics(CollectorRegistry()), SITE)
    services = PageServices(
        made.service, made.copies, made.rates, made.forms, made.metrics, made.public_url, limits, made.link_limits
    )
    return Pages(Desk(service), create_pages(services), made.forms)
