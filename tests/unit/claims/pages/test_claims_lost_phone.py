"""A phone that was reported lost, with whoever found it logged in: no page of claims opens, no form is taken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from claims.handling.models import PhoneRow
from claims.pages.sending import PHONE
from esign.public.rows import new_id
from tests.service import system_now
from tests.unit.claims import claims_office as staff
from tests.unit.claims.claims_desk import HERE, ClaimsDesk
from tests.unit.claims.pages.test_claims_routes import TYPED, routes
from tests.unit.web.console_room import Member

LOST = f"dev_{'5' * 32}"
COOKIE = {"domain": "sign.example", "path": "/"}


@pytest.fixture(params=[staff.LEAD, staff.MANAGER, staff.HANDLER, staff.SURVEYOR])
def finder(desk: ClaimsDesk, request: pytest.FixtureRequest) -> Iterator[tuple[Member, str]]:
    """Somebody of the staff on a lost phone, and the token of their forms."""
    database = desk.claims.house.database
    with database.transaction() as session:
        if session.get(PhoneRow, LOST) is None:
            by, now = new_id("usr", system_now()), system_now()
            session.add(PhoneRow(id=LOST, member=by, since=now, used_at=now, lost_at=now, lost_by=by))
    member = desk.office.staff[request.param]
    token = member.form(HERE, "/console/logout").fields["form_token"]
    before = member.client.get_cookie(PHONE, domain="sign.example")
    member.client.set_cookie(PHONE, LOST, secure=True, **COOKIE)
    yield member, token
    member.client.delete_cookie(PHONE, **COOKIE)
    if before is not None:
        member.client.set_cookie(PHONE, before.value, secure=True, **COOKIE)


def test_every_page_and_form_of_a_claim_is_refused(desk: ClaimsDesk, finder: tuple[Member, str]) -> None:
    member, token = finder
    claim = desk.office.report()
    before, refused = desk.claims.house.events(claim), 0
    for method, path in routes(desk, claim):
        told = member.get(path) if method == "GET" else member.post(path, {"form_token": token, **TYPED})
        assert told.status_code in (403, 409), (method, path, told.status_code)
        if told.status_code == 409:
            assert "此手机已挂失" in told.text, path
            refused += 1
    assert refused > 10
    assert desk.claims.house.events(claim) == before


def test_pages_of_no_claim_and_our_module_are_refused_as_well(desk: ClaimsDesk, finder: tuple[Member, str]) -> None:
    member, token = finder
    assert member.get(HERE).status_code == 409
    for name in (
        "board",
        "alarms",
        "hotline",
        "dispatch",
        "dispatch/mine",
        "shops",
        "phones",
        "reconciliation",
        "figures",
    ):
        assert member.get(f"{HERE}/{name}").status_code in (403, 409), name
    told = member.client.post(
        f"{HERE}/{desk.office.report()}/do/take",
        base_url="https://sign.example",
        data={"form_token": token},
        headers={"Accept": "application/json", "Sec-Fetch-Site": "same-origin"},
    )
    assert (told.status_code, told.get_json()["code"]) == (409, "phone-revoked")
