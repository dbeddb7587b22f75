"""A small injury is settled on the telephone: what was said is the survey, no papers are asked for.

It is assessed by the agent and verified by somebody else, as every assessment is. Then the same agent has the table
work out the payment, while the customer is still on the line: the offer is on their phone at once, they agree to it
with a code, name the account, and are paid as the tier promises.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from claims.board.reach import require_in_reach
from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.values import ClaimState, SurveyWay
from claims.handling.allowed import require_allowed, require_nobody_elses
from claims.hotline.calling import AGENTS
from claims.motor_policy import digest_of
from claims.parts.files import load_parts
from claims.refusals import refused
from claims.rules_in_force import limits_of
from claims.service.office import Office
from claims.service.settling import Settling
from claims.settlement.settling import Accident
from claims.settlement.table import Loss
from esign.public.console import Caller, staff_actor
from esign.public.events import retried
from esign.public.rows import new_id
from esign.public.values import encode_canonical

KIND: Final = "telephone-survey"
WORDS_AT_MOST: Final = 500


WHOSE: Final[Mapping[str, Loss]] = {"own": Loss.OWN_INJURY, "third": Loss.THIRD_MEDICAL}


def can_finish(state: Claim) -> bool:
    """Tell whether a claim is of a small injury alone, assessed, verified, and waits to be adjudicated. Pure."""
    assessment, survey = state.assessment, state.survey
    if state.state is not ClaimState.ADJUDICATING or state.block_waits or assessment is None or survey is None:
        return False
    small = 0 < assessment.injury <= limits_of(state).injury_document_free and not assessment.vehicle
    return small and survey.fault is not None


class Injuries:
    """Settles small injuries."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house
        self._settling = Settling(office)

    def settle(self, who: Caller, claim: str, *, fen: int, fault: int, words: str) -> None:
        """Take down what was said of an injury, and assess it; somebody else verifies it next.

        `fen` is what it costs, `fault` the insured's share of the liability in percent. Raises `ClaimRefused`:
        `injury-above-limit`, `injury-not-small` for a claim that is not of a small injury or is further on,
        `claim-not-yours` for a colleague's, and `no-injury-words`.
        """
        said = words.strip()[:WORDS_AT_MOST]
        if not said:
            raise refused("no-injury-words")

        def work(session: Session) -> None:
            require_in_reach(session, who, claim, AGENTS)
            self._office.claims.hold(session, claim)
            state = self._office.get(session, claim)
            require_nobody_elses(who, state)
            if not state.reported.injured or state.state is not ClaimState.SURVEYING or state.block_waits:
                raise refused("injury-not-small")
            if not 0 < fen <= limits_of(state).injury_document_free:
                raise refused("injury-above-limit")
            for command in self._commands(session, state, who.member, fen, fault, said):
                self._office.execute(session, claim, command, actor=staff_actor(who.member))

        retried(self._house.database, work)

    def finish(self, who: Caller, claim: str, whose: str) -> None:
        """Adjudicate a small injury that was verified; the service offers the payment next, and the customer is told.

        `whose` is `own` of somebody in the insured's car, `third` of anybody else. Raises `ClaimRefused`:
        `injury-not-small` for a claim that is not of a small injury alone, or not verified; `no-cover`,
        `claim-not-yours`, and `injury-whose`.
        """
        loss = WHOSE.get(whose)
        if loss is None:
            raise refused("injury-whose")

        def command(session: Session, state: Claim) -> c.Command:
            require_in_reach(session, who, claim, AGENTS)
            require_allowed(who, c.Adjudicate, state)
            if not can_finish(state) or state.assessment is None or state.survey is None:
                raise refused("injury-not-small")
            accident = Accident({loss: state.assessment.injury}, state.survey.fault or 0)
            return self._settling.adjudication(session, state, accident, by=who.member)

        self._office.change(claim, command, actor=staff_actor(who.member))

    def _commands(
        self, session: Session, state: Claim, by: str, fen: int, fault: int, said: str
    ) -> tuple[c.Command, ...]:
        at = self._office.now(session, state)
        survey, record, assessment = new_id("svy", at), new_id("srv", at), new_id("ass", at)
        content = encode_canonical({"way": "telephone", "words": said, "injury": fen, "fault": fault})
        self._house.records.keep(session, record, KIND, content, at=self._house.clock())
        return (
            c.ChangeSurvey(at=at, survey=survey, way=SurveyWay.SELF_SERVICE, reason="small-injury", by=by),
            c.RecordSurvey(at=at, survey=survey, record=record, digest=digest_of(content), fault=fault, by=by),
            c.Assess(at=at, assessment=assessment, catalogue=load_parts()[-1].version, lines=(), injury=fen, by=by),
        )
