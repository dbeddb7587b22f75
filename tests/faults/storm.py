"""A service under way with people at its door, one process after another falling at chosen moments."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from demo.player import Api
from esign.infra.secret import Secret
from tests.faults.falls import Moment, Watch
from tests.faults.patience import People, Sales
from tests.faults.promises import Outcome, look_at, wait_until_at_rest
from tests.faults.running_service import RunningService, Victim, running
from tests.faults.witness import Witness, listening

WORKER_FALLS_IN_A_ROW: Final = 2
"""`serve` waits longer before each new start of a worker that keeps falling; then everything falls, and starts anew."""
MOMENT_SECONDS: Final = 45
COMPLETED_SECONDS: Final = 600
LATER_AT_MOST: Final = 0.12
"""How long behind a moment a fall may come, in seconds: as long as a step takes."""


@dataclass
class Storm:
    """A service with its client, watched; what fell until now."""

    service: RunningService
    watch: Watch
    witness: Witness
    key: str
    fallen: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    longest_wait: float = 0.0
    """Seconds between the last confirmation of an envelope and its completion, the most of all."""
    _in_a_row: int = 0

    def strike(self, moment: Moment, *, later: float = 0.0, with_web: bool = False, with_zygotes: bool = False) -> bool:
        """Wait for the moment and let its victim fall, `later` seconds behind it; false where it did not come.

        A worker that falls too often in a row takes everything with it. `with_web` lets the web process fall
        too, `with_zygotes` those that read hostile files.
        """
        victim = moment.victim
        if victim is Victim.WORKER and self._in_a_row >= WORKER_FALLS_IN_A_ROW:
            victim = Victim.EVERYTHING
        self.service.wait_for(victim if victim is not Victim.EVERYTHING else Victim.WORKER)
        if not moment.await_step(self.watch, seconds=MOMENT_SECONDS):
            self.missed[moment.name] += 1
            return False
        if later:
            time.sleep(later)
        self.kills += self.service.kill(victim)
        if with_web and victim is Victim.WORKER:
            self.kills += self.service.kill(Victim.WEB)
        if with_zygotes and victim is not Victim.EVERYTHING:
            self.service.kill(Victim.ZYGOTE)
        self.fallen[moment.name] += 1
        if victim is Victim.EVERYTHING:
            self._in_a_row = 0
            self.service.start()
        elif victim is Victim.WORKER:
            self._in_a_row += 1
        return True

    def outcome(self, *, seconds: float) -> Outcome:
        """Wait until all is done, then look whether every promise was kept."""
        wait_until_at_rest(self.watch, seconds=seconds)
        return look_at(self.service, self.watch, self.witness, self.key)


@contextmanager
def storm(folder: Path, database_url: str | None) -> Iterator[Storm]:
    """Start a service with a client that is told everything; stop it at the end."""
    with listening() as witness:
        settings = {"ESIGN_WEBHOOKS_ALLOW": witness.destination}
        with running(RunningService(folder, database_url=database_url, settings=settings)) as service:
            key = service.new_client()
            api = Api(service.url, key)
            endpoint = api.post("/v1/webhook-endpoints", {"url": witness.url, "event_types": ["*"]})
            api.close()
            witness.secret = Secret(endpoint["secret"])
            watch = Watch(service)
            try:
                yield Storm(service, watch, witness, key)
            finally:
                watch.close()


@contextmanager
def crowd(under: Storm, people: People, *, at_once: int) -> Iterator[Callable[[], int]]:
    """Let so many sales platforms make envelopes and have them signed, each the next when its last is completed.

    Yields what tells how many envelopes were completed. Raises at the end what hindered any of them.
    """
    stop, done, guard = threading.Event(), Counter[str](), threading.Lock()

    def sell() -> None:
        sales = Sales(under.service.url, under.key, people)
        try:
            while not stop.is_set():
                made, signers = sales.create()
                sales.sign(made, signers)
                begun = time.monotonic()
                if not _wait_until_completed(under.watch, str(made["id"]), stop):
                    return
                with guard:
                    done["envelopes"] += 1
                    under.longest_wait = max(under.longest_wait, time.monotonic() - begun)
        finally:
            sales.close()

    with ThreadPoolExecutor(at_once) as pool:
        running_ones: Sequence[Future[None]] = [pool.submit(sell) for _ in range(at_once)]
        try:
            yield lambda: done["envelopes"]
        finally:
            stop.set()
    for one in running_ones:
        one.result()


def _wait_until_completed(watch: Watch, envelope: str, stop: threading.Event) -> bool:
    """Return true when the envelope is completed, false where `stop` was set before."""
    end = time.monotonic() + COMPLETED_SECONDS
    while not watch.figures("SELECT id FROM envelopes WHERE id = :id AND state = 'completed'", id=envelope):
        assert time.monotonic() < end, f"{envelope} is not completed {COMPLETED_SECONDS:g} s after everybody confirmed"
        if stop.wait(0.05):
            return False
    return True


def shuffled(moments: Sequence[Moment], chance: random.Random) -> Iterator[Moment]:
    """Yield the moments in a new order again and again: each comes as often as any other."""
    while True:
        yield from chance.sample(moments, len(moments))
