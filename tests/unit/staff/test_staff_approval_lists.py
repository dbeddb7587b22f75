"""Requests in lists: each in one of three, for whom it concerns, a page at a time; and the number that waits."""

from __future__ import annotations

import pytest

from esign.staff.actors import Caller
from esign.staff.approval_lists import Which
from esign.staff.domain.roles import ApprovalKind, Role
from tests.unit.staff.staff_office import Office, person


@pytest.fixture
def pair(office: Office) -> tuple[Caller, Caller]:
    """Two administrators of the first institution; the second one is a compliance officer too."""
    return office.leadership()


def ask(office: Office, by: Caller, subject: str, kind: ApprovalKind = ApprovalKind.PHONE_CORRECTION) -> str:
    office.wait(seconds=1)
    return office.room.approvals.request(by, kind, subject, by.institution, reason="mistyped", now=office.now)


def listed(office: Office, reader: Caller) -> dict[Which, list[str]]:
    lists = office.room.approval_lists
    return {which: [one.id for one in lists.page(reader, which, now=office.now)] for which in Which}


def test_every_request_is_in_one_list_of_whom_it_concerns(office: Office, pair: tuple[Caller, Caller]) -> None:
    lin, zhao = pair
    sun = office.join("sun.xiaomei", lin.institution, Role.SALES)
    wu = office.join("wu.ke", lin.institution, Role.SALES)
    open_, refused, approved = (ask(office, sun, f"rcp_{number}") for number in range(3))
    office.room.approvals.refuse(zhao, refused, reason="no", now=office.now)
    office.room.approvals.approve(zhao, approved, now=office.now)
    assert listed(office, sun) == {Which.WAITING: [], Which.MINE: [approved, open_], Which.REST: [refused]}
    assert listed(office, zhao) == {Which.WAITING: [open_], Which.MINE: [], Which.REST: [approved, refused]}
    assert listed(office, lin) == {Which.WAITING: [], Which.MINE: [], Which.REST: [approved, refused, open_]}
    assert listed(office, wu) == {Which.WAITING: [], Which.MINE: [], Which.REST: []}
    waiting = office.room.approval_lists.waiting
    assert [waiting(one, now=office.now) for one in (zhao, lin, sun)] == [1, 0, 0]
    office.wait(hours=72)
    office.now, later = office.now, office.log_in("zhao.min", totp=office.code(zhao.member)).caller
    assert waiting(later, now=office.now) == 0
    assert listed(office, later)[Which.WAITING] == []
    assert open_ in listed(office, later)[Which.REST]


def test_what_one_may_not_decide_does_not_wait_for_them(office: Office, pair: tuple[Caller, Caller]) -> None:
    lin, zhao = pair
    accounts, lists = office.room.accounts, office.room.approval_lists
    own = ask(office, zhao, lin.member, ApprovalKind.TOTP_RESET)
    assert lists.waiting(zhao, now=office.now) == 0  # asked by themselves
    assert lists.waiting(lin, now=office.now) == 0  # about themselves
    assert own in listed(office, lin)[Which.REST]
    office.accept(accounts.invite(zhao, person("wang.er"), zhao.institution, [Role.OPERATIONS], now=office.now))
    ask(office, office.log_in("wang.er").caller, "rcp_1")
    assert lists.waiting(zhao, now=office.now) == 0  # invited by themselves
    gu = office.join("gu.zhixing", lin.institution, Role.SALES)
    office.give(gu.member, Role.SUPERVISOR, by=lin, and_by=zhao)
    office.wait(minutes=1)
    lead = office.log_in("gu.zhixing", totp=office.code(gu.member)).caller
    assert lists.waiting(lead, now=office.now) == 1


def test_lists_end_where_the_readers_institution_does(office: Office, pair: tuple[Caller, Caller]) -> None:
    lin, zhao = pair
    branch = office.room.institutions.open(lin, "浦东支公司", lin.institution, now=office.now)
    head = office.join("qian.duo", branch, Role.SALES)
    office.give(head.member, Role.ADMIN, Role.SUPERVISOR, by=lin, and_by=zhao)
    office.wait(minutes=1)
    head = office.log_in("qian.duo", totp=office.code(head.member)).caller
    above = ask(office, zhao, "master", ApprovalKind.KEY_ROTATION)
    within = ask(office, head, "rcp_2")
    assert listed(office, head) == {Which.WAITING: [], Which.MINE: [within], Which.REST: []}
    assert {above, within} <= {one for some in listed(office, lin).values() for one in some}
    assert listed(office, lin)[Which.WAITING] == [above]


def test_a_list_is_read_a_page_at_a_time(office: Office, pair: tuple[Caller, Caller]) -> None:
    lin, zhao = pair
    sun = office.join("sun.xiaomei", lin.institution, Role.SALES)
    made = [ask(office, sun, f"rcp_{number}") for number in range(5)][::-1]
    lists, seen, before = office.room.approval_lists, list[str](), None
    while page := lists.page(zhao, Which.WAITING, now=office.now, before=before, at_most=2):
        seen += [one.id for one in page]
        before = page[-1].id
    assert seen == made
    assert lists.waiting(zhao, now=office.now) == 5
