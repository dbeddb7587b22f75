"""Every page and form of one claim at the console, asked for by staff who do not see the claim: none tells or does."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.unit.claims import claims_office as staff
from tests.unit.claims.claims_desk import HERE, ClaimsDesk

PARTS = {"clock": "triage", "picture": "pic_none", "name": "survey"}
ACTS = {
    "dispatch": ("place", "send", "nobody"),
    "hotline": ("take", "link", "self-service", "surveyor", "ask", "call", "called", "injury"),
    "parts": ("ask", "order", "delivered", "cancel"),
    "do": ("take", "hand-over", "called-back", "verify", "payee", "approve-payment", "advance", "withdraw", "refuse"),
}
"""What is done by forms that share a page, by the part of its path."""
TYPED = {"reason": "other", "words": "x", "yuan": "1", "passed": "yes", "typed": "30.2, 120.1", "fault": "100"}


def routes(desk: ClaimsDesk, claim: str) -> list[tuple[str, str]]:
    """Return method and path of each that is about a claim, with the claim's id in it."""
    found = []
    for rule in desk.office.console.console.url_map.iter_rules():
        if rule.rule.startswith(HERE) and "claim" in rule.arguments:
            given: dict[str, Any] = {name: PARTS.get(name, "x") for name in rule.arguments} | {"claim": claim}
            acts = next((acts for part, acts in ACTS.items() if f"/{part}/" in rule.rule), ())
            for act in acts if "act" in rule.arguments else ("",):
                _, path = rule.build({**given, "act": act} if act else given) or ("", "")
                found += [(method, path) for method in sorted(rule.methods or ()) if method in ("GET", "POST")]
    return found


@pytest.mark.parametrize("login", [staff.LEAD, staff.MANAGER, staff.HANDLER, staff.SURVEYOR, staff.DESK])
def test_a_claim_that_is_out_of_sight_is_as_one_that_is_not_there(desk: ClaimsDesk, login: str) -> None:
    claim = desk.claims.report(desk.claims.register(institution="ins_stranger"))
    member, before = desk.office.staff[login], desk.claims.house.events(claim)
    token = member.form(f"{HERE}?show=all", "/console/logout").fields["form_token"]
    asked = routes(desk, claim)

    def send(method: str, path: str) -> TestResponse:
        return member.get(path) if method == "GET" else member.post(path, {"form_token": token, **TYPED})

    assert len(asked) > 40
    for method, path in asked:
        told = send(method, path)
        assert told.status_code in (403, 404, 409, 422), (method, path, told.status_code)
        if login == staff.LEAD:
            assert told.status_code == send(method, path.replace(claim, "clm_none")).status_code, (method, path)
        assert "江一帆" not in told.text, (method, path)
    assert desk.claims.house.events(claim) == before
