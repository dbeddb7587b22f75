"""Who may give which command at the pages: by role, by where the claim stands, and handlers for their own claims alone.

What the service does by itself is not here, nor what the customer does on their phone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.command import Command
from claims.domain.table import TABLE
from claims.domain.values import ClaimState, Lane, PaymentState, SurveyWay
from claims.refusals import refused
from esign.public.console import Caller, Role

HANDLER, SURVEYOR, LEAD = Role.HANDLER, Role.SURVEYOR, Role.TEAM_LEAD
MANAGER, DESK = Role.CLAIMS_MANAGER, Role.QUOTATION
_HANDLING: Final = frozenset({HANDLER, LEAD})
_LEADING: Final = frozenset({LEAD, MANAGER})
ALLOWED: Final[Mapping[type[Command], frozenset[Role]]] = {
    c.Take: _HANDLING,
    c.HandOver: frozenset({HANDLER, LEAD, MANAGER}),
    c.RecordCalledBack: _HANDLING,
    c.AskPapers: _HANDLING,
    c.RecordPapers: _HANDLING,
    c.WaivePapers: _HANDLING,
    c.FileForm: frozenset({HANDLER, SURVEYOR, LEAD, MANAGER}),
    c.TakeSurvey: frozenset({SURVEYOR}),
    c.RecordSurvey: frozenset({SURVEYOR}),
    c.TellSurvey: frozenset({SURVEYOR}),
    c.TellPapers: frozenset({SURVEYOR}),
    c.AddPicture: frozenset({HANDLER, SURVEYOR, LEAD}),
    c.TellInjury: frozenset({HANDLER, SURVEYOR, LEAD}),
    c.ChangeSurvey: _HANDLING,
    c.Assess: _HANDLING,
    c.Verify: _LEADING,
    c.Supplement: _HANDLING,
    c.ReviewBlock: _LEADING,
    c.Adjudicate: _HANDLING,
    c.MakeOffer: _HANDLING,
    c.PassDispute: _HANDLING,
    c.AnswerDispute: frozenset({HANDLER, LEAD, DESK}),
    c.SetPayee: _HANDLING,
    c.ApprovePayee: _LEADING,
    c.ApprovePayment: _LEADING,
    c.AllowAdvance: _LEADING,
    c.Close: _HANDLING,
    c.Refuse: _HANDLING,
    c.Withdraw: _HANDLING,
    c.Join: _HANDLING,
    c.Reopen: _LEADING,
    c.OpenRecovery: frozenset({HANDLER, LEAD, MANAGER}),
    c.RecordRecovered: frozenset({HANDLER, LEAD, MANAGER}),
    c.CloseRecovery: frozenset({HANDLER, LEAD, MANAGER}),
}
_ANYBODYS: Final = frozenset({c.Take, c.RecordCalledBack, c.TakeSurvey})
"""What a handler or surveyor may do about a claim that is not theirs: take it, and call a customer who waits."""


def require_allowed(who: Caller, kind: type[Command], state: Claim) -> None:
    """Raise `ClaimRefused`: `claim-not-allowed` for a role that may not, `claim-not-yours` for a handler or surveyor
    whose claim it is not."""
    roles = ALLOWED[kind] & who.roles
    if not roles:
        raise refused("claim-not-allowed")
    if not _is_theirs(who, kind, roles, state):
        raise refused("claim-not-yours")


def require_nobody_elses(who: Caller, state: Claim) -> None:
    """Raise `ClaimRefused` (`claim-not-yours`) for a handler where a colleague handles the claim: what an agent does on
    the telephone, they do about claims that nobody has taken yet, and about their own."""
    if Role.TEAM_LEAD not in who.roles and state.handler not in (None, who.member):
        raise refused("claim-not-yours")


def _is_theirs(who: Caller, kind: type[Command], roles: frozenset[Role], state: Claim) -> bool:
    """Tell whether nobody but them works on it, or a role of theirs lets them act on any claim that they see."""
    if kind in _ANYBODYS or not roles <= {HANDLER, SURVEYOR}:
        return True
    surveyor = None if state.survey is None else state.survey.surveyor
    return (HANDLER in roles and state.handler == who.member) or (SURVEYOR in roles and surveyor == who.member)


def may(who: Caller, kind: type[Command], state: Claim) -> bool:
    """Tell whether a page shows the caller the form of this command: it would be taken, as the claim stands."""
    roles = ALLOWED[kind] & who.roles
    if not roles or kind not in TABLE[state.state].accepts:
        return False
    if not _is_theirs(who, kind, roles, state):
        return False
    return _fits(who, kind, state)


def _fits(who: Caller, kind: type[Command], state: Claim) -> bool:  # noqa: PLR0911  # one line for each kind
    survey, payee = state.survey, state.payee
    if kind is c.Take:
        return state.handler is None
    if kind is c.HandOver:
        return state.handler is not None or not _LEADING.isdisjoint(who.roles)
    if kind is c.RecordCalledBack:
        return any(not one.done for one in state.callbacks)
    if kind is c.AskPapers:
        return state.papers is None
    if kind in (c.RecordPapers, c.WaivePapers):
        return state.papers is not None and bool(state.papers.missing)
    if kind is c.TakeSurvey:
        return survey is not None and survey.way is SurveyWay.SURVEYOR and survey.surveyor in (None, who.member)
    if kind is c.RecordSurvey:
        return survey is not None and survey.surveyor == who.member and not (survey.done or survey.awaits_answer)
    if kind is c.ReviewBlock:
        return state.lane is Lane.BLOCKED
    if kind in (c.Verify, c.ApprovePayment, c.AllowAdvance):
        return _money_fits(who, kind, state)
    if kind is c.ApprovePayee:
        return payee is not None and not payee.is_good and who.member not in payee.barred
    if kind is c.PassDispute:
        return state.dispute is not None and state.dispute.passed_at is None
    if kind is c.AnswerDispute:
        return state.dispute is not None
    return _end_fits(kind, state)


def _money_fits(who: Caller, kind: type[Command], state: Claim) -> bool:
    if state.assessment is not None and state.assessment.by == who.member:
        return False  # nobody verifies or approves what they assessed
    if kind is c.Verify:
        return state.assessment is not None
    if state.block_waits:
        return False
    if kind is c.AllowAdvance:
        return bool(state.loss) and state.open_payment is None and not state.paid and state.advance is None
    payee, settlement = state.payee, state.settlement
    if settlement is not None and settlement.by == who.member:
        return False  # nor of what they adjudicated
    waits = state.approvals_missing > 0 and state.payable > 0 and who.member not in state.approved_by
    return waits and payee is not None and payee.is_good


def _end_fits(kind: type[Command], state: Claim) -> bool:
    if kind is c.Close:
        return state.open_payment is None and not state.payable and state.state in (ClaimState.AGREED, ClaimState.PAID)
    if kind in (c.Refuse, c.Withdraw, c.Join):
        may_end = all(one.state is PaymentState.FAILED for one in state.payments)
        return may_end and not (kind is c.Join and state.absorbed)
    if kind is c.OpenRecovery:
        return bool(state.paid) or any(one.state is PaymentState.SURPLUS for one in state.payments)
    if kind in (c.RecordRecovered, c.CloseRecovery):
        return any(not one.closed for one in state.recoveries)
    if kind is c.SetPayee:
        return state.open_payment is None
    return True
