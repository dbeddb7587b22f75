"""`make simulate-delivery`: one branch's year, 508,000 policies or a share of them, by scenario.

SHARE=0.1 ROUTE=relay|direct|both CHASE=on|off|both DATABASE=sqlite|postgresql|URL SEED=7. A URL names an empty
PostgreSQL database. Usually one of a hundred policies is played, by relay and direct, with and without chasing. Of
several shares (SHARE=0.025,0.05,0.1) each is played. Everything stands in build/simulate-delivery.md afterwards.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from delivery.domain.values import RouteWay
from simulate.running import Scenario, play
from simulate.service import POSTGRESQL
from simulate.telling import growth_table, scenario_lines, table

WHOLE: Final = 508_000
RESULT: Final = Path("build/simulate-delivery.md")


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _arguments(arguments)
    ways = list(RouteWay) if asked.route == "both" else [RouteWay(asked.route)]
    chases = [True, False] if asked.chase == "both" else [asked.chase == "on"]
    scenarios = [
        Scenario(way, chase, round(WHOLE * share), asked.database, asked.seed)
        for way in ways
        for chase in chases
        for share in asked.share
    ]
    played = []
    for number, scenario in enumerate(scenarios, 1):
        print(f"\n{number} of {len(scenarios)}: {scenario.title}", flush=True)
        one = play(scenario, lambda line: print(line, flush=True))
        print("\n".join(scenario_lines(one)), flush=True)
        played.append(one)
    told = [*table(played), "", *growth_table(played)]
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text("\n".join((*told, "", *(line for one in played for line in scenario_lines(one)))) + "\n", "utf-8")
    print("\n" + "\n".join(told) + f"\n\nwritten to {RESULT}")
    return 1 if any(one.counts.refused for one in played) else 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    given = os.environ.get
    parser = argparse.ArgumentParser(prog="make simulate-delivery", description=__doc__)
    parser.add_argument("--share", type=_shares, default=_shares(given("SHARE") or "0.01"))
    parser.add_argument("--route", choices=["relay", "direct", "both"], default=given("ROUTE") or "both")
    parser.add_argument("--chase", choices=["on", "off", "both"], default=given("CHASE") or "both")
    parser.add_argument("--database", default=given("DATABASE") or POSTGRESQL)
    parser.add_argument("--seed", type=int, default=int(given("SEED") or 7))
    return parser.parse_args(arguments)


def _shares(text: str) -> list[float]:
    """Return the shares of the year's policies that are named. Raises `ValueError`."""
    return [float(one) for one in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
