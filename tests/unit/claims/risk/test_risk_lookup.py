"""Looking up who shares links, on both databases: what the index tells is what it would tell in memory."""

from __future__ import annotations

from datetime import timedelta

from claims.risk.graph import LINKS_AT_MOST, NEWEST, EndedAs
from claims.risk.history import history_of
from claims.risk.index import ClaimIndex
from claims.risk.lookup import Lookup
from esign.infra.database import Database
from tests.unit.claims.risk.earlier import InMemory, claim, person, phone, population
from tests.unit.claims.risk.firing import NOON

MILLISECOND = timedelta(milliseconds=1)


def test_what_the_database_tells_is_what_an_index_in_memory_tells(database: Database) -> None:
    claims, memory = population(60), InMemory()
    with database.transaction() as session:
        index = ClaimIndex(session)
        for place, one in enumerate(claims):
            index.enter(one, NOON + place * MILLISECOND)
            memory.put(one, ended_as=EndedAs.OPEN)
    with database.reading() as session:
        lookup = Lookup(session)
        for one in claims[::7]:
            assert lookup.sharing(one.keys) == memory.sharing(one.keys)
            assert history_of(one, Lookup(session), NOON) == history_of(one, memory, NOON)


def test_of_a_link_that_many_share_the_newest_are_told(database: Database) -> None:
    with database.transaction() as session:
        index = ClaimIndex(session)
        for place in range(NEWEST + 5):
            links = claim(f"{place:03}", 100 - place, phones=frozenset({phone("1")}))
            index.enter(links, NOON + place * MILLISECOND)
        found = Lookup(session).sharing({phone("1")})[phone("1")]
    assert [one.claim for one in found] == [f"clm_{place:03}" for place in range(NEWEST + 4, 4, -1)]


def test_a_link_that_is_not_followed_is_left_out_by_how_many_share_it(database: Database) -> None:
    told: dict[int, int] = {}

    def followed(key: int, claims: int) -> bool:
        told[key] = claims
        return claims < NEWEST

    with database.transaction() as session:
        many = [claim(f"{place:03}", phones=frozenset({phone("1")})) for place in range(NEWEST + 5)]
        few = claim("few", phones=frozenset({phone("1"), phone("2")}))
        ClaimIndex(session).enter_new([(one, NOON + place * MILLISECOND) for place, one in enumerate([*many, few])])
        found = Lookup(session).sharing({phone("1"), phone("2"), phone("3")}, followed)
    assert told == {phone("1"): NEWEST, phone("2"): 1}
    assert {key: [one.claim for one in claims] for key, claims in found.items()} == {phone("2"): ["clm_few"]}


def test_more_links_than_one_question_holds_are_all_looked_up(database: Database) -> None:
    shared = [phone(str(number)) for number in range(2 * LINKS_AT_MOST + 3)]
    with database.transaction() as session:
        known = [(claim(str(key), phones=frozenset({key})), NOON + key % 997 * MILLISECOND) for key in shared]
        ClaimIndex(session).enter_new(known)
        found = Lookup(session).sharing(shared)
    assert {key: [one.claim for one in claims] for key, claims in found.items()} == {
        key: [f"clm_{key}"] for key in shared
    }


def test_a_claim_that_was_read_is_told_again_as_it_was_and_another_lookup_tells_what_became_of_it(
    database: Database,
) -> None:
    one = claim("a", insured=person("Li"), phones=frozenset({phone("1")}))
    with database.transaction() as session:
        index, lookup = ClaimIndex(session), Lookup(session)
        index.enter(one, NOON)
        first = lookup.sharing({phone("1")})[phone("1")]
        index.tell_end("clm_a", EndedAs.REFUSED)
        assert lookup.sharing({person("Li")})[person("Li")] == first
        assert Lookup(session).sharing({person("Li")})[person("Li")][0].ended_as == EndedAs.REFUSED


def test_a_claim_that_is_forgotten_while_it_is_looked_up_is_left_out(database: Database) -> None:
    def followed(_key: int, _claims: int) -> bool:
        index.forget("clm_a")  # somebody comes between the two statements
        return True

    with database.transaction() as session:
        index = ClaimIndex(session)
        index.enter(claim("a", phones=frozenset({phone("1"), phone("2")})), NOON)
        index.enter(claim("b", phones=frozenset({phone("1")})), NOON + MILLISECOND)
        found = Lookup(session).sharing({phone("1"), phone("2")}, followed)
    assert {key: [one.claim for one in claims] for key, claims in found.items()} == {phone("1"): ["clm_b"]}
