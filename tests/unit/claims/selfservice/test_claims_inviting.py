"""Links go to the insured by the phone of the policy, once for each cause; each is about one thing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from claims.domain.values import ReportWay
from claims.errors import ClaimRefused
from claims.messages.texts import LINK, REPORT
from claims.selfservice.entering import Entrances
from claims.selfservice.inviting import Inviting, visitor_of
from claims.selfservice.models import Entrance, InvitationToReport
from esign.infra.models import Message
from esign.public.people import parse_person
from tests.claims_shell import ClaimsHouse
from tests.service import system_now


def messages(claims: ClaimsHouse, person: str) -> list[str]:
    with claims.house.database.reading() as session:
        return list(session.scalars(select(Message.kind).where(Message.person == person)))


def test_the_link_about_a_claim_reaches_the_insured_and_nobody_who_called(claims: ClaimsHouse) -> None:
    policy = claims.register()
    claim = claims.report(policy, phone="13999999999", reporter="魏临时")
    with claims.house.database.transaction() as session:
        person = Inviting(claims.office).invite(session, claim)
        assert Inviting(claims.office).invite(session, claim) == person
        told = parse_person(claims.house.process.service.records.read(session, person))
        assert visitor_of(session, claim) == person
    assert told.phone == f"138{policy[-8:]}"
    assert messages(claims, person) == [LINK]


def test_a_new_cause_is_a_new_message_to_the_same_person(claims: ClaimsHouse) -> None:
    claim = claims.report()
    with claims.house.database.transaction() as session:
        person = Inviting(claims.office).invite(session, claim)
        assert Inviting(claims.office).invite(session, claim, because="evt_second") == person
    assert messages(claims, person) == [LINK, LINK]


def test_an_invitation_to_report_is_about_one_policy(claims: ClaimsHouse) -> None:
    policy = claims.register()
    with claims.house.database.transaction() as session:
        invitation = Inviting(claims.office).invite_to_report(session, policy, by="usr_lin")
        row = session.get_one(InvitationToReport, invitation)
        assert (row.policy, row.way, row.by, row.claim) == (policy, ReportWay.LINK.value, "usr_lin", None)
        assert visitor_of(session, invitation) == row.person
        person = row.person
    assert messages(claims, person) == [REPORT]


def test_nobody_is_invited_on_a_policy_that_is_not_there_or_not_the_clients(claims: ClaimsHouse) -> None:
    policy = claims.register()
    with claims.house.database.transaction() as session:
        inviting = Inviting(claims.office)
        with pytest.raises(ClaimRefused, match="no such motor policy"):
            inviting.invite_to_report(session, "CX00000000")
        with pytest.raises(ClaimRefused, match="no such motor policy"):
            inviting.invite_to_report(session, policy, client="cli_other")


def test_a_link_about_something_else_opens_nothing(claims: ClaimsHouse) -> None:
    with claims.house.database.reading() as session:
        assert visitor_of(session, claims.report()) is None
        assert visitor_of(session, "inv_01k9x700000000000000000000") is None


def test_of_whoever_never_told_the_code_nothing_is_kept_beyond_the_hour(claims: ClaimsHouse) -> None:
    entrances, records = Entrances(claims.office), claims.office.house.records
    policy = claims.register()
    entrances.begin(policy)
    entrances.send_codes()
    with claims.house.database.transaction() as session:
        person = session.scalars(select(Entrance.person).where(Entrance.policy == policy)).one()
        entrances.forget(session, system_now() + timedelta(minutes=61))
        assert session.scalars(select(Entrance)).all() == []
        assert records.is_erased(session, str(person))


def test_an_invitation_that_nobody_used_is_forgotten_with_whom_it_reached(claims: ClaimsHouse) -> None:
    inviting, house, later = Inviting(claims.office), claims.office.house, system_now() + timedelta(days=91)
    policy = claims.register()
    with claims.house.database.transaction() as session:
        invitation = inviting.invite_to_report(session, policy)
        person = visitor_of(session, invitation)
        Entrances(claims.office).forget(session, system_now() + timedelta(days=89))
        assert visitor_of(session, invitation) == person
        Entrances(claims.office).forget(session, later)
        assert person is not None and visitor_of(session, invitation) is None
        assert house.records.is_erased(session, person)
