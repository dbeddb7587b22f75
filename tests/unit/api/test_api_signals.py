"""Signals as a client sees them: with reasons, never with other clients' envelopes; held, and released in tests."""

from __future__ import annotations

from typing import Any

from esign.ceremony.domain.signals import USUALLY_HELD
from tests.service import YE, YU
from tests.unit.api.client_office import *  # noqa: F403
from tests.unit.api.client_office import Office, asked, code_of


def raised(office: Office, made: dict[str, Any], **changes: str) -> Any:
    recipient = changes.pop("recipient", made["recipients"][0]["id"])
    path = f"/v1/test/envelopes/{made['id']}/recipients/{recipient}/signals"
    return office.client.post(path, json={"finding": "staff-device", **changes})


def cleared(office: Office, made: dict[str, Any], signal: str) -> Any:
    return office.client.post(f"/v1/test/envelopes/{made['id']}/signals/{signal}/clear", json={"reason": "family"})


def test_a_held_envelope_says_so_and_goes_on_when_it_is_released(office: Office, contract: bytes) -> None:
    made = office.make(contract, hold_on=["staff-device"])
    assert made["hold_on"] == ["staff-device"]
    assert raised(office, made).status_code == 200
    for number, person in enumerate((YU, YE)):
        office.desk.play(office.state(made), number, person)
    office.desk.work()
    seen = office.see(made)
    assert (seen["state"], seen["held"]) == ("in_progress", True)
    assert [(one["actor"], one["act"]) for one in seen["next"]] == [("supervisor", "review-signal")]
    (signal,) = seen["signals"]
    assert signal["holds"]
    assert "logged in" in signal["reason"]
    after = cleared(office, made, signal["id"]).get_json()
    assert (after["state"], after["held"]) == ("sealing", False)
    assert after["signals"][0]["cleared_for"] == "family"
    office.desk.work()
    assert office.see(made)["state"] == "completed"
    office.tend()
    types = [one["type"] for one in office.client.get("/v1/events?limit=100").get_json()["items"]]
    assert [one for one in types if "signal" in one or "held" in one] == [
        "recipient.signal-raised",
        "envelope.held",
        "signal.cleared",
    ]


def test_in_test_mode_nothing_holds_that_was_not_asked_for(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    assert made["hold_on"] == []
    told = raised(office, made).get_json()
    assert not told["signals"][0]["holds"]
    assert USUALLY_HELD == ("staff-device", "near-identical-strokes")


def test_another_recipient_is_named_only_in_the_same_envelope(office: Office, contract: bytes) -> None:
    first = office.make(contract, recipients=[person(YU, "applicant"), person(YU, "insured", name="于小山")])
    both = {one["with_recipient"] for one in first["signals"]}
    assert [one["finding"] for one in first["signals"]] == ["shared-phone", "shared-phone"]
    assert both == {one["id"] for one in first["recipients"]}
    second = office.make(contract, recipients=[person(YU, "applicant", name="于二姑")])
    assert [(one["strength"], one["with_recipient"]) for one in second["signals"]] == [("strong", None)]


def person(one: Any, role: str, **changes: str) -> dict[str, Any]:
    return {"name": one.name, "phone": one.phone, "role": role, **changes}


def test_what_cannot_be_raised_or_cleared_is_refused(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    assert code_of(raised(office, made, finding="bad-feeling")) == (422, "signal-unknown")
    assert code_of(raised(office, made, recipient="rcp_stranger")) == (404, "no-recipient")
    assert code_of(raised(office, {**made, "id": "env_stranger"})) == (404, "no-envelope")
    assert code_of(cleared(office, made, "sig_stranger")) == (404, "no-signal")
    assert code_of(cleared(office, made, "---")) == (404, "no-signal")
    wrong = asked(contract, hold_on=["bad-feeling"])
    assert code_of(office.client.post("/v1/envelopes", json=wrong)) == (422, "plan-settings")
