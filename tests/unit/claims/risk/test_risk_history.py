"""What earlier claims tell: counted of those that share a link, and not known where the link is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from claims.risk.facts import HistoryFacts
from claims.risk.graph import CLAIMS_AT_MOST, NEWEST, STEPS_AT_MOST, EndedAs, community_of
from claims.risk.history import history_of
from claims.risk.links import ClaimLinks, LinkKind, days_of, number_of
from claims.risk.places import Place
from tests.unit.claims.risk.earlier import KEYS, InMemory, car, claim, link, person, phone
from tests.unit.claims.risk.firing import FAR, NOON, SCENE

LI, WANG, ZHAO, QIAN = (person(name) for name in ("Li", "Wang", "Zhao", "Qian"))
CAR, OTHER_CAR = car("SH-A12345"), car("SH-B99999")
PHONE = phone("13800000001")


def told(of: ClaimLinks, *others: ClaimLinks, **ended: object) -> HistoryFacts:
    index = InMemory()
    for one in others:
        index.put(one, **ended)
    return history_of(of, index, NOON)


def test_of_a_claim_whose_links_are_not_known_nothing_is_known() -> None:
    assert told(claim("now")) == HistoryFacts()


def test_of_a_claim_that_shares_nothing_every_count_that_was_asked_is_zero() -> None:
    facts = told(claim("now", insured=LI, driver=LI, car=CAR, phones=frozenset({PHONE})))
    assert (facts.claims_6m, facts.refusals, facts.frauds, facts.shared_contacts, facts.community) == (0, 0, 0, 0, 0)
    assert (facts.drivers_year, facts.cars_of_driver) == (1, 1)
    assert facts.account_payees is None
    assert facts.same_counterparty is None


def test_claims_of_the_car_are_counted_for_half_a_year() -> None:
    past = [claim(str(days), days, car=CAR, insured=WANG) for days in (10, 100, 180, 200)]
    assert told(claim("now", car=CAR, insured=LI), *past).claims_6m == 3


def test_a_claim_in_which_the_car_was_the_other_one_is_none_of_its_own() -> None:
    met = claim("met", 10, car=OTHER_CAR, other_cars=frozenset({CAR}))
    assert told(claim("now", car=CAR), met).claims_6m == 0


def test_drivers_of_the_car_are_counted_with_the_one_who_drives_now() -> None:
    past = [claim(str(who), 30, car=CAR, driver=who) for who in (WANG, ZHAO, WANG)]
    assert told(claim("now", car=CAR, driver=LI), *past).drivers_year == 3


@pytest.mark.parametrize(
    ("ended", "member"),
    [(EndedAs.REFUSED, "refusals"), (EndedAs.FRAUD, "frauds"), (EndedAs.WITHDRAWN, "withdrawn")],
)
def test_how_claims_of_the_insured_or_the_driver_ended_is_counted(ended: EndedAs, member: str) -> None:
    facts = told(claim("now", insured=LI, driver=WANG), claim("then", 400, insured=WANG), ended_as=ended)
    assert getattr(facts, member) == 1


def test_what_the_cars_earlier_owner_did_is_not_the_new_owners() -> None:
    facts = told(claim("now", car=CAR, insured=LI), claim("then", 400, car=CAR, insured=WANG), ended_as=EndedAs.FRAUD)
    assert facts.frauds == 0


def test_a_fraud_comes_back_by_the_phone_or_the_account_of_whoever_was_behind_it() -> None:
    account = link(LinkKind.ACCOUNT, "6200000000009999")
    then = claim("then", 60, insured=WANG, phones=frozenset({PHONE}), account=account)
    for now in (claim("now", insured=LI, phones=frozenset({PHONE})), claim("now", insured=LI, account=account)):
        facts = told(now, then, ended_as=EndedAs.FRAUD)
        assert (facts.frauds, facts.refusals) == (1, 0)
    assert told(claim("now", insured=LI, phones=frozenset({phone("139")})), then, ended_as=EndedAs.FRAUD).frauds == 0


def test_what_so_many_share_that_it_joins_strangers_brings_no_fraud_back() -> None:
    others = [claim(str(one), one, insured=person(str(one)), phones=frozenset({PHONE})) for one in range(NEWEST)]
    assert told(claim("now", insured=LI, phones=frozenset({PHONE})), *others, ended_as=EndedAs.FRAUD).frauds == 0


def test_complaints_count_for_ninety_days() -> None:
    for days, counted in ((30, 1), (91, 0)):
        on = days_of((NOON - timedelta(days=days)).date())
        facts = told(claim("now", insured=LI), claim("then", 200, insured=LI), complained=on)
        assert facts.complaints_90d == counted


def test_two_cars_that_met_before_are_found_whoever_claimed_then() -> None:
    now = claim("now", car=CAR, insured=LI, other_cars=frozenset({OTHER_CAR}))
    theirs = claim("theirs", 60, car=OTHER_CAR, insured=WANG, other_cars=frozenset({CAR}))
    ours = claim("ours", 90, car=CAR, insured=LI, other_cars=frozenset({OTHER_CAR}))
    assert told(now, theirs).pair_collisions == 1
    assert told(now, theirs, ours).pair_collisions == 2
    assert told(now, ours).same_counterparty == 1
    assert told(now, theirs).same_counterparty == 0


def test_a_phone_is_shared_with_other_insured_people_not_with_oneself() -> None:
    now = claim("now", insured=LI, phones=frozenset({PHONE}))
    past = [claim(f"of {who}", 9, insured=who, phones=frozenset({PHONE})) for who in (LI, WANG, ZHAO, ZHAO)]
    facts = told(now, *past)
    assert (facts.phone_insureds, facts.shared_contacts) == (2, 2)


def test_an_account_is_known_since_the_first_claim_paid_to_it() -> None:
    account = link(LinkKind.ACCOUNT, "6200000000009999")
    now = claim("now", insured=LI, account=account)
    assert told(now).account_known_days == 0
    facts = told(now, claim("b", 20, insured=WANG, account=account), claim("a", 300, insured=LI, account=account))
    assert (facts.account_known_days, facts.account_payees) == (300, 1)


def test_a_companys_account_is_known_and_joins_nobody() -> None:
    account = link(LinkKind.ACCOUNT, "6200000000009999")
    now = claim("now", insured=LI, company_account=account)
    others = [claim(str(one), 30, insured=person(str(one)), company_account=account) for one in range(9)]
    facts = told(now, *others)
    assert (facts.account_known_days, facts.account_payees, facts.community) == (30, None, 0)


def test_a_certificate_serves_both_cars_of_one_accident_and_no_other_one() -> None:
    number = link(LinkKind.CERTIFICATE, "310101202611260001")
    now = claim("now", certificate=number)
    assert told(now, claim("same accident", 0.01, certificate=number)).certificate_of_other_event is False
    assert told(now, claim("another", 40, certificate=number)).certificate_of_other_event is True


def test_receipts_texts_agents_and_doctors_are_counted() -> None:
    receipt, story = link(LinkKind.RECEIPT, "R-1"), link(LinkKind.STORY, "I hit a wall")
    agent, doctor = link(LinkKind.AGENT, "agent"), link(LinkKind.DOCTOR, "doctor")
    of = {"story": story, "agents": frozenset({agent}), "doctors": frozenset({doctor})}
    now = claim("now", receipts=frozenset({receipt, link(LinkKind.RECEIPT, "R-2")}), **of)
    facts = told(now, claim("a", 30, receipts=frozenset({receipt}), **of), claim("b", 500, **of))
    assert (facts.receipts_seen, facts.same_text_claims, facts.agent_claims, facts.doctor_claims) == (1, 2, 1, 1)


def test_a_plate_that_was_far_away_an_hour_before_is_told_with_time_and_way() -> None:
    plate = link(LinkKind.PLATE, "SH-A12345")
    now = claim("now", plate=plate, place=SCENE)
    beijing = Place(39.9042, 116.4074)
    facts = told(now, claim("there", 1 / 24, plate=plate, place=beijing), claim("near", 0.5, plate=plate, place=FAR))
    assert facts.plate_elsewhere is not None
    hours, km = facts.plate_elsewhere
    assert hours == 1.0
    assert 1000 < km < 1100
    assert told(now).plate_elsewhere == (9999.0, 0.0)


def test_zones_that_were_paid_and_not_repaired_are_those_of_the_same_car() -> None:
    facts = told(claim("now", car=CAR), claim("then", 50, car=CAR), unrepaired="rear")
    assert facts.unrepaired_zones == {"rear"}


def ring(size: int) -> list[ClaimLinks]:
    """Claims of different people, each sharing a phone with the next one."""
    return [
        claim(
            f"ring {place}",
            5,
            insured=person(f"member {place}"),
            phones=frozenset({phone(f"139{place}"), phone(f"139{place + 1}")}),
        )
        for place in range(size)
    ]


def test_a_chain_of_claims_is_a_community_as_far_as_the_search_goes() -> None:
    index = InMemory()
    for one in ring(10):
        index.put(one)
    now = claim("now", insured=LI, phones=frozenset({phone("1390")}))
    found = community_of(now, index.sharing(now.joining), index)
    assert found == {f"clm_ring {place}" for place in range(STEPS_AT_MOST)}


def test_a_link_that_joins_strangers_makes_no_community() -> None:
    index, block = InMemory(), link(LinkKind.ADDRESS, "a block of flats")
    for place in range(NEWEST):
        index.put(claim(f"flat {place}", 5, insured=person(str(place)), addresses=frozenset({block})))
    now = claim("now", insured=LI, addresses=frozenset({block}))
    assert history_of(now, index, NOON).community == 0


def test_accidents_of_one_person_are_no_community() -> None:
    past = [claim(str(days), days, insured=LI, car=CAR) for days in range(1, 9)]
    assert told(claim("now", insured=LI, car=CAR), *past).community == 0


def test_a_car_that_strangers_met_joins_them_only_where_they_met_it_often() -> None:
    now = claim("now", insured=LI, car=CAR, other_cars=frozenset({OTHER_CAR}))
    met = [
        claim(f"met {place}", 20 * place, insured=person(f"met {place}"), other_cars=frozenset({OTHER_CAR}))
        for place in range(1, 4)
    ]
    assert told(now, *met[:2]).community == 0
    assert told(now, *met).community == 3


def test_the_search_is_bounded_however_large_the_network() -> None:
    index = InMemory()
    for group in range(30):
        for place in range(30):
            links = frozenset({phone(f"g{group}"), phone(f"p{place}"), phone(f"{group} {place}")})
            index.put(claim(f"{group} {place}", 5, insured=person(f"{group} {place}"), phones=links))
    now = claim("now", insured=LI, phones=frozenset({phone("g3")}))
    facts = history_of(now, index, NOON)
    assert facts.community == CLAIMS_AT_MOST
    assert index.asked <= STEPS_AT_MOST


def test_a_claim_that_is_entered_later_has_a_larger_number() -> None:
    numbers = [number_of(f"clm_{place}", NOON + timedelta(milliseconds=place)) for place in range(5)]
    assert numbers == sorted(set(numbers))
    assert number_of("clm_a", NOON) != number_of("clm_b", NOON)
    assert number_of("clm_a", NOON.replace(year=2039, month=1)) < 2**63


def test_a_link_is_the_same_however_a_number_is_written_and_tells_nothing_without_the_key() -> None:
    assert phone("138 0000-0001") == phone("１３８０００００００１") == PHONE
    assert KEYS.key(LinkKind.PHONE, "1") != KEYS.key(LinkKind.ACCOUNT, "1")
    assert 0 < PHONE < 2**63
    with pytest.raises(ValueError, match="nothing is left"):
        phone(" - ")
