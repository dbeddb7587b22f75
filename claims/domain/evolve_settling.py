"""What the events from the adjudication on make of a claim, money aside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from claims.domain import events as e
from claims.domain.refusal import broken
from claims.domain.replacing import replace
from claims.domain.state import Claim, Disputed, Offer, Recovery, Settlement, changed, find
from claims.domain.values import ClaimState

S = ClaimState


def _adjudicated(state: Claim, event: e.ClaimAdjudicated) -> Claim:
    settlement = Settlement(
        event.assessment,
        event.fault,
        event.covers,
        event.fen,
        event.limits,
        event.tier,
        event.agreement,
        event.approvals,
        event.trace,
        event.by,
    )
    return replace(state, state=S.SETTLING, since=event.at, settlement=settlement)


def _offered(state: Claim, event: e.OfferMade) -> Claim:
    offer = Offer(event.offer, event.fen, event.agreement, event.shown)
    return replace(state, state=S.OFFERED, since=event.at, offer=offer, known=state.known | {event.offer})


def _offer(state: Claim) -> Offer:
    if state.offer is None:
        raise broken("an event names an offer that nobody made")
    return state.offer


def _sent(state: Claim, event: e.AgreementSent) -> Claim:
    return replace(state, offer=replace(_offer(state), envelope=event.envelope))


def _returned(state: Claim, _event: e.AgreementReturned) -> Claim:
    return replace(state, offer=replace(_offer(state), envelope=None))


def _agreed(state: Claim, event: e.OfferAgreed) -> Claim:
    return replace(state, state=S.AGREED, since=event.at, offer=replace(_offer(state), agreed_at=event.at))


def _disputed(state: Claim, event: e.PriceDisputed) -> Claim:
    disputed = Disputed(event.dispute, event.at)
    return replace(state, state=S.DISPUTED, since=event.at, dispute=disputed, known=state.known | {event.dispute})


def _dispute(state: Claim) -> Disputed:
    if state.dispute is None:
        raise broken("an event names a dispute that there is not")
    return state.dispute


def _passed(state: Claim, event: e.DisputePassed) -> Claim:
    return replace(state, dispute=replace(_dispute(state), passed_at=event.at))


def _answered(state: Claim, event: e.DisputeAnswered) -> Claim:
    known = state.known | {event.reason}
    if event.changed:
        return replace(state, state=S.ASSESSING, since=event.at, dispute=None, offer=None, settlement=None, known=known)
    return replace(state, state=S.OFFERED, since=event.at, dispute=None, known=known)


def _closed(state: Claim, event: e.ClaimClosed) -> Claim:
    return replace(state, state=S.CLOSED, since=event.at)


def _refused(state: Claim, event: e.RefusalDecided) -> Claim:
    return replace(state, state=S.REFUSED, since=event.at, notice=None, known=state.known | {event.words})


def _notified(state: Claim, event: e.RefusalNotified) -> Claim:
    return replace(state, notice=event.notice)


def _withdrawn(state: Claim, event: e.ClaimWithdrawn) -> Claim:
    return replace(state, state=S.WITHDRAWN, since=event.at)


def _reopened(state: Claim, event: e.ClaimReopened) -> Claim:
    """Back to the first step that was not done; what was paid stays, what was agreed is over."""
    survey = state.survey
    to = S.REPORTED if survey is None else S.ASSESSING if survey.done else S.SURVEYING
    return replace(
        state,
        state=to,
        since=event.at,
        settlement=None,
        offer=None,
        dispute=None,
        papers=None,
        advance=None,
        approved_by=(),
        fallen=tuple(dict.fromkeys((*state.fallen, *state.approved_by))),
        known=state.known | {event.words},
    )


def _rated(state: Claim, _event: e.ClaimRated) -> Claim:
    return replace(state, rated=True)


def _recovery_opened(state: Claim, event: e.RecoveryOpened) -> Claim:
    return replace(state, recoveries=(*state.recoveries, Recovery(event.recovery, event.fen)))


def _recovered(state: Claim, event: e.MoneyRecovered) -> Claim:
    recovery = find(state.recoveries, event.recovery)
    if recovery is None:
        raise broken("money came back by a recovery that there is not")
    recoveries = changed(
        state.recoveries,
        event.recovery,
        recovered=recovery.recovered + event.fen,
        receipts=(*recovery.receipts, event.receipt),
        closed=recovery.recovered + event.fen == recovery.fen,
    )
    return replace(state, recoveries=recoveries)


def _recovery_closed(state: Claim, event: e.RecoveryClosed) -> Claim:
    return replace(state, recoveries=changed(state.recoveries, event.recovery, closed=True))


SETTLING_STEPS: Final[Mapping[type[e.Event], Callable[[Claim, Any], Claim]]] = {
    e.ClaimAdjudicated: _adjudicated,
    e.OfferMade: _offered,
    e.AgreementSent: _sent,
    e.AgreementReturned: _returned,
    e.OfferAgreed: _agreed,
    e.PriceDisputed: _disputed,
    e.DisputePassed: _passed,
    e.DisputeAnswered: _answered,
    e.ClaimClosed: _closed,
    e.RefusalDecided: _refused,
    e.RefusalNotified: _notified,
    e.ClaimWithdrawn: _withdrawn,
    e.ClaimReopened: _reopened,
    e.ClaimRated: _rated,
    e.RecoveryOpened: _recovery_opened,
    e.MoneyRecovered: _recovered,
    e.RecoveryClosed: _recovery_closed,
}
