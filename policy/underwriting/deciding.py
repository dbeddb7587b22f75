"""What underwriters do: decide a case in their own words, take in what was asked for, or do without it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from esign.public.console import Caller, name_of
from esign.public.rows import new_id
from policy.domain import commands as c
from policy.domain.refusal import refusal
from policy.domain.state import Proposal as State
from policy.domain.values import Asked, Outcome, RequirementKind
from policy.refusals import refused
from policy.service.office import Office
from policy.service.projection import ProposalChange
from policy.service.sight import seen
from policy.underwriting.reasons import BY_UNDERWRITER
from policy.underwriting.telling import tell_customers

WORDS_AT_MOST: Final = 2000
_REASON, _NOTE = "case-reason", "requirement-note"


@dataclass(frozen=True)
class Wish:
    """What is asked of the customer, in words for them, who sees to it (an id), and until which day."""

    kind: RequirementKind
    words: str
    owner: str
    due: date


@dataclass(frozen=True)
class Verdict:
    """What an underwriter decides, in their own words. `loading` in percent comes with an acceptance, `wish` with an
    outcome of `ask`."""

    outcome: Outcome
    words: str
    loading: int = 0
    wish: Wish | None = None


class Deciding:
    """Does it, for a member of staff. All of it raises `PolicyRefused`: who sold it decides nothing (`own-case`)."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def decide(self, caller: Caller, proposal: str, case: str, verdict: Verdict) -> None:
        """Decide a case. Raises `PolicyRefused`, with `no-case` where somebody else decided it first."""
        said, wish = _words(verdict.words), verdict.wish
        told = "" if wish is None else _words(wish.words)
        now = self._office.house.clock()
        reason, requirement, message = new_id("rsn", now), new_id("req", now), new_id("msg", now)

        def command(session: Session, state: State) -> c.Command:
            seen(self._office, session, caller, proposal)
            if case != state.case:
                raise refusal("no-case")
            asked = () if wish is None else (_asked(wish, requirement, message),)
            return c.DecideCase(
                at=self._office.house.clocks.now(session, state.client or ""),
                case=case,
                outcome=verdict.outcome,
                reason=reason,
                by=caller.member,
                loading=verdict.loading,
                requirements=asked,
            )

        def keep(session: Session, change: ProposalChange) -> None:
            self._office.house.records.keep(session, reason, _REASON, said.encode(), at=now)
            tell_customers(self._office, session, change, {requirement: told})

        self._office.change(proposal, command, actor=name_of(caller), beside=keep)

    def meet(self, caller: Caller, proposal: str, requirement: str, note: str) -> None:
        """Take down what came in: a note of what it is and what it says."""
        self._close(caller, proposal, requirement, note, c.MeetRequirement)

    def waive(self, caller: Caller, proposal: str, requirement: str, why: str) -> None:
        """Do without it, for a reason."""
        self._close(caller, proposal, requirement, why, c.WaiveRequirement)

    def _close(
        self,
        caller: Caller,
        proposal: str,
        requirement: str,
        words: str,
        kind: type[c.MeetRequirement] | type[c.WaiveRequirement],
    ) -> None:
        said, now = _words(words), self._office.house.clock()
        note, case = new_id("not", now), new_id("cas", now)

        def command(session: Session, state: State) -> c.Command:
            seen(self._office, session, caller, proposal)
            at = self._office.house.clocks.now(session, state.client or "")
            if kind is c.MeetRequirement:
                return c.MeetRequirement(at=at, requirement=requirement, case=case, by=caller.member, papers=note)
            return c.WaiveRequirement(at=at, requirement=requirement, case=case, by=caller.member, reason=note)

        def keep(session: Session, change: ProposalChange) -> None:
            if change.events:
                self._office.house.records.keep(session, note, _NOTE, said.encode(), at=now)

        self._office.change(proposal, command, actor=name_of(caller), beside=keep)


def _asked(wish: Wish, requirement: str, message: str) -> Asked:
    return Asked(requirement, wish.kind, BY_UNDERWRITER, wish.owner, wish.due, message)


def _words(typed: str) -> str:
    """Return what was typed without outer spaces. Raises `PolicyRefused` (`words-missing`, `words-many`)."""
    plain = typed.strip()
    if not plain:
        raise refused("words-missing")
    if len(plain) > WORDS_AT_MOST:
        raise refused("words-many", (str(WORDS_AT_MOST),))
    return plain
