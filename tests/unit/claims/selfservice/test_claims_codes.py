"""One-time codes of the room: digits in the message alone, to the phone alone, for one thing, a few times."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from claims.errors import ClaimRefused
from claims.messages.texts import CODE
from claims.selfservice.confirming import Confirming, about_of
from esign.infra.models import Message
from esign.public.codes import TEST_CODE, OneTimeCodes
from esign.public.people import Person, keep_person
from esign.public.rows import new_id
from tests.claims_shell import ClaimsHouse
from tests.service import system_now

OFFER, OTHER = about_of("ofr_1", "a" * 64), about_of("ofr_1", "b" * 64)


def person_of(claims: ClaimsHouse) -> str:
    person = Person("江一帆", "13800001234", None, "jiang@mail.example")
    with claims.house.database.transaction() as session:
        return keep_person(claims.office.house.records, session, person, now=system_now())


def send(claims: ClaimsHouse, subject: str, about: str, person: str) -> None:
    with claims.house.database.transaction() as session:
        Confirming(claims.office.house).send(session, subject, about, person, system_now())


def test_the_digits_are_in_the_text_and_go_to_the_phone_alone(claims: ClaimsHouse) -> None:
    person = person_of(claims)
    send(claims, new_id("clm", system_now()), OFFER, person)
    process = claims.house.process
    service, ports = process.service, process.service.ports
    compose = process.rooms.composer(ports.keys, service.records, "澄岳财险", "https://x.example", lambda *_: None)
    with claims.house.database.reading() as session:
        message = session.scalars(select(Message).where(Message.person == person)).one()
        made = compose(session, message)
        assert TEST_CODE not in json.dumps(message.facts)
    assert message.kind == CODE
    assert made is not None
    assert TEST_CODE in made.words.text
    assert made.to.email is None


def test_live_digits_differ_from_code_to_code(claims: ClaimsHouse) -> None:
    codes = OneTimeCodes(claims.house.process.service.ports.keys, live=True)
    made = {codes.digits(codes.new(system_now())) for _ in range(8)}
    assert len(made) > 1
    assert TEST_CODE not in made
    assert all(len(one) == 6 and one.isdigit() for one in made)


def test_a_code_confirms_only_what_it_was_sent_for_and_is_used_up(claims: ClaimsHouse) -> None:
    confirming, now = Confirming(claims.office.house), system_now()
    send(claims, "clm_codes2", OFFER, person_of(claims))
    with pytest.raises(ClaimRefused, match="the code is wrong"):
        confirming.confirm("clm_codes2", OTHER, TEST_CODE, now)
    code = confirming.confirm("clm_codes2", OFFER, TEST_CODE, now)
    with claims.house.database.transaction() as session:
        confirming.use_up(session, code, now)
    with pytest.raises(ClaimRefused):
        confirming.confirm("clm_codes2", OFFER, TEST_CODE, now)


def test_a_code_ends_after_five_tries_and_after_five_minutes(claims: ClaimsHouse) -> None:
    confirming, now, person = Confirming(claims.office.house), system_now(), person_of(claims)
    send(claims, "clm_codes3", OFFER, person)
    for _ in range(5):
        with pytest.raises(ClaimRefused):
            confirming.confirm("clm_codes3", OFFER, "000000", now)
    with pytest.raises(ClaimRefused):
        confirming.confirm("clm_codes3", OFFER, TEST_CODE, now)
    send(claims, "clm_codes4", OFFER, person)
    with pytest.raises(ClaimRefused):
        confirming.confirm("clm_codes4", OFFER, TEST_CODE, now + timedelta(minutes=6))


def test_five_codes_go_out_in_an_hour(claims: ClaimsHouse) -> None:
    person = person_of(claims)
    for _ in range(5):
        send(claims, "clm_codes5", OFFER, person)
    with pytest.raises(ClaimRefused, match="too many codes"):
        send(claims, "clm_codes5", OFFER, person)
