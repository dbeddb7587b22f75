"""One proposal: where it stands, who acts next, what happened; sending, sending again, withdrawing, the contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from flask import Response, request
from flask import redirect as redirect_to
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from esign.public.console import N_, RoomConsole, caller, done, member_name, name_of, page, words
from esign.public.envelopes import EnvelopeError, Person
from esign.public.events import Event, read_stream
from esign.public.people import ERASED_TEXT, RecordErased, parse_person
from policy.amounts import in_digits, yuan_of
from policy.domain import commands as c
from policy.domain import next_moves
from policy.domain.request_events import RequestKind
from policy.domain.state import Proposal as State
from policy.domain.table import TABLE
from policy.domain.values import ProposalState, day_of
from policy.drafts.steps import Step
from policy.errors import PolicyRefused
from policy.models import Contract, TakenNumber
from policy.pages import request_words as asked
from policy.pages import sales_words as said
from policy.pages.draft_pages import DRAFTS, HERE, WRITERS
from policy.pages.sales_desk import SalesDesk, is_own
from policy.pages.sales_list import SELLERS, may_sell
from policy.proposal import Proposal
from policy.proposing.quoting import inquiry_of, quote
from policy.refusals import refused
from policy.requests.desk import RequestDesk
from policy.service.in_force import in_force
from policy.service.numbers import NumberKind
from policy.service.sending import Sending
from policy.service.withdrawing import Withdrawing
from policy.visits.answering import CUSTOMER

_OTHER_TROUBLE: Final = N_("投保单已录入，但没有发出去。请稍后再发一次。")
_STAFF: Final = "staff:"


@dataclass(frozen=True)
class Signature:
    """How far a customer is with signing: name, part and state are told; `state` is a tag's class and a message."""

    name: str = field(repr=False)
    part: str
    state: tuple[str, str]


@dataclass(frozen=True)
class Happening:
    """What happened, when, and by whom (a message, or a name)."""

    what: str
    at: datetime
    by: str = field(repr=False)


def declare_proposal_pages(console: RoomConsole, desk: SalesDesk) -> None:
    """Declare them."""
    sending, withdrawing = Sending(desk.office), Withdrawing(desk.office)

    @console.page("/proposals/help", to=SELLERS)
    def sales_help() -> Response:
        return page("sales_help.html")

    @console.page("/proposals/<proposal>", to=SELLERS)
    def sales_proposal(proposal: str) -> Response:
        unsent = request.args.get("unsent")
        trouble = None if unsent is None else words().say(said.UNSENT.get(unsent, _OTHER_TROUBLE))
        return _shown(desk, proposal, trouble)

    @console.form("/proposals/<proposal>/send", to=WRITERS)
    def send_proposal(proposal: str) -> AnyResponse:
        who = caller()
        desk.own(who, proposal)
        try:
            sending.send(proposal, actor=name_of(who), by=who.member)
        except PolicyRefused as refusal:
            return _shown(desk, proposal, words().choose(refusal.zh, refusal.en), 409)
        except EnvelopeError as error:
            return redirect_to(f"{HERE}/{proposal}?unsent={error.code}", 303)
        return done(f"{HERE}/{proposal}", "proposal-sent")

    @console.form("/proposals/<proposal>/amend", to=WRITERS)
    def amend_proposal(proposal: str) -> AnyResponse:
        try:
            draft = desk.amend(caller(), proposal)
        except PolicyRefused as refusal:
            if refusal.code == "no-proposal":
                raise
            return _shown(desk, proposal, words().choose(refusal.zh, refusal.en), 409)
        return redirect_to(f"{DRAFTS}/{draft}/{Step.COVER.value}", 303)

    @console.page("/proposals/<proposal>/withdraw", to=WRITERS)
    def withdrawing_proposal(proposal: str) -> Response:
        return _withdrawal(desk, proposal)

    @console.form("/proposals/<proposal>/withdraw", to=WRITERS)
    def withdraw_proposal(proposal: str) -> AnyResponse:
        who, reason = caller(), request.form.get("reason", "")
        desk.own(who, proposal)
        if reason not in said.WITHDRAWAL_REASONS:
            return _withdrawal(desk, proposal, words().say(N_("还没有选原因。请选择一项。")), 422)
        try:
            withdrawing.withdraw(proposal, reason, actor=name_of(who), by=who.member)
        except PolicyRefused as refusal:
            return _shown(desk, proposal, words().choose(refusal.zh, refusal.en), 409)
        return done(f"{HERE}/{proposal}", "proposal-withdrawn")

    @console.page("/proposals/<proposal>/contract.pdf", to=SELLERS)
    def sales_contract(proposal: str) -> Response:
        house = desk.office.house
        with house.database.reading() as session:
            row = desk.row(session, caller(), proposal)
            kept = session.scalars(select(Contract).filter_by(proposal=row.id)).one_or_none()
            if kept is None:
                raise refused("no-contract")
            answer = Response(house.documents.read(session, kept.blob, kept.record), content_type="application/pdf")
        answer.headers["Content-Disposition"] = f"attachment; filename={row.policy or 'contract'}.pdf"
        return answer


def _shown(desk: SalesDesk, proposal: str, trouble: str | None = None, status: int = 200) -> Response:
    office, who = desk.office, caller()
    with office.house.database.reading() as session:
        row = desk.row(session, who, proposal)
        state, own = office.get(session, proposal), is_own(who, row)
        content = _content(desk, session, proposal, state)
        return page(
            "sales_proposal.html",
            status,
            row=row,
            state=state,
            tag=said.STATES[row.state],
            number=_number(session, proposal),
            content=content,
            quote=None if content is None else quote(office.product(state), inquiry_of(content)),
            product=office.product(state),
            premium=in_digits(yuan_of(state.fen)),
            moves=[(*said.move_message(one, own=own), one.due) for one in next_moves(state)],
            signatures=_signatures(desk, session, state),
            happened=[_happening(desk, session, one) for one in reversed(read_stream(session, proposal))],
            seller=member_name(session, office.house.records, row.salesperson),
            own=own,
            may_sell=may_sell(who),
            may_send=own and c.Send in TABLE[state.state].accepts and state.envelope is None,
            may_amend=own and content is not None and c.Amend in TABLE[state.state].accepts,
            may_file=own and c.AddRecording in TABLE[state.state].accepts and state.recording_wanted,
            may_withdraw=own and c.Withdraw in TABLE[state.state].accepts,
            requests=RequestDesk(office).about(session, proposal),
            wishes=_wishes(desk, state) if own and content is not None else (),
            asked=asked,
            said=said,
            trouble=trouble,
            in_digits=in_digits,
        )


def _withdrawal(desk: SalesDesk, proposal: str, trouble: str | None = None, status: int = 200) -> Response:
    who = caller()
    desk.own(who, proposal)
    with desk.office.house.database.reading() as session:
        state = desk.office.get(session, proposal)
        number = _number(session, proposal)
    is_paid = state.state is ProposalState.PAID
    values = {"proposal": proposal, "number": number, "is_paid": is_paid, "is_out": state.envelope is not None}
    return page("sales_withdraw.html", status, **values, reasons=said.WITHDRAWAL_REASONS, trouble=trouble)


def _wishes(desk: SalesDesk, state: State) -> list[RequestKind]:
    """Return what can be asked for about a policy today; nothing where none runs."""
    if state.state is not ProposalState.ISSUED or state.policy is None:
        return []
    ends = state.policy.hesitation_ends
    ending = RequestKind.SURRENDER if ends is not None and day_of(desk.now()) > ends else RequestKind.CANCELLATION
    heirs = (RequestKind.BENEFICIARY,) if desk.office.product(state).death_cover else ()
    return [*heirs, RequestKind.ADDRESS, ending]


def _content(desk: SalesDesk, session: Session, proposal: str, state: State) -> Proposal | None:
    try:
        return in_force(desk.office, session, proposal, state)
    except RecordErased:
        return None


def _number(session: Session, proposal: str) -> str:
    kind = NumberKind.APPLICATION.name.lower()
    return session.scalar(select(TakenNumber.number).filter_by(proposal=proposal, kind=kind)) or proposal


def _signatures(desk: SalesDesk, session: Session, state: State) -> list[Signature]:
    """Return how far each customer is: in the envelope that is out, or in the last one that was."""
    if not state.sent:
        return []
    envelope = desk.office.house.envelopes.get(session, state.envelope or state.sent[-1])
    return [
        Signature(
            _name(desk, session, one.plan.person),
            said.PEOPLE.get(one.plan.role.value, ""),
            said.SIGNING[one.state],
        )
        for one in envelope.recipients
    ]


def _name(desk: SalesDesk, session: Session, record: str) -> str:
    try:
        person: Person = parse_person(desk.office.house.records.read(session, record))
    except RecordErased:
        return ERASED_TEXT
    return person.name


def _happening(desk: SalesDesk, session: Session, event: Event) -> Happening:
    by = N_("系统")
    if event.actor.startswith(_STAFF):
        by = member_name(session, desk.office.house.records, event.actor.removeprefix(_STAFF))
    elif event.actor.startswith("client:"):
        by = N_("销售系统")
    elif event.actor.startswith(f"{CUSTOMER}:"):
        by = N_("客户")
    return Happening(said.HAPPENED[event.type], event.time, by)
