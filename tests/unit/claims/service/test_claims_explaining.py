"""Who is told what about a score: the customer in plain words, the handler with points, a person for whoever asks."""

from __future__ import annotations

from typing import Any

import pytest

from claims.api.codes import READ, WRITE
from claims.domain import commands as c
from claims.domain.values import Lane
from tests.claims_shell import HANDLER, LEAD, ClaimsHouse
from tests.rooms import key_of
from tests.service import system_now
from tests.unit.claims.service.test_claims_entering import policy_body


def explained(claims: ClaimsHouse, claim: str) -> dict[str, Any]:
    answer = claims.house.call("GET", f"/v1/claims/{claim}/explanation")
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


@pytest.fixture(scope="module")
def refused_before(claims: ClaimsHouse) -> str:
    """A claim of somebody who was refused for fraud: a hard stop."""
    policy = claims.register()
    first = claims.report(policy)
    claims.give(first, lambda _state: c.Refuse(at=system_now(), reasons=("fraud",), words="wrd_1", by=HANDLER))
    claim = claims.report(policy)
    claims.advance(claim)
    return claim


def test_the_customer_of_a_low_score_reads_that_all_is_as_usual(claims: ClaimsHouse) -> None:
    claim = claims.report()
    told = explained(claims.advance(claim), claim)
    assert (told["lane"], told["can_ask"], told["person_asked"]) == ("express", True, False)
    assert told["zh"].startswith("您的赔案正在按正常流程办理")
    assert told["en"].startswith("Your claim is taking its normal course")


def test_before_anything_was_looked_at_nobody_is_told_that_all_is_in_order(claims: ClaimsHouse) -> None:
    assert explained(claims, claims.report())["en"].startswith("We have just received your report")


def test_whoever_was_refused_is_told_by_whom_and_not_that_it_is_no_refusal(claims: ClaimsHouse) -> None:
    other = claims.report()
    claims.advance(other)
    claims.give(other, lambda _state: c.Refuse(at=system_now(), reasons=("not-covered",), words="wrd_2", by=HANDLER))
    told = explained(claims, other)
    assert told["zh"] == "这个决定是理赔人员看过您的赔案之后作的，不是评分作的。您可以请专人打电话给您解释。"
    assert "not a refusal" not in told["en"]


def test_a_claim_that_is_paid_is_not_said_to_be_on_its_way(claims: ClaimsHouse) -> None:
    claim = claims.report()
    claims.to_offer(claim).agree(claim).payee(claim).advance(claim)
    assert explained(claims, claim)["en"] in ("Your claim is paid.", "Your claim is finished.")


def test_the_customer_of_a_blocked_claim_reads_what_is_looked_at_and_no_number(
    claims: ClaimsHouse, refused_before: str
) -> None:
    told = explained(claims, refused_before)
    assert told["lane"] == "blocked"
    assert "这不是拒赔" in told["zh"]
    assert "This is not a refusal" in told["en"]
    assert not any(one.isdigit() for one in told["zh"] + told["en"])


def test_handlers_see_points_and_words_and_nobody_without_the_scope_does(
    claims: ClaimsHouse, refused_before: str
) -> None:
    path = f"/v1/claims/{refused_before}"
    scores = {one["step"]: one for one in claims.house.call("GET", path).get_json()["scores"]}
    assert list(scores) == ["report", "vehicle-policy", "history-network"]
    history = scores["history-network"]
    assert (history["hard_stop"], history["to_people"]) == (True, True)
    assert {"point": "R097", "strength": "hard-stop", "weight": 100} in history["points"]
    assert "R102" in history["not_observed"]
    assert history["en"].startswith("History and network: 1")
    assert "1 earlier claim was found to be fraudulent (100)." in history["en"]
    listed = claims.house.call("GET", "/v1/claims?limit=1").get_json()["items"]
    assert listed[0]["scores"] is None


def test_a_key_without_the_scope_sees_the_lane_and_no_score(claims: ClaimsHouse) -> None:
    key = key_of(claims.house.database, claims.house.process.rooms.scopes, READ, WRITE)
    number = "CX33019988000001"
    assert claims.house.call("PUT", f"/v1/motor-policies/{number}", key, json=policy_body()).status_code == 200
    made = claims.house.call("POST", "/v1/claims", key, json=claims.body(number)).get_json()
    claims.advance(made["id"])
    shown = claims.house.call("GET", f"/v1/claims/{made['id']}", key).get_json()
    assert (shown["lane"], shown["scores"]) == (claims.state(made["id"]).lane.value, None)


def test_whoever_asks_for_a_person_is_called_back_and_nothing_more_is_decided_by_itself(claims: ClaimsHouse) -> None:
    claim = claims.report()
    claims.advance(claim)
    path = f"/v1/claims/{claim}/ask-for-person"
    first, again = (claims.house.call("POST", path).get_json() for _ in range(2))
    assert first["next"] == again["next"]
    assert ("handler", "call-back") in [(one["actor"], one["act"]) for one in first["next"]]
    state = claims.state(claim)
    assert (state.person_asked, state.lane, len(state.callbacks)) == (True, Lane.ORDINARY, 1)
    told = explained(claims, claim)
    assert (told["person_asked"], told["can_ask"]) == (True, False)
    assert told["en"].endswith("The person you asked for will call you soon.")


def test_a_claim_that_is_over_takes_no_question_for_a_person(claims: ClaimsHouse) -> None:
    claim = claims.report()
    claims.house.call("POST", f"/v1/claims/{claim}/withdraw", json={"reason": "no-need"})
    refused = claims.house.call("POST", f"/v1/claims/{claim}/ask-for-person")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "claim-withdrawn")
    assert explained(claims, claim)["can_ask"] is False


def test_a_block_that_a_person_overturned_is_told_as_looked_at(claims: ClaimsHouse, refused_before: str) -> None:
    claims.give(refused_before, lambda _state: c.ReviewBlock(at=system_now(), released=True, reason="wrd_9", by=LEAD))
    assert explained(claims, refused_before)["en"].startswith("One of our claims staff has looked at your claim")
