"""The year itself: half a day at a time, everything through the service's own functions.

In each half claims are reported, and whoever acts next on the others acts: what is due for all claims is one
transaction, decided, recorded and projected as what comes from a page is. Then the service does its own steps, and
whoever's turn comes within it acts in its next round. The sweep over clocks is the service's own.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy.orm import Session

from claims.advancing import STEPS_AT_MOST, Advancing
from claims.domain import Actor, Claim, next_moves
from claims.domain import commands as c
from claims.domain import events as e
from claims.domain.values import ENDS, INSURERS_ZONE, ClaimState
from claims.errors import ClaimRefused
from claims.payment.books import PayingBooks
from claims.service.indexing import tell_end
from claims.service.office import Office
from claims.service.paying import Paying
from claims.service.projection import ClaimChange
from claims.service.registering import Register
from claims.service.reporting import Reporting
from claims.service.settling import Settling
from claims.service.streams import claim_streams
from claims.service.tracking import Tracking
from esign.infra.clock import ClientClocks
from esign.public.house import House
from simulate.claims.acting import Acting
from simulate.claims.cases import Case
from simulate.claims.chances import Dice
from simulate.claims.honest import Honest, hour_of
from simulate.claims.people import Holder, Town
from simulate.claims.rings import Ring, Rings

FIRST: Final = date(2026, 1, 1)
"""The tables of claims are in force from here on."""
DAYS: Final = 334
TAIL: Final = 31
"""Days after the last report, in which what is under way comes to its end."""
HALF: Final = timedelta(hours=12)
"""Claims that are reported within one half of a day may see each other, whichever came first."""
ROUNDS_AT_MOST: Final = 40
CLIENT: Final = "cli_insurer"
ACTOR: Final = "system:simulation"
_KEPT: Final = 10_000_000
SERVICE_TAKES: Final = timedelta(seconds=4)
ASKED_AGAIN: Final = timedelta(minutes=10)
_RATED_AFTER: Final = timedelta(hours=2)


class PlayedOffice(Office):
    """The room's office, in which each claim has a time of its own: that of whoever acts on it now."""

    def __init__(self, house: House) -> None:
        super().__init__(house, PayingBooks(house.database), claim_streams(_KEPT))
        object.__setattr__(self, "cases", {})
        object.__setattr__(self, "by_record", {})

    cases: dict[str, Case]
    """By the claim's id."""
    by_record: dict[str, Case]

    def now(self, session: Session, state: Claim) -> datetime:
        return self.by_record[state.reported.record].moment

    def follow(self, session: Session, change: ClaimChange) -> None:
        """The simulation does what is left to the service by itself, at the claim's own time: no task is entered."""
        tell_end(session, change)
        case = self.cases.get(change.stream)
        if case is not None:
            note(case, change)


def note(case: Case, change: ClaimChange) -> None:
    """Take down what the tables at the end tell."""
    case.state = change.after
    for event in change.events:
        if isinstance(event, e.ClaimBlocked):
            case.was_blocked = True
        elif isinstance(event, e.BlockReviewed):
            case.was_released = event.released
        elif isinstance(event, e.ClaimTriaged):
            case.first_lane = event.lane.value
        elif isinstance(event, e.PaymentMade) and case.paid_at is None:
            case.paid_at = event.at


@dataclass
class Counts:
    """What was done, for the tables."""

    commands: int = 0
    swept: int = 0
    refused: Counter[str] = field(default_factory=Counter)


class Year:
    """One year. `play_day` plays a day; `cases` are all claims that were reported."""

    def __init__(self, house: House, claims: int, seed: int) -> None:
        self._now = datetime.combine(FIRST, time(), INSURERS_ZONE)
        clocks = ClientClocks(lambda: self._now, house.database, movable=False)
        self._house = replace(house, clock=lambda: self._now, clocks=clocks)
        self._office = PlayedOffice(self._house)
        settling, paying = Settling(self._office), Paying(self._office)
        self._advancing = Advancing(self._office, settling, paying)
        self._register = Register(self._house)
        self._reporting = Reporting(self._office, self._register)
        self._tracking = Tracking(self._office)
        self._dice = Dice(seed)
        self._acting = Acting(self._dice, settling, paying)
        town = Town(self._dice, FIRST)
        self._honest = Honest(self._dice, town, claims)
        self._rings = Rings(self._dice, town, self._honest, FIRST, DAYS)
        self._coming = sorted(self._plan(claims), key=lambda one: one[0], reverse=True)
        self._agenda: list[tuple[datetime, int, Case]] = []
        self._numbers = 0
        self._waiting: list[Case] = []
        self._over: list[str] = []
        self.cases: list[Case] = []
        self.counts = Counts()

    @property
    def open(self) -> int:
        """How many claims are under way."""
        return sum(case.state is not None and case.state.state not in ENDS for case in self.cases)

    def take_over(self) -> list[str]:
        """Return the claims that came to their end since this was asked last: nothing happens to them any more."""
        over, self._over = self._over, []
        return over

    @property
    def unfinished(self) -> list[str]:
        """The claims that have not come to their end."""
        return [case.claim for case in self.cases if not case.is_over]

    def play_day(self, day: int) -> None:
        start = datetime.combine(FIRST + timedelta(days=day), time(), INSURERS_ZONE)
        for half in range(2):
            self._play_half(start + half * HALF + HALF)

    def _play_half(self, end: datetime) -> None:
        self._now = end
        self._report(end)
        for _ in range(ROUNDS_AT_MOST):
            due = self._due(end)
            if not due:
                break
            self._act(due)
        self._now = end
        self.counts.swept += self._tracking.sweep()

    def _plan(self, claims: int) -> Iterable[tuple[datetime, Ring | None, Holder | None]]:
        """Yield when claims happen, and in which ring, if in one."""
        dice, made_up = self._dice, 0
        for moment, ring, holder in self._rings.plant(round(claims * dice.chances.in_rings)):
            made_up += 1
            yield moment, ring, holder
        for _ in range(claims - made_up):
            day = FIRST + timedelta(days=dice.one_of(0, DAYS - 1))
            hour = hour_of(dice)
            yield datetime.combine(day, time(hour, dice.one_of(0, 59), dice.one_of(0, 59)), INSURERS_ZONE), None, None

    def _report(self, end: datetime) -> None:
        """Have those who had an accident report it; a late report waits for its day."""
        while self._coming and self._coming[-1][0] < end:
            occurred, ring, holder = self._coming.pop()
            self._numbers += 1
            if ring is None or holder is None:
                self._waiting.append(self._honest.case(self._numbers, occurred))
            else:
                self._waiting.append(self._rings.case(self._numbers, occurred, ring, holder))
        came = sorted((one for one in self._waiting if one.at < end), key=lambda one: one.at)
        if not came:
            return
        self._waiting = [one for one in self._waiting if one.at >= end]
        new = {one.holder.policy.number: one.holder for one in came if not one.holder.is_registered}
        self._register.put_many(CLIENT, [one.policy for one in new.values()])
        for holder in new.values():
            holder.is_registered = True
        claims = self._reporting.report_many(CLIENT, [(one.report, one.at) for one in came], actor=ACTOR)
        self.counts.commands += len(came)
        self.cases += came
        for case, claim in zip(came, claims, strict=True):
            case.claim = claim
            self._office.cases[claim] = case
        with self._house.database.reading() as session:
            for claim, stored in self._office.claims.read_many(session, claims).items():
                case, state = self._office.cases[claim], stored.state
                if state is not None:
                    case.state = state
                    self._office.by_record[state.reported.record] = case
        self._advancing.advance_many(claims)
        self._go_on(came)

    def _due(self, end: datetime) -> list[Case]:
        """Return whoever's turn comes before `end`, each claim once, and set its time."""
        due = []
        while self._agenda and self._agenda[0][0] < end:
            at, _, case = heapq.heappop(self._agenda)
            case.moment = at
            due.append(case)
        return due

    def _act(self, due: Sequence[Case]) -> None:
        cases = self._office.cases

        acted: set[str] = set()

        def commands(session: Session, claim: str, state: Claim) -> Sequence[c.Command]:
            """Return what whoever's turn it is asks, and after that what the service does by itself."""
            case = cases[claim]
            if claim in acted:
                case.moment += SERVICE_TAKES
                return self._advancing.commands(session, claim, state)
            acted.add(claim)
            rated = state.state is ClaimState.CLOSED
            made = (self._acting.rate(case),) if rated else self._acting.commands(session, case, state)
            self.counts.commands += len(made)
            return made

        claims = [one.claim for one in due]
        done = self._office.change_many(claims, commands, actor=ACTOR, refusals=(ClaimRefused,), steps=STEPS_AT_MOST)
        for refused in done.refused.values():
            self.counts.refused[getattr(refused, "code", type(refused).__name__)] += 1
        taken = [case for case in due if case.claim not in done.refused]
        ours = {case.claim: case.state for case in taken if case.state is not None and _is_ours(case.state)}
        self._advancing.ask_bank(ours)
        self._go_on(taken)

    def _go_on(self, touched: Sequence[Case]) -> None:
        """Find out who is next on each claim, and when."""
        ended: list[Case] = []
        for case in touched:
            state = case.state
            if state is None:
                continue
            if state.state is ClaimState.CLOSED and not state.rated and self._dice.happens(self._dice.chances.rates):
                self._enter(case, case.moment + _RATED_AFTER)
            elif (move := self._acting.move(state)) is not None:
                self._enter(case, self._acting.when(case, move, case.moment))
            elif _is_ours(state):  # the bank fell silent, and is asked again
                self._enter(case, case.moment + ASKED_AGAIN)
            else:
                ended.append(case)
        self._office.claims.forget([case.claim for case in ended])
        for case in ended:
            if case.state is not None and case.state.state in ENDS:
                case.is_over = True
                self._over.append(case.claim)

    def _enter(self, case: Case, at: datetime) -> None:
        case.turn += 1
        heapq.heappush(self._agenda, (at, case.number, case))


def _is_ours(state: Claim) -> bool:
    return any(move.actor is Actor.SERVICE for move in next_moves(state))
