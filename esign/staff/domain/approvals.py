"""Two people for one act: somebody asks, somebody else decides, and the act uses the approval up.

The rules, in the order in which they are asked:

1. who asks has a role for that kind, sees the institution of the subject, and does not wait for the same already;
2. it is open, and not expired: 72 hours from the request to the act;
3. who decides is neither who asked nor who it is about, whatever their roles; and neither of the two who ask and
   decide ever invited the other: whoever makes an invitation reads it, and could be both;
4. who decides has a role for that kind, sees the institution, and came with a second factor;
5. an approval allows one act, of its kind, on its subject, on its terms, by whoever asked (or the operator), if the
   subject belongs where the request said, or below.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from esign.staff.domain import events as e
from esign.staff.domain.refusal import broken, refusal
from esign.staff.domain.roles import DECIDERS, ApprovalKind, Role

LIFETIME: Final = timedelta(hours=72)


class ApprovalState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    CONSUMED = "consumed"


@dataclass(frozen=True)
class Approval:
    kind: ApprovalKind
    subject: str
    institution: str
    terms: str | None
    reason: str
    words: str | None
    requested_by: str
    requested_at: datetime
    expires_at: datetime
    state: ApprovalState = ApprovalState.REQUESTED
    decided_by: str | None = None


@dataclass(frozen=True)
class Standing:
    """Who acts: the member, the roles that the session has, whether it has a second factor, and whether the member
    sees the institution in question. `tied` tells that they invited whoever asked, or were invited by them."""

    member: str
    roles: frozenset[Role]
    second_factor: bool
    sees: bool
    tied: bool = False


@dataclass(frozen=True, kw_only=True)
class Command:
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Request(Command):
    """`waits` tells that the same member has asked for the same already, and nobody has decided."""

    by: Standing
    kind: ApprovalKind
    subject: str
    institution: str
    reason: str
    terms: str | None = None
    words: str | None = None
    waits: bool = False


@dataclass(frozen=True, kw_only=True)
class Approve(Command):
    by: Standing


@dataclass(frozen=True, kw_only=True)
class Refuse(Command):
    by: Standing
    reason: str


@dataclass(frozen=True, kw_only=True)
class Consume(Command):
    """`by` is the member who does the act, None for the operator. `covers` tells that the institution that was named
    in the request is that of the subject, or above it: so whoever approved sees the subject."""

    by: str | None
    kind: ApprovalKind
    subject: str
    covers: bool
    terms: str | None = None


def decide(state: Approval | None, command: Command) -> tuple[e.Event, ...]:
    """Return the events that `command` leads to. Raises `StaffRefused`."""
    if isinstance(command, Request):
        return _request(state, command)
    if state is None:
        raise refusal("no-approval")
    if isinstance(command, Approve):
        _require_decider(state, command.by, command.at)
        return (e.ApprovalApproved(at=command.at, by=command.by.member),)
    if isinstance(command, Refuse):
        _require_decider(state, command.by, command.at)
        return (e.ApprovalRefused(at=command.at, by=command.by.member, reason=command.reason),)
    if isinstance(command, Consume):
        return _consume(state, command)
    raise TypeError(f"{type(command).__name__} is no command about an approval")


def evolve(state: Approval | None, event: e.Event) -> Approval:
    """Return the approval after `event`. Raises `StaffTrailBroken` for an event that cannot follow `state`."""
    if isinstance(event, e.ApprovalRequested):
        if state is not None:
            raise broken("an approval was requested twice")
        return Approval(
            event.kind,
            event.subject,
            event.institution,
            event.terms,
            event.reason,
            event.words,
            event.by,
            event.at,
            event.expires_at,
        )
    if state is None:
        raise broken("the first event does not request the approval")
    if isinstance(event, e.ApprovalApproved):
        return replace(state, state=ApprovalState.APPROVED, decided_by=event.by)
    if isinstance(event, e.ApprovalRefused):
        return replace(state, state=ApprovalState.REFUSED, decided_by=event.by)
    if isinstance(event, e.ApprovalConsumed):
        return replace(state, state=ApprovalState.CONSUMED)
    raise broken("an event of an approval is none")


def fold(events: Iterable[e.Event], state: Approval | None = None) -> Approval | None:
    """Return the approval after all `events`, in order, starting from `state`. Raises `StaffTrailBroken`."""
    for event in events:
        state = evolve(state, event)
    return state


def _request(state: Approval | None, command: Request) -> tuple[e.Event, ...]:
    if state is not None:
        raise refusal("approval-exists")
    if not command.by.sees:
        raise refusal("no-institution")
    if not command.by.roles & DECIDERS[command.kind].ask:
        raise refusal("not-allowed")
    if command.waits:
        raise refusal("approval-open")
    return (
        e.ApprovalRequested(
            at=command.at,
            kind=command.kind,
            subject=command.subject,
            institution=command.institution,
            terms=command.terms,
            reason=command.reason,
            words=command.words,
            by=command.by.member,
            expires_at=command.at + LIFETIME,
        ),
    )


def _require_decider(state: Approval, by: Standing, at: datetime) -> None:
    if not by.sees:
        raise refusal("no-approval")
    if state.state is not ApprovalState.REQUESTED:
        raise refusal("approval-decided")
    if at >= state.expires_at:
        raise refusal("approval-expired")
    if by.member in (state.requested_by, state.subject):
        raise refusal("own-approval")
    if by.tied:
        raise refusal("approval-of-invited")
    if not by.second_factor:
        raise refusal("second-factor-needed")
    if not by.roles & DECIDERS[state.kind].decide:
        raise refusal("not-allowed")


_NOT_APPROVED: Final = {
    ApprovalState.REQUESTED: "approval-open",
    ApprovalState.REFUSED: "approval-not-given",
    ApprovalState.CONSUMED: "approval-used",
}


def _consume(state: Approval, command: Consume) -> tuple[e.Event, ...]:
    if (state.kind, state.subject, state.terms) != (command.kind, command.subject, command.terms):
        raise refusal("approval-of-something-else")
    if not command.covers or command.by not in (None, state.requested_by):
        raise refusal("approval-of-something-else")
    if state.state is not ApprovalState.APPROVED:
        raise refusal(_NOT_APPROVED[state.state])
    if command.at >= state.expires_at:
        raise refusal("approval-expired")
    return (e.ApprovalConsumed(at=command.at, by=command.by),)
