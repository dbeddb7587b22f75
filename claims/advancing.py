"""What the service itself has to do about a claim, one step after another, until somebody else acts next.

The task is entered beside the event that leaves something to do, and each step ends in an event, so a fall between two
steps repeats one that did nothing yet. A sweep finds claims that no task remembers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.domain import Actor, Claim, Move, next_moves
from claims.domain import commands as c
from claims.domain.values import Lane, PaymentKind
from claims.errors import ClaimGoesNotOn
from claims.limits.catalogue import TriageFacts, triage
from claims.models import ClaimRow
from claims.rules_in_force import limits_of, risk_rules_of
from claims.service.office import ACTOR, ADVANCE, CommandsOf, Office
from claims.service.paying import Paying
from claims.service.scoring import Scoring
from claims.service.settling import Settling
from esign.public.rows import new_id
from esign.public.work import log_for

STEPS_AT_MOST: Final = 16
"""From assessed to closed it takes eight; more than this in one go is a fault, and left for the next look."""
SWEPT_AT_ONCE: Final = 500

Step: TypeAlias = Callable[[str, Move], None]

_log = log_for(__name__)


class Advancing:
    """Does the steps of claims."""

    def __init__(self, office: Office, settling: Settling, paying: Paying) -> None:
        self._office = office
        self._paying = paying
        scoring = Scoring(office)
        self._steps: Mapping[str, Step] = {
            "score": lambda claim, _move: scoring.score(claim),
            "triage": lambda claim, _move: self._give(claim, self._triage),
            "verify": lambda claim, _move: self._give(claim, self._verify),
            "adjudicate": lambda claim, _move: settling.adjudicate(claim, None, actor=ACTOR),
            "make-offer": lambda claim, _move: settling.offer(claim, actor=ACTOR),
            "order-payment": lambda claim, _move: paying.order(claim, PaymentKind.FINAL),
            "order-advance": lambda claim, _move: paying.order(claim, PaymentKind.ADVANCE),
            "await-bank": lambda claim, move: paying.pay(claim, move.about or ""),
            "ask-bank": lambda claim, move: paying.ask(claim, move.about or ""),
            "close": lambda claim, _move: self._give(claim, self._close),
        }
        self._made: Mapping[str, CommandsOf] = {
            "score": scoring.waiting,
            "triage": lambda session, _claim, state: (self._triage(session, state),),
            "verify": lambda session, _claim, state: (self._verify(session, state),),
            "adjudicate": lambda session, _claim, state: (settling.adjudication(session, state),),
            "make-offer": lambda session, _claim, state: (settling.offering(session, state),),
            "order-payment": lambda session, _claim, state: (paying.ordering(session, state, PaymentKind.FINAL),),
            "order-advance": lambda session, _claim, state: (paying.ordering(session, state, PaymentKind.ADVANCE),),
            "close": lambda session, _claim, state: (self._close(session, state),),
        }

    def advance(self, claim: str) -> None:
        """Do all that the service has to do now; the work of the task. Raises what hinders it: it is tried again."""
        for _ in range(STEPS_AT_MOST):
            with self._office.house.database.reading() as session:
                ours = _our_move(self._office.get(session, claim))
            if ours is None:
                return
            self._steps[ours.act](claim, ours)

    def advance_many(self, claims: Sequence[str]) -> None:
        """Do all that the service has to do now about many claims, the steps of all of them in one transaction.

        It is for thousands: what hinders one hinders all. Raises as `advance` does.
        """
        self._office.change_many(claims, self.commands, actor=ACTOR, steps=STEPS_AT_MOST)
        with self._office.house.database.reading() as session:
            stored = self._office.claims.read_many(session, claims)
        self.ask_bank({claim: one.state for claim, one in stored.items() if one.state is not None})

    def commands(self, session: Session, claim: str, state: Claim) -> Sequence[c.Command]:
        """Return what the service itself asks of a claim next; nothing where somebody else acts, or the bank is asked.

        Raises as `advance` does.
        """
        move = _our_move(state)
        return self._made[move.act](session, claim, state) if move is not None and move.act in self._made else ()

    def ask_bank(self, states: Mapping[str, Claim]) -> None:
        """Have the bank pay what is ordered of many claims, and go on with what it says. Raises as `advance` does."""
        moves = {claim: move for claim, state in states.items() if (move := _our_move(state)) is not None}
        self._paying.pay_many(
            {claim: move.about or "" for claim, move in moves.items() if move.act == "await-bank"}, then=self.commands
        )
        for claim, move in moves.items():
            if move.act == "ask-bank":
                self.advance(claim)

    def give_up(self, claim: str, reason: str) -> None:
        """Give nothing up: somebody waits for money. The task stays among the jobs that operations see, with the
        reason, and is done soon after what hinders it is mended.

        Raises `ClaimGoesNotOn`, by which the task is put off.
        """
        _log.error("a claim does not go on", record=claim, code=reason)
        raise ClaimGoesNotOn(reason)

    def sweep(self) -> int:
        """Enter tasks for claims that await the service and that no task remembers; return how many there were."""
        house = self._office.house
        chosen = select(ClaimRow.id).where(ClaimRow.is_ours).order_by(ClaimRow.updated_at).limit(SWEPT_AT_ONCE)
        with house.database.reading() as session:
            found = list(session.scalars(chosen))
        if found:
            with house.database.transaction() as session:
                for claim in found:
                    house.tasks.add(session, ADVANCE, claim)
        return len(found)

    def _give(self, claim: str, command_of: Callable[[Session, Claim], c.Command]) -> None:
        self._office.change(claim, command_of, actor=ACTOR)

    def _triage(self, session: Session, state: Claim) -> c.Command:
        now, limits, report = self._office.now(session, state), limits_of(state), self._office.report_of(session, state)
        facts = TriageFacts(
            estimate=state.reported.estimate,
            injured=state.reported.injured,
            third_party=report.third_party,
            vip=state.reported.vip,
            blocked=state.lane is Lane.BLOCKED,
            person_asked=state.person_asked,
            cause=state.reported.cause,
            above_express=state.highest_score > risk_rules_of(state).sheet.express_up_to,
        )
        made = triage(limits, facts)
        return c.Triage(
            at=now,
            lane=made.lane,
            survey=new_id("svy", now),
            way=made.way,
            limits=limits.version,
            reasons=made.reasons,
            alone_upto=limits.express_upto,
            second_above=limits.second_above,
        )

    def _verify(self, session: Session, state: Claim) -> c.Command:
        """What is express is verified by its lines alone: each is of the catalogue, which the assessment saw to."""
        assessment = "" if state.assessment is None else state.assessment.id
        return c.Verify(at=self._office.now(session, state), assessment=assessment, passed=True)

    def _close(self, session: Session, state: Claim) -> c.Command:
        return c.Close(at=self._office.now(session, state))


def _our_move(state: Claim) -> Move | None:
    """Return what the service itself has to do next; None where it is somebody else's turn."""
    return next((move for move in next_moves(state) if move.actor is Actor.SERVICE), None)
