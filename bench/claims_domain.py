"""How long the claims domain takes for one command: `python -m bench.claims_domain`.

Whole stories of claims are decided and folded again and again, as the simulation does, and their events are written in
the form in which the trail keeps them. Processor time of one process, in microseconds for each command.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from claims.domain import Claim, decide, evolve
from claims.domain import commands as c
from claims.domain.event import Event
from claims.service.streams import FORMS
from tests.unit.claims.claim_play import CLOSED, SURVEYED, TRIAGED, at, blocked, dispatched

ROUNDS: Final = 3000


def stories() -> list[list[c.Command]]:
    """Return the commands of some claims: most are small and go straight through, one is blocked, one is dispatched."""
    small = at(*CLOSED).given
    pictured = at(*TRIAGED, *([c.AddPicture] * 12), c.RecordSurvey, *CLOSED[len(SURVEYED) :]).given
    looked_at = blocked(c.ReviewBlock, *CLOSED[len(TRIAGED) :]).given
    by_surveyor = dispatched().go(c.FileForm, c.RecordSurvey, c.Assess, c.Verify, c.Adjudicate, c.MakeOffer, c.Agree)
    return [small, pictured, looked_at, by_surveyor.given]


def decided(commands: list[c.Command]) -> list[Event]:
    state: Claim | None = None
    events: list[Event] = []
    for command in commands:
        for event in decide(state, command):
            state = evolve(state, event)
            events.append(event)
    return events


def microseconds(work: Callable[[], object], commands: int) -> float:
    work()
    begun = time.process_time()
    for _ in range(ROUNDS):
        work()
    return (time.process_time() - begun) / ROUNDS / commands * 1e6


def main() -> None:
    told = stories()
    count = sum(len(commands) for commands in told)
    decide_and_fold = microseconds(lambda: [decided(commands) for commands in told], count)
    written = [decided(commands) for commands in told]
    encode = microseconds(lambda: [FORMS.new_events(events) for events in written], count)
    print(f"commands in the stories     {count}")
    print(f"decide and fold, a command  {decide_and_fold:.1f} us")
    print(f"events written, a command   {encode:.1f} us")


if __name__ == "__main__":
    main()
