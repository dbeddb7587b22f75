"""The cases of underwriters, as they are looked at: what is proposed, why the table referred it, what came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from esign.public.console import Caller
from esign.public.events import read_stream
from esign.public.people import RecordErased
from esign.public.values import Words
from policy.domain import Proposal as State
from policy.domain.state import Requirement
from policy.domain.values import ProposalState, RequirementState
from policy.models import CaseOf, ProposalRow
from policy.products.catalogue import Product
from policy.proposal import Proposal
from policy.proposing.quoting import Quote
from policy.service.applications import premium_of
from policy.service.numbers import number_of
from policy.service.office import Office
from policy.service.sight import insured_of, seen, within, words_of
from policy.underwriting.reasons import reason_in_words
from policy.underwriting.traces import DecisionTrace, read_trace

LISTED_AT_MOST: Final = 100
_TOLD: Final = frozenset(
    {
        "proposal.signed",
        "underwriting.decided",
        "underwriting.referred",
        "requirement.opened",
        "requirement.met",
        "requirement.waived",
        "case.decided",
        "offer.made",
        "offer.sent",
        "offer.signed",
        "offer.returned",
    }
)


@dataclass(frozen=True)
class CaseLine:
    """A case in a list. `since` is when it was referred, or the requirement's proposal last changed; `due` is the day
    until which something is awaited."""

    proposal: str
    number: str
    insured: str
    product: Words
    fen: int
    since: datetime
    due: date | None
    reasons: tuple[Words, ...]
    is_own: bool


@dataclass(frozen=True)
class Step:
    """Something that happened to the proposal: the event's type and payload, who did it, and their own words."""

    at: datetime
    type: str
    by: str | None
    words: str | None
    payload: dict[str, Any]

    @property
    def reasons(self) -> tuple[Words, ...]:
        """The reasons that the event names, in words."""
        return tuple(reason_in_words(code) for code in self.payload.get("reasons", ()))


@dataclass(frozen=True)
class Missing:
    """A requirement, with the words in which the customer was asked."""

    requirement: Requirement
    words: str

    @property
    def is_open(self) -> bool:
        return self.requirement.state is RequirementState.OPEN


@dataclass(frozen=True)
class Case:
    """A proposal as an underwriter looks at it. `content` is None where it was erased; `trace` where there is none, or
    it was. `is_own` tells that whoever looks at it sold it, and cannot decide."""

    proposal: str
    number: str
    state: State
    product: Product
    content: Proposal | None
    quote: Quote | None
    trace: DecisionTrace | None
    requirements: tuple[Missing, ...]
    steps: tuple[Step, ...]
    is_own: bool


class Cases:
    """Reads them, for a member of staff: nothing out of their reach."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def referred(self, caller: Caller) -> Sequence[CaseLine]:
        """Return the cases that wait for a decision, the one that waits longest first."""
        with self._office.house.database.reading() as session:
            chosen = self._waiting(session, caller).order_by(CaseOf.referred_at, CaseOf.case).limit(LISTED_AT_MOST)
            return [self._line(session, caller, row, at) for row, at in session.execute(chosen)]

    def count(self, caller: Caller) -> int:
        """Return how many wait for a decision, up to what is listed."""
        with self._office.house.database.reading() as session:
            return len(session.execute(self._waiting(session, caller).limit(LISTED_AT_MOST)).all())

    def wanting(self, caller: Caller) -> Sequence[CaseLine]:
        """Return those for which something is awaited, the earliest day first."""
        return self._in_state(caller, ProposalState.WANTING)

    def offered(self, caller: Caller) -> Sequence[CaseLine]:
        """Return those whose customers have to sign for a higher premium."""
        return self._in_state(caller, ProposalState.OFFERED)

    def one(self, caller: Caller, proposal: str) -> Case:
        """Return one. Raises `PolicyRefused` (`no-proposal`), `PolicyDataBroken`."""
        office = self._office
        with office.house.database.reading() as session:
            state = seen(office, session, caller, proposal)
            steps = tuple(self._steps(session, proposal))
            try:
                content = office.content(session, state)
            except RecordErased:
                content = None
            return Case(
                proposal=proposal,
                number=number_of(session, proposal),
                state=state,
                product=office.product(state),
                content=content,
                quote=None if content is None else premium_of(office, state, content),
                trace=self._trace(session, steps),
                requirements=self._requirements(session, state, steps),
                steps=steps,
                is_own=caller.member == state.salesperson,
            )

    def _waiting(self, session: Session, caller: Caller) -> Select[ProposalRow, datetime]:
        return (
            select(ProposalRow, CaseOf.referred_at)
            .join(CaseOf, CaseOf.proposal == ProposalRow.id)
            .where(CaseOf.decided_at.is_(None), ProposalRow.state == ProposalState.REFERRED.value)
            .where(within(session, caller))
        )

    def _in_state(self, caller: Caller, state: ProposalState) -> Sequence[CaseLine]:
        with self._office.house.database.reading() as session:
            chosen = select(ProposalRow).where(ProposalRow.state == state.value, within(session, caller))
            rows = session.scalars(chosen.order_by(ProposalRow.due_on, ProposalRow.id).limit(LISTED_AT_MOST))
            return [self._line(session, caller, row, row.updated_at) for row in rows]

    def _line(self, session: Session, caller: Caller, row: ProposalRow, since: datetime) -> CaseLine:
        state = self._office.get(session, row.id)
        codes = () if state.decision is None else state.decision.reasons
        return CaseLine(
            proposal=row.id,
            number=number_of(session, row.id),
            insured=insured_of(self._office, session, state),
            product=self._office.product(state).name,
            fen=state.fen,
            since=since,
            due=row.due_on,
            reasons=tuple(reason_in_words(code) for code in codes),
            is_own=caller.member == row.salesperson,
        )

    def _steps(self, session: Session, proposal: str) -> list[Step]:
        steps = []
        for event in read_stream(session, proposal):
            if event.type not in _TOLD:
                continue
            payload = dict(event.payload)
            record = {"case.decided": "reason", "requirement.met": "papers", "requirement.waived": "reason"}
            named = payload.get("message" if event.type == "requirement.opened" else record.get(event.type, ""))
            words = words_of(self._office, session, str(named)) if named else None
            by = payload.get("by")
            steps.append(Step(event.time, event.type, None if by is None else str(by), words, payload))
        return steps

    def _trace(self, session: Session, steps: Sequence[Step]) -> DecisionTrace | None:
        decided = next((one for one in reversed(steps) if one.type == "underwriting.decided"), None)
        if decided is None:
            return None
        try:
            kept = self._office.house.records.read(session, str(decided.payload["trace"]))
        except RecordErased:
            return None
        return read_trace(kept, str(decided.payload["trace_digest"]))

    def _requirements(self, session: Session, state: State, steps: Sequence[Step]) -> tuple[Missing, ...]:
        asked = {one.payload["requirement"]: one.words or "" for one in steps if one.type == "requirement.opened"}
        return tuple(Missing(one, str(asked[one.id])) for one in state.requirements)
