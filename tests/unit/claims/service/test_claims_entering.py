"""Motor policies are registered, and losses reported on them, by the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from claims.api.bodies import MOTOR_POLICY_EXAMPLE
from claims.api.codes import SCOPES
from claims.domain.values import day_of
from claims.models import ClaimRow, MotorPolicyVersion
from esign.public.events import read_stream
from tests.claims_shell import ClaimsHouse
from tests.rooms import key_of
from tests.service import system_now


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def policy_body(**changes: Any) -> dict[str, Any]:
    today = day_of(system_now())
    period = {"starts_on": str(today - timedelta(days=9)), "ends_on": str(today)}
    return MOTOR_POLICY_EXAMPLE | period | changes


def test_registering_the_same_again_changes_nothing_and_anything_else_is_the_next_version(claims: ClaimsHouse) -> None:
    path = "/v1/motor-policies/CX33019900000001"
    first, again = (claims.house.call("PUT", path, json=policy_body()).get_json() for _ in range(2))
    assert first == again == claims.house.call("GET", path).get_json()
    changed = claims.house.call("PUT", path, json=policy_body(grade=1)).get_json()
    assert changed["sha256"] != first["sha256"]
    with claims.house.database.reading() as session:
        versions = session.scalars(select(MotorPolicyVersion).filter_by(number=path[-16:])).all()
    assert {one.digest for one in versions} == {first["sha256"], changed["sha256"]}
    assert code(claims.house.call("PUT", "/v1/motor-policies/X1", json=policy_body())) == (422, "motor-policy-number")


def test_a_claim_keeps_the_version_of_the_policy_that_it_was_reported_on(claims: ClaimsHouse) -> None:
    number = claims.register()
    claim = claims.report(number)
    before = claims.state(claim).reported
    changed = claims.house.call("PUT", f"/v1/motor-policies/{number}", json=policy_body(grade=0)).get_json()
    assert changed["sha256"] != before.cover_digest
    with claims.house.database.reading() as session:
        assert claims.office.policy_of(session, claims.state(claim)).grade == -2


def test_a_policy_of_another_client_is_as_none(claims: ClaimsHouse) -> None:
    number, claim = claims.register(), claims.report()
    other = key_of(claims.house.database, claims.house.process.rooms.scopes, *SCOPES)
    assert code(claims.house.call("GET", f"/v1/motor-policies/{number}", other)) == (404, "no-motor-policy")
    assert code(claims.house.call("GET", f"/v1/claims/{claim}", other)) == (404, "no-claim")
    reported = claims.house.call("POST", "/v1/claims", other, json=claims.body(policy=number))
    assert code(reported) == (404, "no-motor-policy")
    assert claims.house.call("GET", "/v1/claims", other).get_json()["items"] == []


def test_a_report_that_is_made_again_makes_no_second_claim(claims: ClaimsHouse) -> None:
    body = claims.body(policy=claims.register(), external_id="call-1")
    first, again = (claims.house.call("POST", "/v1/claims", json=body).get_json() for _ in range(2))
    assert first["id"] == again["id"]
    other = claims.house.call("POST", "/v1/claims", json=body | {"estimate": "1300.00"})
    assert code(other) == (409, "claim-name-taken")


def test_a_loss_outside_the_period_or_still_to_come_is_refused(claims: ClaimsHouse) -> None:
    number = claims.register()
    early = (system_now() - timedelta(days=300)).isoformat()
    late = (system_now() + timedelta(days=30)).isoformat()
    for occurred_at, refused in ((early, "motor-policy-not-in-force"), (late, "loss-in-future")):
        answer = claims.house.call("POST", "/v1/claims", json=claims.body(policy=number, occurred_at=occurred_at))
        assert code(answer) == (409, refused)


def test_nothing_of_a_person_is_in_the_trail_or_in_rows(claims: ClaimsHouse) -> None:
    claim = claims.report()
    claims.to_offer(claim).agree(claim).payee(claim).advance(claim)
    with claims.house.database.reading() as session:
        row = session.get_one(ClaimRow, claim)
        told = repr([dict(event.payload) for event in read_stream(session, claim)]) + repr(vars(row))
    policy = claims.state(claim).reported.policy
    people = ("江一帆", f"138{policy[-8:]}", f"99010619880715{policy[-4:]}", f"栖B{policy[-5:]}", f"EF{policy[-6:]}")
    for personal in (*people, "槐荫路", f"{policy[-7:]}5183"):
        assert personal not in told


def test_a_claim_is_withdrawn_until_money_is_on_its_way(claims: ClaimsHouse) -> None:
    first, second = claims.report(), claims.report()
    path = f"/v1/claims/{first}/withdraw"
    assert claims.house.call("POST", path, json={"reason": "no-need"}).get_json()["state"] == "withdrawn"
    claims.to_offer(second).agree(second).payee(second).advance(second)
    refused = claims.house.call("POST", f"/v1/claims/{second}/withdraw", json={"reason": "no-need"})
    assert code(refused) == (409, "claim-closed")
