"""The settlement: adjudicated on what was verified, offered, agreed or disputed; and how a claim ends, or goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from claims.domain import commands as c
from claims.domain import events as e
from claims.domain.handling_rules import require_no_money
from claims.domain.loss_rules import assessed
from claims.domain.refusal import refusal
from claims.domain.rule import Rule, require_person, require_person_unless_small
from claims.domain.state import Claim, Disputed, Offer, Recovery, find
from claims.domain.values import Agreement, ClaimState, Lane, PaymentState

RECOVERIES_AT_MOST: Final = 20


def _is_adjudicated(state: Claim, command: c.Adjudicate) -> bool:
    return state.settlement is not None and state.settlement.trace == command.trace


def _adjudicate(state: Claim, command: c.Adjudicate) -> tuple[e.Event, ...]:
    assessed(state, command.assessment)
    require_person_unless_small(state, command.by)
    if state.block_waits:
        raise refusal("block-first")
    if state.papers is not None and state.papers.missing:
        raise refusal("papers-first", sorted(state.papers.missing))
    if sum(part.fen for part in command.covers) != command.fen:
        raise refusal("sum-differs")
    return (e.ClaimAdjudicated(**vars(command)),)


def _is_offered(state: Claim, command: c.MakeOffer) -> bool:
    return state.offer is not None and state.offer.id == command.offer


def _make_offer(state: Claim, command: c.MakeOffer) -> tuple[e.Event, ...]:
    settlement = state.settlement
    require_person(state, command.by)
    if settlement is None or command.fen != settlement.fen:
        raise refusal("offer-differs")
    return (e.OfferMade(**vars(command), agreement=settlement.agreement),)


def _offer(state: Claim, id: str) -> Offer:
    if state.offer is None or state.offer.id != id:
        raise refusal("no-offer", (id,))
    return state.offer


def _is_sent(state: Claim, command: c.SendAgreement) -> bool:
    return _offer(state, command.offer).envelope == command.envelope


def _send(state: Claim, command: c.SendAgreement) -> tuple[e.Event, ...]:
    offer = _offer(state, command.offer)
    if offer.agreement is not Agreement.SIGNATURE:
        raise refusal("code-is-enough")
    if offer.envelope is not None:
        raise refusal("agreement-out")
    return (e.AgreementSent(**vars(command)),)


def _is_back(state: Claim, command: c.ReturnAgreement) -> bool:
    """Whichever envelope is not out any more changes nothing: it may end long after its offer did."""
    return state.offer is None or state.offer.envelope != command.envelope or state.offer.agreed_at is not None


def _return(_state: Claim, command: c.ReturnAgreement) -> tuple[e.Event, ...]:
    return (e.AgreementReturned(**vars(command)),)


def _has_agreed(state: Claim, command: c.Agree) -> bool:
    return state.offer is not None and state.offer.id == command.offer and state.offer.agreed_at is not None


def _agree(state: Claim, command: c.Agree) -> tuple[e.Event, ...]:
    offer = _offer(state, command.offer)
    signed = command.envelope is not None and command.document is not None
    if offer.agreement is Agreement.SIGNATURE:
        if not signed or command.confirmation is not None:
            raise refusal("signature-needed")
        if command.envelope != offer.envelope:
            raise refusal("agreement-unknown")
    elif command.confirmation is None or command.envelope is not None or command.document is not None:
        raise refusal("confirmation-needed")
    return (e.OfferAgreed(**vars(command), fen=offer.fen),)


def _is_disputed(state: Claim, command: c.Dispute) -> bool:
    return command.dispute in state.known


def _dispute(_state: Claim, command: c.Dispute) -> tuple[e.Event, ...]:
    return (e.PriceDisputed(**vars(command)),)


def _disputed(state: Claim, id: str) -> Disputed:
    if state.dispute is None or state.dispute.id != id:
        raise refusal("no-dispute", (id,))
    return state.dispute


def _is_passed(state: Claim, command: c.PassDispute) -> bool:
    return _disputed(state, command.dispute).passed_at is not None


def _pass(_state: Claim, command: c.PassDispute) -> tuple[e.Event, ...]:
    return (e.DisputePassed(**vars(command)),)


def _is_answered(state: Claim, command: c.AnswerDispute) -> bool:
    return command.reason in state.known


def _answer(state: Claim, command: c.AnswerDispute) -> tuple[e.Event, ...]:
    _disputed(state, command.dispute)
    return (e.DisputeAnswered(**vars(command)),)


def _is_closed(state: Claim, _command: c.Close) -> bool:
    return state.state is ClaimState.CLOSED


def _close(state: Claim, command: c.Close) -> tuple[e.Event, ...]:
    if state.lane is Lane.BLOCKED and state.paid == 0 and command.by is None:
        raise refusal("people-decide")
    if state.open_payment is not None:
        raise refusal("payment-open")
    if state.payable:
        raise refusal("not-paid")
    return (e.ClaimClosed(at=command.at, fen=state.paid, by=command.by),)


def _is_refused(state: Claim, command: c.Refuse) -> bool:
    return state.state is ClaimState.REFUSED and command.words in state.known


def _refuse(state: Claim, command: c.Refuse) -> tuple[e.Event, ...]:
    if not command.reasons:
        raise refusal("refusal-reasons")
    require_no_money(state)
    return (e.RefusalDecided(**vars(command)),)


def _is_notified(state: Claim, command: c.RecordNotice) -> bool:
    return state.notice == command.notice


def _notify(state: Claim, command: c.RecordNotice) -> tuple[e.Event, ...]:
    if state.notice is not None:
        raise refusal("notice-out")
    return (e.RefusalNotified(**vars(command)),)


def _is_withdrawn(state: Claim, _command: c.Withdraw) -> bool:
    return state.state is ClaimState.WITHDRAWN


def _withdraw(state: Claim, command: c.Withdraw) -> tuple[e.Event, ...]:
    require_no_money(state)
    return (e.ClaimWithdrawn(**vars(command)),)


def _is_reopened(state: Claim, command: c.Reopen) -> bool:
    return not state.ended and command.words in state.known


def _reopen(state: Claim, command: c.Reopen) -> tuple[e.Event, ...]:
    if command.words in state.known:
        raise refusal("claim-id-known", (command.words,))
    return (e.ClaimReopened(**vars(command)),)


def _is_rated(state: Claim, _command: c.Rate) -> bool:
    return state.rated


def _rate(_state: Claim, command: c.Rate) -> tuple[e.Event, ...]:
    return (e.ClaimRated(**vars(command)),)


def _recovery(state: Claim, id: str) -> Recovery:
    found = find(state.recoveries, id)
    if found is None:
        raise refusal("no-recovery", (id,))
    return found


def _is_opened(state: Claim, command: c.OpenRecovery) -> bool:
    return find(state.recoveries, command.recovery) is not None


def _open(state: Claim, command: c.OpenRecovery) -> tuple[e.Event, ...]:
    surplus = sum(one.fen for one in state.payments if one.state is PaymentState.SURPLUS)
    claimed = sum(one.recovered if one.closed else one.fen for one in state.recoveries)
    if claimed + command.fen > state.paid + surplus:
        raise refusal("recovery-above-paid")
    if len(state.recoveries) >= RECOVERIES_AT_MOST:
        raise refusal("claim-too-long")
    return (e.RecoveryOpened(**vars(command)),)


def _is_recovered(state: Claim, command: c.RecordRecovered) -> bool:
    return command.receipt in _recovery(state, command.recovery).receipts


def _recovered(state: Claim, command: c.RecordRecovered) -> tuple[e.Event, ...]:
    recovery = _recovery(state, command.recovery)
    if recovery.recovered + command.fen > recovery.fen:
        raise refusal("recovery-above-paid")
    if recovery.closed:
        raise refusal("recovery-closed")
    return (e.MoneyRecovered(**vars(command)),)


def _is_recovery_closed(state: Claim, command: c.CloseRecovery) -> bool:
    return _recovery(state, command.recovery).closed


def _close_recovery(_state: Claim, command: c.CloseRecovery) -> tuple[e.Event, ...]:
    return (e.RecoveryClosed(**vars(command)),)


SETTLEMENT_RULES: Final[Mapping[type[c.Command], Rule]] = {
    c.Adjudicate: Rule(_is_adjudicated, _adjudicate),
    c.MakeOffer: Rule(_is_offered, _make_offer),
    c.SendAgreement: Rule(_is_sent, _send),
    c.ReturnAgreement: Rule(_is_back, _return),
    c.Agree: Rule(_has_agreed, _agree),
    c.Dispute: Rule(_is_disputed, _dispute),
    c.PassDispute: Rule(_is_passed, _pass),
    c.AnswerDispute: Rule(_is_answered, _answer),
    c.Close: Rule(_is_closed, _close),
    c.Refuse: Rule(_is_refused, _refuse),
    c.RecordNotice: Rule(_is_notified, _notify),
    c.Withdraw: Rule(_is_withdrawn, _withdraw),
    c.Reopen: Rule(_is_reopened, _reopen),
    c.Rate: Rule(_is_rated, _rate),
    c.OpenRecovery: Rule(_is_opened, _open),
    c.RecordRecovered: Rule(_is_recovered, _recovered),
    c.CloseRecovery: Rule(_is_recovery_closed, _close_recovery),
}
