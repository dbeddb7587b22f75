"""The steps of a claim are scored by the service itself: what became known, against the tables of the claim's day.

All steps that wait are scored in one transaction: the kept score, its event, and the block where it says so. A step
that cannot be scored goes to people; it never counts as scored with nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.values import ClaimState
from claims.risk.errors import ScoringFailed
from claims.risk.facts import Facts, Step
from claims.risk.keeping import keep_scores
from claims.risk.rules import RiskRules, RuleSheet
from claims.risk.scoring import Scored, goes_to_people, score_step
from claims.rules_in_force import risk_rules_of
from claims.service.observing import observe
from claims.service.office import ACTOR, Office
from claims.service.projection import ClaimChange
from esign.public.events import retried
from esign.public.work import log_for

_PAID_OUT: Final = frozenset({ClaimState.PAYING, ClaimState.PAYMENT_UNKNOWN, ClaimState.PAID})
"""Where no score is taken down any more: the money is on its way."""
_log = log_for(__name__)


class Scoring:
    """Scores claims."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def score(self, claim: str) -> None:
        """Score every step that waits. Raises `RecordErased`, `RiskDataBroken`, `ClaimDataBroken`."""

        def work(session: Session) -> ClaimChange | None:
            self._office.claims.hold(session, claim)
            state = self._office.get(session, claim)
            if not state.unscored or state.ended or state.state in _PAID_OUT:
                return None
            return self._office.execute(session, claim, *self.waiting(session, claim, state), actor=ACTOR)

        retried(self._office.house.database, work)

    def waiting(self, session: Session, claim: str, state: Claim) -> list[c.Command]:
        """Return what scores every step that waits. Raises as `commands`."""
        return self.commands(session, claim, state, state.to_score)

    def commands(self, session: Session, claim: str, state: Claim, steps: Sequence[str]) -> list[c.Command]:
        """Return what scores these steps, as the claim is known now; what it rests on is kept in this transaction.

        Raises `RecordErased`, `RiskDataBroken`, `ClaimDataBroken`.
        """
        now, maximum = self._office.now(session, state), state.highest_score
        facts = observe(self._office, session, claim, state, steps)
        made: list[tuple[RuleSheet, Scored] | c.SendToPeople] = []
        for step in steps:
            try:
                rules, scored = self._scored(state, Step(step), facts, maximum)
            except ScoringFailed as failed:
                _log.error("a step was not scored, and goes to people", record=claim, code=failed.code)
                made.append(c.SendToPeople(at=now, step=step))
                continue
            maximum = scored.maximum
            made.append((rules.sheet, scored))
        scores = [one[1] for one in made if isinstance(one, tuple)]
        amount = state.reported.estimate if state.assessment is None else state.loss
        kept = iter(keep_scores(session, claim, scores, amount=amount, at=now))
        return [_recorded(now, *one, next(kept)) if isinstance(one, tuple) else one for one in made]

    @staticmethod
    def _scored(state: Claim, step: Step, facts: Facts, maximum: int) -> tuple[RiskRules, Scored]:
        rules = risk_rules_of(state)
        return rules, score_step(rules, step, facts, maximum=maximum)


def _recorded(at: datetime, sheet: RuleSheet, scored: Scored, kept: str) -> c.RecordScore:
    """Return the command that takes down a score which is kept under the id `kept`."""
    return c.RecordScore(
        at=at,
        step=scored.step.value,
        table=scored.step.value,
        table_version=scored.table_version,
        table_digest=scored.table_digest,
        trace=kept,
        trace_digest=scored.trace_digest,
        score=scored.score,
        maximum=scored.maximum,
        points=tuple(one.point for one in scored.fired),
        hard_stop=scored.hard_stop,
        to_people=goes_to_people(sheet, scored),
    )
