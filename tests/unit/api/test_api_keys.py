from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest
from sqlalchemy import select, text

from esign.api.app import create_api
from esign.api.authentication import REMEMBERED, VerifiedKeys
from esign.api.errors import ApiError
from esign.api.keys import Clients, NewKey
from esign.api.models import ApiKey
from esign.api.scopes import SCOPE_WORDS, Scope
from esign.api.services import ApiServices
from esign.infra.database import Database
from esign.trail.log import read_stream
from tests.unit.api.invented_api import NOON, Acts, Caller, Moment, invented, token_of

CLIENTS = Clients()


def made(database: Database, *scopes: Scope, expires: float | None = None) -> tuple[str, NewKey]:
    expires_at = NOON + timedelta(hours=expires) if expires is not None else None
    with database.transaction() as session:
        client = CLIENTS.create_client(session, "Sales platform", "test", at=NOON)
        wanted = scopes or (Scope.ENVELOPES_READ,)
        return client.id, CLIENTS.create_key(session, client.id, "First", wanted, at=NOON, expires_at=expires_at)


def test_a_key_is_verified_by_its_token_alone(database: Database) -> None:
    client, new = made(database, Scope.ENVELOPES_READ, Scope.EVENTS_READ)
    with database.reading() as session:
        caller = CLIENTS.verify(session, new.token.reveal(), at=NOON)
    assert caller is not None
    assert (caller.client, caller.key, caller.mode) == (client, new.facts.id, "test")
    assert caller.scopes == {Scope.ENVELOPES_READ, Scope.EVENTS_READ}


def test_the_secret_is_kept_as_a_digest_only(database: Database) -> None:
    _, new = made(database)
    prefix, secret = new.token.reveal().split(".")
    assert prefix == f"esk_test_{new.facts.id.removeprefix('key_')}"
    assert len(secret) == 43
    with database.reading() as session:
        row = session.scalars(select(ApiKey)).one()
        assert bytes(row.digest) == hashlib.sha256(secret.encode()).digest()
        assert secret not in str(session.execute(text("SELECT * FROM api_keys")).all())
    assert secret not in repr(new)


def test_a_token_that_differs_in_anything_is_refused(database: Database) -> None:
    _, new = made(database)
    token = new.token.reveal()
    last = "A" if token[-1] != "A" else "B"
    wrong = (token[:-1] + last, token.replace("_test_", "_live_"), token + "x", token.upper(), "", f"{token}\n")
    with database.reading() as session:
        assert [CLIENTS.verify(session, other, at=NOON) for other in wrong] == [None] * len(wrong)


def test_an_expired_or_revoked_key_is_refused(database: Database) -> None:
    client, new = made(database, expires=1)
    with database.reading() as session:
        assert CLIENTS.verify(session, new.token.reveal(), at=NOON + timedelta(minutes=59)) is not None
        assert CLIENTS.verify(session, new.token.reveal(), at=NOON + timedelta(hours=1)) is None
    with database.transaction() as session:
        CLIENTS.revoke_key(session, client, new.facts.id, at=NOON)
    with database.reading() as session:
        assert CLIENTS.verify(session, new.token.reveal(), at=NOON) is None


def test_the_first_revocation_counts(database: Database) -> None:
    client, new = made(database)
    with database.transaction() as session:
        CLIENTS.revoke_key(session, client, new.facts.id, at=NOON)
        again, was_good = CLIENTS.revoke_key(session, client, new.facts.id, at=NOON + timedelta(days=1))
    assert (again.revoked_at, was_good) == (NOON, False)


def test_a_client_neither_sees_nor_revokes_anothers_key(database: Database) -> None:
    _, new = made(database)
    other, _ = made(database)
    with database.transaction() as session, pytest.raises(ApiError) as caught:
        CLIENTS.revoke_key(session, other, new.facts.id, at=NOON)
    assert caught.value.code == "no-key"
    with database.reading() as session:
        assert new.facts.id not in {facts.id for facts in CLIENTS.list_keys(session, other)}


def test_a_scope_that_this_version_does_not_know_opens_nothing(database: Database) -> None:
    _, new = made(database)
    with database.transaction() as session:
        session.get_one(ApiKey, new.facts.id).scopes = ["envelopes:read", "everything:write"]
    with database.reading() as session:
        caller = CLIENTS.verify(session, new.token.reveal(), at=NOON)
    assert caller is not None
    assert caller.scopes == {Scope.ENVELOPES_READ}


def test_a_verified_key_is_remembered_for_seconds_and_then_asked_for_again(database: Database, moment: Moment) -> None:
    client, new = made(database)
    verified = VerifiedKeys(database, CLIENTS, moment)
    assert verified.verify(new.token.reveal()) is not None
    with database.transaction() as session:
        CLIENTS.revoke_key(session, client, new.facts.id, at=NOON)
    moment.pass_by(seconds=REMEMBERED.total_seconds() - 1)
    assert verified.verify(new.token.reveal()) is not None
    moment.pass_by(seconds=1)
    assert verified.verify(new.token.reveal()) is None


def test_a_remembered_key_ends_with_its_expiry(database: Database, moment: Moment) -> None:
    _, new = made(database, expires=2 / 3600)
    verified = VerifiedKeys(database, CLIENTS, moment)
    assert verified.verify(new.token.reveal()) is not None
    moment.pass_by(seconds=2)
    assert verified.verify(new.token.reveal()) is None


def test_a_refusal_is_not_remembered(database: Database, moment: Moment) -> None:
    _, new = made(database)
    verified = VerifiedKeys(database, CLIENTS, moment)
    with database.transaction() as session:
        row = session.get_one(ApiKey, new.facts.id)
        digest, row.digest = row.digest, bytes(32)
    assert verified.verify(new.token.reveal()) is None
    with database.transaction() as session:
        session.get_one(ApiKey, new.facts.id).digest = digest
    assert verified.verify(new.token.reveal()) is not None


def test_a_key_made_over_the_api_works_and_its_token_is_not_told_again(caller: Caller) -> None:
    answer = caller.post("/v1/keys", json={"name": "Reports", "scopes": ["keys:read"]})
    assert answer.status_code == 201
    made_now = answer.get_json()
    reports = Caller.__new__(Caller)
    reports.__dict__ = {**caller.__dict__, "token": made_now.pop("token")}
    listed = reports.get("/v1/keys").get_json()["items"]
    assert made_now in listed
    assert all("token" not in key for key in listed)
    assert reports.post("/v1/keys", json={"name": "More", "scopes": ["keys:read"]}).status_code == 403


def test_a_key_grants_no_scope_beyond_its_own(api_caller_with_few: Caller) -> None:
    answer = api_caller_with_few.post("/v1/keys", json={"name": "More", "scopes": ["envelopes:write"]})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "scope-beyond-own")


@pytest.fixture
def api_caller_with_few(services: ApiServices) -> Caller:
    return Caller(create_api(services), token_of(services, Scope.KEYS_WRITE))


def test_a_key_is_revoked_over_the_api_and_all_of_it_is_in_the_trail(
    caller: Caller, services: ApiServices, moment: Moment
) -> None:
    key = caller.post("/v1/keys", json={"name": "Reports", "scopes": ["keys:read"]}).get_json()
    revoked = [caller.post(f"/v1/keys/{key['id']}/revoke").get_json() for _ in range(2)]
    assert {one["revoked_at"] for one in revoked} == {"2026-03-01T12:00:05Z"}
    with services.database.reading() as session:
        client = session.get_one(ApiKey, key["id"]).client
        told = [(one.type, one.actor, one.payload["key"]) for one in read_stream(session, client)]
    acts = ("api-key.made", "api-key.revoked")
    assert told == [(act, f"client:{client}", key["id"]) for act in acts]
    assert caller.post("/v1/keys/key_00000000000000000000000000/revoke").status_code == 404


def test_an_expiry_that_is_over_is_refused_at_its_place(caller: Caller) -> None:
    body = {"name": "Late", "scopes": ["keys:read"], "expires_at": "2026-03-01T12:00:00Z"}
    answer = caller.post("/v1/keys", json=body)
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, "/expires_at")


@pytest.mark.parametrize(("mode", "other"), [("live", "test"), ("test", "live")])
def test_a_key_opens_a_service_of_its_own_mode_alone(
    services: ApiServices, acts: Acts, mode: Literal["test", "live"], other: Literal["test", "live"]
) -> None:
    token = token_of(services, mode=mode)
    same = Caller(create_api(replace(services, mode=mode), [invented(services, acts)]), token)
    foreign = Caller(create_api(replace(services, mode=other), [invented(services, acts)]), token)
    refused = foreign.get("/v1/parties")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "mode-refused")
    assert same.get("/v1/parties").status_code == 200


def test_every_scope_has_words() -> None:
    assert set(SCOPE_WORDS) == set(Scope)
