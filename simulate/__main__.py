"""`make simulate-delivery`: one branch's year, 508,000 policies or a share of them, by scenario.

SHARE=0.1 ROUTE=relay|direct|both CHASE=on|off|both DATABASE=sqlite|postgresql|URL SEED=7. A URL names an empty
PostgreSQL database. Usually one of a hundred policies is played, by relay and direct, with and without chasing.
Everything stands in build/simulate-delivery.md afterwards.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Final

from delivery.domain.values import RouteWay
from delivery.figures.reading import figures_of_service
from esign.public.calendars import load_calendar
from simulate.chances import Dice
from simulate.days import DAYS, TAIL, day_at, days_of
from simulate.playing import Year
from simulate.sequencing import keeping_up, place_and_read
from simulate.service import POSTGRESQL, SQLITE, Service, service
from simulate.telling import Played, month_line, scenario_lines, table

WHOLE: Final = 508_000
RESULT: Final = Path("build/simulate-delivery.md")
PAGE: Final = os.sysconf("SC_PAGE_SIZE")


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _arguments(arguments)
    ways = list(RouteWay) if asked.route == "both" else [RouteWay(asked.route)]
    chases = [True, False] if asked.chase == "both" else [asked.chase == "on"]
    played = []
    for way in ways:
        for chase in chases:
            one = _play(way, chase, round(WHOLE * asked.share), asked.database, asked.seed)
            print("\n".join(scenario_lines(one)), flush=True)
            played.append(one)
    told = [*table(played), "", *(line for one in played for line in scenario_lines(one))]
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text("\n".join(told) + "\n", "utf-8")
    print("\n" + "\n".join(table(played)) + f"\n\nwritten to {RESULT}")
    return 1 if any(one.counts.refused for one in played) else 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    given = os.environ.get
    parser = argparse.ArgumentParser(prog="make simulate-delivery", description=__doc__)
    parser.add_argument("--share", type=float, default=float(given("SHARE") or 0.01))
    parser.add_argument("--route", choices=["relay", "direct", "both"], default=given("ROUTE") or "both")
    parser.add_argument("--chase", choices=["on", "off", "both"], default=given("CHASE") or "both")
    parser.add_argument("--database", default=given("DATABASE") or POSTGRESQL)
    parser.add_argument("--seed", type=int, default=int(given("SEED") or 7))
    return parser.parse_args(arguments)


def _play(way: RouteWay, chase: bool, policies: int, database: str, seed: int) -> Played:
    name = f"{way.value}, chase {'on' if chase else 'off'}"
    print(f"\n{name}: {policies:,} policies on {database.partition(':')[0]}", flush=True)
    with service(database, way) as open_service:
        year = Year(
            open_service.house, open_service.branch, days_of(load_calendar()), Dice(seed), policies, chases=chase
        )
        began, spent = time.monotonic(), time.process_time()
        beside = database != SQLITE
        with keeping_up(open_service.url) if beside else nullcontext():
            _play_days(year, open_service, beside=beside)
        if not beside:
            place_and_read(open_service.database)
        open_service.checkpoint()
        seconds, processor = time.monotonic() - began, time.process_time() - spent
        with open_service.database.reading() as session:
            report = figures_of_service(session)
        return Played(name, year.counts, seconds, processor, resident_memory(), report)


def _play_days(year: Year, open_service: Service, *, beside: bool) -> None:
    """Play every day; a checkpoint covers each week, and each month prints its line."""
    began, before = time.monotonic(), 0
    for day in range(DAYS + TAIL):
        year.play_day(day)
        if day % 7 == 6:
            if not beside:
                place_and_read(open_service.database)
            open_service.checkpoint()
        if day_at(day + 1).day == 1 or day + 1 == DAYS + TAIL:
            now, counts = time.monotonic(), year.counts
            label, memory = f"{day_at(day):%Y-%m}", resident_memory()
            print(month_line(label, counts, year.open, now - began, counts.commands - before, memory), flush=True)
            began, before = now, counts.commands


def resident_memory() -> float:
    """Return the resident memory of this process, in MB."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE / 1e6


if __name__ == "__main__":
    sys.exit(main())
