"""The index in the database, on both of them.

What was entered is found by what is shared, and what is forgotten is not.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from claims.risk.graph import EndedAs
from claims.risk.index import ClaimIndex
from claims.risk.links import ClaimLinks, LinkKind, days_of, minutes_of
from claims.risk.lookup import Lookup
from claims.risk.models import ClaimLink, IndexedClaim, PictureBand
from claims.risk.picture_index import CANDIDATES_AT_MOST, NearPicture, PictureIndex, TooCommon
from claims.risk.pictures import NEAR, distance
from esign.infra.database import Database
from esign.public.rows import insert_rows, table_of
from tests.databases import sqlite_with_tables
from tests.unit.claims.risk.earlier import car, claim, earlier, link, person, phone, population
from tests.unit.claims.risk.firing import NOON, SCENE

MILLISECOND = timedelta(milliseconds=1)


def test_claims_that_are_entered_together_new_or_again_are_found_as_those_that_are_entered_one_by_one(
    tmp_path: Path,
) -> None:
    claims = population(30)
    known = [(one, NOON + place * MILLISECOND) for place, one in enumerate(claims[:20])]
    more = [(claim(f"{place:04}", 30 - place, account=link(LinkKind.ACCOUNT, "6200")), NOON) for place in range(10, 20)]
    new = [(one, NOON + place * MILLISECOND) for place, one in enumerate(claims[20:], 20)]
    found = []
    for together in (False, True):
        database = sqlite_with_tables(tmp_path / str(together))
        with database.transaction() as session:
            index = ClaimIndex(session)
            lots = [known, [*more, *new]] if together else [[one] for one in (*known, *more, *new)]
            numbers = [number for lot in lots for number in index.enter_many(lot)]
            entered = session.execute(select(table_of(IndexedClaim)).order_by(IndexedClaim.number)).all()
            links = session.execute(select(table_of(ClaimLink)).order_by(ClaimLink.key, ClaimLink.number)).all()
        found.append((numbers, entered, links))
        database.close()
    assert found[0] == found[1]
    assert len(found[0][1]) == 30


def test_links_that_become_known_are_added_and_how_it_ended_is_taken_down(database: Database) -> None:
    first = claim("a", 3, insured=person("Li"), phones=frozenset({phone("1")}))
    later = claim("a", 3, account=link(LinkKind.ACCOUNT, "6200"))
    with database.transaction() as session:
        index = ClaimIndex(session)
        assert len({index.enter(one, NOON) for one in (first, later, first)}) == 1
        index.tell_end("clm_a", EndedAs.REFUSED, {"rear", "left-door"})
        index.tell_complaint("clm_a", date(2026, 11, 20))
        index.tell_litigation("clm_a")
        index.tell_end("clm_unknown", EndedAs.PAID)
    with database.reading() as session:
        found = Lookup(session).sharing(later.keys | first.keys)
    assert found.keys() == later.keys | first.keys
    assert found[phone("1")] == [
        earlier(
            claim("a", 3, insured=person("Li"), phones=frozenset({phone("1")}), account=later.account),
            ended_as=EndedAs.REFUSED,
            complained=days_of(date(2026, 11, 20)),
            litigated=True,
            unrepaired="left-door rear",
        )
    ]


def test_a_claim_that_is_forgotten_leaves_nothing(database: Database) -> None:
    with database.transaction() as session:
        index, pictures = ClaimIndex(session), PictureIndex(session)
        known = claim("a", 3, insured=person("Li"), story=link(LinkKind.STORY, "x"), place=SCENE)
        number = index.enter(known, NOON)
        pictures.enter(number, 2**64 - 1)
        index.forget("clm_a")
        index.forget("clm_a")
        for model in (IndexedClaim, ClaimLink, PictureBand):
            assert session.scalar(select(func.count()).select_from(model)) == 0


def test_a_picture_is_found_within_six_bits_wherever_they_differ_and_not_beyond(database: Database) -> None:
    draw = random.Random(4)  # noqa: S311  # the same bits each time
    stored = 0xC0FFEE_1234_5678_9A
    with database.transaction() as session:
        index, pictures = ClaimIndex(session), PictureIndex(session)
        old = index.enter(claim("old", 9), NOON)
        now = index.enter(claim("now"), NOON)
        pictures.enter(old, stored)
        pictures.enter(old, stored)
        for bits in (*range(7), 6, 6, 6, 6, 7, 8, 20):
            changed = stored ^ sum(1 << bit for bit in draw.sample(range(64), bits))
            expected = NearPicture("clm_old", bits) if bits <= 6 else None
            assert pictures.nearest(now, changed) == expected
        assert pictures.nearest(old, stored) is None, "pictures of the claim itself are no duplicates"


def test_a_picture_that_is_like_too_many_to_look_at_is_not_called_fresh(tmp_path: Path) -> None:
    database = sqlite_with_tables(tmp_path / "esign.db")
    bands = ("band", "picture_hash", "number")
    alike = [(0, place << 22, place) for place in range(2**20, 2**20 + CANDIDATES_AT_MOST)]
    crowd = [row for row in alike if distance(row[1], 0) > NEAR]
    with database.transaction() as session:
        insert_rows(session, table_of(PictureBand), bands, crowd)
        assert PictureIndex(session).nearest(0, 0) is None
        insert_rows(session, table_of(PictureBand), bands, [(0, far, 7) for far in range(-9_000, -1)])
        with pytest.raises(TooCommon):
            PictureIndex(session).nearest(0, 0)
    database.close()


def test_a_moment_survives_the_index_to_the_minute(database: Database) -> None:
    when = NOON + timedelta(minutes=17)
    known = ClaimLinks(claim="clm_a", occurred_at=when, car=car("A"))
    with database.transaction() as session:
        index = ClaimIndex(session)
        index.enter(known, NOON)
        assert Lookup(session).sharing({car("A")})[car("A")][0].occurred == minutes_of(when)
