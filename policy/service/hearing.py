"""What the room hears of envelopes that it sent: all signed, declined by somebody, expired, withdrawn.

What is not about an envelope of this room is passed over. One that cannot be taken down is set aside
(`policy.service.setting_aside`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy.orm import Session

from esign.public.envelopes import Envelope, Recipient, RecipientState
from esign.public.events import Event, read_stream
from esign.public.people import RecordErased, parse_person
from policy.domain import Proposal as State
from policy.domain import commands as c
from policy.domain.values import ReturnReason, Signer, day_of
from policy.errors import PolicyTrailBroken
from policy.models import EnvelopeOf
from policy.proposal import Proposal
from policy.proposing.signers import party_of
from policy.service.office import ACTOR, Office
from policy.service.streams import PROPOSAL

CommandOf: TypeAlias = Callable[[Office, Session, State, Envelope, datetime], c.Command]
_SIGNERS: Final = {one.value: one for one in Signer}


class Hearing:
    """Records at a proposal what came of its envelopes."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def take_down(self, session: Session, event: Event) -> None:
        """Take down what the event, one of `HEARD`, means to a proposal."""
        sent = session.get(EnvelopeOf, event.stream)
        if sent is None or not sent.subject.startswith(f"{PROPOSAL}_"):
            return
        envelope = self._office.house.envelopes.get(session, sent.envelope)
        state = self._office.get(session, sent.subject)
        command = _TOLD[event.type](self._office, session, state, envelope, event.time)
        self._office.execute(session, sent.subject, command, actor=ACTOR)


def signing_times(session: Session, envelope: str) -> dict[str, datetime]:
    """Return when each recipient's signature was accepted, by the recipient's id, in the order of signing."""
    return {
        str(event.payload["recipient"]): event.time
        for event in read_stream(session, envelope)
        if event.type == "recipient.signed"
    }


def _signed(office: Office, session: Session, state: State, envelope: Envelope, at: datetime) -> c.Command:
    times, sealed = signing_times(session, envelope.id), envelope.documents[0].sealed
    signed = [one for one in envelope.recipients if one.id in times and one.state is RecipientState.SIGNED]
    if sealed is None or not signed:
        raise PolicyTrailBroken(
            "trail-broken",
            f"the envelope {envelope.id} is completed without a seal",
            "compare it with an exported trail",
        )
    if not _are_those_proposed(office, session, state, signed):
        return c.RecordReturned(at=at, envelope=envelope.id, reason=ReturnReason.SIGNED_BY_OTHERS)
    return c.RecordSigned(
        at=at,
        envelope=envelope.id,
        document=sealed,
        signers=tuple(_SIGNERS[one.plan.role.value] for one in signed if one.plan.role.value in _SIGNERS),
        signed_on=day_of(max(times.values())),
        applicant_on=day_of(next(times[one.id] for one in signed if one.plan.role.value == Signer.APPLICANT.value)),
    )


def _are_those_proposed(office: Office, session: Session, state: State, signed: Sequence[Recipient]) -> bool:
    """Tell whether each part of the proposal was signed by the person whom it names there.

    Recipients can be replaced while an envelope is out, through the console and by the client: whoever took another
    one's place signed, but not for the person who is insured or pays. A phone may have been corrected.
    """
    try:
        content = office.content(session, state)
    except RecordErased:  # nobody can tell any more who signed
        return False
    return signed_as(office, session, content, state.contents.signers, signed)


def signed_as(
    office: Office, session: Session, content: Proposal, parts: Sequence[Signer], signed: Sequence[Recipient]
) -> bool:
    """Tell whether each of these parts was signed by the person whom the content names in it, by name and number."""
    by = {one.plan.role.value: one.plan.person for one in signed}
    try:
        for part in parts:
            party = party_of(content, part)
            person = parse_person(office.house.records.read(session, by[part.value])) if part.value in by else None
            if person is None or (person.name, person.id_number) != (party.name, party.id_number):
                return False
    except RecordErased:  # nobody can tell any more who signed
        return False
    return True


def _declined(_office: Office, _session: Session, _state: State, envelope: Envelope, at: datetime) -> c.Command:
    for one in envelope.recipients:
        if one.state is RecipientState.DECLINED and one.plan.role.value in _SIGNERS:
            return c.RecordRefused(
                at=at, envelope=envelope.id, signer=_SIGNERS[one.plan.role.value], reason="declined-by-signer"
            )
    return c.RecordReturned(at=at, envelope=envelope.id, reason=ReturnReason.VOIDED)


def _returned(reason: ReturnReason) -> CommandOf:
    def command(_office: Office, _session: Session, _state: State, envelope: Envelope, at: datetime) -> c.Command:
        return c.RecordReturned(at=at, envelope=envelope.id, reason=reason)

    return command


_TOLD: Final[Mapping[str, CommandOf]] = {
    "envelope.completed": _signed,
    "envelope.declined": _declined,
    "envelope.expired": _returned(ReturnReason.EXPIRED),
    "envelope.voided": _returned(ReturnReason.VOIDED),
}
HEARD: Final = frozenset(_TOLD)
"""The types of events that mean something to a proposal."""
