"""What the salesperson's pages do, and show: drafts read and checked, proposals entered, what is in reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.public.console import Caller, Reach, Role, member_person, name_of
from esign.public.people import RecordErased
from policy.domain import commands as c
from policy.domain.refusal import refusal
from policy.domain.table import TABLE
from policy.domain.values import Delivery, day_of
from policy.drafts.reading import Read, read_draft
from policy.drafts.steps import ROWS, Step, rows_shown, steps_of, taken, without_gaps
from policy.drafts.store import Draft, Drafts
from policy.drafts.writing import AMENDS, amending, typed_of
from policy.models import ProposalRow
from policy.products.catalogue import Product
from policy.proposal import Proposal, Salesperson
from policy.proposing.findings import Finding, ProposalRefused
from policy.proposing.names import with_unprintable_names
from policy.proposing.quoting import Quote, inquiry_of, quote
from policy.service.entering import Entering
from policy.service.office import Office

_QUOTED_BY = frozenset(
    {
        *("product", "version", "sum_insured", "payment.years", "applicant_is"),
        *("insured.born", "insured.gender", "applicant.born"),
    }
)
"""The fields that a quote goes by: while something is the matter with one, there is none."""


@dataclass(frozen=True)
class Written:
    """A draft as it is read: what is the matter, which screens it has, and the quote where there can be one."""

    draft: Draft
    product: Product | None
    proposal: Proposal = field(repr=False)
    findings: tuple[Finding, ...]
    steps: tuple[Step, ...]
    quote: Quote | None

    @property
    def amends(self) -> str | None:
        """The proposal that it amends, None where it is a new one."""
        return self.draft.typed.get(AMENDS)

    def beside(self, step: Step, by: int) -> Step:
        """Return the screen before or after this one; the first and the last have none further."""
        at = self.steps.index(step) + by
        return self.steps[min(max(at, 0), len(self.steps) - 1)]


class SalesDesk:
    """Serves the salesperson who calls."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.drafts = Drafts(office.house)
        self._entering = Entering(office)

    def now(self) -> datetime:
        """Return the time by which staff enter proposals."""
        house = self.office.house
        with house.database.reading() as session:
            return house.clocks.now(session, house.envelopes.own_client)

    def sold(self) -> tuple[Product, ...]:
        return self.office.catalogue.sold_on(day_of(self.now()))

    def amend(self, caller: Caller, proposal: str) -> str:
        """Begin a draft with all that the caller's own proposal says; sent, it takes the proposal's place.

        Raises `PolicyRefused` (`no-proposal`, and by its state), `RecordErased`.
        """
        self.own(caller, proposal)
        with self.office.house.database.reading() as session:
            state = self.office.get(session, proposal)
            if c.Amend not in TABLE[state.state].accepts:
                raise refusal(f"proposal-{state.state.value}")
            typed = amending(self.office.content(session, state), proposal)
        return self.drafts.begin(caller.member, typed, now=self.now())

    def begin(self, caller: Caller, like: str | None = None) -> str:
        """Begin a draft, with what an earlier proposal in reach says where one is named. Raises `PolicyRefused`."""
        with self.office.house.database.reading() as session:
            earlier = like and self.row(session, caller, like).id
            typed = typed_of(self._content(session, earlier)) if earlier else self._first(caller)
        return self.drafts.begin(caller.member, typed, now=self.now())

    def _first(self, caller: Caller) -> dict[str, str]:
        """Return what a new draft begins with."""
        return {"sales.licence": self._licence(caller), "delivery": Delivery.ELECTRONIC.value}

    def read(self, caller: Caller, draft: str) -> Written:
        """Return a draft as it is read today. Raises `PolicyRefused` (`no-draft`)."""
        return self._written(caller, self.drafts.get(caller.member, draft))

    def write(self, caller: Caller, draft: str, step: Step, form: Mapping[str, str], *, leave: bool) -> Written:
        """Keep what a screen's form brought, and return the draft as it is read; `leave` tells that the screen is left.

        Raises `PolicyRefused` (`no-draft`, `draft-long`).
        """
        before = self.read(caller, draft)
        typed = taken(form, step, before.product)
        if step is Step.BENEFICIARIES:
            typed = without_gaps(typed) if leave else typed
            typed[ROWS] = str(rows_shown(typed | {ROWS: form.get(ROWS, "")}))
        return self._written(caller, self.drafts.write(caller.member, draft, step.value, typed, now=self.now()))

    def add_row(self, caller: Caller, draft: str, form: Mapping[str, str]) -> None:
        """Keep what the screen of beneficiaries brought, and show a row more. Raises as `write`."""
        shown = rows_shown({**form, ROWS: form.get(ROWS, "")})
        self.write(caller, draft, Step.BENEFICIARIES, {**form, ROWS: str(shown + 1)}, leave=False)

    def enter(self, caller: Caller, draft: str) -> str:
        """Enter what was written, or amend the proposal that the draft is of; return it. The draft goes. Twice is once.

        Raises `ProposalRefused`, `PolicyRefused`, `EnvelopeError` (`salesperson-unknown`).
        """
        written = self.read(caller, draft)
        if written.findings:
            raise ProposalRefused(written.findings)
        proposal = written.amends
        if proposal is None:
            proposal = self._entering.enter(None, written.proposal, external_id=draft, actor=name_of(caller)).proposal
        else:
            self._entering.amend(proposal, written.proposal, actor=name_of(caller), by=caller.member)
        self.throw_away(caller, draft)
        return proposal

    def throw_away(self, caller: Caller, draft: str) -> None:
        """Erase a draft. Raises `PolicyRefused` (`no-draft`)."""
        now = self.now()
        with self.office.house.database.transaction() as session:
            self.drafts.drop(session, caller.member, draft, now=now)

    def row(self, session: Session, caller: Caller, proposal: str) -> ProposalRow:
        """Return the row of a proposal in the caller's reach. Raises `PolicyRefused` (`no-proposal`)."""
        row = session.get(ProposalRow, proposal)
        if row is None or not Reach.of(session, caller).sees(row.institution, row.salesperson):
            raise refusal("no-proposal")
        return row

    def own(self, caller: Caller, proposal: str) -> None:
        """Let a salesperson act on what is theirs. Raises `PolicyRefused` (`no-proposal`)."""
        with self.office.house.database.reading() as session:
            if not is_own(caller, self.row(session, caller, proposal)):
                raise refusal("no-proposal")

    def _written(self, caller: Caller, draft: Draft) -> Written:
        today = day_of(self.now())
        product = self._sold_now(draft.typed.get("product", ""), today)
        read = read_draft(draft.typed, product, self._salesperson(caller), today)
        findings = with_unprintable_names(read.findings, read.proposal, self.office.typefaces)
        steps = steps_of(read.proposal, product)
        return Written(draft, product, read.proposal, findings, steps, _quote(product, read))

    def _sold_now(self, code: str, today: date) -> Product | None:
        return next((one for one in self.office.catalogue.sold_on(today) if one.code == code), None)

    def _salesperson(self, caller: Caller) -> Salesperson:
        house = self.office.house
        with house.database.reading() as session:
            person = member_person(session, house.records, caller.member)
        name, phone = ("", "") if person is None else (person.name, person.phone)
        return Salesperson(caller.member, name, phone, "", caller.institution)

    def _licence(self, caller: Caller) -> str:
        """Return the practice number with which the salesperson sold last, nothing where they never did."""
        chosen = select(ProposalRow.id).filter_by(salesperson=caller.member).order_by(ProposalRow.id.desc()).limit(1)
        with self.office.house.database.reading() as session:
            last = session.scalar(chosen)
            try:
                return self._content(session, last).sales.licence if last else ""
            except RecordErased:
                return ""

    def _content(self, session: Session, proposal: str) -> Proposal:
        return self.office.content(session, self.office.get(session, proposal))


def is_own(caller: Caller, row: ProposalRow) -> bool:
    """Tell whether the caller sells this proposal."""
    return Role.SALES in caller.roles and row.salesperson == caller.member


def _quote(product: Product | None, read: Read) -> Quote | None:
    if product is None or any(one.field in _QUOTED_BY for one in read.findings):
        return None
    return quote(product, inquiry_of(read.proposal))
