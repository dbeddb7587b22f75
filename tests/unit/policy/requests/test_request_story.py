"""The whole way of a request: asked for, signed by everybody on phones, done, and in force from then on."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest

import policy.requests.sending as sending_module
from esign.public.events import ConcurrentChange
from esign.public.people import Person, parse_person
from esign.verify import verify
from policy.domain.request_events import RequestKind
from policy.domain.requests import FinishRequest, RequestState
from policy.models import PersonOf
from policy.requests.doing import ENDED
from policy.requests.hearing import DECLINED
from policy.requests.register import Register
from policy.requests.sending import RequestSending
from policy.requests.sweeping import RequestSweep
from policy.service.office import CARRY_OUT
from policy.wish import Wish
from tests.printed import pages_of
from tests.proposals import signer
from tests.service import system_now
from tests.unit.policy.requests.served import BODY, CONTACT, HEIRS, Served

STRANGER = Person("于文溪", "13600001234", "990106199406110669")


def test_other_beneficiaries_are_signed_for_by_both_endorsed_and_in_force(served: Served) -> None:
    proposal = served.policy()
    before = served.content(proposal).beneficiaries
    made = served.ask(proposal, {**BODY, "send": True})
    assert made.status_code == 201, made.text
    told = made.get_json()
    assert (told["state"], told["signers"]) == ("sent", ["applicant", "insured"])
    served.sign(told["envelope"], 0, signer("applicant"))
    assert served.content(proposal).beneficiaries == before, "nothing changes before everybody has signed"
    served.sign(told["envelope"], 1, signer("insured"))
    done = served.told(told["id"])
    assert (done["state"], done["signed_envelope"]) == ("done", told["envelope"])
    assert served.content(proposal).beneficiaries == HEIRS
    request = served.call("GET", f"/v1/requests/{told['id']}/document").data
    endorsement = served.call("GET", f"/v1/requests/{told['id']}/endorsement").data
    trust = served.room.house.process.trusted.services.trust
    for content in (request, endorsement):
        report = verify(io.BytesIO(content), name="paper.pdf", trust=trust, at=system_now())
        assert str(report.conclusion) == "TOTAL-PASSED"
    printed = "".join(pages_of(endorsement))
    assert done["document_sha256"][:12] in printed
    assert printed.index("变更之前") < printed.index("50%") < printed.index("变更之后") < printed.index("60%")
    kinds = [kind for kind, _person in served.messages(told["id"])]
    assert kinds == ["policy-beneficiary-done"] * 2, "applicant and insured are told"
    held = served.room.house.process.parts[0].held
    envelope = served.room.house.desk.envelope(told["envelope"])
    assert held is not None
    with served.room.house.database.reading() as session:
        files = [
            {one.name: one.content or b"" for one in held(session, envelope.id, who.id)} for who in envelope.recipients
        ]
    assert set(files[0]) == {"request.json", "endorsement.pdf"}
    assert b"40" in files[0]["request.json"], "the applicant is a beneficiary too"
    assert "于文溪".encode() not in files[0]["request.json"] + files[1]["request.json"]
    assert set(files[1]) == {"request.json"}


def test_what_others_signed_comes_back_and_the_changed_phone_is_told_at_both(served: Served) -> None:
    proposal = served.policy()
    sending = RequestSending(served.register)
    request = served.enter(proposal, CONTACT)
    first = sending.send(request, actor="tests")
    applicant = served.room.house.desk.envelope(first).recipients[0].id
    body = {"name": STRANGER.name, "phone": STRANGER.phone, "id_number": STRANGER.id_number, "approved_by": "usr_2"}
    replaced = served.call("POST", f"/v1/envelopes/{first}/recipients/{applicant}/replace", json=body)
    assert replaced.status_code == 200, replaced.text
    served.sign(first, 1, STRANGER)
    assert served.told(request)["state"] == "entered"
    assert served.room.house.events(request)[-1] == "request.returned"
    again = sending.send(request, actor="tests")
    assert again != first
    served.sign(again, 0, signer("applicant"))
    assert served.told(request)["state"] == "done"
    content = served.content(proposal)
    assert (content.applicant.phone, content.applicant.address) == (CONTACT.phone, CONTACT.address)
    assert content.insured.phone == signer("insured").phone
    told = [person for kind, person in served.messages(request) if kind == "policy-address-done"]
    with served.room.house.database.reading() as session:
        kept = [session.get_one(PersonOf, (id, "applicant")).person for id in (proposal, request)]
    assert sorted(told) == sorted(kept) and len(set(kept)) == 2


def test_a_signer_who_declines_ends_the_request_and_an_envelope_that_expired_is_sent_again(served: Served) -> None:
    proposal = served.policy()
    request = served.ask(proposal, {**BODY, "send": True}).get_json()
    served.expire(request["envelope"])
    assert served.told(request["id"])["state"] == "entered"
    again = served.call("POST", f"/v1/requests/{request['id']}/send").get_json()
    assert again["state"] == "sent" and again["envelope"] != request["envelope"]
    served.decline(again["envelope"], signer("applicant"))
    told = served.told(request["id"])
    assert (told["state"], told["reason"]) == ("refused", DECLINED)
    assert [kind for kind, _ in served.messages(request["id"])] == ["policy-request-refused"] * 2
    assert served.content(proposal).beneficiaries != HEIRS


def test_what_is_refused_while_it_is_out_is_signed_by_nobody(served: Served) -> None:
    proposal = served.policy()
    request = served.ask(proposal, {**BODY, "send": True}).get_json()
    refused = served.call("POST", f"/v1/requests/{request['id']}/refuse", json={"reason": "customer-changed-mind"})
    assert (refused.status_code, refused.get_json()["reason"]) == (200, "customer-changed-mind")
    served.room.house.work()
    assert served.room.house.desk.envelope(request["envelope"]).state.value == "voided"
    assert served.told(request["id"])["state"] == "refused"


def test_a_cancellation_ends_the_policy_with_the_whole_premium_back_once(served: Served) -> None:
    proposal = served.policy(received=True)
    other = served.ask(proposal, {**BODY, "send": True}).get_json()
    request = served.enter(proposal, Wish(RequestKind.CANCELLATION))
    served.sign_on_paper(request)
    served.room.house.work()
    served.doing.do(request)  # and then the task came twice
    events = served.room.house.events(proposal)
    assert [events.count(one) for one in ("policy.cancelled", "refund.owed", "refund.paid")] == [1, 1, 1]
    state = served.room.state(proposal)
    assert [one.fen for one in state.refunds] == [state.fen]
    assert served.told(request)["state"] == "done"
    assert [kind for kind, _ in served.messages(request)] == ["policy-cancellation-done"]
    left = served.told(other["id"])
    assert (left["state"], left["reason"]) == ("refused", ENDED)
    assert served.room.house.desk.envelope(other["envelope"]).state.value == "voided"


def test_a_surrender_after_the_period_pays_the_cash_value_that_was_signed_for(served: Served) -> None:
    key = served.client()
    proposal = served.policy(key, received=True)
    assert served.ask(proposal, {"kind": "surrender"}, key).get_json()["code"] == "cancel-instead"
    served.wait(proposal, 16)
    assert served.ask(proposal, {"kind": "cancellation"}, key).get_json()["code"] == "hesitation-over"
    made = served.ask(proposal, {"kind": "surrender"}, key).get_json()
    assert float(made["refund"]) < float(made["premiums_paid"]) == 8040
    served.sign_on_paper(made["id"])
    served.room.house.work()
    (refund,) = served.room.state(proposal).refunds
    assert f"{refund.fen / 100:.2f}" == made["refund"]
    assert served.room.house.events(proposal)[-4:] == [
        *("policy.surrendered", "refund.owed", "refund.ordered", "refund.paid")
    ]
    assert served.told(made["id"], key)["state"] == "done"


def test_what_was_signed_for_a_policy_that_ended_meanwhile_is_refused_and_told(served: Served) -> None:
    proposal = served.policy()
    request = served.enter(proposal, CONTACT)
    served.sign_on_paper(request)
    ending = served.enter(proposal, Wish(RequestKind.CANCELLATION))
    served.sign_on_paper(ending)
    served.doing.do(ending)
    served.doing.do(request)
    told = served.told(request)
    assert (told["state"], told["reason"]) == ("refused", ENDED)
    assert [kind for kind, _ in served.messages(request)] == ["policy-request-refused"]


def test_a_request_whose_record_was_erased_is_refused_and_moves_no_money(served: Served) -> None:
    proposal = served.policy()
    request = served.enter(proposal, Wish(RequestKind.CANCELLATION))
    served.sign_on_paper(request)
    office = served.room.office
    with office.house.database.transaction() as session:
        record = served.register.get(session, request).record
        office.house.records.erase(session, record, at=office.house.clock())
    served.doing.do(request)
    told = served.told(request)
    assert (told["state"], told["reason"], told["refund"]) == ("refused", "record-erased", None)
    assert served.room.state(proposal).refunds == ()


def test_a_fall_before_it_is_recorded_leaves_the_request_to_the_next_look(served: Served) -> None:
    """Signed, and no task remembers it: the sweep enters one."""
    proposal = served.policy()
    request = served.enter(proposal, Wish(RequestKind.CANCELLATION))
    served.sign_on_paper(request)
    with served.room.office.house.database.transaction() as session:
        served.room.office.house.tasks.end(session, CARRY_OUT, request)
        assert served.register.get(session, request).state is RequestState.SIGNED
    assert RequestSweep(served.register).sweep() >= 1
    served.room.house.work()
    assert served.told(request)["state"] == "done"


def test_in_live_mode_whoever_signs_a_request_must_be_known_as_well_as_for_a_proposal(served: Served) -> None:
    office = served.room.office
    live = replace(office, house=replace(office.house, live=True, identity_levels=("three-factor",)))
    request = served.enter(served.policy(), CONTACT)
    envelope = RequestSending(Register(live)).send(request, actor="tests")
    assert served.room.house.desk.envelope(envelope).settings.identity_levels == ("three-factor",)


def test_what_is_in_force_changes_while_a_request_is_set_and_nothing_goes_to_the_phone_of_before(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = served.policy()
    moved, asked = served.enter(proposal, CONTACT), served.enter(proposal, Wish(RequestKind.CANCELLATION))
    served.sign_on_paper(moved)
    made = sending_module.service_request

    def meanwhile(*given: Any) -> bytes:
        monkeypatch.setattr(sending_module, "service_request", made)
        with served.room.office.house.database.transaction() as session:
            served.register.execute(session, moved, FinishRequest(at=system_now()), actor="tests")
        return made(*given)

    monkeypatch.setattr(sending_module, "service_request", meanwhile)
    sending = RequestSending(served.register)
    with pytest.raises(ConcurrentChange):
        sending.send(asked, actor="tests")
    assert served.told(asked)["state"] == "entered"
    envelope = served.room.house.desk.envelope(sending.send(asked, actor="tests"))
    with served.room.house.database.reading() as session:
        reached = parse_person(served.room.office.house.records.read(session, envelope.recipients[0].plan.person))
    assert reached.phone == CONTACT.phone
