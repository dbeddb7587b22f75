"""Keys of the API as a resource: a client makes, lists and revokes its own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, Field, create_model

from esign.api.call import Call, Reply
from esign.api.errors import ApiError, Issue
from esign.api.json_body import Body
from esign.api.key_trail import KeyTrail
from esign.api.keys import Clients, KeyFacts
from esign.api.operations import Resource
from esign.api.own_envelopes import actor
from esign.api.pagination import Page, PageQuery, cut
from esign.api.scopes import RoomScope, Scope
from esign.api.services import ApiServices
from esign.infra.database import JsonValue

_NAME: Final = r"^\S(?:.*\S)?$"
_EXAMPLE: Final[dict[str, JsonValue]] = {
    "id": "key_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "name": "Sales platform",
    "scopes": ["envelopes:read", "envelopes:write"],
    "created_at": "2026-03-01T04:00:00Z",
    "expires_at": "2027-03-01T04:00:00Z",
    "revoked_at": None,
}


class NewKeyBody(Body):
    """The key that is wanted."""

    name: str = Field(min_length=1, max_length=120, pattern=_NAME, description="What it is for, in your words.")
    scopes: list[Annotated[Scope, Field(strict=False)]] = Field(
        min_length=1, max_length=len(Scope), description="None beyond those of the key that asks."
    )
    expires_at: AwareDatetime | None = Field(None, description="When it ends, with its offset; null for never.")


class KeyView(BaseModel):
    """A key, without its secret."""

    id: str
    name: str
    scopes: list[Scope | str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None = Field(description="Null while it works.")


class NewKeyView(KeyView):
    """A new key. `token` is told this once."""

    token: str = Field(description="What goes behind `Bearer`.")


class KeyPage(Page[KeyView]):
    """A page of keys, oldest first."""


def key_resource(services: ApiServices) -> Resource:
    """Return the operations on keys."""
    keys = Resource(
        "keys",
        "密钥",
        "API keys",
        "A key belongs to one client and works in that client's mode, test or live. Its secret is shown once and kept "
        "as a digest only. A revoked key stops within five seconds.",
    )
    clients, trail, new_key = Clients(services.scopes), KeyTrail(), _new_key_body(services.scopes)

    @keys.operation(
        "POST",
        "/v1/keys",
        access=Scope.KEYS_WRITE,
        zh="创建密钥",
        en="Make a key",
        about="The answer holds the token, this once.",
        body=new_key,
        answer=NewKeyView,
        status=201,
        problems=("scope-beyond-own",),
        example={
            "name": "Sales platform",
            "scopes": ["envelopes:read", "envelopes:write"],
            "expires_at": "2027-03-01T12:00:00+08:00",
        },
        answer_example={**_EXAMPLE, "token": f"esk_test_01k9x7m2qv8w3c5t6r4n0b1d2e.{'x' * 43}"},
    )
    def create(call: Call) -> Reply:
        body = call.body(NewKeyBody)
        if body.expires_at is not None and body.expires_at <= call.now:
            raise ApiError("request-invalid", issues=[Issue("/expires_at", "应为将来的时间", "must be to come")])
        if not body.name.isprintable():
            raise ApiError("request-invalid", issues=[Issue("/name", "含有控制字符", "has control characters")])
        with services.database.transaction() as session:
            made = clients.create_key(
                session,
                call.client.client,
                body.name,
                set(body.scopes),
                at=call.now,
                expires_at=body.expires_at,
                within=call.client.scopes,
            )
            trail.key_made(session, call.client.client, made.facts, actor=actor(call))
            view = NewKeyView(**dict(_view(made.facts)), token=made.token.reveal())
            return call.keep(session, Reply(view, status=201))

    @keys.operation(
        "GET",
        "/v1/keys",
        access=Scope.KEYS_READ,
        zh="列出密钥",
        en="List keys",
        about="Revoked and expired ones too.",
        query=PageQuery,
        answer=KeyPage,
        problems=("cursor-refused",),
        answer_example={"items": [_EXAMPLE], "next_cursor": None},
    )
    def listing(call: Call) -> Reply:
        query = call.query(PageQuery)
        with services.database.reading() as session:
            rows = clients.list_keys(session, call.client.client, after=query.after("keys"), at_most=query.limit + 1)
        shown, cursor = cut(rows, query, "keys", lambda facts: facts.id)
        return Reply(KeyPage(items=[_view(facts) for facts in shown], next_cursor=cursor))

    @keys.operation(
        "POST",
        "/v1/keys/<key>/revoke",
        access=Scope.KEYS_WRITE,
        zh="停用密钥",
        en="Revoke a key",
        about="It stops for good, within five seconds in every process. Revoking it again changes nothing.",
        answer=KeyView,
        problems=("no-key",),
        answer_example={**_EXAMPLE, "revoked_at": "2026-03-02T04:00:00Z"},
    )
    def revoke(call: Call) -> Reply:
        with services.database.transaction() as session:
            client, key = call.client.client, call.path["key"]
            facts, was_good = clients.revoke_key(session, client, key, at=call.now)
            if was_good:
                trail.key_revoked(session, client, key, actor=actor(call), at=call.now)
            return call.keep(session, Reply(_view(facts)))

    return keys


def _new_key_body(further: Collection[RoomScope]) -> type[NewKeyBody]:
    """Return the body with the scopes of rooms among its choices."""
    if not further:
        return NewKeyBody
    names = {name.replace(":", "_").replace("-", "_").upper(): str(name) for name in (*Scope, *further)}
    every = StrEnum("AnyScope", names)  # type: ignore[misc]  # no literal: what there is depends on the rooms
    body: type[NewKeyBody] = create_model(
        "NewKeyBody",
        __base__=NewKeyBody,
        __doc__=NewKeyBody.__doc__,
        scopes=(
            list[Annotated[every, Field(strict=False)]],
            Field(min_length=1, max_length=len(every), description="None beyond those of the key that asks."),
        ),
    )
    return body


def _view(facts: KeyFacts) -> KeyView:
    return KeyView(
        id=facts.id,
        name=facts.name,
        scopes=sorted(facts.scopes),
        created_at=facts.created_at,
        expires_at=facts.expires_at,
        revoked_at=facts.revoked_at,
    )
