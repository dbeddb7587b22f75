"""What staff do to envelopes: by their roles, within their reach, alone or with a second person."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from esign.ceremony.creation import Owner
from esign.ceremony.domain.values import EnvelopeState, RecipientState
from esign.ceremony.people import Person, parse_person
from esign.desk.acts import ALLOWED, Act, VoidReason
from esign.staff.actors import Caller
from esign.staff.domain.roles import Role
from esign.staff.reach import OVERSEERS
from esign.trail.log import read_stream
from tests.service import YE, YU
from tests.unit.desk.desk_office import JIANG, Branch, approved_change
from tests.unit.staff.staff_office import OPERATOR


def acts_of(branch: Branch, envelope: str, recipient: str) -> dict[Act, tuple[Any, tuple[Any, ...]]]:
    desk = branch.desk

    def hand_over(caller: Caller, envelope: str) -> None:
        with branch.service.ports.database.reading() as session:
            desk.acts.require(session, caller, Act.HAND_OVER, envelope)

    return {
        Act.STATE_FACE: (partial(desk.acts.state_face, is_customer=True), (envelope, recipient, "pho_nothing")),
        Act.HAND_OVER: (hand_over, (envelope,)),
        Act.SEND: (desk.acts.send, (envelope,)),
        Act.REMIND: (desk.acts.remind, (envelope, recipient)),
        Act.VOID: (desk.acts.void, (envelope, VoidReason.OTHER, None)),
        Act.RETRY_SEAL: (desk.acts.retry_seal, (envelope,)),
        Act.CHANGE_PEOPLE: (desk.changes.ask_phone, (envelope, recipient, "13800000077", None)),
    }


@pytest.mark.parametrize("act", list(Act))
def test_an_envelope_out_of_reach_is_as_one_that_is_not_there(branch: Branch, act: Act) -> None:
    envelope = branch.envelope()
    do, given = acts_of(branch, envelope.id, envelope.recipients[0].id)[act]
    assert branch.refused(do, branch.stranger, *given) == "no-envelope"
    assert branch.refused(do, branch.lead, "env_nothing", *given[1:]) == "no-envelope"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SALES])
def test_only_the_roles_of_an_act_may_do_it(branch: Branch, role: Role) -> None:
    envelope = branch.envelope()
    member = branch.with_role(role)
    for act, (do, given) in acts_of(branch, envelope.id, envelope.recipients[0].id).items():
        if role not in ALLOWED[act]:
            assert branch.refused(do, member, *given) == ("not-allowed" if role in OVERSEERS else "no-envelope"), act
    assert branch.row(envelope.id).version == 4


def test_only_whose_sale_it_is_says_whose_face_it_is_and_hands_the_tablet_over(branch: Branch) -> None:
    envelope = branch.envelope(YU)
    acts = acts_of(branch, envelope.id, envelope.recipients[0].id)
    both = branch.member("lu.yao", branch.east, Role.SALES, Role.SUPERVISOR)
    for act in (Act.STATE_FACE, Act.HAND_OVER):
        do, given = acts[act]
        assert branch.refused(do, both, *given) == "not-allowed"
    hand_over, given = acts[Act.HAND_OVER]
    hand_over(branch.shen, *given)


@pytest.mark.parametrize("act", list(Act))
def test_whoever_was_suspended_a_moment_ago_does_nothing_any_more(branch: Branch, act: Act) -> None:
    envelope, gone = branch.envelope(), branch.shen
    branch.office.room.accounts.suspend(OPERATOR, gone.member, reason="left", now=branch.office.now)
    do, given = acts_of(branch, envelope.id, envelope.recipients[0].id)[act]
    assert branch.refused(do, gone, *given) == "session-over"


def test_a_reminder_is_sent_in_the_name_of_who_asked_and_not_too_soon(branch: Branch) -> None:
    envelope = branch.envelope()
    recipient = envelope.recipients[0].id
    assert branch.refused(branch.desk.acts.remind, branch.shen, envelope.id, recipient) == "reminder-too-early"
    with branch.service.ports.database.transaction() as session:
        branch.service.clocks.advance(session, envelope.client, timedelta(hours=2))
    branch.desk.acts.remind(branch.shen, envelope.id, recipient)
    with branch.service.ports.database.reading() as session:
        last = read_stream(session, envelope.id)[-1]
    assert (last.type, last.actor, last.payload["asked_by"]) == (
        "recipient.reminded",
        f"staff:{branch.shen.member}",
        branch.shen.member,
    )


def test_a_withdrawal_keeps_its_reason_in_the_trail_and_its_words_sealed(branch: Branch) -> None:
    envelope = branch.envelope()
    branch.desk.acts.void(branch.shen, envelope.id, VoidReason.WRONG_DETAILS, "保额写错了")
    with branch.service.ports.database.reading() as session:
        last = read_stream(session, envelope.id)[-1]
        note = branch.service.records.read(session, str(last.payload["note"])).decode()
    assert (last.payload["reason"], last.payload["by"], note) == ("wrong-details", branch.shen.member, "保额写错了")
    branch.desk.acts.void(branch.shen, envelope.id, VoidReason.OTHER, None)
    assert branch.row(envelope.id).version == last.version


def test_a_draft_is_sent_by_whom_it_belongs_to(branch: Branch) -> None:
    envelope = branch.envelope(draft=True)
    branch.desk.acts.send(branch.shen, envelope.id)
    assert branch.ceremonies.envelope(envelope.id).state is EnvelopeState.IN_PROGRESS


def test_a_phone_changes_only_once_a_second_person_agreed_and_only_to_what_was_asked(branch: Branch) -> None:
    envelope, desk = branch.envelope(), branch.desk
    recipient = envelope.recipients[0]
    asked = desk.changes.ask_phone(branch.shen, envelope.id, recipient.id, "13800000077", "客户换了号码")
    assert asked is not None
    assert branch.refused(desk.changes.carry_out, branch.shen, envelope.id, asked) == "approval-open"
    assert branch.refused(branch.approve, asked, branch.shen) in {"own-approval", "not-allowed"}
    branch.approve(asked, branch.lead)
    assert branch.refused(desk.changes.carry_out, branch.lead, envelope.id, asked) == "approval-of-something-else"
    desk.changes.carry_out(branch.shen, envelope.id, asked)
    after = branch.ceremonies.envelope(envelope.id).recipient(recipient.id)
    with branch.service.ports.database.reading() as session:
        person = parse_person(branch.service.records.read(session, after.plan.person))
        events = [one for one in read_stream(session, envelope.id) if one.type == "recipient.phone-corrected"]
    assert (person.name, person.phone) == ("于文山", "13800000077")
    assert events[0].payload["by"] == branch.shen.member
    assert events[0].payload["approved_by"] == branch.lead.member
    assert branch.refused(desk.changes.carry_out, branch.shen, envelope.id, asked) == "approval-used"


def test_a_refused_approval_changes_nothing(branch: Branch) -> None:
    envelope = branch.envelope()
    asked = branch.desk.changes.ask_phone(branch.shen, envelope.id, envelope.recipients[0].id, "13800000077", None)
    assert asked is not None
    branch.office.room.approvals.refuse(branch.lead, asked, reason="not-known", now=branch.office.now)
    assert branch.refused(branch.desk.changes.carry_out, branch.shen, envelope.id, asked) == "approval-not-given"
    assert branch.row(envelope.id).version == 4


def test_an_approval_is_of_use_only_in_its_own_envelope(branch: Branch) -> None:
    envelope, other = branch.envelope(), branch.envelope()
    asked = approved_change(branch, envelope, "13800000077")
    assert branch.refused(branch.desk.changes.carry_out, branch.shen, other.id, asked) == "no-approval-to-use"


def test_what_became_impossible_meanwhile_uses_up_no_approval(branch: Branch) -> None:
    envelope = branch.envelope()
    asked = approved_change(branch, envelope, "13800000077")
    branch.ceremonies.play(envelope, 0, YU)
    assert branch.refused(branch.desk.changes.carry_out, branch.shen, envelope.id, asked) == "confirmed-already"
    assert branch.office.types(asked) == ["approval.requested", "approval.approved"]


def test_what_cannot_be_changed_is_not_even_asked_for(branch: Branch) -> None:
    envelope, desk = branch.envelope(), branch.desk
    recipient = envelope.recipients[0].id
    ask = desk.changes.ask_phone
    assert branch.refused(ask, branch.shen, envelope.id, recipient, YU.phone, None) == "phone-unchanged"
    assert branch.refused(ask, branch.shen, envelope.id, recipient, "12", None) == "person-phone"
    assert branch.refused(ask, branch.shen, envelope.id, "rcp_nobody", "13800000077", None) == "no-recipient"
    branch.ceremonies.play(envelope, 0, YU)
    assert branch.refused(ask, branch.shen, envelope.id, recipient, "13800000077", None) == "confirmed-already"


def test_another_person_takes_the_place_by_two_people(branch: Branch) -> None:
    envelope = branch.envelope()
    asked = branch.desk.changes.ask_person(branch.shen, envelope.id, envelope.recipients[1].id, JIANG, "填错了人")
    assert asked is not None
    branch.approve(asked, branch.lead)
    branch.desk.changes.carry_out(branch.shen, envelope.id, asked)
    after = branch.ceremonies.envelope(envelope.id)
    assert after.recipients[1].state is RecipientState.REPLACED
    token = branch.ceremonies.play(after, 2, JIANG)
    assert token


def test_in_a_draft_a_change_is_made_at_once(branch: Branch) -> None:
    envelope = branch.envelope(draft=True)
    recipient = envelope.recipients[0].id
    assert branch.desk.changes.ask_phone(branch.shen, envelope.id, recipient, "13800000077", None) is None
    assert (
        branch.ceremonies.envelope(envelope.id).recipient(recipient).plan.person != envelope.recipients[0].plan.person
    )


def test_of_an_envelope_without_institution_the_head_office_asks_and_decides(branch: Branch) -> None:
    envelope = branch.envelope(owner=Owner())
    head = branch.member("head.lead", branch.head.institution, Role.SUPERVISOR)
    second = branch.member("head.second", branch.head.institution, Role.SUPERVISOR)
    asked = branch.desk.changes.ask_phone(head, envelope.id, envelope.recipients[0].id, "13800000077", None)
    assert asked is not None
    branch.approve(asked, second)
    branch.desk.changes.carry_out(head, envelope.id, asked)
    assert branch.ceremonies.events(envelope)[-2:] == ["recipient.phone-corrected", "recipient.sent"]


def test_who_asked_and_who_may_agree_see_what_is_proposed_and_nobody_else(branch: Branch) -> None:
    envelope = branch.envelope()
    asked = branch.desk.changes.ask_phone(branch.shen, envelope.id, envelope.recipients[0].id, "13800000077", None)
    assert asked is not None
    for who in (branch.shen, branch.lead):
        proposal = branch.desk.changes.proposal(who, envelope.id, asked)
        assert proposal is not None
        assert proposal.person == Person("于文山", "13800000077", YU.id_number)
    assert branch.desk.changes.proposal(branch.with_role(Role.OPERATIONS), envelope.id, asked) is None
    assert branch.refused(branch.desk.changes.proposal, branch.stranger, envelope.id, asked) == "no-envelope"


def test_a_failed_seal_is_tried_again_by_operations(branch: Branch) -> None:
    envelope = branch.envelope(YU, YE)
    member = branch.with_role(Role.OPERATIONS)
    assert branch.refused(branch.desk.acts.retry_seal, member, envelope.id) == "envelope-in-progress"
