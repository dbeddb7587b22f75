"""`make bench-delivery`: the daily sweep over 100,000 open deliveries, and figures of a year of 508,000 policies.

`python -m bench.delivery [open] [due]` fills each database with so many open deliveries (100,000), of which so many are
due that morning (2,000: half reach day 12, half day 16), through the room's own commands. It measures the sweep, the
sweep after it, which finds nothing, and how long a page of figures reads and counts a year that was folded into lots,
the newest month of it, and the rates of its months. It fails where the sweep takes longer than two seconds.
"""

from __future__ import annotations

import random
import sys
import time
from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from delivery.domain import commands as c
from delivery.domain.clocks import days_after
from delivery.domain.values import Medium, RouteWay
from delivery.figures.models import LotRow, WayRow
from delivery.figures.reading import Choice, figures_of_service
from delivery.figures.tallies import Key, Tally
from delivery.figures.ways import Way
from delivery.service.deliveries import ACTOR, Asked, Deliveries
from delivery.service.streams import delivery_of
from delivery.service.sweeping import Sweeping
from esign.infra.clock import ClientClocks
from esign.public.figures import Month
from esign.public.house import House
from esign.public.rows import Database, put_rows, table_of
from simulate.days import day_at, moment
from simulate.service import POSTGRESQL, SQLITE, service

OPEN, DUE, POLICIES = 100_000, 2_000, 508_000
AT_MOST: Final = 2.0
AT_ONCE: Final = 1000
TODAY: Final = 100
"""The day of the year on whose morning is swept."""


def main() -> int:
    asked = [int(one) for one in sys.argv[1:]]
    count, due = (asked[0] if asked else OPEN), (asked[1] if len(asked) > 1 else DUE)
    slowest = 0.0
    for database in (SQLITE, POSTGRESQL):
        with service(database, RouteWay.DIRECT) as running:
            print(f"{database}: {count:,} open deliveries", flush=True)
            _fill(running.house, count, due)
            sweeping = Sweeping(Deliveries(_at(running.house, moment(TODAY, 8))))
            for name in ("sweep", "once more"):
                began, spent = time.monotonic(), time.process_time()
                found = sweeping.sweep()
                seconds = time.monotonic() - began
                slowest = max(slowest, seconds)
                print(f"  {name}: {found:,} due, {seconds:.2f} s, {time.process_time() - spent:.2f} s of the processor")
            _count(running.database)
    return 0 if slowest <= AT_MOST else 1


def _at(house: House, now: datetime) -> House:
    return replace(house, clock=lambda: now, clocks=ClientClocks(lambda: now, house.database, movable=False))


def _fill(house: House, count: int, due: int) -> None:
    """Open deliveries over the days before; those that are due were signed 12 or 16 days ago."""
    deliveries, asked = Deliveries(house), list[Asked]()
    began = time.monotonic()
    for number in range(count):
        days = (12 if number % 2 else 16) if number < due else 1 + number % 11
        applied = day_at(TODAY - days)
        at, proposal = moment(TODAY - days, 10), f"prp_{number:026d}"
        opening = c.Open(
            at=at,
            proposal=proposal,
            applied_on=applied,
            institution=f"ins_{number % 132:04d}",
            salesperson=f"usr_{number % 3168:05d}",
            channel="agency",
            product="whole-life-suian",
            hesitation_days=15,
        )
        issued = c.RecordIssued(
            at=at, policy=f"CY{number:010d}", underwritten_on=applied, issued_on=applied, medium=Medium.PAPER
        )
        delivery = delivery_of(proposal)
        asked += [(delivery, opening), (delivery, issued)]
        if days == 16:
            chased = moment(TODAY - 4, 8)
            asked.append((delivery, c.OpenChase(at=chased, chase=f"chs_{delivery[4:]}")))
        if len(asked) >= AT_ONCE or number == count - 1:
            deliveries.change_many(asked, actor=ACTOR)
            asked = []
    print(f"  filled in {time.monotonic() - began:.0f} s", flush=True)


def _count(database: Database) -> None:
    """Fold a year of invented ways into lots as the consumer keeps them, and count them as the page does."""
    chance, lots = random.Random(7), defaultdict[Key, Tally](Tally)  # noqa: S311  # the same year at each run
    awaited = []
    for number in range(POLICIES):
        way = _way(number, chance)
        if way.is_open:
            awaited.append(way)
        elif way.month is not None:
            lots[Key(way.month, way.institution, way.channel, way.product)].count(way)
    columns = ("lot", "month", "institution", "channel", "product", "told")
    with database.transaction() as session:
        rows = [(" ".join(key), *key, tally.kept()) for key, tally in lots.items()]
        put_rows(session, table_of(LotRow), "lot", columns, rows)
        put_rows(session, table_of(WayRow), "delivery", (*Way._fields, "is_open"), [(*one, True) for one in awaited])
    month = Month(f"{day_at(340):%Y-%m}")
    for name, choice, with_legs in (
        ("a month", Choice(month=month), True),
        ("the year", Choice(), True),
        ("the year's rates alone, beside a month", Choice(), False),
    ):
        began, spent = time.monotonic(), time.process_time()
        with database.reading() as session:
            report = figures_of_service(session, choice, with_legs=with_legs)
        seconds, processor = time.monotonic() - began, time.process_time() - spent
        print(f"  figures of {name}: {len(lots):,} lots in all, {seconds:.2f} s, {processor:.2f} s of the processor")
        assert report.whole.received or choice.month is not None


def _way(number: int, chance: random.Random) -> Way:
    applied: date = day_at(chance.randrange(365))
    opened = 1_735_700_000 + (applied - day_at(0)).days * 86_400
    took = [int(chance.lognormvariate(10.5, 0.9)) for _ in range(5)]
    issued, sent, there, handed, signed = (opened + sum(took[: place + 1]) for place in range(5))
    is_open = applied > day_at(352) and chance.random() < 0.5
    return Way(
        f"dlv_{number:026d}x",
        f"ins_{number % 132:04d}",
        ("agency", "bank", "platform")[number % 3],
        ("whole-life-suian", "term-life-anxing", "cancer-cover-yihe")[number // 3 % 3],
        applied,
        opened,
        applied,
        Medium.PAPER.value,
        issued,
        sent,
        there,
        handed,
        None,
        None if is_open else signed,
        None if is_open else days_after(applied, sum(took) // 86_400),
        None if is_open else ("self", "assisted", "paper")[number % 10 // 8 + number % 10 // 9],
        None if is_open else signed + 3600,
    )


if __name__ == "__main__":
    sys.exit(main())
