"""The return visit (回访): the customer is invited once the contract was received, reminded once, answers once.

Answers can raise concerns. They stay open until somebody says what was done about them, also where the policy has
ended meanwhile. Whoever sold the policy neither asks on the telephone nor closes a concern.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from policy.domain import commands as c
from policy.domain import events as e
from policy.domain.refusal import refusal
from policy.domain.rule import Rule
from policy.domain.state import Proposal, Visit, find
from policy.domain.values import VisitWay


def _was_invited(state: Proposal, command: c.InviteVisit) -> bool:
    return find(state.visits, command.visit) is not None


def _invite(state: Proposal, command: c.InviteVisit) -> tuple[e.Event, ...]:
    if not state.received:
        raise refusal("receipt-first")
    _require_unanswered(state)
    return (e.VisitInvited(at=command.at, visit=command.visit, questionnaire=command.questionnaire),)


def _was_reminded(state: Proposal, command: c.RemindVisit) -> bool:
    return _visit(state, command.visit).reminded


def _remind(state: Proposal, command: c.RemindVisit) -> tuple[e.Event, ...]:
    _require_unanswered(state)
    return (e.VisitReminded(at=command.at, visit=command.visit),)


def _was_answered(state: Proposal, command: c.AnswerVisit) -> bool:
    """Sent again, it is the same record of answers; other answers to a visit that has some are refused."""
    visit = _visit(state, command.visit)
    return visit.answered and visit.digest == command.digest


def _answer(state: Proposal, command: c.AnswerVisit) -> tuple[e.Event, ...]:
    _require_unanswered(state)
    if (command.way is VisitWay.PHONE) is (command.by is None):
        raise refusal("visit-way")
    _require_other(state, command.by)
    ends = None if state.policy is None else state.policy.hesitation_ends
    return (
        e.VisitAnswered(
            at=command.at,
            visit=command.visit,
            answers=command.answers,
            digest=command.digest,
            concerns=command.concerns,
            in_time=ends is not None and command.day <= ends,
            way=command.way,
            by=command.by,
        ),
    )


def _was_seen_to(state: Proposal, command: c.SeeToVisit) -> bool:
    return _visit(state, command.visit).note == command.note


def _see_to(state: Proposal, command: c.SeeToVisit) -> tuple[e.Event, ...]:
    visit = _visit(state, command.visit)
    if not visit.awaits_somebody:
        raise refusal("no-concern")
    _require_other(state, command.by)
    return (e.VisitSeenTo(at=command.at, visit=command.visit, note=command.note, by=command.by),)


def _visit(state: Proposal, visit: str) -> Visit:
    found = find(state.visits, visit)
    if found is None:
        raise refusal("no-visit", (visit,))
    return found


def _require_unanswered(state: Proposal) -> None:
    if any(one.answered for one in state.visits):
        raise refusal("visit-answered")


def _require_other(state: Proposal, by: str | None) -> None:
    if by is not None and by == state.salesperson:
        raise refusal("own-visit")


VISIT_RULES: Final[Mapping[type[c.Command], Rule]] = {
    c.InviteVisit: Rule(_was_invited, _invite),
    c.RemindVisit: Rule(_was_reminded, _remind),
    c.AnswerVisit: Rule(_was_answered, _answer),
    c.SeeToVisit: Rule(_was_seen_to, _see_to),
}
