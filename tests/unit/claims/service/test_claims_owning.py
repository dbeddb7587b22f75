"""In test mode a client reads what customers are told about its own claims, as it does of its envelopes."""

from __future__ import annotations

from datetime import timedelta

from claims.domain import commands as c
from claims.parts_supply.models import QuoteRow
from claims.selfservice.inviting import Inviting
from claims.service.owning import client_of
from esign.api.scopes import Scope
from tests.claims_shell import ClaimsHouse
from tests.rooms import key_of
from tests.service import system_now
from tests.unit.claims.claims_office import ClaimsOffice


def outbox(claims: ClaimsHouse, about: str, key: str | None = None) -> list[str]:
    told = claims.house.call("GET", f"/v1/test/outbox?about={about}", key=key)
    assert told.status_code == 200, told.text
    return [one["text"] for one in told.get_json()["items"]]


def test_the_link_to_a_claim_is_in_the_outbox_of_the_client_whose_it_is(claims: ClaimsHouse) -> None:
    claim, other = claims.report(), claims.report()
    for one in (claim, other):
        with claims.house.database.transaction() as session:
            Inviting(claims.office).invite(session, one)
    [text] = outbox(claims, claim)
    assert "/r/claims/" in text
    assert claims.house.visit(text[text.index("/r/claims/") :].split(" ")[0]).status_code == 200
    strangers = key_of(claims.house.database, claims.house.process.rooms.scopes, Scope.TEST_WRITE)
    assert outbox(claims, claim, strangers) == []
    assert outbox(claims, "clm_01k9x700000000000000000000") == []


def test_what_staff_are_told_about_a_claim_is_not_in_it(office: ClaimsOffice) -> None:
    claim, asked = office.report(), system_now() - timedelta(minutes=3)
    office.claims.office.change(claim, lambda _s, _c: c.AskCallBack(at=asked, callback="cbk_1"), actor="tests")
    office.claims.tracking.sweep()
    office.claims.house.work()
    assert claim[-6:] in office.told("claims-broken-call-back")
    assert not [text for text in outbox(office.claims, claim) if "/r/claims/" not in text]


def test_an_invitation_is_of_the_client_that_registered_the_policy(claims: ClaimsHouse) -> None:
    policy = claims.register()
    claim = claims.report(policy)
    with claims.house.database.transaction() as session:
        invitation = Inviting(claims.office).invite_to_report(session, policy)
        assert client_of(session, invitation) == client_of(session, claim) is not None
    assert len(outbox(claims, invitation)) == 1


def test_what_a_shop_is_asked_for_is_of_the_client_whose_the_claim_is(claims: ClaimsHouse) -> None:
    claim = claims.report()
    with claims.house.database.transaction() as session:
        session.add(QuoteRow(id="quo_asked", claim=claim, shop="shp_1", person="per_1", over_at=None))
        session.flush()
        assert client_of(session, "quo_asked") == client_of(session, claim) is not None
        session.rollback()
