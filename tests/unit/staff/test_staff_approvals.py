"""Approvals as they are kept: who sees them, who decides, once, and in the same transaction as what they allow."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from esign.infra.personal_records import PersonalRecords
from esign.infra.search_index import ERASED_TEXT
from esign.staff.actors import Caller
from esign.staff.domain.roles import ApprovalKind, Role
from esign.staff.errors import StaffRefused
from esign.trail.errors import EventRefused
from tests.unit.staff.staff_office import Office, both_at_once, person


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(StaffRefused) as caught:
        act()
    return caught.value.code


@pytest.fixture
def pair(office: Office) -> tuple[Caller, Caller]:
    """Two administrators of the first institution."""
    return office.leadership()


def ask(office: Office, by: Caller, *, words: str | None = None, institution: str | None = None) -> str:
    return office.room.approvals.request(
        by,
        ApprovalKind.KEY_ROTATION,
        "master",
        institution or by.institution,
        reason="yearly",
        words=words,
        now=office.now,
    )


def use(office: Office, by: Caller, approval: str, *, top: str | None = None) -> None:
    with office.database.transaction() as session:
        office.room.approvals.consume(
            session, by, approval, ApprovalKind.KEY_ROTATION, "master", top or by.institution, now=office.now
        )


def test_what_was_asked_for_and_approved_is_used_once(office: Office, pair: tuple[Caller, Caller]) -> None:
    lin, zhao = pair
    approval = ask(office, lin)
    assert refused(lambda: office.room.approvals.approve(lin, approval, now=office.now)) == "own-approval"
    office.room.approvals.approve(zhao, approval, now=office.now)
    use(office, lin, approval)
    assert refused(lambda: use(office, lin, approval)) == "approval-used"
    actors = [(event.type, event.actor) for event in office.events(approval)]
    assert actors == [
        ("approval.requested", f"staff:{lin.member}"),
        ("approval.approved", f"staff:{zhao.member}"),
        ("approval.consumed", f"staff:{lin.member}"),
    ]


def test_an_act_that_fails_leaves_its_approval_unused(office: Office, pair: tuple[Caller, Caller]) -> None:
    lin, zhao = pair
    approval = ask(office, lin)
    office.room.approvals.approve(zhao, approval, now=office.now)
    with pytest.raises(ZeroDivisionError), office.database.transaction() as session:
        office.room.approvals.consume(
            session, lin, approval, ApprovalKind.KEY_ROTATION, "master", lin.institution, now=office.now
        )
        raise ZeroDivisionError
    use(office, lin, approval)


def test_two_who_decide_at_once_decide_once(office: Office, pair: tuple[Caller, Caller]) -> None:
    lin, zhao = pair
    approval, together, results = ask(office, lin), threading.Barrier(2), []

    def run(decide: Callable[[], None]) -> None:
        together.wait()
        try:
            decide()
            results.append("done")
        except StaffRefused as error:
            results.append(error.code)

    approvals = office.room.approvals
    acts = (
        lambda: approvals.approve(zhao, approval, now=office.now),
        lambda: approvals.refuse(zhao, approval, reason="not-now", now=office.now),
    )
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["approval-decided", "done"]
    assert len(office.types(approval)) == 2


def test_who_has_no_second_factor_decides_nothing(office: Office, pair: tuple[Caller, Caller]) -> None:
    lin, zhao = pair
    invited = office.room.accounts.invite(lin, person("wu.ke"), lin.institution, [Role.SALES], now=office.now)
    office.accept(invited)
    office.give(invited.member, Role.SUPERVISOR, by=lin, and_by=zhao)
    supervisor = office.log_in("wu.ke")
    sales = office.room.accounts.invite(lin, person(), lin.institution, [Role.SALES], now=office.now)
    office.accept(sales)
    approval = office.room.approvals.request(
        office.log_in("sun.xiaomei").caller,
        ApprovalKind.PHONE_CORRECTION,
        "rcp_1",
        lin.institution,
        reason="mistyped",
        terms="per_1",
        now=office.now,
    )
    approve = lambda: office.room.approvals.approve(supervisor.caller, approval, now=office.now)  # noqa: E731
    assert refused(approve) == "second-factor-needed"
    office.bind(supervisor.caller)
    approve()


def test_what_belongs_elsewhere_is_as_what_is_not_there(office: Office, pair: tuple[Caller, Caller]) -> None:
    lin, zhao = pair
    branch = office.room.institutions.open(lin, "浦东支公司", lin.institution, now=office.now)
    invited = office.room.accounts.invite(lin, person("qian.duo"), branch, [Role.SALES], now=office.now)
    office.accept(invited)
    office.give(invited.member, Role.ADMIN, by=lin, and_by=zhao)
    head = office.with_totp("qian.duo")
    above = ask(office, lin)
    office.wait(seconds=1)
    within = ask(office, head)
    for approval in (above, "apr_none", "usr_none"):
        for act in (
            lambda one: office.room.approvals.approve(head, one, now=office.now),
            lambda one: office.room.approvals.refuse(head, one, reason="no", now=office.now),
            lambda one: office.room.approvals.get(head, one),
        ):
            assert refused(lambda act=act, approval=approval: act(approval)) == "no-approval"  # type: ignore[misc]
    assert refused(lambda: ask(office, head, institution=lin.institution)) == "no-institution"
    office.room.approvals.approve(zhao, within, now=office.now)


def test_the_words_of_a_request_are_sealed_and_can_be_erased(office: Office, pair: tuple[Caller, Caller]) -> None:
    lin, zhao = pair
    approval = ask(office, lin, words="按年度计划轮换主密钥")
    found = office.room.approvals.get(zhao, approval)
    assert found.words == "按年度计划轮换主密钥"
    assert found.approval.words is not None
    with office.database.transaction() as session:
        PersonalRecords(office.keys).erase(session, found.approval.words, at=office.now)
    assert office.room.approvals.get(zhao, approval).words == ERASED_TEXT


def test_a_sentence_does_not_get_into_the_trail(office: Office, pair: tuple[Caller, Caller]) -> None:
    lin, _zhao = pair
    with pytest.raises(EventRefused):
        office.room.approvals.request(
            lin, ApprovalKind.KEY_ROTATION, "master", lin.institution, reason="because I say so", now=office.now
        )


def test_an_approval_is_over_after_three_days(office: Office, pair: tuple[Caller, Caller]) -> None:
    lin, zhao = pair
    approved = ask(office, lin)
    office.room.approvals.approve(zhao, approved, now=office.now)
    asked = ask(office, lin)
    office.wait(hours=72)
    assert refused(lambda: use(office, lin, approved)) == "approval-expired"
    assert refused(lambda: office.room.approvals.approve(zhao, asked, now=office.now)) == "approval-expired"


def test_an_approval_from_below_allows_nothing_above(office: Office, pair: tuple[Caller, Caller]) -> None:
    lin, zhao = pair
    branch = office.room.institutions.open(lin, "浦东支公司", lin.institution, now=office.now)
    approval = ask(office, lin, institution=branch)
    office.room.approvals.approve(zhao, approval, now=office.now)
    assert refused(lambda: use(office, lin, approval, top=lin.institution)) == "approval-of-something-else"
    use(office, lin, approval, top=branch)


def test_words_without_end_are_refused(office: Office, pair: tuple[Caller, Caller]) -> None:
    lin, _zhao = pair
    assert refused(lambda: ask(office, lin, words="长" * 1001)) == "words-too-long"


def asks_for_a_phone(office: Office, by: Caller) -> str:
    return office.room.approvals.request(
        by, ApprovalKind.PHONE_CORRECTION, "rcp_1", by.institution, reason="mistyped", terms="per_1", now=office.now
    )


def test_nobody_approves_through_a_colleague_whom_they_invited(office: Office, pair: tuple[Caller, Caller]) -> None:
    lin, zhao = pair
    accounts, approvals = office.room.accounts, office.room.approvals
    invited = accounts.invite(zhao, person("wang.er"), zhao.institution, [Role.OPERATIONS], now=office.now)
    office.accept(invited)
    approval = asks_for_a_phone(office, office.log_in("wang.er").caller)
    for act in (
        lambda: approvals.approve(zhao, approval, now=office.now),
        lambda: approvals.refuse(zhao, approval, reason="no", now=office.now),
    ):
        assert refused(act) == "approval-of-invited"
    assert approvals.get(zhao, approval).tied
    office.give(invited.member, Role.COMPLIANCE, by=lin, and_by=zhao)
    wang = office.with_totp("wang.er")
    back = office.room.approvals.request(
        zhao, ApprovalKind.ROLES, lin.member, zhao.institution, reason="asked", terms="admin", now=office.now
    )
    assert refused(lambda: approvals.approve(wang, back, now=office.now)) == "approval-of-invited"


def test_whoever_invited_a_colleague_anew_could_be_them_and_decides_nothing_of_theirs(
    office: Office, pair: tuple[Caller, Caller]
) -> None:
    _lin, zhao = pair
    sun = office.join("sun.xiaomei", zhao.institution, Role.SALES)
    approval = asks_for_a_phone(office, sun)
    assert not office.room.approvals.get(zhao, approval).tied  # the operator invited them
    office.accept(office.room.accounts.reinvite(zhao, sun.member, now=office.now))
    refuse = lambda: office.room.approvals.approve(zhao, approval, now=office.now)  # noqa: E731
    assert refused(refuse) == "approval-of-invited"
    gu = office.join("gu.zhixing", zhao.institution, Role.SALES)
    office.give(gu.member, Role.SUPERVISOR, by=pair[0], and_by=zhao)
    office.wait(minutes=1)
    lead = office.log_in("gu.zhixing", totp=office.code(gu.member)).caller
    office.room.approvals.approve(lead, approval, now=office.now)


def test_one_thing_is_asked_for_once_until_somebody_has_decided(office: Office, pair: tuple[Caller, Caller]) -> None:
    lin, zhao = pair
    approval = ask(office, lin)
    assert refused(lambda: ask(office, lin)) == "approval-open"
    office.room.approvals.refuse(zhao, approval, reason="not-now", now=office.now)
    again = ask(office, lin)
    ask(office, zhao)  # somebody else's request is their own
    assert refused(lambda: ask(office, lin)) == "approval-open"
    office.wait(hours=72)
    with pytest.raises(StaffRefused):
        office.room.approvals.approve(zhao, again, now=office.now)


def test_two_who_ask_for_one_thing_at_once_ask_once(office: Office, pair: tuple[Caller, Caller]) -> None:
    lin, _zhao = pair
    assert both_at_once(lambda: ask(office, lin)) == ["approval-open", "done"]
