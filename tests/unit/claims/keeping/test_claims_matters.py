"""A claim that nobody signed for is found by its person, held, asked about on their own page, and erased by two."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from werkzeug.test import Client

from claims.domain import commands as c
from claims.domain import events as e
from claims.keeping.erasing import Erasing
from claims.keeping.matters import ClaimMatters
from claims.models import AgreementOf, ClaimRow
from claims.pictures.models import PictureRow
from claims.risk.models import IndexedClaim
from claims.service.keeping import records_about, records_of_claim
from claims.service.registering import Register
from esign.ceremony.erasing import Erased, Order
from esign.infra.models import Message
from esign.process import pages_of
from esign.public.keeping import is_held
from esign.public.people import Person, RecordErased
from esign.retention.errors import RetentionRefused
from esign.retention.holds import HoldReason
from esign.retention.matter_office import erase_due
from esign.retention.people import Told
from esign.retention.periods import day_of
from esign.retention.projection import retention_projection
from esign.retention.requests import Channel, Outcome, RequestKind, is_matter_restricted, notes_on
from esign.retention.room import RetentionRoom
from esign.trail.consumers import rebuild
from tests.claims_shell import ClaimsHouse
from tests.service import system_now
from tests.unit.web.page_room import Visitor
from tests.vectors.trail.stored import place

YEARS = timedelta(days=7 * 366)
LIN, ZHAO = "usr_lin0000000000000000000000", "usr_zhao000000000000000000000"
HOME = "/my-data"


@dataclass
class Keeping:
    """The claims of a service with its room of retention."""

    claims: ClaimsHouse

    @property
    def room(self) -> RetentionRoom:
        return self.claims.house.process.retention

    def paid(self) -> str:
        """Report a claim that is agreed to by a code, and closed."""
        claim = self.claims.report()
        self.claims.to_offer(claim).agree(claim).payee(claim).advance(claim)
        assert self.claims.state(claim).state.value == "closed"
        return claim

    def insured(self, claim: str) -> Person:
        with self.claims.house.database.reading() as session:
            found = self.room.matters.room(claim).person(session, claim)
        assert found is not None
        return found

    def hold(self, claim: str, **more: object) -> str:
        with self.claims.house.database.transaction() as session:
            return self.room.holds.set(
                session,
                claim,
                HoldReason.COURT,
                by=LIN,
                actor="operator",
                now=system_now(),
                **more,  # type: ignore[arg-type]
            )

    def lift(self, hold: str) -> None:
        with self.claims.house.database.transaction() as session:
            self.room.holds.lift(
                session, hold, by=LIN, approved_by=ZHAO, reason="approved", actor="operator", now=system_now()
            )

    def erase(self, claim: str, now: datetime) -> Erased:
        with self.claims.house.database.transaction() as session:
            return erase_due(self.room, session, claim, Order(LIN, ZHAO, "due-by-rules"), now)

    def refused(self, claim: str, now: datetime) -> str:
        with pytest.raises(RetentionRefused) as told:
            self.erase(claim, now)
        return told.value.code

    def ask(self, claim: str, kind: RequestKind, words: str = "请更正地址") -> str:
        person = self.insured(claim)
        with self.claims.house.database.transaction() as session:
            now = system_now()
            told = Told(person.name, person.phone, words, tail=str(person.id_number)[-4:])
            return self.room.requests.receive(
                session,
                kind,
                told,
                [],
                channel=Channel.PAGE,
                by=None,
                actor="person",
                now=now,
                matters=self.room.matters.theirs(session, told, now),
            )


@pytest.fixture(scope="module")
def keeping(claims: ClaimsHouse) -> Keeping:
    return Keeping(claims)


@pytest.fixture(scope="module")
def closed(keeping: Keeping) -> str:
    """A claim that tests look at, and none erases."""
    return keeping.paid()


@pytest.fixture
def browser(keeping: Keeping) -> Client:
    return Client(pages_of(keeping.claims.house.process))


def test_a_claim_is_found_by_its_person_and_kept_for_five_years_after_it_and_its_policy_ended(
    keeping: Keeping, closed: str
) -> None:
    person, now = keeping.insured(closed), system_now()
    with keeping.claims.house.database.reading() as session:
        ends_on = keeping.claims.office.policy_of(session, keeping.claims.state(closed)).ends_on
        (found,) = keeping.room.matters.find(session, name=person.name, phone=person.phone, now=now)
        assert found.id == closed and found.is_over and found.envelope is None
        assert found.until == ends_on.replace(year=ends_on.year + 5)
        assert "87" in found.source.en and found.demanded
        assert keeping.room.matters.find(session, name="查无此人", phone=person.phone, now=now) == []
        theirs = Told(person.name, person.phone, tail=str(person.id_number)[-4:])
        assert [one.id for one in keeping.room.matters.theirs(session, theirs, now)] == [closed]
        assert keeping.room.matters.theirs(session, Told(person.name, person.phone, tail="0000"), now) == []


def test_a_claim_on_a_policy_with_an_earlier_phone_is_found_by_the_identity_number(keeping: Keeping) -> None:
    claims = keeping.claims
    policy = claims.register()
    claim = claims.report(policy)
    person = keeping.insured(claim)
    with claims.house.database.transaction() as session:
        cover = claims.office.policy_of(session, claims.state(claim))
        moved = replace(cover, insured=replace(cover.insured, phone="13999990001"))
        client = session.get_one(ClaimRow, claim).client
        Register(claims.office.house).put_in(session, str(client), moved)
    with claims.house.database.reading() as session:
        found = ClaimMatters(claims.office.house.records).find(session, person.name, "13999990001")
    assert list(found) == [claim] and cover.insured.phone != "13999990001"


def test_what_is_held_is_not_erased_until_two_people_lift_it(keeping: Keeping) -> None:
    claim, now, later = keeping.paid(), system_now(), system_now() + YEARS
    assert keeping.refused(claim, now) == "nothing-due"
    hold = keeping.hold(claim, words="（2026）沪 0115 民初 1024 号", review_on=day_of(now))
    with pytest.raises(RetentionRefused, match="already"):
        keeping.hold(claim)
    assert keeping.refused(claim, later) == "legal-hold"
    erasing = Erasing(keeping.claims.office)
    with keeping.claims.house.database.reading() as session:
        assert claim not in list(erasing.over(session, later))
        assert claim not in keeping.room.matters.due(session, now=later, at_most=1000)
        (told,) = keeping.room.holds.of(session, claim)
        assert told.words == "（2026）沪 0115 民初 1024 号" and told.set_by == LIN
        assert told.is_to_be_reviewed(day_of(now)) and is_held(session, claim)  # a day to look at it lifts nothing
    with pytest.raises(RetentionRefused) as alone, keeping.claims.house.database.transaction() as session:
        keeping.room.holds.lift(session, hold, by=LIN, approved_by=LIN, reason="x", actor="operator", now=now)
    assert alone.value.code == "own-approval"
    keeping.lift(hold)
    with keeping.claims.house.database.reading() as session:
        assert claim in keeping.room.matters.due(session, now=later, at_most=1000)
    gone = keeping.erase(claim, later)
    assert gone.records >= 4
    with keeping.claims.house.database.reading() as session:
        assert session.query(IndexedClaim).filter_by(claim=claim).one_or_none() is None  # it links nobody any more
        assert session.get_one(ClaimRow, claim).paid == 39_000  # figures stay
        assert all(one.words is None for one in keeping.room.holds.of(session, claim))
        matter = keeping.room.matters.get(session, claim, later)
    assert matter.erased_at is not None and not matter.is_due(day_of(later))
    assert keeping.refused(claim, later) == "nothing-due"
    with pytest.raises(RetentionRefused) as nothing:
        keeping.hold(claim)
    assert nothing.value.code == "evidence-gone"


def test_the_hold_of_a_claim_follows_into_the_envelope_in_which_it_is_signed_and_is_lifted_there_for_itself(
    keeping: Keeping,
) -> None:
    claim, envelope = keeping.claims.report(), "env_00000000000000000000000001"
    keeping.hold(claim, words="民初1号")
    change = keeping.claims.office.change(
        claim, lambda _session, _state: c.AskForPerson(at=system_now()), actor="tests"
    )
    sent = e.AgreementSent(at=system_now(), offer="off_1", envelope=envelope, by=None)
    with keeping.claims.house.database.transaction() as session:
        for _ in range(2):  # sent, and signed later
            keeping.claims.office.follow(session, replace(change, events=(sent,)))
    with keeping.claims.house.database.reading() as session:
        (told,) = keeping.room.holds.of(session, envelope)
        assert (told.words, told.reason, told.set_by) == ("民初1号", HoldReason.COURT, LIN)
        assert is_held(session, envelope) and is_held(session, claim)


def test_an_envelope_that_ended_unsigned_takes_no_claim_along(keeping: Keeping) -> None:
    claim, envelope = keeping.paid(), "env_00000000000000000000000002"
    with keeping.claims.house.database.transaction() as session:
        session.add(AgreementOf(envelope=envelope, claim=claim))  # sent, and agreed to by a code instead
    with keeping.claims.house.database.reading() as session:
        assert records_of_claim(session, claim)
        assert records_about(session, [envelope]) == []
    with keeping.claims.house.database.transaction() as session:
        session.delete(session.get_one(AgreementOf, envelope))  # others use this house, and no event tells of it


def test_an_unknown_claim_is_neither_held_nor_erased(keeping: Keeping) -> None:
    with pytest.raises(RetentionRefused) as none:
        keeping.hold("clm_00000000000000000000000000")
    assert none.value.code == "no-matter"
    assert keeping.refused("clm_00000000000000000000000000", system_now()) == "no-matter"


def test_photographs_go_with_the_claim_and_their_files_are_named_for_deleting(keeping: Keeping) -> None:
    claim, now, later = keeping.paid(), system_now(), system_now() + YEARS
    house = keeping.claims.office.house
    written = house.documents.write(b"not a real picture")
    with keeping.claims.house.database.transaction() as session:
        record = "pic_0000000000000000000000test"
        house.documents.keep(session, record, written)
        picture = PictureRow(id=record, claim=claim, slot="car", upload="b" * 64, marks="", made_at=now)
        picture.sha256, picture.size, picture.blob, picture.record = "a" * 64, 18, written.name, record
        picture.width, picture.height, picture.picture_hash = 480, 480, 1
        session.add(picture)
    assert written.name in keeping.erase(claim, later).blobs
    with keeping.claims.house.database.reading() as session, pytest.raises(RecordErased):
        house.documents.read(session, written.name, record)


def test_a_request_for_erasure_leaves_storing_alone_while_the_law_demands_it_and_a_correction_is_noted(
    keeping: Keeping,
) -> None:
    claim, database = keeping.paid(), keeping.claims.house.database
    asked, now = keeping.ask(claim, RequestKind.ERASURE), system_now()
    with database.transaction() as session:
        request = keeping.room.requests.get(session, asked)
        assert list(request.matters) == [claim]
        (planned,) = keeping.room.erasure_answers.plan_matters(session, request, now=now)
        assert planned.restricted and not planned.erases
        answer = keeping.room.erasure_answers.carry_out
        answer(session, request, "法律要求保存五年。", None, by=LIN, actor="staff:usr_1", now=now)
        assert keeping.room.requests.get(session, asked).outcome is Outcome.RESTRICTED
        assert is_matter_restricted(session, claim)
    noted = keeping.ask(claim, RequestKind.CORRECTION)
    with database.transaction() as session:
        request = keeping.room.requests.get(session, noted)
        keeping.room.requests.answer(
            session, request, Outcome.GRANTED, "已记下。", by=LIN, actor="staff:usr_1", now=now, corrected=[claim]
        )
        assert [words for _at, words in notes_on(session, keeping.room.records, claim)] == ["请更正地址"]
    place(database)
    rebuild(database, retention_projection())
    with database.reading() as session:
        assert is_matter_restricted(session, claim)
        assert list(keeping.room.requests.get(session, noted).matters) == [claim]


def test_when_its_time_is_over_a_request_erases_it_by_two_and_under_a_hold_not_at_all(keeping: Keeping) -> None:
    claim, database, later = keeping.paid(), keeping.claims.house.database, system_now() + YEARS
    asked, hold = keeping.ask(claim, RequestKind.ERASURE), keeping.hold(claim)
    answers = keeping.room.erasure_answers
    with database.reading() as session:
        request = keeping.room.requests.get(session, asked)
        (held,) = answers.plan_matters(session, request, now=later)
    assert held.held and held.restricted and not held.erases
    keeping.lift(hold)
    with pytest.raises(RetentionRefused, match="two people"), database.transaction() as session:
        answers.carry_out(session, request, "删除。", None, by=LIN, actor="staff:usr_1", now=later)
    with database.transaction() as session:
        order = Order(LIN, ZHAO, "person-asked")
        assert answers.carry_out(session, request, "删除。", order, by=LIN, actor="staff:usr_1", now=later).records
        assert keeping.room.requests.get(session, asked).outcome is Outcome.GRANTED


def test_whoever_never_signed_anything_opens_their_own_page_and_takes_a_copy(
    keeping: Keeping, closed: str, browser: Client
) -> None:
    person, database, room = keeping.insured(closed), keeping.claims.house.database, keeping.room
    assert room.visits is not None
    visitor = Visitor(browser, "")
    assert visitor.send(HOME, HOME, name=person.name, phone=person.phone).location == f"{HOME}/code"
    room.visits.send_codes()
    with database.reading() as session:
        sent = session.query(Message).filter_by(kind="data-code").all()
        to = room.matters.room(closed).addressee(session, closed, system_now())
    assert [one.person for one in sent if one.envelope is None] == [to]
    assert visitor.send(f"{HOME}/code", f"{HOME}/code", code="246810", tail="0000").status_code == 422
    tail = str(person.id_number)[-4:]
    assert visitor.send(f"{HOME}/code", f"{HOME}/code", code="246810", tail=tail).location == f"{HOME}/mine"
    mine = visitor.get(f"{HOME}/mine").text
    assert f"车险案件 {closed[-6:]}" in mine and "保存到" in mine and "第八十七条" in mine
    assert visitor.send(f"{HOME}/mine", f"{HOME}/ask", kind="copy").status_code == 303
    with database.transaction() as session:
        (asked,) = room.requests.of(session, person.name, person.phone)
        room.requests.answer(
            session, asked, Outcome.GRANTED, "可以下载。", by=LIN, actor="staff:usr_1", now=system_now()
        )
    copy = visitor.send(f"{HOME}/mine", f"{HOME}/requests/{asked.id}/copy")
    with zipfile.ZipFile(io.BytesIO(copy.data)) as archive:
        names = archive.namelist()
        held = json.loads(archive.read("held.json"))["held"]
        assert person.name.encode() in archive.read(f"business/claims/{closed}/report-1.json")
    assert [one["matter"] for one in held] == [closed]
    assert {one.split("/")[2] for one in names if one.startswith("business/")} == {closed}
