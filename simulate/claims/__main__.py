"""`make simulate-claims`: a year of 40,000 claims, or a share of them, with rings that nobody told the scorer of.

SHARE=0.1 DATABASE=sqlite|postgresql|URL SEED=7. A URL names an empty PostgreSQL database. Everything stands in
build/simulate-claims.md afterwards. It ends with 1 where a command was refused, fewer than 80 % of the rings were
found, or more than 1 % of the honest claims were blocked.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from simulate.claims.counting import counting
from simulate.claims.playing import DAYS, FIRST, TAIL, Year
from simulate.claims.service import SQLITE, service
from simulate.claims.telling import Played, found_of, lines_of
from simulate.measuring import collecting_seldom, keep_what_is_there, resident_memory

WHOLE: Final = 40_000
RESULT: Final = Path("build/simulate-claims.md")
A_MONTH: Final = 30


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _arguments(arguments)
    played = _play(round(WHOLE * asked.share), asked.database, asked.seed)
    told = lines_of(played)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text("\n".join(told) + "\n", "utf-8")
    print("\n" + "\n".join(told) + f"\n\nwritten to {RESULT}")
    return 0 if found_of(played.cases).is_enough and not played.counts.refused else 1


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    given = os.environ.get
    parser = argparse.ArgumentParser(prog="make simulate-claims", description=__doc__)
    parser.add_argument("--share", type=float, default=float(given("SHARE") or 1))
    parser.add_argument("--database", default=given("DATABASE") or SQLITE)
    parser.add_argument("--seed", type=int, default=int(given("SEED") or 7))
    return parser.parse_args(arguments)


def _play(claims: int, database: str, seed: int) -> Played:
    print(f"{claims:,} claims from {FIRST.isoformat()} on, on {database.partition(':')[0]}, seed {seed}", flush=True)
    began, spent = time.monotonic(), time.process_time()
    with service(database) as house, counting(house) as figures, collecting_seldom():
        year = Year(house, claims, seed)
        for day in range(DAYS + TAIL):
            year.play_day(day)
            if day % A_MONTH == A_MONTH - 1 or day + 1 == DAYS + TAIL:
                keep_what_is_there()
                figures.hear(year.take_over())
                print(_line(year, day + 1, time.monotonic() - began, time.process_time() - spent), flush=True)
        figures.hear(year.unfinished)
        report = figures.report()
        seconds, processor = time.monotonic() - began, time.process_time() - spent
        return Played(year.cases, year.counts, seconds, processor, resident_memory(), claims, seed, database, report)


def _line(year: Year, day: int, seconds: float, processor: float) -> str:
    counts = f"{len(year.cases):>6,} claims  {year.open:>5,} open  {year.counts.commands:>9,} commands"
    return f"  day {day:3}  {counts}  {seconds:6.0f} s  {processor:6.0f} s of processor  {resident_memory():5.0f} MB"


if __name__ == "__main__":
    sys.exit(main())
