"""Accounts of others: invited, given roles by two people, moved, suspended, reset, forgotten; within one's tree."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text

from esign.infra.errors import RecordErased
from esign.infra.personal_records import PersonalRecords
from esign.infra.search_index import ERASED_TEXT, SearchField
from esign.infra.secret import Secret
from esign.staff.actors import Caller
from esign.staff.domain.member import MemberState
from esign.staff.domain.roles import ApprovalKind, Role, role_terms
from esign.staff.errors import StaffRefused
from esign.staff.people import members_with_phone
from tests.unit.staff.staff_office import NOON, OPERATOR, PASSWORD, Office, both_at_once, person


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(StaffRefused) as caught:
        act()
    return caught.value.code


@dataclass
class Company:
    """An office with two administrators of the first institution, a branch with one of its own, and a salesperson."""

    office: Office
    lin: Caller
    zhao: Caller
    branch: str
    head: Caller
    sun: str


@pytest.fixture
def company(office: Office) -> Company:
    lin, zhao = office.leadership()
    branch = office.room.institutions.open(lin, "浦东支公司", lin.institution, now=office.now)
    invited = office.room.accounts.invite(lin, person("qian.duo", "钱多"), branch, [Role.SALES], now=office.now)
    office.accept(invited)
    office.give(invited.member, Role.ADMIN, by=lin, and_by=zhao)
    head = office.with_totp("qian.duo")
    sun = office.accept(office.room.accounts.invite(head, person(), branch, [Role.SALES], now=office.now))
    return Company(office, lin, zhao, branch, head, sun)


def test_the_first_administrator_is_made_once(office: Office) -> None:
    invited = office.begin()
    assert invited.ends_at == NOON + timedelta(hours=72)
    assert refused(office.begin) == "admin-exists"
    assert office.types(invited.member) == ["staff.invited"]
    assert office.types("institutions") == ["institution.opened"]
    assert {event.actor for event in office.events(invited.member)} == {"operator"}


def test_the_operator_gives_any_role_until_two_people_could_decide(office: Office) -> None:
    first = office.begin()
    accounts, institution = office.room.accounts, first.institution
    second = accounts.invite(OPERATOR, person("zhao.min"), institution, [Role.COMPLIANCE], now=office.now)
    plain = accounts.invite(OPERATOR, person("qian.duo"), institution, [Role.SALES], now=office.now)
    third = person("zhou.yun")
    assert (
        refused(lambda: accounts.invite(OPERATOR, third, institution, [Role.AUDITOR], now=office.now))
        == "roles-need-approval"
    )
    change = {"approval": None, "now": office.now}
    assert (
        refused(lambda: accounts.change_roles(OPERATOR, plain.member, [Role.ADMIN], **change)) == "roles-need-approval"
    )  # type: ignore[arg-type]
    accounts.suspend(OPERATOR, second.member, reason="left", now=office.now)
    assert (
        refused(lambda: accounts.change_roles(OPERATOR, plain.member, [Role.ADMIN], **change)) == "roles-need-approval"
    )  # type: ignore[arg-type]


def test_the_operator_gives_roles_as_long_as_the_two_invited_one_another(office: Office) -> None:
    """A second person whom the first one invited decides nothing for them: so nobody could yet."""
    office.accept(office.begin())
    lin = office.with_totp("lin.qiushi")
    accounts, place = office.room.accounts, lin.institution
    made = [
        accounts.invite(lin, person(login), place, [Role.SALES], now=office.now).member
        for login in ("zhao.min", "qian.duo", "wu.ke")
    ]
    give: Callable[[str, Role], None] = lambda member, role: accounts.change_roles(  # noqa: E731
        OPERATOR, member, [role], approval=None, now=office.now
    )
    give(made[0], Role.COMPLIANCE)
    give(made[1], Role.ADMIN)  # from now on one asks and the other decides, neither of whom invited the other
    assert refused(lambda: give(made[2], Role.ADMIN)) == "roles-need-approval"


def test_one_phone_has_one_account(company: Company) -> None:
    accounts, office = company.office.room.accounts, company.office
    taken = person().phone
    for written in (taken, f"+86{taken}"):
        again = person("sun.two", "孙小梅", written)
        for actor in (company.head, OPERATOR):
            invite = lambda actor=actor, again=again: accounts.invite(  # noqa: E731
                actor, again, company.branch, [Role.SALES], now=office.now
            )
            assert refused(invite) == "phone-taken"
    accounts.suspend(company.lin, company.sun, reason="left", now=office.now)
    assert refused(invite) == "phone-taken"
    approval = office.approved(company.lin, company.zhao, ApprovalKind.ERASURE, company.sun)
    accounts.forget(company.lin, company.sun, approval=approval, now=office.now)
    invite()


def test_two_who_are_invited_at_once_with_one_phone_are_one(company: Company) -> None:
    office, together, results = company.office, threading.Barrier(2), []

    def run(login: str) -> None:
        together.wait()
        try:
            office.room.accounts.invite(
                OPERATOR, person(login, phone="13911112222"), company.branch, [Role.SALES], now=office.now
            )
            results.append("done")
        except StaffRefused as error:
            results.append(error.code)

    threads = [threading.Thread(target=run, args=(login,)) for login in ("same.one", "same.two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["done", "phone-taken"]


def test_a_login_name_is_taken_once(company: Company) -> None:
    accounts, office = company.office.room.accounts, company.office
    again = person("sun.xiaomei", "另一个人", "13700001111")
    assert refused(lambda: accounts.invite(company.head, again, company.branch, [Role.SALES], now=office.now)) == (
        "login-taken"
    )


def test_an_invitation_sets_a_password_once_and_within_its_time(company: Company) -> None:
    office = company.office
    invited = office.room.accounts.invite(company.lin, person("wu.ke"), company.branch, [Role.SALES], now=office.now)
    renewed = office.room.accounts.reinvite(company.lin, invited.member, now=office.now)
    assert refused(lambda: office.accept(invited)) == "invitation-refused"
    office.accept(renewed)
    assert refused(lambda: office.accept(renewed)) == "invitation-refused"
    late = office.room.accounts.reinvite(company.lin, invited.member, now=office.now)
    office.wait(hours=72)
    assert refused(lambda: office.accept(late)) == "invitation-refused"
    office.log_in("wu.ke")


def test_one_administrator_alone_does_not_become_the_second_person(company: Company) -> None:
    """An invitation is read by whoever makes it, and sets a password: with roles that decide, two stand behind it."""
    office, accounts = company.office, company.office.room.accounts
    office.give(company.sun, Role.SALES, Role.COMPLIANCE, by=company.lin, and_by=company.zhao)
    opened = office.log_in("sun.xiaomei")
    assert refused(lambda: accounts.reinvite(company.lin, company.sun, now=office.now)) == "approval-needed"
    assert office.room.sessions.caller(opened.token, at=office.now).member == company.sun
    approval = office.approved(company.lin, company.zhao, ApprovalKind.TOTP_RESET, company.sun)
    office.accept(accounts.reinvite(company.lin, company.sun, approval=approval, now=office.now))
    assert refused(lambda: office.room.sessions.caller(opened.token, at=office.now)) == "session-over"
    again = {"approval": approval, "now": office.now}
    assert refused(lambda: accounts.reinvite(company.lin, company.sun, **again)) != ""  # type: ignore[arg-type]


def test_two_people_change_roles_and_sessions_end(company: Company) -> None:
    office = company.office
    opened = office.log_in("sun.xiaomei")
    office.give(company.sun, Role.SALES, Role.SUPERVISOR, by=company.lin, and_by=company.zhao)
    assert refused(lambda: office.room.sessions.caller(opened.token, at=office.now)) == "session-over"
    assert office.log_in("sun.xiaomei").caller.roles == {Role.SALES, Role.SUPERVISOR}
    changed = next(one for one in office.events(company.sun) if one.type == "staff.roles-changed")
    approval = str(changed.payload["approval"])
    assert office.types(approval) == ["approval.requested", "approval.approved", "approval.consumed"]


def test_an_approval_of_other_roles_gives_none(company: Company) -> None:
    office, accounts = company.office, company.office.room.accounts
    terms = role_terms([Role.SALES, Role.SUPERVISOR])
    approval = office.approved(company.lin, company.zhao, ApprovalKind.ROLES, company.sun, terms)

    def change(*roles: Role, approval: str | None = approval) -> None:
        accounts.change_roles(company.lin, company.sun, roles, approval=approval, now=office.now)

    assert refused(lambda: change(Role.ADMIN)) == "approval-of-something-else"
    assert refused(lambda: change(Role.ADMIN, approval=None)) == "roles-need-approval"
    assert refused(lambda: change(Role.ADMIN, approval="apr_none")) == "no-approval"
    assert office.types(approval)[-1] == "approval.approved"
    assert "staff.roles-changed" not in office.types(company.sun)
    change(Role.SUPERVISOR, Role.SALES)
    assert refused(lambda: change(Role.SALES)) == "approval-of-something-else"


def test_two_who_use_one_approval_at_once_use_it_once(company: Company) -> None:
    office, accounts = company.office, company.office.room.accounts
    office.bind(office.log_in("sun.xiaomei").caller)
    approval = office.approved(company.lin, company.zhao, ApprovalKind.TOTP_RESET, company.sun)
    assert both_at_once(lambda: accounts.reset_totp(company.lin, company.sun, approval=approval, now=office.now)) == [
        "done",
        "totp-not-enrolled",
    ]
    assert office.types(approval).count("approval.consumed") == 1
    assert office.types(company.sun).count("staff.totp-reset") == 1


def test_a_reset_unbinds_the_authenticator_and_every_recovery_code(company: Company) -> None:
    office = company.office
    codes = office.bind(office.log_in("sun.xiaomei").caller)
    office.wait(minutes=1)
    opened = office.log_in("sun.xiaomei", totp=office.code(company.sun))
    approval = office.approved(company.lin, company.zhao, ApprovalKind.TOTP_RESET, company.sun)
    office.room.accounts.reset_totp(company.lin, company.sun, approval=approval, now=office.now)
    assert refused(lambda: office.room.sessions.caller(opened.token, at=office.now)) == "session-over"
    again = office.log_in("sun.xiaomei", recovery=codes[0].reveal())
    assert not again.caller.factor.is_second
    office.bind(again.caller)


def test_an_administrator_reaches_their_own_subtree_and_nothing_else(company: Company) -> None:
    office, accounts, head = company.office, company.office.room.accounts, company.head
    outside = office.room.institutions.open(company.lin, "北区", company.lin.institution, now=office.now)
    stranger = accounts.invite(company.lin, person("wu.ke"), outside, [Role.SALES], now=office.now).member
    for member in (stranger, company.lin.member, "usr_none"):
        for act in (
            lambda one: accounts.suspend(head, one, reason="left", now=office.now),
            lambda one: accounts.reinstate(head, one, reason="back", now=office.now),
            lambda one: accounts.reinvite(head, one, now=office.now),
            lambda one: accounts.transfer(head, one, company.branch, now=office.now),
            lambda one: accounts.change_roles(head, one, [Role.SALES], approval="apr_1", now=office.now),
            lambda one: accounts.reset_totp(head, one, approval="apr_1", now=office.now),
            lambda one: accounts.forget(head, one, approval="apr_1", now=office.now),
        ):
            assert refused(lambda act=act, member=member: act(member)) == "no-member"  # type: ignore[misc]
    for place in (outside, company.lin.institution, "ins_none"):
        assert refused(
            lambda place=place: accounts.invite(head, person("li.na"), place, [Role.SALES], now=office.now)
        ) == (  # type: ignore[misc]
            "no-institution"
        )
        assert (
            refused(lambda place=place: accounts.transfer(head, company.sun, place, now=office.now)) == "no-institution"
        )  # type: ignore[misc]
    directory = office.room.directory
    assert {one.id for one in directory.visible(head)} == {head.member, company.sun}
    assert len(directory.visible(company.lin)) == len(directory.visible(OPERATOR)) == 5
    assert directory.get(head, company.sun).name == "孙小梅"
    for member in (stranger, "usr_none"):
        assert refused(lambda member=member: directory.get(head, member)) == "no-member"  # type: ignore[misc]


def test_who_is_no_administrator_changes_no_account(company: Company) -> None:
    office, accounts = company.office, company.office.room.accounts
    sun = office.log_in("sun.xiaomei").caller
    assert refused(lambda: accounts.suspend(sun, company.head.member, reason="left", now=office.now)) == "not-allowed"
    assert (
        refused(lambda: accounts.invite(sun, person("li.na"), company.branch, [Role.SALES], now=office.now))
        == "not-allowed"
    )


def test_rights_are_those_of_the_moment_and_not_of_the_request(company: Company) -> None:
    office, accounts = company.office, company.office.room.accounts
    office.give(company.head.member, Role.SALES, by=company.lin, and_by=company.zhao)
    act = lambda: accounts.suspend(company.head, company.sun, reason="left", now=office.now)  # noqa: E731
    assert refused(act) == "session-over"


def test_nobody_acts_on_their_own_account(company: Company) -> None:
    office, accounts = company.office, company.office.room.accounts
    assert (
        refused(lambda: accounts.suspend(company.lin, company.lin.member, reason="left", now=office.now))
        == "own-account"
    )
    assert refused(lambda: accounts.reinvite(company.lin, company.lin.member, now=office.now)) == "own-account"


def test_the_last_administrator_stays(office: Office) -> None:
    first = office.begin().member
    assert refused(lambda: office.room.accounts.suspend(OPERATOR, first, reason="left", now=office.now)) == "last-admin"
    act = lambda: office.room.accounts.change_roles(OPERATOR, first, [Role.SALES], approval=None, now=office.now)  # noqa: E731
    assert refused(act) == "last-admin"
    assert office.types(first) == ["staff.invited"]


def test_two_administrators_who_suspend_each_other_at_once_leave_one(office: Office) -> None:
    lin, zhao = office.leadership()
    together, results = threading.Barrier(2), []

    def run(by: Caller, whom: Caller) -> None:
        together.wait()
        try:
            office.room.accounts.suspend(by, whom.member, reason="left", now=office.now)
            results.append("done")
        except StaffRefused as error:
            results.append(error.code)

    threads = [threading.Thread(target=run, args=pair) for pair in ((lin, zhao), (zhao, lin))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["done", "session-over"]


def test_somebody_who_is_suspended_is_out_at_once(company: Company) -> None:
    office = company.office
    opened = office.log_in("sun.xiaomei")
    office.room.accounts.suspend(company.head, company.sun, reason="left", now=office.now)
    assert refused(lambda: office.room.sessions.caller(opened.token, at=office.now)) == "session-over"
    assert (
        refused(lambda: office.room.accounts.reinvite(company.head, company.sun, now=office.now)) == "member-suspended"
    )


def test_who_was_forgotten_is_an_id_and_nothing_more(company: Company) -> None:
    office, accounts = company.office, company.office.room.accounts
    approval = office.approved(company.lin, company.zhao, ApprovalKind.ERASURE, company.sun)
    forget = lambda: accounts.forget(company.lin, company.sun, approval=approval, now=office.now)  # noqa: E731
    assert refused(forget) == "member-not-suspended"
    accounts.suspend(company.lin, company.sun, reason="left", now=office.now)
    forget()
    facts = next(one for one in office.room.directory.visible(company.lin) if one.id == company.sun)
    assert (facts.name, facts.login, facts.member.state) == (ERASED_TEXT, ERASED_TEXT, MemberState.FORGOTTEN)
    with office.database.reading() as session:
        with pytest.raises(RecordErased):
            PersonalRecords(office.keys).read(session, facts.member.person)
        left = "SELECT count(*) FROM staff_credentials WHERE member = :member"
        assert session.scalar(text(left), {"member": company.sun}) == 0
    assert office.refused("sun.xiaomei") == "login-refused"
    accounts.invite(company.lin, person(), company.branch, [Role.SALES], now=office.now)


def test_a_member_is_found_by_phone_behind_hundreds_of_customers_with_it(company: Company) -> None:
    office = company.office
    records = PersonalRecords(office.keys)
    with office.database.transaction() as session:
        for number in range(250):
            records.keep(
                session,
                f"per_000000000000000000{number:08}",
                "person",
                b"{}",
                at=office.now,
                find_by=[(SearchField.PHONE, "13800004026")],
            )
    invited = office.room.accounts.invite(
        company.lin, person("he.xin", "何欣", "13800004026"), company.branch, [Role.SALES], now=office.now
    )
    with office.database.reading() as session:
        assert members_with_phone(session, records, "+86 138 0000 4026") == (invited.member,)


def test_members_are_found_by_phone_however_it_is_written(company: Company) -> None:
    office, phone = company.office, person().phone
    records = PersonalRecords(office.keys)
    with office.database.reading() as session:
        for written in (phone, f"+86 {phone[:3]}-{phone[3:]}"):
            assert members_with_phone(session, records, written) == (company.sun,)
        assert members_with_phone(session, records, "13800009999") == ()


@pytest.mark.parametrize(
    ("name", "phone", "login", "code"),
    [
        ("", "13800004026", "sun", "person-malformed"),
        (" 孙小梅", "13800004026", "sun", "person-malformed"),
        ("孙\u202e小梅", "13800004026", "sun", "person-malformed"),
        ("孙" * 22, "13800004026", "sun", "person-malformed"),
        ("孙小梅", "call me", "sun", "person-malformed"),
        ("孙小梅", "00000", "sun", "person-malformed"),
        ("孙小梅", "13800004026", "Sun", "login-name-malformed"),
        ("孙小梅", "13800004026", "su", "login-name-malformed"),
        ("孙小梅", "13800004026", "孙小梅", "login-name-malformed"),
        ("孙小梅", "13800004026", "1sun", "login-name-malformed"),
    ],
)
def test_a_person_that_is_none_is_refused_without_repeating_it(name: str, phone: str, login: str, code: str) -> None:
    with pytest.raises(StaffRefused) as caught:
        person(login, name, phone)
    assert caught.value.code == code
    assert "孙" not in str(caught.value)


def test_the_password_of_somebody_new_is_judged_by_their_login(office: Office) -> None:
    invited = office.begin()
    assert refused(lambda: office.accept(invited, Secret("lin.qiushi2026"))) == "password-names-login"
    assert office.accept(invited, PASSWORD) == invited.member
