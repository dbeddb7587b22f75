"""What the room hears of envelopes with service requests: all signed, declined by somebody, expired, withdrawn.

What cannot be taken down is set aside, as it is for proposals (`policy.service.setting_aside`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy.orm import Session

from esign.public.envelopes import Envelope, Recipient, RecipientState
from esign.public.events import Event
from esign.public.people import RecordErased
from policy.domain import Request
from policy.domain.commands import Command
from policy.domain.requests import RecordRequestReturned, RecordRequestSigned, RefuseRequest
from policy.domain.values import ReturnReason, Signer
from policy.errors import PolicyTrailBroken
from policy.models import EnvelopeOf
from policy.requests.register import Register
from policy.service.hearing import signed_as, signing_times
from policy.service.in_force import in_force
from policy.service.office import ACTOR, Office
from policy.service.streams import REQUEST

DECLINED: Final = "declined-by-signer"
CommandOf: TypeAlias = Callable[[Office, Session, Request, Envelope, datetime], Command]
_SIGNERS: Final = {one.value: one for one in Signer}


class RequestHearing:
    """Records at a service request what came of its envelopes."""

    def __init__(self, register: Register) -> None:
        self._register = register

    def take_down(self, session: Session, event: Event) -> None:
        """Take down what the event, one of `policy.service.hearing.HEARD`, means to a request."""
        sent = session.get(EnvelopeOf, event.stream)
        if sent is None or not sent.subject.startswith(f"{REQUEST}_"):
            return
        office = self._register.office
        envelope = office.house.envelopes.get(session, sent.envelope)
        state = self._register.get(session, sent.subject)
        if state.envelope != sent.envelope:  # refused meanwhile: what comes of its envelope is no matter
            return
        command = _TOLD[event.type](office, session, state, envelope, event.time)
        self._register.execute(session, sent.subject, command, actor=ACTOR)


def _signed(office: Office, session: Session, state: Request, envelope: Envelope, at: datetime) -> Command:
    times, sealed = signing_times(session, envelope.id), envelope.documents[0].sealed
    signed = [one for one in envelope.recipients if one.id in times and one.state is RecipientState.SIGNED]
    if sealed is None or not signed:
        raise PolicyTrailBroken(
            "trail-broken",
            f"the envelope {envelope.id} is completed without a seal",
            "compare it with an exported trail",
        )
    if not _are_those_of_the_policy(office, session, state, signed):
        return RecordRequestReturned(at=at, envelope=envelope.id, reason=ReturnReason.SIGNED_BY_OTHERS)
    signers = tuple(_SIGNERS[one.plan.role.value] for one in signed if one.plan.role.value in _SIGNERS)
    return RecordRequestSigned(at=at, envelope=envelope.id, document=sealed, signers=signers)


def _are_those_of_the_policy(office: Office, session: Session, state: Request, signed: Sequence[Recipient]) -> bool:
    """Tell whether each part was signed by the person whom the policy in force names there."""
    try:
        content = in_force(office, session, state.proposal, office.get(session, state.proposal))
    except RecordErased:  # nobody can tell any more who signed
        return False
    return signed_as(office, session, content, state.signers, signed)


def _declined(_office: Office, _session: Session, _state: Request, envelope: Envelope, at: datetime) -> Command:
    for one in envelope.recipients:
        if one.state is RecipientState.DECLINED and one.plan.role.value in _SIGNERS:
            return RefuseRequest(at=at, reason=DECLINED, signer=_SIGNERS[one.plan.role.value])
    return RecordRequestReturned(at=at, envelope=envelope.id, reason=ReturnReason.VOIDED)


def _returned(reason: ReturnReason) -> CommandOf:
    def command(_office: Office, _session: Session, _state: Request, envelope: Envelope, at: datetime) -> Command:
        return RecordRequestReturned(at=at, envelope=envelope.id, reason=reason)

    return command


_TOLD: Final[Mapping[str, CommandOf]] = {
    "envelope.completed": _signed,
    "envelope.declined": _declined,
    "envelope.expired": _returned(ReturnReason.EXPIRED),
    "envelope.voided": _returned(ReturnReason.VOIDED),
}
