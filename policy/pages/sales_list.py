"""The salesperson's proposals, most urgent first: by the day until which the quote holds or somebody must act."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from flask import Response, request
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from esign.public.console import Caller, Reach, Role, RoomConsole, caller, member_name, only, page
from esign.public.people import ERASED_TEXT, RecordErased
from esign.public.values import Words
from policy.amounts import in_digits, yuan_of
from policy.domain import Actor, Move, next_moves
from policy.domain.values import ENDS, ProposalState, day_of
from policy.models import ProposalRow
from policy.pages.sales_desk import SalesDesk, is_own
from policy.pages.sales_words import RELATIONS, STATES, move_message

SELLERS: Final = only(Role.SALES, Role.SUPERVISOR)
ON_A_PAGE: Final = 50
SOON_DAYS: Final = 7
_OVER: Final = (*(one.value for one in ENDS), ProposalState.ISSUED.value)
"""States in which a proposal is not on the way any more."""


@dataclass(frozen=True)
class Line:
    """A proposal in the list. `who` and `act` are messages; `premium` is in yuan; `days_left` are those until `due`."""

    id: str
    people: tuple[str, ...] = field(repr=False)
    product: Words
    premium: str
    state: tuple[str, str]
    who: str
    act: str
    due: date | None
    days_left: int | None
    seller: str | None = field(repr=False)

    @property
    def is_soon(self) -> bool:
        return self.days_left is not None and self.days_left <= SOON_DAYS


def declare_sales_list(console: RoomConsole, desk: SalesDesk) -> None:
    """Declare it."""

    @console.page("/proposals", to=SELLERS)
    def sales_proposals() -> Response:
        who, over, start = caller(), request.args.get("show") == "over", _start()
        today = day_of(desk.now())
        with desk.office.house.database.reading() as session:
            rows = session.scalars(_chosen(session, who, over=over).offset(start).limit(ON_A_PAGE + 1)).all()
            lines = [_line(desk, session, who, row, today) for row in rows[:ON_A_PAGE]]
        return page(
            "sales_list.html",
            lines=lines,
            over=over,
            start=start,
            further=start + ON_A_PAGE if len(rows) > ON_A_PAGE else None,
            on_a_page=ON_A_PAGE,
            drafts=[_draft(desk, who, one.id) for one in desk.drafts.of(who.member)] if may_sell(who) else [],
            may_sell=may_sell(who),
            relations=RELATIONS,
        )


def may_sell(who: Caller) -> bool:
    return Role.SALES in who.roles


def _start() -> int:
    told = request.args.get("from", "0")
    return int(told) if told.isascii() and told.isdigit() and len(told) <= 6 else 0


def _chosen(session: Session, who: Caller, *, over: bool) -> Select[ProposalRow]:
    state, due = ProposalRow.state, ProposalRow.due_on
    reach = Reach.of(session, who).where(ProposalRow.institution, ProposalRow.salesperson)
    if over:
        latest = ProposalRow.updated_at.desc()
        return select(ProposalRow).where(reach, state.in_(_OVER)).order_by(latest, ProposalRow.id)
    return select(ProposalRow).where(reach, state.not_in(_OVER)).order_by(due.is_(None), due, ProposalRow.id)


def _line(desk: SalesDesk, session: Session, who: Caller, row: ProposalRow, today: date) -> Line:
    house, own = desk.office.house, is_own(who, row)
    state = desk.office.get(session, row.id)
    move = first_move(next_moves(state))
    actor, act = move_message(move, own=own)
    return Line(
        id=row.id,
        people=_people(desk, session, row),
        product=desk.office.product(state).name,
        premium=in_digits(yuan_of(row.fen)),
        state=STATES[row.state],
        who=actor,
        act=act,
        due=row.due_on,
        days_left=None if row.due_on is None else (row.due_on - today).days,
        seller=None if own else member_name(session, house.records, row.salesperson),
    )


def first_move(moves: tuple[Move, ...]) -> Move:
    """Return the move that is told first: what people have to do before what the service does by itself."""
    return next((one for one in moves if one.actor not in (Actor.SERVICE, Actor.NOBODY)), moves[0])


def _people(desk: SalesDesk, session: Session, row: ProposalRow) -> tuple[str, ...]:
    """Return the names of applicant and insured, each once."""
    try:
        content = desk.office.content(session, desk.office.get(session, row.id))
    except RecordErased:
        return (ERASED_TEXT,)
    return tuple(dict.fromkeys((content.applicant.name, content.insured.name)))


@dataclass(frozen=True)
class DraftLine:
    """A draft in the list."""

    id: str
    step: str
    people: tuple[str, ...] = field(repr=False)
    product: Words | None
    updated_at: object
    amends: bool


def _draft(desk: SalesDesk, who: Caller, draft: str) -> DraftLine:
    written = desk.read(who, draft)
    names = (written.proposal.applicant.name, written.proposal.insured.name)
    step = written.draft.step if written.draft.step in written.steps else written.steps[0].value
    product = None if written.product is None else written.product.name
    people = tuple(dict.fromkeys(name for name in names if name))
    return DraftLine(draft, step, people, product, written.draft.updated_at, written.amends is not None)
