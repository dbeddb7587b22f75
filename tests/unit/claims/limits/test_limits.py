"""Limits as data: the tiers of amounts, and the triage by them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from claims.domain.values import Agreement, Lane, SurveyWay
from claims.errors import ClaimDataBroken
from claims.limits.catalogue import TriageFacts, papers_free, tier_of, triage
from claims.limits.files import load_limits, read_limits
from claims.sheets import DATA, in_force, named

LIMITS = load_limits()[-1]
YUAN = 100


def facts(**changes: Any) -> TriageFacts:
    usual = {"injured": False, "third_party": False, "vip": False, "blocked": False, "person_asked": False}
    return TriageFacts(**{"estimate": 1200 * YUAN, "cause": "scratch", **usual, **changes})


@pytest.mark.parametrize(
    ("yuan", "code", "minutes", "approvals"),
    [
        (2000, "document-free", 30, 0),
        (2000.01, "at-once", 60, 0),
        (5000, "at-once", 60, 0),
        (10_000, "within-a-day", 1440, 1),
        (10_000.01, "ordinary", 14_400, 2),
    ],
)
def test_a_tier_goes_up_to_its_amount(yuan: float, code: str, minutes: int, approvals: int) -> None:
    tier = tier_of(LIMITS, round(yuan * YUAN))
    assert (tier.code, tier.pay_within, tier.approvals) == (code, minutes, approvals)
    assert tier.agreement is (Agreement.SIGNATURE if code == "ordinary" else Agreement.CODE)


def test_small_damage_and_small_injuries_need_no_papers() -> None:
    assert papers_free(LIMITS, 2000 * YUAN, 3000 * YUAN)
    assert not papers_free(LIMITS, 2000 * YUAN, 3000 * YUAN + 1)
    assert not papers_free(LIMITS, 2000 * YUAN + 1, 0)


@pytest.mark.parametrize(
    ("changes", "lane", "way"),
    [
        ({}, Lane.EXPRESS, SurveyWay.SELF_SERVICE),
        ({"vip": True}, Lane.VIP, SurveyWay.SELF_SERVICE),
        ({"blocked": True, "vip": True}, Lane.BLOCKED, SurveyWay.SURVEYOR),
        ({"injured": True}, Lane.ORDINARY, SurveyWay.SURVEYOR),
        ({"third_party": True}, Lane.ORDINARY, SurveyWay.SELF_SERVICE),
        ({"cause": "flood"}, Lane.ORDINARY, SurveyWay.SELF_SERVICE),
        ({"person_asked": True}, Lane.ORDINARY, SurveyWay.SURVEYOR),
        ({"estimate": 5001 * YUAN}, Lane.ORDINARY, SurveyWay.SELF_SERVICE),
        ({"estimate": 10_001 * YUAN}, Lane.ORDINARY, SurveyWay.SURVEYOR),
    ],
)
def test_a_claim_is_triaged_with_its_reasons(changes: dict[str, Any], lane: Lane, way: SurveyWay) -> None:
    made = triage(LIMITS, facts(**changes))
    assert (made.lane, made.way) == (lane, way)
    assert made.reasons


def changed(**changes: Any) -> bytes:
    return json.dumps(json.loads((DATA / "limits" / "2026-1.json").read_bytes()) | changes).encode()


def tiers(**changes: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(changed())["tiers"]
    found[1] |= changes
    return found


@pytest.mark.parametrize(
    "changes",
    [
        {"tiers": []},
        {"tiers": tiers(upto_yuan=2000)},
        {"tiers": tiers(upto_yuan=None)},
        {"tiers": tiers(approvals=2)},
        {"tiers": tiers(code="document-free")},
        {"tiers": tiers(papers="no")},
        {"express_upto_yuan": 10_001},
        {"unknown": 1},
    ],
)
def test_limits_of_another_form_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ClaimDataBroken):
        read_limits(changed(**changes))


def test_the_version_in_force_is_the_last_that_began() -> None:
    later = read_limits(changed(version="2027-1", effective_from="2027-01-01"))
    both = (LIMITS, later)
    assert in_force(both, date(2026, 12, 31)) is LIMITS
    assert in_force(both, date(2027, 1, 1)) is later
    assert named(both, "2026-1") is LIMITS
    with pytest.raises(ClaimDataBroken):
        in_force(both, date(2025, 12, 31))
    with pytest.raises(ClaimDataBroken):
        named(both, "2025-1")
