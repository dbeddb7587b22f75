"""What is kept of requests: found again as it was, erased with the policy, and readable for other rooms."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select

from esign.public.events import plain_payload, rebuild
from esign.trail.log import read_from
from policy.documents.values import AddressChange, BeneficiaryChange, Cancellation, Change, Surrender
from policy.domain.request_events import RequestKind
from policy.domain.requests import FinishRequest
from policy.errors import PolicyDataBroken
from policy.models import EnvelopeOf, RequestName, RequestRow
from policy.requests.entering import _digest
from policy.service.in_force import changed_by
from policy.service.keeping import records_about
from policy.service.office import CARRY_OUT
from policy.service.projection import clear_requests
from policy.service.request_records import encode_change, parse_change
from policy.wish import Wish
from tests.service import system_now
from tests.unit.policy.policy_people import MOTHER, SON, for_a_child, for_himself, proposal
from tests.unit.policy.requests.served import BODY, CONTACT, HEIRS, Served

ACCOUNT = ("栖川银行望潮支行", "6200331099875183", "于文山")
CHANGES: dict[RequestKind, Change] = {
    RequestKind.BENEFICIARY: BeneficiaryChange(HEIRS, (), insured_signs=False, guardian="周桂兰"),
    RequestKind.ADDRESS: AddressChange(phone="13600009911"),
    RequestKind.SURRENDER: Surrender(Decimal("24120.00"), Decimal("8001.37"), Decimal("0.00"), *ACCOUNT),
    RequestKind.CANCELLATION: Cancellation(None, date(2026, 12, 10), Decimal("24120.00"), Decimal("0.00"), *ACCOUNT),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_comes_back_as_it_went_in_and_nothing_else_does(kind: RequestKind) -> None:
    encoded = encode_change(kind, CHANGES[kind], "5a" * 32)
    assert parse_change(encoded) == CHANGES[kind] == parse_change(encode_change(kind, CHANGES[kind], ""))
    told = json.loads(encoded)
    for wrong in (b"{}", encoded + b" ", json.dumps({**told, "schema": "request/2"}).encode(), b"x" * 70_000):
        with pytest.raises(PolicyDataBroken):
            parse_change(wrong)


def test_who_insures_themselves_is_reached_anew_in_both_parts_and_a_guardian_too() -> None:
    change = AddressChange(address="栖川市望潮区临江路 9 号 1 幢 101 室", email="new@example.com")
    himself = changed_by(for_himself(), change)
    assert himself.applicant == himself.insured == replace(SON, address=change.address, email=change.email)
    child = changed_by(for_a_child(), change)
    assert child.guardian is not None and child.guardian.party == child.applicant
    assert child.insured == for_a_child().insured
    assert changed_by(proposal(), change).insured == MOTHER
    assert changed_by(proposal(), CHANGES[RequestKind.SURRENDER]) == proposal()


def about(served: Served, *subjects: str) -> set[str]:
    with served.room.office.house.database.reading() as session:
        return set(records_about(session, subjects))


def record_of(served: Served, request: str) -> str:
    with served.room.office.house.database.reading() as session:
        return served.register.get(session, request).record


def test_what_a_request_says_goes_with_its_envelope_or_with_the_policy(served: Served) -> None:
    proposal = served.policy()
    sold = served.room.state(proposal).sent[-1]
    request = served.ask(proposal, {**BODY, "send": True}).get_json()
    record = record_of(served, request["id"])
    assert about(served, request["envelope"]) == set(), "it is being signed"
    assert about(served, sold) == set(), "and needs the policy for it"
    served.call("POST", f"/v1/requests/{request['id']}/refuse", json={"reason": "wrong-details"})
    assert about(served, request["envelope"]) == {record}
    assert record in about(served, sold)


def test_what_a_done_request_says_stays_as_long_as_it_is_in_force(served: Served) -> None:
    proposal = served.policy()
    request = served.enter(proposal, CONTACT)
    served.sign_on_paper(request)
    with served.room.office.house.database.transaction() as session:
        served.register.execute(session, request, FinishRequest(at=system_now()), actor="tests")
        served.room.office.house.tasks.end(session, CARRY_OUT, request)
        envelope = session.scalars(select(EnvelopeOf.envelope).filter_by(subject=request)).one()
    assert about(served, envelope) == set()
    assert record_of(served, request) in about(served, served.room.state(proposal).sent[-1])


def test_the_rows_made_anew_are_the_rows_that_were(served: Served) -> None:
    served.enter(served.policy(), CONTACT)

    def rows() -> list[Any]:
        with served.room.office.house.database.reading() as session:
            return sorted(
                sorted((name, repr(value)) for name, value in vars(row).items() if name[0] != "_")
                for row in session.scalars(select(RequestRow))
            )

    served.room.house.worker._keeper.place()
    before = rows()
    database, requests = served.room.office.house.database, served.room.office.requests
    assert rebuild(database, requests.projection("policy-requests-anew", clear_requests)) > 0
    assert rows() == before


def test_another_room_learns_from_the_trail_alone_which_policies_run_and_for_whom(served: Served) -> None:
    """As `claims` would: events and records, and nothing of this package."""
    running, ended = served.policy(), served.policy()
    request = served.enter(ended, Wish(RequestKind.CANCELLATION))
    served.sign_on_paper(request)
    served.doing.do(request)
    served.room.house.worker._keeper.place()
    policies: dict[str, dict[str, Any]] = {}
    records = served.room.office.house.records
    with served.room.house.database.reading() as session:
        for logged in read_from(session, 0, 100_000):
            event, told = logged.event, plain_payload(logged.event)
            if event.type == "proposal.entered":
                policies[event.stream] = {"record": told["record"]}
            elif event.type == "policy.issued":
                policies[event.stream] |= {"number": told["policy"], "from": told["effective_on"]}
            elif event.type in ("policy.cancelled", "policy.surrendered"):
                assert policies[event.stream]["number"] == told["policy"]
                policies[event.stream]["until"] = told["ended_on"]
        content = json.loads(records.read(session, policies[running]["record"]))
    assert "until" not in policies[running] and policies[ended]["until"] >= policies[ended]["from"]
    assert content["schema"] == "proposal/1"
    assert content["proposal"]["insured"]["name"] == "叶小禾"


def test_nobody_finds_a_phone_by_trying_all_against_the_digests_that_outlive_it(served: Served) -> None:
    proposal = served.policy()
    wish, body = Wish(RequestKind.ADDRESS, phone="13600009911"), {"kind": "address", "phone": "13600009911"}
    told = served.ask(proposal, {**body, "external_id": "guess-1"}).get_json()["id"]
    guess = encode_change(wish.kind, AddressChange(phone=wish.phone), "")
    with served.room.office.house.database.reading() as session:
        state = served.register.get(session, told)
        kept = served.room.office.house.records.read(session, state.record)
        name = session.scalars(select(RequestName).filter_by(request=told)).one()
    assert state.digest == sha256(kept).hexdigest() != sha256(guess).hexdigest()
    assert name.asked != _digest(proposal, wish, "")
    assert served.ask(proposal, {**body, "external_id": "guess-1"}).get_json()["id"] == told
    assert served.ask(proposal, {**body, "phone": "13600009912", "external_id": "guess-1"}).status_code == 409
    with served.room.office.house.database.transaction() as session:
        served.room.office.house.records.erase(session, state.record, at=system_now())
    taken = served.ask(proposal, {**body, "external_id": "guess-1"})
    assert taken.get_json()["code"] == "request-name-taken", "what was asked for cannot be told any more"
