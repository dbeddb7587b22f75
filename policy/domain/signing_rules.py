"""From entering to signing: what is proposed, the envelope that goes out with it, and how that comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from policy.domain import commands as c
from policy.domain import events as e
from policy.domain.money_rules import refund_owed
from policy.domain.refusal import refusal
from policy.domain.rule import Rule
from policy.domain.state import Proposal
from policy.domain.table import TABLE
from policy.domain.values import ProposalState, ReturnReason, Signer

S = ProposalState


def enter(state: Proposal | None, command: c.Enter) -> tuple[e.Event, ...]:
    """Return the events of entering a proposal; none where exactly this was entered already. Raises `PolicyRefused`."""
    if state is not None:
        if (state.contents.record, state.contents.digest) != (command.record, command.digest):
            raise refusal("proposal-exists")
        return ()
    _require_content(command)
    return (
        e.ProposalEntered(
            at=command.at,
            record=command.record,
            digest=command.digest,
            product=command.product,
            product_version=command.product_version,
            fen=command.fen,
            holds_until=command.holds_until,
            signers=command.signers,
            needs_recording=command.needs_recording,
            hesitation_days=command.hesitation_days,
            salesperson=command.salesperson,
            institution=command.institution,
            client=command.client,
        ),
    )


def _amend(state: Proposal, command: c.Amend) -> tuple[e.Event, ...]:
    _require_content(command)
    return (
        e.ProposalAmended(
            at=command.at,
            record=command.record,
            digest=command.digest,
            product=command.product,
            product_version=command.product_version,
            fen=command.fen,
            holds_until=command.holds_until,
            signers=command.signers,
            needs_recording=command.needs_recording,
            hesitation_days=command.hesitation_days,
            by=command.by,
        ),
    )


def _require_content(command: c.WithContent) -> None:
    if command.day > command.holds_until:
        raise refusal("quote-over", (command.holds_until.isoformat(),))
    signers = command.signers
    both = Signer.INSURED in signers and Signer.GUARDIAN in signers
    if Signer.APPLICANT not in signers or len(set(signers)) < len(signers) or both:
        raise refusal("signers-incomplete")


def _is_what_is_proposed(state: Proposal, command: c.Amend) -> bool:
    return (state.contents.record, state.contents.digest) == (command.record, command.digest)


def _is_out(state: Proposal, command: c.Send) -> bool:
    """It is out, or was and cannot be meant anew: where something can be sent, a used envelope is a mistake."""
    was_out = command.envelope in state.sent and c.Send not in TABLE[state.state].accepts
    return state.envelope == command.envelope or was_out


def _send(state: Proposal, command: c.Send) -> tuple[e.Event, ...]:
    if command.envelope in state.sent:
        raise refusal("envelope-used", (command.envelope,))
    if state.state is S.OFFERED:
        if state.envelope is not None:
            raise refusal("envelope-out", (state.envelope,))
        return (e.OfferSent(at=command.at, envelope=command.envelope, by=command.by),)
    if command.day > state.contents.holds_until:
        raise refusal("quote-over", (state.contents.holds_until.isoformat(),))
    digest = state.contents.digest
    return (e.ProposalSent(at=command.at, envelope=command.envelope, digest=digest, by=command.by),)


def _is_back(state: Proposal, command: c.RecordSigned | c.RecordReturned | c.RecordRefused) -> bool:
    """Whatever an envelope comes back with counts once: the first time."""
    return command.envelope in state.sent and command.envelope != state.envelope


def _require_out(state: Proposal, envelope: str) -> None:
    if envelope != state.envelope:
        raise refusal("envelope-unknown", (envelope,))


def _record_signed(state: Proposal, command: c.RecordSigned) -> tuple[e.Event, ...]:
    _require_out(state, command.envelope)
    missing = [one.value for one in state.contents.signers if one not in command.signers]
    if missing:
        raise refusal("signature-missing", missing)
    latest = max(command.signed_on, command.applicant_on)
    if latest > command.day:
        raise refusal("day-in-future", (latest.isoformat(),))
    at, envelope, document, signers = command.at, command.envelope, command.document, command.signers
    if state.state is S.OFFERED:
        return (e.OfferSigned(at=at, envelope=envelope, document=document, signers=signers),)
    if command.signed_on > state.contents.holds_until:
        return (e.ProposalReturned(at=at, envelope=envelope, reason=ReturnReason.QUOTE_OVER),)
    signed_on = command.applicant_on
    return (e.ProposalSigned(at=at, envelope=envelope, document=document, signers=signers, signed_on=signed_on),)


def _record_returned(state: Proposal, command: c.RecordReturned) -> tuple[e.Event, ...]:
    _require_out(state, command.envelope)
    kind = e.OfferReturned if state.state is S.OFFERED else e.ProposalReturned
    return (kind(at=command.at, envelope=command.envelope, reason=command.reason),)


def _record_refused(state: Proposal, command: c.RecordRefused) -> tuple[e.Event, ...]:
    _require_out(state, command.envelope)
    if command.signer not in state.contents.signers:
        raise refusal("no-signer", (command.signer.value,))
    return (e.ProposalRefused(at=command.at, envelope=command.envelope, signer=command.signer, reason=command.reason),)


def _is_withdrawn(state: Proposal, _command: c.Withdraw) -> bool:
    return state.state is S.WITHDRAWN


def _withdraw(state: Proposal, command: c.Withdraw) -> tuple[e.Event, ...]:
    withdrawn = e.ProposalWithdrawn(at=command.at, reason=command.reason, by=command.by)
    paid = state.collected
    if paid is None:
        return (withdrawn,)
    return (withdrawn, refund_owed(state, paid, command.refund, command.at, reason="withdrawn"))


SIGNING_RULES: Final[Mapping[type[c.Command], Rule]] = {
    c.Amend: Rule(_is_what_is_proposed, _amend),
    c.Send: Rule(_is_out, _send),
    c.RecordSigned: Rule(_is_back, _record_signed),
    c.RecordReturned: Rule(_is_back, _record_returned),
    c.RecordRefused: Rule(_is_back, _record_refused),
    c.Withdraw: Rule(_is_withdrawn, _withdraw),
}
