"""`python -m bench.claims_risk`: scoring a step, and a triage decision, with millions of earlier claims in the index.

The index is filled directly, in bulk, with invented claims: people and cars that claim more than once, households that
share a phone and an address, workshops whose account many use. What is measured is what the service does at triage: ask
the index what earlier claims tell, score report, car and history, and decide whether people decide. Times are of one
process; `cpu` is what it worked, `wall` what passed on this machine.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from claims.risk.facts import Facts, HistoryFacts, PolicyFacts, ReportFacts, Step, VehicleFacts
from claims.risk.graph import EndedAs
from claims.risk.history import history_of
from claims.risk.links import EPOCH, MINUTE, ClaimLinks, number_of
from claims.risk.lookup import Lookup
from claims.risk.models import ClaimLink, IndexedClaim, PictureBand
from claims.risk.picture_index import PictureIndex
from claims.risk.pictures import BANDS, WIDEST, bands_of, signed
from claims.risk.places import Place
from claims.risk.rules import RiskRules, rules_on
from claims.risk.scoring import goes_to_people, score_step
from esign.infra.database import Base, Database, open_database
from esign.public.rows import insert_rows, table_of

Numbers = NDArray[np.int64]
ROWS = 200_000
CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=CHINA)
STEP_BITS = 22
FIRST = number_of("clm_first", datetime(2023, 11, 27, tzinfo=UTC))
"""The number of the first claim; the next has one that is a millisecond larger."""
MINUTES_BACK = 3 * 365 * 24 * 60
CLAIM_COLUMNS = (
    *("number", "claim", "occurred", "latitude", "longitude", "insured", "driver", "car", "ended_as", "complained"),
    *("litigated", "unrepaired", "joining", "cars", "papers"),
)
ENDS = [one.value for one in (EndedAs.PAID,) * 94 + (EndedAs.REFUSED,) * 2 + (EndedAs.WITHDRAWN,) * 3 + (EndedAs.OPEN,)]


@dataclass(frozen=True)
class Population:
    """Claims by number, from 1: the links of each, by what they are."""

    links: dict[str, Numbers]
    has_other: NDArray[np.bool_]

    @property
    def size(self) -> int:
        return len(self.has_other)

    def claim(self, place: int) -> ClaimLinks:
        """A new claim like the one at this place, of the same people."""
        one = {name: int(column[place]) for name, column in self.links.items()}
        return ClaimLinks(
            claim="clm_new",
            occurred_at=NOW - timedelta(hours=3),
            place=Place(31.2, 121.4),
            insured=one["insured"],
            driver=one["driver"],
            car=one["car"],
            other_cars=frozenset({one["other"]}) if self.has_other[place] else frozenset(),
            phones=frozenset({one["phone"]}),
            devices=frozenset({one["device"]}),
            addresses=frozenset({one["address"]}),
            account=one["account"],
        )


def populate(size: int, draw: np.random.Generator) -> Population:
    """Draw claims of three years: as many people as claims, so that most who claim have one or two.

    Households of three share an address and sometimes a phone; a tenth of the drivers are of the household; every
    twentieth claim is paid to one of few workshops.
    """
    people = max(10, size)
    insured = draw.integers(0, people, size)
    household = insured // 3
    driver = np.where(draw.random(size) < 0.9, insured, household * 3 + draw.integers(0, 3, size))
    workshop = draw.random(size) < 0.05
    links = {
        "insured": link(1, insured),
        "driver": link(1, driver),
        "car": link(2, insured),
        "other": link(2, draw.integers(0, people, size)),
        "phone": link(3, np.where(draw.random(size) < 0.9, insured, household + people)),
        "device": link(4, insured),
        "address": link(5, household),
        "account": link(6, np.where(workshop, draw.integers(0, max(2, people // 5000), size), insured + people)),
    }
    return Population(links, draw.random(size) < 0.6)


def link(kind: int, entity: Numbers) -> Numbers:
    """Return links that look like keyed digests: the same for the same entity, spread over 63 bits."""
    mixed = entity.astype(np.uint64) * np.uint64(16) + np.uint64(kind)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    found: Numbers = ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(1)).astype(np.int64)
    return np.maximum(found, 1)


def fill(database: Database, population: Population, pictures: Numbers, draw: np.random.Generator) -> None:
    """Fill the index directly, in the order of its keys."""
    tables = [table_of(model) for model in (IndexedClaim, ClaimLink, PictureBand)]
    Base.metadata.create_all(database.engine, tables=tables)
    put(database, IndexedClaim, CLAIM_COLUMNS, claim_rows(population, draw))
    put(database, ClaimLink, ("link", "number"), in_order(edges_of(population)))
    put(database, PictureBand, ("band", "picture_hash", "number"), in_order(bands_rows(pictures)))


def claim_rows(population: Population, draw: np.random.Generator) -> Iterator[Sequence[object]]:
    occurred = int((NOW - EPOCH) / MINUTE) - np.sort(draw.integers(600, MINUTES_BACK, population.size))[::-1]
    ends = draw.integers(0, len(ENDS), population.size)
    links = population.links
    cars = np.stack([links["car"], links["other"]], axis=1).astype(">i8").tobytes()
    others = [one for name, one in links.items() if name not in ("car", "other")]
    joining, width = np.stack(others, axis=1).astype(">i8").tobytes(), 8 * len(others)
    columns = zip(
        *(one.tolist() for one in (occurred, ends, links["insured"], links["driver"], links["car"])), strict=True
    )
    for place, (minute, end, insured, driver, car) in enumerate(columns):
        packed = joining[place * width : (place + 1) * width]
        met = cars[place * 16 : place * 16 + (16 if population.has_other[place] else 8)]
        place_and_people = (31_200_000, 121_400_000, insured, driver, car)
        yield (
            FIRST + (place << STEP_BITS),
            f"clm_{place:026}",
            minute,
            *place_and_people,
            ENDS[end],
            None,
            False,
            "",
            packed,
            met,
            b"",
        )


def edges_of(population: Population) -> Numbers:
    numbers = FIRST + (np.arange(population.size) << STEP_BITS)
    parts = [
        np.stack([column[chosen], numbers[chosen]], axis=1)
        for name, column in population.links.items()
        for chosen in [population.has_other if name == "other" else np.ones(population.size, dtype=bool)]
    ]
    return np.concatenate(parts)


def bands_rows(pictures: Numbers) -> Numbers:
    hashes, numbers = pictures.view(np.uint64), FIRST + (np.arange(len(pictures)) << STEP_BITS)
    parts = []
    for place, (start, size) in enumerate(BANDS):
        bits = (hashes >> np.uint64(start)) & np.uint64((1 << size) - 1)
        band = bits.astype(np.int64) | (place << WIDEST)
        parts.append(np.stack([band, pictures, numbers], axis=1))
    found = np.concatenate(parts)
    assert set(found[:: len(pictures), 0].tolist()) == set(bands_of(int(hashes[0])))
    return found


def in_order(rows: Numbers) -> Iterator[Sequence[object]]:
    """Yield each row once, in the order of its columns."""
    order = np.lexsort(tuple(rows[:, column] for column in reversed(range(rows.shape[1]))))
    for start in range(0, len(order), ROWS):
        part = rows[order[start : start + ROWS]]
        before = rows[order[start - 1]] if start else part[0] - 1
        fresh = (part != np.concatenate([before[np.newaxis], part[:-1]])).any(axis=1)
        yield from map(tuple, part[fresh].tolist())


def put(database: Database, model: type[Base], columns: Sequence[str], rows: Iterator[Sequence[object]]) -> None:
    begun, count = time.perf_counter(), 0
    while True:
        part = [row for _, row in zip(range(ROWS), rows, strict=False)]
        if not part:
            break
        with database.transaction() as session:
            insert_rows(session, table_of(model), columns, part)
        count += len(part)
    print(f"  {count:,} rows of {model.__tablename__} in {time.perf_counter() - begun:.0f} s", flush=True)


def facts_of(history: HistoryFacts, hour: int) -> Facts:
    """A report as the hotline takes it."""
    occurred = NOW.replace(hour=hour) - timedelta(days=1)
    return Facts(
        report=ReportFacts(
            occurred_at=occurred,
            reported_at=occurred + timedelta(hours=2),
            stated_place=Place(31.2, 121.4),
            located_at=Place(31.21, 121.41),
            province="31",
            driver="per_a",
            reporter_is_driver=True,
            called_from_shop=False,
            police_informed=True,
            edits=0,
            people_in_car=1,
            counterparties=1,
            holidays=frozenset({date(2026, 10, 1)}),
        ),
        policy=PolicyFacts(
            starts_at=occurred - timedelta(days=100),
            effective_at=occurred - timedelta(days=100),
            ends_at=occurred + timedelta(days=265),
            cover_increased_on=(),
            earlier_cover_ended_on=(),
            province="31",
            usual_drivers=frozenset(),
            sum_insured=10_000_000,
            vin="V",
            plate="P",
            commercial=False,
        ),
        vehicle=VehicleFacts(
            first_registered_on=date(2021, 1, 1), list_price=18_000_000, value=10_000_000, transferred_on=()
        ),
        history=history,
    )


TRIAGE = (Step.REPORT, Step.VEHICLE_POLICY, Step.HISTORY_NETWORK)


def decide(rules: RiskRules, facts: Facts) -> bool:
    """Score the steps that triage rests on, and tell whether people decide."""
    maximum, people = 0, False
    for step in TRIAGE:
        rules.tables[step].forget()  # a claim that is like no other: none of its answers is kept
        scored = score_step(rules, step, facts, maximum=maximum)
        maximum = scored.maximum
        people = people or goes_to_people(rules.sheet, scored)
    return people


def scored_alone(rules: RiskRules, step: Step, facts: Facts, _place: int) -> None:
    rules.tables[step].forget()
    score_step(rules, step, facts)


def measured(name: str, act: Callable[[int], object], times: int) -> None:
    wall, cpu = [], []
    for place in range(times):
        begun, worked = time.perf_counter(), time.process_time()
        act(place)
        wall.append((time.perf_counter() - begun) * 1000)
        cpu.append((time.process_time() - worked) * 1000)
    told = "  ".join(f"{what} {_quantiles(found)}" for what, found in (("wall", wall), ("cpu", cpu)))
    print(f"{name:36}{told}", flush=True)


def _quantiles(found: list[float]) -> str:
    cut = statistics.quantiles(found, n=100)
    return f"median {cut[49]:6.3f}  p99 {cut[98]:6.3f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.claims_risk", description=__doc__)
    parser.add_argument("--claims", type=int, default=5_000_000, help="earlier claims in the index")
    parser.add_argument("--asked", type=int, default=3000, help="how many decisions are measured")
    parser.add_argument("--database", help="a URL; a file of SQLite in a new folder unless given")
    given = parser.parse_args()
    draw = np.random.default_rng(114)
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(given.database or f"sqlite:///{Path(folder) / 'risk.db'}")
        print(f"{given.claims:,} earlier claims, filled on {database.engine.dialect.name}:", flush=True)
        population = populate(given.claims, draw)
        pictures = draw.integers(-(2**63), 2**63 - 1, given.claims)
        fill(database, population, pictures, draw)
        measure(database, population, pictures, draw.integers(0, given.claims, given.asked).tolist())
        database.close()


def measure(database: Database, population: Population, pictures: Numbers, chosen: list[int]) -> None:
    rules, times, empty = rules_on(NOW.date()), len(chosen), facts_of(HistoryFacts(), 12)
    for step in Step:
        measured(f"score {step}", partial(scored_alone, rules, step, empty), min(times, 1000))
    people = 0

    def triage(place: int) -> None:
        nonlocal people
        with database.reading() as session:
            history = history_of(population.claim(chosen[place]), Lookup(session), NOW.astimezone(UTC))
            people += decide(rules, facts_of(history, 12))

    measured("triage: history, 3 steps, decision", triage, times)
    print(f"{'':36}of these, {people} of {times} go to people", flush=True)
    changes = [signed(1 << bit) for bit in (3, 40)]

    def look(place: int) -> None:
        near = (int(pictures[chosen[place]]) ^ changes[0] ^ changes[1]) % 2**64
        with database.reading() as session:
            found = PictureIndex(session).nearest(0, near)
        assert found is not None
        assert found.bits <= 2

    measured("a picture among all pictures", look, min(times, 1000))


if __name__ == "__main__":
    main()
