"""A client tells when a contract ended, and sees until when what the envelope left is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from esign.retention.periods import day_of
from esign.retention.projection import retention_projection
from esign.trail.consumers import catch_up
from tests.service import system_now
from tests.unit.api.client_office import *  # noqa: F403
from tests.unit.api.client_office import Office, code_of


def follow(office: Office) -> None:
    """Let the rows of retention be made of what happened."""
    office.tend()
    catch_up(office.desk.service.ports.database, retention_projection())


def kept(told: dict[str, Any]) -> dict[str, str | None]:
    return {one["kind"]: one["until"] for one in told["kept"]}


def test_what_is_kept_is_held_until_the_client_tells_the_end_and_then_for_the_legal_period(
    office: Office, contract: bytes
) -> None:
    made = office.make(contract)
    home, today = f"/v1/envelopes/{made['id']}", day_of(system_now())
    assert office.client.get(f"{home}/retention").get_json()["kept"] == []
    early = {"ended_on": today.isoformat(), "term": "over-one-year"}
    assert code_of(office.client.post(f"{home}/contract-end", json=early)) == (409, "contract-not-made")
    office.complete(made)
    follow(office)
    before = office.client.get(f"{home}/retention").get_json()
    assert kept(before)["evidence"] is None
    assert kept(before)["photo"] is not None
    told = office.client.post(f"{home}/contract-end", json=early).get_json()
    assert (told["contract_ended_on"], told["term"], told["legal_hold"]) == (today.isoformat(), "over-one-year", False)
    assert kept(told)["documents"] == today.replace(year=today.year + 10).isoformat()
    shorter = office.client.post(f"{home}/contract-end", json={**early, "term": "up-to-one-year"}).get_json()
    assert kept(shorter)["documents"] == today.replace(year=today.year + 5).isoformat()
    again = office.client.post(f"{home}/contract-resume").get_json()
    assert kept(again) == kept(before)


def test_a_day_to_come_or_before_it_was_signed_or_a_term_that_is_none_is_refused_and_a_stranger_finds_nothing(
    office: Office, contract: bytes
) -> None:
    made = office.make(contract)
    office.complete(made)
    follow(office)
    home = f"/v1/envelopes/{made['id']}"
    tomorrow = (day_of(system_now()) + timedelta(days=1)).isoformat()
    to_come = office.client.post(f"{home}/contract-end", json={"ended_on": tomorrow, "term": "over-one-year"})
    assert code_of(to_come) == (422, "contract-end-future")
    yesterday = (day_of(system_now()) - timedelta(days=1)).isoformat()
    before = office.client.post(f"{home}/contract-end", json={"ended_on": yesterday, "term": "over-one-year"})
    assert code_of(before) == (422, "contract-end-early")
    for body in ({"ended_on": tomorrow}, {"ended_on": "soon", "term": "over-one-year"}, {"term": "over-one-year"}):
        assert code_of(office.client.post(f"{home}/contract-end", json=body)) == (422, "request-invalid")
    for path in ("contract-end", "contract-resume"):
        given = {"json": {"ended_on": "2026-01-31", "term": "over-one-year"}} if path == "contract-end" else {}
        assert code_of(office.other.post(f"{home}/{path}", **given)) == (404, "no-envelope")
