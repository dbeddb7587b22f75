"""How events make an envelope: `evolve(state, event) -> state`, pure, for every version of every event ever written.

Nothing is decided here. An event is a fact; the only thing refused is one that cannot be a fact, because the
envelope or the recipient it speaks of does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from esign.ceremony.domain import events as e
from esign.ceremony.domain.evolve_recipient import RECIPIENT_STEPS
from esign.ceremony.domain.refusal import broken
from esign.ceremony.domain.state import Clearing, DocumentProgress, Ending, Envelope, Recipient, Signal
from esign.ceremony.domain.values import EnvelopeState, RecipientState

UNFINISHED = frozenset(RecipientState) - {RecipientState.SIGNED, RecipientState.DECLINED, RecipientState.REPLACED}


def evolve(state: Envelope | None, event: e.Event) -> Envelope:
    """Return the envelope after `event`. Raises `BrokenTrail` for an event that cannot follow `state`."""
    if isinstance(event, e.EnvelopeCreated):
        if state is not None:
            raise broken("an envelope was created twice")
        return _created(event)
    if state is None:
        raise broken("the first event does not create the envelope")
    if isinstance(event, e.RecipientEvent):
        recipient = state.recipient(event.recipient)
        move = RECIPIENT_STEPS.get(type(event))
        state = state if move is None else state.with_recipient(move(recipient, event))
    step = ENVELOPE_STEPS.get(type(event))
    return state if step is None else step(state, event)


def fold(events: Iterable[e.Event], state: Envelope | None = None) -> Envelope | None:
    """Return the envelope after all `events`, in order, starting from `state`. Raises `BrokenTrail`."""
    for event in events:
        state = evolve(state, event)
    return state


def _created(event: e.EnvelopeCreated) -> Envelope:
    return Envelope(
        id=event.envelope,
        client=event.client,
        requested=(event.documents, event.recipients),
        settings=event.settings,
        institution=event.institution,
        salesperson=event.salesperson,
        documents=tuple(DocumentProgress(document, document.prepared) for document in event.documents),
        recipients=tuple(Recipient(plan) for plan in event.recipients),
    )


def _sent(state: Envelope, _event: e.EnvelopeSent) -> Envelope:
    return replace(state, state=EnvelopeState.IN_PROGRESS)


def _recipient_signed(state: Envelope, event: e.RecipientSigned) -> Envelope:
    document = state.document(state.recipient(event.recipient).plan.document)
    return state.with_document(replace(document, current=event.revision))


def _recipient_replaced(state: Envelope, event: e.RecipientReplaced) -> Envelope:
    plan = replace(state.recipient(event.recipient).plan, id=event.replacement, person=event.person)
    return replace(state, recipients=(*state.recipients, Recipient(plan)))


def _signal_raised(state: Envelope, event: e.SignalRaised) -> Envelope:
    raised = Signal(
        id=event.signal,
        recipient=event.recipient,
        finding=event.finding,
        strength=event.strength,
        with_recipient=event.with_recipient,
        with_envelope=event.with_envelope,
        with_member=event.with_member,
        at=event.at,
    )
    return replace(state, signals=(*state.signals, raised))


def _signal_cleared(state: Envelope, event: e.SignalCleared) -> Envelope:
    if state.find_signal(event.signal) is None:
        raise broken("an event names a signal that the envelope does not have")
    clearing = Clearing(event.by, event.reason, event.note, event.at)
    signals = (replace(one, cleared=clearing) if one.id == event.signal else one for one in state.signals)
    return replace(state, signals=tuple(signals))


def _captures_shown(state: Envelope, _event: e.CapturesShown) -> Envelope:
    return state  # the signal may be another envelope's


def _held(state: Envelope, _event: e.EnvelopeHeld) -> Envelope:
    return replace(state, held=True)


def _signed(state: Envelope, _event: e.EnvelopeSigned) -> Envelope:
    return replace(state, state=EnvelopeState.SEALING, held=False)


def _seal_started(state: Envelope, event: e.SealStarted) -> Envelope:
    return replace(state, seal_attempt=event.attempt, seal_running=True, seal_failure=None)


def _seal_failed(state: Envelope, event: e.SealFailed) -> Envelope:
    return replace(state, state=EnvelopeState.SEAL_FAILED, seal_running=False, seal_failure=event.reason)


def _seal_retried(state: Envelope, _event: e.SealRetried) -> Envelope:
    return replace(state, state=EnvelopeState.SEALING)


def _document_sealed(state: Envelope, event: e.DocumentSealed) -> Envelope:
    document = state.document(event.document)
    return state.with_document(replace(document, sealed=event.sealed, versions=(event.sealed,)))


def _document_renewed(state: Envelope, event: e.DocumentRenewed) -> Envelope:
    document = state.document(event.document)
    return state.with_document(replace(document, sealed=event.renewed, versions=(*document.versions, event.renewed)))


def _completed(state: Envelope, _event: e.EnvelopeCompleted) -> Envelope:
    return replace(state, state=EnvelopeState.COMPLETED, seal_running=False)


def _certified(state: Envelope, event: e.CompletionCertified) -> Envelope:
    return replace(state, certificate=event.certificate)


def _declined(state: Envelope, event: e.EnvelopeDeclined) -> Envelope:
    reason = state.recipient(event.by).declined or "declined"
    return replace(state, state=EnvelopeState.DECLINED, ending=Ending(reason, event.by))


def _expired(state: Envelope, _event: e.EnvelopeExpired) -> Envelope:
    recipients = tuple(
        replace(one, state=RecipientState.EXPIRED) if one.plan.signs and one.state in UNFINISHED else one
        for one in state.recipients
    )
    ending = Ending("expired", None)
    return replace(state, state=EnvelopeState.EXPIRED, recipients=recipients, ending=ending)


def _voided(state: Envelope, event: e.EnvelopeVoided) -> Envelope:
    return replace(state, state=EnvelopeState.VOIDED, seal_running=False, ending=Ending(event.reason, event.by))


ENVELOPE_STEPS: Mapping[type[e.Event], Callable[[Envelope, Any], Envelope]] = {
    e.EnvelopeSent: _sent,
    e.RecipientSigned: _recipient_signed,
    e.RecipientReplaced: _recipient_replaced,
    e.SignalRaised: _signal_raised,
    e.CapturesShown: _captures_shown,
    e.SignalCleared: _signal_cleared,
    e.EnvelopeHeld: _held,
    e.EnvelopeSigned: _signed,
    e.SealStarted: _seal_started,
    e.SealFailed: _seal_failed,
    e.SealRetried: _seal_retried,
    e.DocumentSealed: _document_sealed,
    e.DocumentRenewed: _document_renewed,
    e.EnvelopeCompleted: _completed,
    e.CompletionCertified: _certified,
    e.EnvelopeDeclined: _declined,
    e.EnvelopeExpired: _expired,
    e.EnvelopeVoided: _voided,
}
