"""Service requests: commands, state, `decide` and `evolve`, all of them in one small table.

A change of beneficiary needs the insured's consent, who signs too (保险法 41); everything else is the applicant's own.
What is signed may still be refused by the insurer, and what is done or refused is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from policy.domain import request_events as e
from policy.domain.commands import Command
from policy.domain.event import Event
from policy.domain.forms import Code, Digest, FormError, Id, PolicyNumber, check_members
from policy.domain.refusal import broken, refusal
from policy.domain.request_events import RequestKind
from policy.domain.values import ReturnReason, Signer


class RequestState(StrEnum):
    ENTERED = "entered"
    SENT = "sent"
    SIGNED = "signed"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True)
class Request:
    """`envelope` is the one that is out for signature now; `sent` are all that ever were. `document` is the digest of
    what everybody signed, as it was sealed."""

    kind: RequestKind
    proposal: str
    policy: str
    record: str
    digest: str
    signers: tuple[Signer, ...]
    asked_on: date
    state: RequestState = RequestState.ENTERED
    envelope: str | None = None
    sent: tuple[str, ...] = ()
    document: str | None = None

    @property
    def signed(self) -> str | None:
        """The envelope that everybody signed: no other is sent after it."""
        return None if self.document is None else self.sent[-1]

    @property
    def is_open(self) -> bool:
        """Whether something can still come of it."""
        return self.state not in (RequestState.DONE, RequestState.REFUSED)


@dataclass(frozen=True, kw_only=True)
class EnterRequest(Command):
    """`hesitation_ends` is that of the policy, None while the contract was not received. `insured` is who signs for
    the insured's side: the insured, the guardian, or the applicant where they are one person."""

    kind: RequestKind
    proposal: Id
    policy: PolicyNumber
    record: Id
    digest: Digest
    insured: Signer
    hesitation_ends: date | None
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class SendRequest(Command):
    envelope: Id
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class RecordRequestSigned(Command):
    envelope: Id
    document: Digest
    signers: tuple[Signer, ...]


@dataclass(frozen=True, kw_only=True)
class RecordRequestReturned(Command):
    envelope: Id
    reason: ReturnReason


@dataclass(frozen=True, kw_only=True)
class FinishRequest(Command):
    """`document` is the record that holds the endorsement (批单), `endorsement` its digest; None where none is made."""

    document: Id | None = None
    endorsement: Digest | None = None
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class RefuseRequest(Command):
    """By the insurer, or because `signer` declined."""

    reason: Code
    signer: Signer | None = None
    by: Id | None = None


REQUEST_COMMANDS: Final = (
    EnterRequest,
    SendRequest,
    RecordRequestSigned,
    RecordRequestReturned,
    FinishRequest,
    RefuseRequest,
)

S = RequestState

REQUEST_TABLE: Final[Mapping[RequestState, frozenset[type[Command]]]] = {
    S.ENTERED: frozenset({SendRequest, RefuseRequest}),
    S.SENT: frozenset({RecordRequestSigned, RecordRequestReturned, RefuseRequest}),
    S.SIGNED: frozenset((FinishRequest, RefuseRequest)),
    S.DONE: frozenset(),
    S.REFUSED: frozenset(),
}
"""What each state accepts."""

REQUEST_MOVES: Final = frozenset(
    {
        (S.ENTERED, S.SENT),
        (S.SENT, S.ENTERED),
        (S.SENT, S.SIGNED),
        (S.SIGNED, S.DONE),
        *((state, S.REFUSED) for state in (S.ENTERED, S.SENT, S.SIGNED)),
    }
)


def decide_request(state: Request | None, command: Command) -> tuple[Event, ...]:
    """Return the events that `command` leads to; none where it had its effect already. Raises `PolicyRefused`."""
    try:
        check_members(command)
    except FormError as error:
        raise refusal("malformed-command", (error.place,)) from error
    if isinstance(command, EnterRequest):
        return _enter(state, command)
    if state is None:
        raise refusal("no-request")
    if _repeats(state, command):
        return ()
    if type(command) not in REQUEST_TABLE[state.state]:
        raise refusal(f"request-{state.state.value}")
    return _events(state, command)


def evolve_request(state: Request | None, event: Event) -> Request:
    """Return the request after `event`. Raises `PolicyTrailBroken` for an event that cannot follow `state`."""
    if isinstance(event, e.RequestEntered):
        if state is not None:
            raise broken("a service request was entered twice")
        kind, proposal, policy, record = event.kind, event.proposal, event.policy, event.record
        return Request(kind, proposal, policy, record, event.digest, event.signers, event.asked_on)
    if state is None or not isinstance(event, e.REQUEST_EVENTS):
        raise broken("an event stands where no service request is, or is none of one")
    after = _after(state, event)
    if (state.state, after.state) not in REQUEST_MOVES:
        raise broken(f"{event.type.name} cannot follow where a service request is {state.state}")
    return after


def fold_request(events: Iterable[Event], state: Request | None = None) -> Request | None:
    """Return the request after all `events`, in order, starting from `state`. Raises `PolicyTrailBroken`."""
    for event in events:
        state = evolve_request(state, event)
    return state


def _enter(state: Request | None, command: EnterRequest) -> tuple[Event, ...]:
    if state is not None:
        if (state.kind, state.record, state.digest) != (command.kind, command.record, command.digest):
            raise refusal("request-exists")
        return ()
    ends = command.hesitation_ends
    if command.kind is RequestKind.CANCELLATION and ends is not None and command.day > ends:
        raise refusal("hesitation-over", (ends.isoformat(),))
    if command.kind is RequestKind.SURRENDER and (ends is None or command.day <= ends):
        raise refusal("cancel-instead")
    both = command.kind is RequestKind.BENEFICIARY and command.insured is not Signer.APPLICANT
    return (
        e.RequestEntered(
            at=command.at,
            kind=command.kind,
            proposal=command.proposal,
            policy=command.policy,
            record=command.record,
            digest=command.digest,
            signers=(Signer.APPLICANT, command.insured) if both else (Signer.APPLICANT,),
            asked_on=command.day,
            by=command.by,
        ),
    )


def _repeats(state: Request, command: Command) -> bool:
    if isinstance(command, SendRequest):
        return command.envelope == state.envelope
    if isinstance(command, RecordRequestSigned | RecordRequestReturned):
        return command.envelope in state.sent and command.envelope != state.envelope
    if isinstance(command, FinishRequest):
        return state.state is S.DONE
    return state.state is S.REFUSED


def _events(state: Request, command: Command) -> tuple[Event, ...]:
    at = command.at
    if isinstance(command, SendRequest):
        if command.envelope in state.sent:
            raise refusal("envelope-used", (command.envelope,))
        return (e.RequestSent(at=at, envelope=command.envelope, by=command.by),)
    if isinstance(command, RecordRequestSigned | RecordRequestReturned) and command.envelope != state.envelope:
        raise refusal("envelope-unknown", (command.envelope,))
    if isinstance(command, RecordRequestSigned):
        missing = [one.value for one in state.signers if one not in command.signers]
        if missing:
            raise refusal("signature-missing", missing)
        document, signers = command.document, command.signers
        return (e.RequestSigned(at=at, envelope=command.envelope, document=document, signers=signers),)
    if isinstance(command, RecordRequestReturned):
        return (e.RequestReturned(at=at, envelope=command.envelope, reason=command.reason),)
    if isinstance(command, FinishRequest):
        return (e.RequestDone(at=at, document=command.document, endorsement=command.endorsement, by=command.by),)
    if isinstance(command, RefuseRequest):
        return (e.RequestRefused(at=at, reason=command.reason, signer=command.signer, by=command.by),)
    raise TypeError(f"{type(command).__name__} is no command about a service request")


def _after(state: Request, event: Event) -> Request:
    if isinstance(event, e.RequestSent):
        return replace(state, state=S.SENT, envelope=event.envelope, sent=(*state.sent, event.envelope))
    if isinstance(event, e.RequestSigned):
        return replace(state, state=S.SIGNED, envelope=None, document=event.document)
    if isinstance(event, e.RequestReturned):
        return replace(state, state=S.ENTERED, envelope=None)
    return replace(state, state=S.DONE if isinstance(event, e.RequestDone) else S.REFUSED, envelope=None)
