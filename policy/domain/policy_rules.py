"""From the issue on: the policy, the receipt, cancellation and surrender; the return visit is in `visit_rules`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from policy.domain import commands as c
from policy.domain import events as e
from policy.domain.money_rules import refund_owed, require_new_refund
from policy.domain.refusal import broken, refusal
from policy.domain.rule import Rule
from policy.domain.state import Debit, Policy, Proposal
from policy.domain.values import ProposalState


def _is_issued(state: Proposal, command: c.Issue) -> bool:
    policy = state.policy
    return policy is not None and (policy.number, policy.contract) == (command.policy, command.contract)


def _issue(_state: Proposal, command: c.Issue) -> tuple[e.Event, ...]:
    """That there is money, a signed proposal, an acceptance and a recording is what the state `paid` means."""
    if not command.day <= command.effective_on <= command.day + timedelta(days=1):
        raise refusal("effective-day", (command.effective_on.isoformat(),))
    if command.applied_on > command.day:
        raise refusal("day-in-future", (command.applied_on.isoformat(),))
    return (
        e.PolicyIssued(
            at=command.at,
            policy=command.policy,
            effective_on=command.effective_on,
            applied_on=command.applied_on,
            document=command.document,
            contract=command.contract,
            note=command.note,
            delivery=command.delivery,
        ),
    )


def _was_received(state: Proposal, _command: c.RecordReceived) -> bool:
    return state.received


def _record_received(state: Proposal, command: c.RecordReceived) -> tuple[e.Event, ...]:
    _require_day(state, command, command.received_on)
    ends = command.received_on + timedelta(days=state.contents.hesitation_days)
    return (e.PolicyReceived(at=command.at, received_on=command.received_on, hesitation_ends=ends),)


def _is_cancelled(state: Proposal, _command: c.Cancel) -> bool:
    return state.state is ProposalState.CANCELLED


def _cancel(state: Proposal, command: c.Cancel) -> tuple[e.Event, ...]:
    _require_day(state, command, command.asked_on)
    ends = _policy(state).hesitation_ends
    if ends is not None and command.asked_on > ends:
        raise refusal("hesitation-over", (ends.isoformat(),))
    cancelled = e.PolicyCancelled(
        at=command.at,
        policy=_policy(state).number,
        ended_on=command.day,
        request=command.request,
        refund=command.refund,
    )
    return (cancelled, refund_owed(state, _paid(state), command.refund, command.at, reason="hesitation"))


def _is_surrendered(state: Proposal, _command: c.Surrender) -> bool:
    return state.state is ProposalState.SURRENDERED


def _surrender(state: Proposal, command: c.Surrender) -> tuple[e.Event, ...]:
    """In the hesitation period nobody is left to surrender: cancelling gives all the money back."""
    _require_day(state, command, command.asked_on)
    policy = _policy(state)
    ends = policy.hesitation_ends
    if ends is None or command.asked_on <= ends:
        raise refusal("cancel-instead")
    require_new_refund(state, command.refund)
    at = command.at
    surrendered = e.PolicySurrendered(
        at=at, policy=policy.number, ended_on=command.day, request=command.request, fen=command.fen
    )
    if command.fen == 0:
        return (surrendered,)
    debit = _paid(state).id
    owed = e.RefundOwed(at=at, refund=command.refund, debit=debit, fen=command.fen, reason="surrender")
    return (surrendered, owed)


def _require_day(state: Proposal, command: c.Command, day: date) -> None:
    if day > command.day:
        raise refusal("day-in-future", (day.isoformat(),))
    if day < _policy(state).issued_on:
        raise refusal("day-before-issue", (day.isoformat(),))


def _policy(state: Proposal) -> Policy:
    if state.policy is None:
        raise broken("a proposal is issued and has no policy")
    return state.policy


def _paid(state: Proposal) -> Debit:
    if state.collected is None:
        raise broken("a policy is issued and nobody paid for it")
    return state.collected


POLICY_RULES: Final[Mapping[type[c.Command], Rule]] = {
    c.Issue: Rule(_is_issued, _issue),
    c.RecordReceived: Rule(_was_received, _record_received),
    c.Cancel: Rule(_is_cancelled, _cancel),
    c.Surrender: Rule(_is_surrendered, _surrender),
}
