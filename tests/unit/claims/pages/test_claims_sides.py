"""The pages of a claim lead to one another, each reader to those that they may open and that have something to say."""

from __future__ import annotations

import re

from claims.pages.sides import SIDES
from esign.staff.domain.roles import Role
from tests.unit.claims.claims_desk import HERE, ClaimsDesk
from tests.unit.web.console_room import Member

ROW = re.compile(r'<nav class="states" aria-label="这个案件的页面">(.*?)</nav>', re.DOTALL)
LINK = re.compile(r'<a href="([^"]+)"( aria-current="page")?>')


def sides(member: Member, address: str) -> dict[str, bool]:
    """Return the addresses of the row of a page, and which of them is the page itself."""
    told = member.get(address)
    assert told.status_code == 200, told.text
    found = ROW.search(told.text)
    return {} if found is None else {to: bool(here) for to, here in LINK.findall(found[1])}


def test_whoever_reaches_one_page_of_a_claim_reaches_all_and_comes_back(desk: ClaimsDesk) -> None:
    claim = desk.taken(desk.large())
    pages = [f"{HERE}/{claim}", f"{HERE}/hotline/{claim}", f"{HERE}/dispatch/{claim}"]
    for member, more in ((desk.handler, []), (desk.lead, [f"{HERE}/board/{claim}"])):
        for here in (*pages, *more):
            assert sides(member, here) == {one: one == here for one in (*pages, *more)}


def test_parts_are_led_to_once_there_is_an_assessment(desk: ClaimsDesk) -> None:
    claim = desk.taken(desk.report())
    parts = f"{HERE}/parts/{claim}"
    assert parts not in sides(desk.handler, f"{HERE}/{claim}")
    desk.claims.survey(claim).assess(claim)
    assert parts in sides(desk.handler, f"{HERE}/{claim}")
    assert f"{HERE}/{claim}" in sides(desk.handler, parts)


def test_a_manager_is_led_to_the_board_alone_and_a_surveyor_nowhere(desk: ClaimsDesk) -> None:
    claim = desk.large()
    assert list(sides(desk.manager, f"{HERE}/{claim}")) == [f"{HERE}/{claim}", f"{HERE}/board/{claim}"]
    assert sides(desk.surveyor, f"{HERE}/{claim}") == {}


def test_a_row_leads_nobody_to_a_page_that_is_not_theirs(desk: ClaimsDesk) -> None:
    access = desk.office.console.console.access
    endpoints = {
        "claim": "claims_one",
        "hotline": "claims_hotline_claim",
        "dispatch": "claims_dispatch_one",
        "parts": "claims_parts_one",
        "board": "claims_board_case",
    }
    for name, side in SIDES.items():
        roles = access[endpoints[name]].roles
        assert roles is not None
        assert {Role(one) for one in side.roles} == {Role(one) for one in roles}, name


def test_a_claim_is_found_by_the_end_of_its_number_as_people_speak_of_it(desk: ClaimsDesk) -> None:
    claim, other = desk.report(), desk.report()
    told = desk.handler.get(f"{HERE}?show=mine&find={claim[-6:].upper()}").text
    assert claim in told and other not in told
    assert f'<span class="mono">{claim[-6:]}</span>' in told
