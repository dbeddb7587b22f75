"""Above the limit the insured signs: the room sends one paper, hears what came of it, and withdraws what is over."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import select

from claims.agreements.ceremony import Agreements
from claims.agreements.paper import SettlementPaper, paper_data
from claims.domain import commands as c
from claims.keeping.held import Held
from claims.models import AgreementOf
from claims.settlement.settling import Accident
from claims.settlement.table import Loss
from esign.ceremony.domain.commands import ReplaceRecipient
from esign.public.envelopes import EnvelopeState
from esign.public.people import Person, keep_person
from esign.public.rows import new_id
from tests.claims_shell import HANDLER, LEAD, ClaimsHouse
from tests.service import system_now
from tests.unit.claims.selfservice.phone import Phone

MANY = (("front-left-door", 6), ("bonnet", 4), ("paint-panel", 10), ("windscreen", 4))
STRANGER = Person("方木兰", "13800007777", "11010519491231002X")
PAPER = SettlementPaper(
    company="澄岳财险",
    policy="CX330126112700",
    insured="江一帆",
    insured_id="990106198807152213",
    plate="栖B01234",
    occurred_at=datetime(2026, 11, 27, 4, 0, tzinfo=UTC),
    lines=[("前保险杠", 1, 68_000), ("保险杠喷漆", 1, 45_000)],
    injury=0,
    steps=["车损险：按您的责任比例 100%，1,130.00 元承担 1,130.00 元。"],
    covers=[("车损险", 113_000)],
    fen=113_000,
    premium_without=192_000,
    premium_with=256_000,
    digest="ab" * 32,
    made_on=date(2026, 11, 27),
)


def large(claims: ClaimsHouse) -> str:
    """Bring a claim of some ten thousand yuan to its offer, by the people whom it needs."""
    claim = claims.report()
    claims.advance(claim).survey(claim).assess(claim, MANY).advance(claim)
    state = claims.state(claim)
    assert state.assessment is not None
    verify = c.Verify(at=system_now(), assessment=state.assessment.id, passed=True, by=LEAD)
    claims.give(claim, lambda _state: verify)
    claims.settling.adjudicate(claim, Accident({Loss.OWN_VEHICLE: state.loss}, 100), actor="tests", by=HANDLER)
    claims.advance(claim)
    assert claims.state(claim).state.value == "offered"
    return claim


def envelopes(claims: ClaimsHouse, claim: str) -> dict[str, EnvelopeState]:
    with claims.house.database.reading() as session:
        found = session.scalars(select(AgreementOf.envelope).where(AgreementOf.claim == claim)).all()
        return {one: claims.office.house.envelopes.get(session, one).state for one in found}


def test_an_offer_above_the_limit_is_sent_once_by_the_room_itself(claims: ClaimsHouse) -> None:
    claim = large(claims)
    claims.house.work()
    state = claims.state(claim)
    assert state.offer is not None
    assert list(envelopes(claims, claim)) == [state.offer.envelope]
    assert Agreements(claims.office).begin(claim) == state.offer.envelope
    with claims.house.database.reading() as session:  # whoever signs has their claim in the copy that they ask for
        recipient = claims.office.house.envelopes.get(session, state.offer.envelope).recipients[0].id
        held = Held(claims.office).held(session, state.offer.envelope, recipient)
        assert f"{claim}/report-1.json" in {one.name for one in held} and all(one.once for one in held)
        assert Held(claims.office).held(session, state.offer.envelope, "rcp_none") == ()
    phone = Phone(claims, "203.0.113.41")
    page = phone.come_by(claim)
    assert "请看赔付金额，再签名" in page.text
    page = phone.open(f"{phone.at}/offer")
    assert "要您本人签名确认" in page.text
    assert "发验证码" not in page.text
    begun = phone.begin("/sign")
    assert "/s/" in begun.location


def test_what_the_insured_signed_is_the_agreement(claims: ClaimsHouse) -> None:
    claim = large(claims)
    claims.house.work()
    (envelope,) = envelopes(claims, claim)
    desk = claims.house.desk
    with claims.house.database.reading() as session:
        insured = claims.office.policy_of(session, claims.state(claim)).insured
    desk.play(desk.envelope(envelope), 0, Person(insured.name, insured.phone, insured.id_number))
    claims.house.work()
    state = claims.state(claim)
    assert state.state.value == "agreed"
    assert state.offer is not None
    assert state.offer.envelope == envelope
    assert "请填收款账户" in Phone(claims, "203.0.113.42").come_by(claim).text


def test_a_stranger_who_was_put_in_the_insureds_place_has_agreed_to_nothing(claims: ClaimsHouse) -> None:
    claim = large(claims)
    claims.house.work()
    (envelope,) = envelopes(claims, claim)
    desk, now = claims.house.desk, system_now()
    with claims.house.database.transaction() as session:
        person = keep_person(claims.office.house.records, session, STRANGER, now=now)
    asked = ReplaceRecipient(
        at=now,
        recipient=desk.envelope(envelope).recipients[0].id,
        replacement=new_id("rcp", now),
        person=person,
        by="usr_shen",
        approved_by="usr_qi",
    )
    desk.service.envelopes.change(envelope, lambda _session, _state: asked, actor="system:worker")
    desk.play(desk.envelope(envelope), 1, STRANGER)
    claims.house.work()
    state = claims.state(claim)
    assert (state.state.value, state.offer.envelope if state.offer else "") == ("offered", None)
    assert claims.house.events(claim)[-1] == "claim.agreement-returned"


def test_an_objection_withdraws_what_was_out_to_be_signed(claims: ClaimsHouse) -> None:
    claim = large(claims)
    claims.house.work()
    phone = Phone(claims, "203.0.113.43")
    phone.come_by(claim)
    phone.open(f"{phone.at}/offer")
    phone.send("/object", words="少算了")
    claims.house.work()
    assert list(envelopes(claims, claim).values()) == [EnvelopeState.VOIDED]
    offer = claims.state(claim).offer
    assert offer is not None
    assert offer.envelope is None


def test_the_paper_shows_no_whole_id_number() -> None:
    data = paper_data(PAPER)
    assert data["insured_id"] == "990106********2213"
    assert data["amount"] == "1,130.00"
    assert data["occurred"].endswith("12:00")
