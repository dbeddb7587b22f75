"""A proposal as it stands: the fold of its events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from policy.domain.refusal import broken
from policy.domain.values import (
    ENDS,
    DebitState,
    Outcome,
    ProposalState,
    RefundState,
    RequirementKind,
    RequirementState,
    Signer,
    VisitWay,
)


@dataclass(frozen=True)
class Contents:
    """What is proposed now; the members are those of `policy.domain.events.Content`."""

    record: str
    digest: str
    product: str
    product_version: str
    fen: int
    holds_until: date
    signers: tuple[Signer, ...]
    needs_recording: bool
    hesitation_days: int


@dataclass(frozen=True)
class Signed:
    """An envelope that everybody signed: the digests of the proposal in it, and of the sealed document."""

    envelope: str
    content: str
    document: str
    signers: tuple[Signer, ...]


@dataclass(frozen=True)
class Decision:
    """What the decision table said, and about what."""

    outcome: Outcome
    content: str
    trace: str
    reasons: tuple[str, ...]
    loading: int


@dataclass(frozen=True)
class Requirement:
    id: str
    kind: RequirementKind
    owner: str
    due: date
    state: RequirementState = RequirementState.OPEN


@dataclass(frozen=True)
class Offer:
    """Other terms than were signed: the premium with its loading, in fen. `signed` is the document, once signed."""

    loading: int
    fen: int
    signed: str | None = None


@dataclass(frozen=True)
class Recording:
    """`passed` is None until somebody reviewed it."""

    id: str
    content: str
    by: str
    passed: bool | None = None


@dataclass(frozen=True)
class Debit:
    """`contradicted_at` is when the bank said no after it had said yes: only what it is asked after that settles it."""

    id: str
    fen: int
    state: DebitState = DebitState.ORDERED
    contradicted_at: datetime | None = None


@dataclass(frozen=True)
class Refund:
    id: str
    debit: str
    fen: int
    reason: str
    state: RefundState = RefundState.OWED
    failure: str | None = None


@dataclass(frozen=True)
class Policy:
    """The issued policy. `hesitation_ends` is known once the customer signed for the contract."""

    number: str
    effective_on: date
    contract: str
    issued_on: date
    hesitation_ends: date | None = None


@dataclass(frozen=True)
class Visit:
    """An invitation to the return visit (回访); `in_time` and `way` are None until it is answered.

    `digest` is that of the answers, `concerns` are the codes of those that somebody has to look into; `note` is the
    record of what was done about them.
    """

    id: str
    questionnaire: str
    reminded: bool = False
    in_time: bool | None = None
    way: VisitWay | None = None
    digest: str | None = None
    concerns: tuple[str, ...] = ()
    note: str | None = None

    @property
    def answered(self) -> bool:
        return self.in_time is not None

    @property
    def awaits_somebody(self) -> bool:
        """Whether there are concerns that nobody has looked into."""
        return bool(self.concerns) and self.note is None


Part = TypeVar("Part", Requirement, Recording, Debit, Refund, Visit)


@dataclass(frozen=True)
class Proposal:
    """The whole. `envelope` is the one that is out for signature now; `sent` are all that ever were.

    `signed` is the signed proposal, `accepted` whether underwriting accepted it, by the table or by a person. `case` is
    the one that waits for a person, `decided_cases` are those that somebody decided.
    """

    contents: Contents
    salesperson: str
    institution: str
    client: str | None
    state: ProposalState = ProposalState.ENTERED
    envelope: str | None = None
    sent: tuple[str, ...] = ()
    signed: Signed | None = None
    decision: Decision | None = None
    case: str | None = None
    decided_cases: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    accepted: bool = False
    offer: Offer | None = None
    recordings: tuple[Recording, ...] = ()
    debits: tuple[Debit, ...] = ()
    refunds: tuple[Refund, ...] = ()
    policy: Policy | None = None
    visits: tuple[Visit, ...] = ()

    @property
    def ended(self) -> bool:
        return self.state in ENDS

    @property
    def fen(self) -> int:
        """What the first debit takes: the premium that was quoted, or the one with the loading."""
        return self.contents.fen if self.offer is None else self.offer.fen

    @property
    def recording_passed(self) -> bool:
        """Whether a recording of what is proposed now passed its review."""
        return any(one.passed for one in self.recordings if one.content == self.contents.digest)

    @property
    def recording_wanted(self) -> bool:
        """Whether a recording is still needed before money is taken and the policy issued."""
        return self.contents.needs_recording and not self.recording_passed

    @property
    def open_requirements(self) -> tuple[Requirement, ...]:
        return tuple(one for one in self.requirements if one.state is RequirementState.OPEN)

    @property
    def collected(self) -> Debit | None:
        """The debit that pays for the policy, None while there is none."""
        return next((one for one in self.debits if one.state is DebitState.COLLECTED), None)

    @property
    def received(self) -> bool:
        """Whether the customer signed for the contract."""
        return self.policy is not None and self.policy.hesitation_ends is not None

    @property
    def visit(self) -> Visit | None:
        """The return visit that counts: the one that was answered, else the last invitation; None before that."""
        answered = next((one for one in self.visits if one.answered), None)
        return answered or (self.visits[-1] if self.visits else None)


def find(parts: tuple[Part, ...], id: str) -> Part | None:
    """Return the part with that id, None where there is none."""
    return next((one for one in parts if one.id == id), None)


def changed(parts: tuple[Part, ...], id: str, **members: Any) -> tuple[Part, ...]:
    """Return the parts with one of them changed. Raises `PolicyTrailBroken` where it is not there."""
    if find(parts, id) is None:
        raise broken("an event names a part that the proposal does not have")
    return tuple(replace(one, **members) if one.id == id else one for one in parts)
