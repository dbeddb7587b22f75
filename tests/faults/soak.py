"""`make soak`: hundreds of kills while contracts are signed and sealed; then every promise is looked at.

    python -m tests.faults.soak --kills 200 --database sqlite
    python -m tests.faults.soak --kills 50 --database postgresql --seed 7

Falls hit every step of `tests.faults.falls`, each as often as any other, at the step itself or a little behind it. Ends
with status 0 if no promise was broken, 1 if any was.
"""

from __future__ import annotations

import argparse
import random
import secrets
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.faults.falls import CERTIFICATE_ISSUED, EVERYWHERE, MENDING, Moment
from tests.faults.patience import People
from tests.faults.postgresql import running_postgresql
from tests.faults.promises import Outcome
from tests.faults.storm import LATER_AT_MOST, Storm, crowd, shuffled, storm

AT_ONCE: Final = 3
REST_SECONDS: Final = 300
_ZYGOTES: Final = 0.1
"""In how many of the falls a process that reads hostile files falls too."""


def main() -> int:
    """Run the soak; return the exit status."""
    choices = argparse.ArgumentParser(prog="soak", description="Kill the service's processes while it signs and seals.")
    choices.add_argument(
        "--kills", type=int, default=200, help="worker and web processes to be killed, on each database"
    )
    choices.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    choices.add_argument("--seed", type=int, default=None, help="the order of the falls; without it, another each time")
    choices.add_argument("--at-once", type=int, default=AT_ONCE, help="envelopes that are under way at once")
    chosen = choices.parse_args()
    seed = secrets.randbelow(10_000) if chosen.seed is None else chosen.seed
    databases = ["sqlite", "postgresql"] if chosen.database == "both" else [chosen.database]
    return max(_soak(database, chosen.kills, seed, chosen.at_once) for database in databases)


def _soak(database: str, kills: int, seed: int, at_once: int) -> int:
    print(f"soak on {database}: {kills} kills, seed {seed}", flush=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        if database == "sqlite":
            return _weather(folder, None, kills, seed, at_once, begun)
        with running_postgresql() as server:
            return _weather(folder, server.url, kills, seed, at_once, begun)


def _weather(folder: Path, url: str | None, kills: int, seed: int, at_once: int, begun: float) -> int:
    chance = random.Random(seed)  # noqa: S311  # the same seed gives the same order
    with storm(folder, url) as under:
        with crowd(under, People(seed), at_once=at_once) as confirmed:
            for moment in shuffled(EVERYWHERE, chance):
                if under.kills >= kills:
                    break
                _strike(under, moment, chance)
                took = time.monotonic() - begun
                print(f"{took:6.0f} s  {under.kills:4} kills, {confirmed()} envelopes: {moment.name}", flush=True)
        try:
            outcome = under.outcome(seconds=REST_SECONDS)
        except AssertionError:
            (kept := Path(tempfile.gettempdir()) / f"soak-{seed}.log").write_text(under.service.log, "utf-8")
            print(f"the service's log is kept: {kept}", flush=True)
            raise
        _tell(under, outcome, time.monotonic() - begun)
    return 1 if outcome.broken else 0


def _strike(under: Storm, moment: Moment, chance: random.Random) -> None:
    if moment in MENDING:
        under.strike(CERTIFICATE_ISSUED)  # what makes a certificate that has to be abandoned
    later = chance.choice((0.0, chance.uniform(0, LATER_AT_MOST)))
    under.strike(moment, later=later, with_zygotes=chance.random() < _ZYGOTES)


def _tell(under: Storm, outcome: Outcome, seconds: float) -> None:
    print(f"\n{'moment':34} falls  did not come")
    for moment in EVERYWHERE:
        print(f"{moment.name:34} {under.fallen[moment.name]:5}  {under.missed[moment.name] or ''}")
    print(f"\n{under.kills} worker and web processes killed in {seconds:.0f} s")
    print(f"the longest wait from the last confirmation to the sealed document: {under.longest_wait:.0f} s")
    print(f"{outcome.envelopes} envelopes completed, {outcome.events} events under checkpoints that verify")
    print(f"{outcome.certificates} certificates, {outcome.abandoned} of them abandoned and revoked")
    print(f"{outcome.webhooks} webhook events, {outcome.told_twice} of them heard more than once, each under one id")
    print(f"{outcome.recovered} jobs taken up again by the worker that was started anew")
    for promise in outcome.broken:
        print(f"BROKEN: {promise}")
    print("every promise was kept\n" if not outcome.broken else f"{len(outcome.broken)} promises were broken\n")


if __name__ == "__main__":
    sys.exit(main())
