"""What the trail tells of a proposal and of the envelopes that it was sent in: one fold for each kind of stream.

Pure functions over recorded events, in the order of each stream. What they read are ids, codes and times, which is all
there is. Times are whole seconds since 1970-01-01 UTC. An envelope and its proposal are folded apart and joined later
(`policy.figures.journeys`), so that it does not matter which of the two is read first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from esign.public.events import Event
from esign.public.figures import seconds_of
from policy.domain.values import Outcome, ReturnReason, Signer
from policy.figures.steps import RANK, Channel, Delivery, End, Mode, Step

PROPOSAL: Final = "prp_"
_ROLES: Final = frozenset(one.value for one in Signer)


@dataclass(frozen=True)
class SignerStory:
    """How far one signer of an envelope came, and how. `step` is None for who did not open the link."""

    role: str
    step: Step | None = None
    in_person: bool = False
    assisted: bool = False

    @property
    def mode(self) -> Mode:
        if self.in_person:
            return Mode.IN_PERSON
        return Mode.ASSISTED if self.assisted else Mode.REMOTE


@dataclass(frozen=True)
class EnvelopeStory:
    """The signers of an envelope by recipient, without those who were replaced; `latest_at` is its last event here."""

    signers: Mapping[str, SignerStory] = field(default_factory=dict)
    latest_at: int = 0


@dataclass(frozen=True)
class ProposalStory:
    """A proposal as its own events tell of it. `sent_at` is its first sending, `sent` are all envelopes it went out in.

    `signed` is the envelope that everybody signed. `step` is None until it was sent; it never goes back.
    """

    product: str
    institution: str
    salesperson: str
    channel: Channel
    holds_until: str
    sent: tuple[str, ...] = ()
    sent_at: int | None = None
    signed: str | None = None
    signed_at: int | None = None
    issued_at: int | None = None
    step: Step | None = None
    end: End | None = None
    delivery: Delivery | None = None
    latest_at: int = 0


Payload: TypeAlias = Mapping[str, Any]


def tell_envelope(story: EnvelopeStory, event: Event) -> EnvelopeStory:
    """Return the story of the envelope with one more event of its stream (one of `ENVELOPE_EVENTS`)."""
    signers = dict(story.signers)
    _ENVELOPE[event.type](signers, event.payload)
    return EnvelopeStory(signers, max(story.latest_at, seconds_of(event.time)))


def tell_proposal(story: ProposalStory | None, event: Event) -> ProposalStory | None:
    """Return the story of the proposal with one more event of its stream, lifted to the version of today.

    None as long as the proposal was not entered.
    """
    at = seconds_of(event.time)
    if event.type == "proposal.entered":
        story = _entered(event.payload)
    elif story is not None and event.type in _PROPOSAL:
        story = _PROPOSAL[event.type](story, event.payload, at)
    return None if story is None else replace(story, latest_at=max(story.latest_at, at))


def _reached(story: ProposalStory, step: Step) -> ProposalStory:
    return story if story.step is not None and RANK[story.step] >= RANK[step] else replace(story, step=step)


def _entered(payload: Payload) -> ProposalStory:
    return ProposalStory(
        product=payload["product"],
        institution=payload["institution"],
        salesperson=payload["salesperson"],
        channel=Channel.CONSOLE if payload["client"] is None else Channel.PLATFORM,
        holds_until=payload["holds_until"],
    )


def _amended(story: ProposalStory, payload: Payload, _at: int) -> ProposalStory:
    return replace(story, product=payload["product"], holds_until=payload["holds_until"])


def _sent(story: ProposalStory, payload: Payload, at: int) -> ProposalStory:
    first = at if story.sent_at is None else story.sent_at
    return _reached(replace(story, sent=(*story.sent, payload["envelope"]), sent_at=first, end=None), Step.SENT)


def _signed(story: ProposalStory, payload: Payload, at: int) -> ProposalStory:
    return _reached(replace(story, signed=payload["envelope"], signed_at=at), Step.SIGNED)


def _returned(story: ProposalStory, payload: Payload, _at: int) -> ProposalStory:
    return replace(story, end=_RETURNED[ReturnReason(payload["reason"])])


def _offer_sent(story: ProposalStory, _payload: Payload, _at: int) -> ProposalStory:
    return replace(story, end=None)


def _ended(end: End) -> Tell:
    def told(story: ProposalStory, _payload: Payload, _at: int) -> ProposalStory:
        return replace(story, end=end)

    return told


def _underwritten(story: ProposalStory, payload: Payload, _at: int) -> ProposalStory:
    outcome = Outcome(payload["outcome"])
    if outcome is Outcome.ACCEPT:
        return _reached(story, Step.UNDERWRITTEN)
    return replace(story, end=End.DECLINED) if outcome is Outcome.DECLINE else story


def _paid(story: ProposalStory, _payload: Payload, _at: int) -> ProposalStory:
    return _reached(story, Step.PAID)


def _issued(story: ProposalStory, payload: Payload, at: int) -> ProposalStory:
    """Take down the issue. Who delivers how is told by events from the day on which there was a choice."""
    told = payload.get("delivery")
    delivery = None if told is None else Delivery(told)
    return _reached(replace(story, issued_at=at, end=None, delivery=delivery), Step.ISSUED)


Tell: TypeAlias = Callable[[ProposalStory, Payload, int], ProposalStory]
_PROPOSAL: Final[Mapping[str, Tell]] = {
    "proposal.amended": _amended,
    "proposal.sent": _sent,
    "proposal.signed": _signed,
    "proposal.returned": _returned,
    "proposal.refused": _ended(End.REFUSED),
    "proposal.withdrawn": _ended(End.WITHDRAWN),
    "underwriting.decided": _underwritten,
    "case.decided": _underwritten,
    "offer.sent": _offer_sent,
    "offer.returned": _returned,
    "debit.collected": _paid,
    "policy.issued": _issued,
}
_RETURNED: Final = {
    ReturnReason.EXPIRED: End.EXPIRED,
    ReturnReason.VOIDED: End.VOIDED,
    ReturnReason.QUOTE_OVER: End.QUOTE_OVER,
    ReturnReason.SIGNED_BY_OTHERS: End.SIGNED_BY_OTHERS,
}


def _made(signers: dict[str, SignerStory], payload: Payload) -> None:
    for plan in payload["recipients"]:
        if plan["role"] in _ROLES:
            signers[plan["id"]] = SignerStory(plan["role"])


def _to(step: Step) -> Callable[[dict[str, SignerStory], Payload], None]:
    def told(signers: dict[str, SignerStory], payload: Payload) -> None:
        one = signers.get(payload["recipient"])
        if one is not None and (one.step is None or RANK[one.step] < RANK[step]):
            signers[payload["recipient"]] = replace(one, step=step)

    return told


def _present(signers: dict[str, SignerStory], payload: Payload) -> None:
    one = signers.get(payload["recipient"])
    if one is not None:
        signers[payload["recipient"]] = replace(one, in_person=payload["presence"] == "in-person")


def _identified(signers: dict[str, SignerStory], payload: Payload) -> None:
    _to(Step.IDENTIFIED)(signers, payload)
    _present(signers, payload)


def _assisted(signers: dict[str, SignerStory], payload: Payload) -> None:
    one = signers.get(payload["recipient"])
    if one is not None:
        signers[payload["recipient"]] = replace(one, assisted=True)


def _replaced(signers: dict[str, SignerStory], payload: Payload) -> None:
    one = signers.pop(payload["recipient"], None)
    if one is not None:
        signers[payload["replacement"]] = SignerStory(one.role)


_ENVELOPE: Final[Mapping[str, Callable[[dict[str, SignerStory], Payload], None]]] = {
    "envelope.created": _made,
    "recipient.opened": _to(Step.OPENED),
    "recipient.identified": _identified,
    "recipient.device-changed": _present,
    "recipient.read": _to(Step.READ),
    "recipient.drawn": _to(Step.DRAWN),
    "recipient.face-not-given": _assisted,
    "recipient.confirmed": _to(Step.CONFIRMED),
    "recipient.signed": _to(Step.SIGNED),
    "recipient.replaced": _replaced,
}
ENVELOPE_EVENTS: Final = frozenset(_ENVELOPE)
PROPOSAL_EVENTS: Final = frozenset({"proposal.entered", *_PROPOSAL})
