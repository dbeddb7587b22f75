"""An invented resource, and callers of an API that has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel, Field
from werkzeug.test import Client, TestResponse

from esign.api.app import ApiApp, mount
from esign.api.call import Call, Reply
from esign.api.json_body import Body
from esign.api.keys import Clients, Mode
from esign.api.operations import Raw, Resource
from esign.api.pagination import Page, PageQuery, cut
from esign.api.scopes import Door, Scope
from esign.api.services import ApiServices

NOON = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
METRICS_TOKEN = "an-invented-token"
PARTY = {"people": [{"name": "叶小禾", "phone": "13800000002"}]}


class Moment:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **by: float) -> None:
        self.now += timedelta(**by)


class Person(Body):
    """Somebody."""

    name: str = Field(min_length=1, max_length=10)
    phone: str = Field(pattern="^1[0-9]{10}$")


class Party(Body):
    """Some people."""

    people: list[Person] = Field(min_length=1, max_length=3)
    number: int | str = 0


class Count(BaseModel):
    """How often it was done."""

    count: int


class CountPage(Page[Count]):
    """A page of counts."""


@dataclass
class Acts:
    """What the invented resource does: count, and raise what it is told to."""

    done: int = 0
    fails: Exception | None = None
    during: Callable[[], None] | None = None


def invented(services: ApiServices, acts: Acts) -> Resource:
    parties = Resource("parties", "聚会", "Parties")

    def act() -> Count:
        if acts.during is not None:
            acts.during()
        if acts.fails is not None:
            raise acts.fails
        acts.done += 1
        return Count(count=acts.done)

    @parties.operation(
        "POST",
        "/v1/parties",
        access=Scope.ENVELOPES_WRITE,
        zh="聚会",
        en="Have a party",
        body=Party,
        bytes_at_most=2000,
        answer=Count,
        status=201,
        problems=("no-envelope",),
        example={"people": [{"name": "叶小禾", "phone": "13800000002"}]},
    )
    def have(call: Call) -> Reply:
        assert call.body(Party).people
        return Reply(act(), status=201, headers={"Location": "/v1/parties/pty_1"})

    @parties.operation(
        "POST", "/v1/parties/<party>/kept", access=Scope.ENVELOPES_WRITE, zh="保留", en="Keep", answer=Count
    )
    def kept(call: Call) -> Reply:
        with services.database.transaction() as session:
            return call.keep(session, Reply(act()))

    @parties.operation(
        "GET",
        "/v1/parties",
        access=Scope.ENVELOPES_READ,
        zh="列表",
        en="List",
        query=PageQuery,
        answer=CountPage,
        problems=("cursor-refused",),
    )
    def listing(call: Call) -> Reply:
        query = call.query(PageQuery)
        after = int(query.after("parties") or "0")
        shown, cursor = cut(range(after + 1, 8), query, "parties", str)
        return Reply(CountPage(items=[Count(count=n) for n in shown], next_cursor=cursor))

    @parties.operation("GET", "/v1/parties/<party>", access=Scope.ENVELOPES_READ, zh="一个", en="One", answer=Count)
    def one(call: Call) -> Reply:
        return Reply(act())

    @parties.operation(
        "PUT",
        "/v1/parties/<party>/photo",
        access=Scope.ENVELOPES_WRITE,
        zh="照片",
        en="Photo",
        body=Raw(("image/jpeg",)),
    )
    def photo(call: Call) -> Reply:
        assert isinstance(call.raw_body, bytes)
        return Reply(status=204)

    @parties.operation(
        "GET", "/v1/parties/<party>/photo", access=Scope.DOCUMENTS_READ, zh="照片", en="Photo", answer="image/jpeg"
    )
    def picture(call: Call) -> Reply:
        return Reply(iter([b"one", b"two"]), media_type="image/jpeg")

    @parties.operation("POST", "/v1/dance", access=Door.SESSION, zh="跳舞", en="Dance", answer=Count)
    def dance(call: Call) -> Reply:
        assert call.recipient.device
        return Reply(act())

    @parties.operation("POST", "/v1/knock", access=Door.PUBLIC, zh="敲门", en="Knock", answer=Count)
    def knock(call: Call) -> Reply:
        return Reply(act())

    return parties


class Caller:
    """A program that calls the API with a key."""

    def __init__(self, api: ApiApp, token: str | None) -> None:
        self._client = Client(mount(api))
        self.token = token

    def __call__(self, method: str, path: str, *, key: str | None = None, **given: Any) -> TestResponse:
        headers = dict(given.pop("headers", {}))
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if key is not None:
            headers["Idempotency-Key"] = key
        return self._client.open(path, method=method, headers=headers, **given)

    def get(self, path: str, **given: Any) -> TestResponse:
        return self("GET", path, **given)

    def post(self, path: str, **given: Any) -> TestResponse:
        return self("POST", path, **given)


def token_of(services: ApiServices, *scopes: Scope, mode: Mode = "test") -> str:
    """Make a client with a key, and return its token."""
    with services.database.transaction() as session:
        clients = Clients()
        client = clients.create_client(session, "Sales platform", mode, at=services.clock())
        new = clients.create_key(session, client.id, "First", scopes or tuple(Scope), at=services.clock())
    return new.token.reveal()
