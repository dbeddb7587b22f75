"""Service requests by the API: what is taken, what is refused and at which place, and whose they are."""

from __future__ import annotations

from typing import Any

import pytest

from esign.public.events import ConcurrentChange
from policy.domain import commands as c
from policy.domain.request_events import RequestKind
from policy.domain.requests import EnterRequest
from policy.proposing.findings import Finding
from policy.requests.entering import Look, Requesting
from policy.requests.sending import NOT_SIGNED, SIGNED_WITHIN
from policy.requests.sweeping import RequestSweep
from policy.service.numbers import NumberKind, take_number
from policy.wish import Wish
from tests.service import system_now
from tests.unit.policy.requests.served import BODY, CONTACT, Served


@pytest.fixture(scope="module")
def policy(served: Served) -> str:
    """A policy in force about which nothing is entered that can be."""
    return served.policy()


def heirs(*shares: int, **changes: Any) -> dict[str, Any]:
    rows = [{**BODY["beneficiaries"][n], "share": share, **changes} for n, share in enumerate(shares)]  # type: ignore[dict-item]
    return {"kind": "beneficiary", "beneficiaries": rows}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (heirs(40, 50), "/beneficiaries"),
        (heirs(50, 50), "/beneficiaries"),
        (heirs(100, name="于\U00031350"), "/beneficiaries/0/name"),
        (heirs(100, id_number="990106199105192219"), "/beneficiaries/0/id_number"),
        (heirs(100, is_insureds="self"), "/beneficiaries/0/is_insureds"),
        ({"kind": "beneficiary"}, "/beneficiaries"),
        ({"kind": "address"}, "/address"),
        ({"kind": "address", "phone": "12"}, "/phone"),
        ({"kind": "address", "phone": "13700001111"}, "/phone"),
        ({"kind": "address", "address": "短"}, "/address"),
        ({"kind": "address", "email": "nobody"}, "/email"),
        ({"kind": "address", "address": "栖川市望潮区\U0001f600路 9 号"}, "/address"),
        ({"kind": "cancellation", "phone": "13600009911"}, "/phone"),
        ({"kind": "address", "phone": "13600009911", "beneficiaries": []}, "/beneficiaries"),
        ({"kind": "loan"}, "/kind"),
    ],
)
def test_what_is_the_matter_is_told_at_its_place(
    served: Served, policy: str, body: dict[str, Any], pointer: str
) -> None:
    told = served.ask(policy, body)
    assert told.status_code == 422, told.text
    assert [one["pointer"] for one in told.get_json()["errors"]] == [pointer]


def test_the_same_under_one_name_is_the_same_and_something_else_is_refused(served: Served) -> None:
    proposal = served.policy()
    body = {"kind": "address", "phone": CONTACT.phone, "external_id": f"call-{proposal}"}
    first = served.ask(proposal, body)
    again = served.ask(proposal, body)
    assert (first.status_code, again.get_json()["id"]) == (201, first.get_json()["id"])
    other = served.ask(proposal, {**body, "phone": "13600009922"})
    assert (other.status_code, other.get_json()["code"]) == (409, "request-name-taken")


def test_one_request_of_a_kind_is_open_at_a_time_and_others_beside_it(served: Served) -> None:
    proposal = served.policy()
    first = served.ask(proposal, BODY).get_json()
    assert served.ask(proposal, BODY).get_json()["code"] == "request-open"
    assert served.ask(proposal, {"kind": "cancellation"}).status_code == 201
    served.call("POST", f"/v1/requests/{first['id']}/refuse", json={"reason": "wrong-details"})
    assert served.ask(proposal, BODY).status_code == 201


def test_nothing_is_asked_of_a_policy_that_is_not_there_or_not_any_more(served: Served) -> None:
    proposal = served.room.enter()
    assert served.ask(proposal, BODY).get_json()["code"] == "proposal-entered"
    issued = served.policy()
    served.room.give(issued, c.Cancel)
    assert served.ask(issued, BODY).get_json()["code"] == "proposal-cancelled"


def test_another_client_sees_nothing_of_it(served: Served) -> None:
    proposal = served.policy()
    request = served.ask(proposal, BODY).get_json()["id"]
    stranger = served.client()
    assert served.ask(proposal, BODY, stranger).status_code == 404
    for path in ("", "/document", "/endorsement"):
        assert served.call("GET", f"/v1/requests/{request}{path}", stranger).status_code == 404
    for act, body in (("send", {}), ("refuse", {"reason": "wrong-details"})):
        assert served.call("POST", f"/v1/requests/{request}/{act}", stranger, json=body).status_code == 404
    assert served.call("GET", "/v1/requests", stranger).get_json()["items"] == []
    mine = served.call("GET", f"/v1/requests?proposal={proposal}").get_json()["items"]
    assert [one["id"] for one in mine] == [request]


def test_there_is_no_paper_before_it_is_signed_and_no_refusal_after_it_is_done(served: Served) -> None:
    proposal = served.policy()
    request = served.ask(proposal, {"kind": "cancellation"}).get_json()
    assert (request["refund"], request["premiums_paid"]) == ("8040.00", "8040.00")
    told = served.call("GET", f"/v1/requests/{request['id']}/document")
    assert (told.status_code, told.get_json()["code"]) == (404, "no-signed-request")
    served.sign_on_paper(request["id"])
    served.doing.do(request["id"])
    told = served.call("GET", f"/v1/requests/{request['id']}/endorsement")
    assert (told.status_code, told.get_json()["code"]) == (404, "no-endorsement")
    late = served.call("POST", f"/v1/requests/{request['id']}/refuse", json={"reason": "wrong-details"})
    assert (late.status_code, late.get_json()["code"]) == (409, "request-done")


def test_a_request_that_was_not_signed_in_its_days_is_sent_no_more_and_gives_way(served: Served) -> None:
    """Otherwise a cancellation that was entered inside the period would be an option for years."""
    key = served.client()
    proposal = served.policy(key)
    request = served.ask(proposal, {"kind": "cancellation"}, key).get_json()["id"]
    served.wait(proposal, SIGNED_WITHIN.days + 1)
    told = served.call("POST", f"/v1/requests/{request}/send", key)
    assert (told.status_code, told.get_json()["code"]) == (409, "request-over")
    assert served.ask(proposal, {"kind": "cancellation"}, key).status_code == 201
    assert served.told(request, key)["reason"] == NOT_SIGNED


def test_the_sweep_refuses_what_was_not_signed_in_its_days_and_tells(served: Served) -> None:
    proposal = served.policy()
    request = served.enter(proposal, Wish(RequestKind.CANCELLATION))
    office, long_ago = served.room.office, system_now() - SIGNED_WITHIN * 2
    with office.house.database.transaction() as session:
        state = served.register.get(session, request)
        old = EnterRequest(
            at=long_ago,
            kind=RequestKind.CANCELLATION,
            proposal=proposal,
            policy=state.policy,
            record=state.record,
            digest=state.digest,
            insured=state.signers[0],
            hesitation_ends=None,
        )
        office.requests.execute(session, "srq_longago", old, actor="tests")
        take_number(session, NumberKind.REQUEST, "srq_longago", long_ago.date())
    assert RequestSweep(served.register).sweep() >= 1
    assert served.told("srq_longago")["reason"] == NOT_SIGNED
    assert served.told(request)["state"] == "entered"
    assert [kind for kind, _ in served.messages("srq_longago")] == ["policy-request-refused"]


def test_a_request_that_is_read_before_midnight_is_not_entered_after_it(served: Served) -> None:
    key = served.client()
    proposal = served.policy(key)
    requesting = Requesting(served.register)
    findings = requesting.findings

    def meanwhile(look: Look, wish: Wish) -> tuple[Finding, ...]:
        served.wait(proposal, 1)
        return findings(look, wish)

    requesting.findings = meanwhile  # type: ignore[method-assign]
    with pytest.raises(ConcurrentChange):
        requesting.enter(None, proposal, CONTACT, external_id=None, actor="tests")
    assert served.call("GET", f"/v1/requests?proposal={proposal}", key).get_json()["items"] == []
