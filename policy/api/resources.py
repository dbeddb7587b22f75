"""Products, quotes and proposals: what the sales platform calls."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.public.api import PDF, Body, Call, PageQuery, Reply, Resource, actor, cut
from policy.api.bodies import QUOTE_EXAMPLE, AmendedBody, ProposalBody, QuoteBody
from policy.api.codes import READ, WRITE
from policy.api.examples import AMENDED_EXAMPLE, PROPOSAL_ANSWER, PROPOSAL_EXAMPLE
from policy.api.findings import as_issues
from policy.api.recording_resource import recordings_resource
from policy.api.request_resource import requests_resource
from policy.api.views import (
    ProductList,
    ProposalPage,
    ProposalView,
    QuoteView,
    product_view,
    proposal_view,
    quote_view,
)
from policy.domain.refusal import refusal
from policy.domain.values import day_of
from policy.models import Contract, ProposalRow
from policy.products.catalogue import Product
from policy.proposing.quoting import quote
from policy.refusals import refused
from policy.service.entering import Entering
from policy.service.office import Office
from policy.service.sending import Sending
from policy.service.withdrawing import Withdrawing

_LIST: Final = "proposals"


class OccupationView(BaseModel):
    """An occupation."""

    id: str
    zh: str
    en: str
    risk_class: int = Field(description="From 1, least dangerous, to 6.")


class WithdrawBody(Body):
    """Why nobody wants it any more."""

    reason: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$", description="A code of the caller's own.")


def policy_resources(office: Office) -> tuple[Resource, ...]:
    """Return the resources."""
    return _products(office), _proposals(office), recordings_resource(office), requests_resource(office)


def _products(office: Office) -> Resource:
    products = Resource("products", "产品与报价", "Products and quotes", "What is sold, and what it costs.")

    def today(call: Call) -> Any:
        with office.house.database.reading() as session:
            return day_of(office.house.clocks.now(session, call.client.client))

    @products.operation(
        "GET", "/v1/products", access=READ, zh="列出在售产品", en="List what is sold", answer=ProductList
    )
    def listing(call: Call) -> Reply:
        return Reply(ProductList(items=[product_view(one) for one in office.catalogue.sold_on(today(call))]))

    @products.operation(
        "POST",
        "/v1/quotes",
        access=READ,
        zh="报价",
        en="Quote",
        body=QuoteBody,
        answer=QuoteView,
        problems=("request-invalid", "no-product"),
        example=QUOTE_EXAMPLE,
    )
    def quoting(call: Call) -> Reply:
        body, on = call.body(QuoteBody), today(call)
        product = _product(office, body, on)
        return Reply(quote_view(product, as_issues(lambda: quote(product, body.inquiry(on)))))

    return products


def _product(office: Office, body: QuoteBody, on: Any) -> Product:
    if body.version is not None:
        found = office.catalogue.find(body.product, body.version)
    else:
        found = next((one for one in office.catalogue.sold_on(on) if one.code == body.product), None)
    if found is None:
        raise refused("no-product")
    return found


def _proposals(office: Office) -> Resource:
    proposals = Resource("proposals", "投保单", "Proposals", "From the proposal to the issued contract.")
    database = office.house.database
    entering, sending, withdrawing = Entering(office), Sending(office), Withdrawing(office)

    def own(session: Session, call: Call) -> ProposalRow:
        row = session.get(ProposalRow, call.path["proposal"])
        if row is None or row.client != call.client.client:
            raise refusal("no-proposal")
        return row

    def view(session: Session, row: ProposalRow) -> ProposalView:
        return proposal_view(row, office.get(session, row.id))

    def was_sent(proposal: str) -> bool:
        with database.reading() as session:
            return bool(office.get(session, proposal).sent)

    def shown(proposal: str, status: int = 200) -> Reply:
        with database.reading() as session:
            return Reply(view(session, session.get_one(ProposalRow, proposal)), status=status)

    @proposals.operation(
        "POST",
        "/v1/proposals",
        access=WRITE,
        zh="录入投保单",
        en="Enter a proposal",
        about="Everything is checked at once; what is the matter is told by field. It goes out to be signed unless "
        "`send` is false. The same again under one `external_id` finds what the first call made, and sends nothing "
        "that was out before.",
        body=ProposalBody,
        answer=ProposalView,
        status=201,
        problems=("request-invalid", "proposal-name-taken", "quote-over", "salesperson-unknown", "stream-changed"),
        example=PROPOSAL_EXAMPLE,
        answer_example=PROPOSAL_ANSWER,
    )
    def enter(call: Call) -> Reply:
        body = call.body(ProposalBody)
        entered = as_issues(
            lambda: entering.enter(call.client.client, body.value(), external_id=body.external_id, actor=actor(call))
        )
        if body.send and not (entered.existed and was_sent(entered.proposal)):
            sending.send(entered.proposal, actor=actor(call))
        return shown(entered.proposal, 201)

    @proposals.operation(
        "GET",
        "/v1/proposals",
        access=READ,
        zh="列出投保单",
        en="List proposals",
        query=PageQuery,
        answer=ProposalPage,
        problems=("cursor-refused",),
        answer_example={"items": [PROPOSAL_ANSWER], "next_cursor": None},
    )
    def listing(call: Call) -> Reply:
        query = call.query(PageQuery)
        chosen = select(ProposalRow).where(
            ProposalRow.client == call.client.client, ProposalRow.id > query.after(_LIST)
        )
        with database.reading() as session:
            rows = session.scalars(chosen.order_by(ProposalRow.id).limit(query.limit + 1)).all()
            found, cursor = cut(rows, query, _LIST, lambda row: row.id)
            return Reply(ProposalPage(items=[view(session, row) for row in found], next_cursor=cursor))

    @proposals.operation(
        "GET",
        "/v1/proposals/<proposal>",
        access=READ,
        zh="查看投保单",
        en="See a proposal",
        answer=ProposalView,
        problems=("no-proposal",),
        answer_example=PROPOSAL_ANSWER,
    )
    def one(call: Call) -> Reply:
        with database.reading() as session:
            return Reply(view(session, own(session, call)))

    @proposals.operation(
        "POST",
        "/v1/proposals/<proposal>/send",
        access=WRITE,
        zh="发出签署",
        en="Send it to be signed",
        answer=ProposalView,
        problems=("no-proposal", "quote-over", "stream-changed"),
        answer_example=PROPOSAL_ANSWER,
    )
    def send(call: Call) -> Reply:
        with database.reading() as session:
            proposal = own(session, call).id
        sending.send(proposal, actor=actor(call))
        return shown(proposal)

    @proposals.operation(
        "POST",
        "/v1/proposals/<proposal>/amend",
        access=WRITE,
        zh="修改投保单",
        en="Amend a proposal",
        about="Another content under the same number, given whole, and checked as a new one is. Only while nothing is "
        "out to be signed: before it was sent, or when it came back unsigned; an envelope that is out is voided first. "
        "It goes out again unless `send` is false.",
        body=AmendedBody,
        answer=ProposalView,
        problems=(
            *("request-invalid", "no-proposal", "sold-by-another", "quote-over", "proposal-sent", "proposal-issued"),
            *("proposal-withdrawn", "stream-changed"),
        ),
        example=AMENDED_EXAMPLE,
        answer_example=PROPOSAL_ANSWER,
    )
    def amend(call: Call) -> Reply:
        body = call.body(AmendedBody)
        with database.reading() as session:
            proposal = own(session, call).id
        as_issues(lambda: entering.amend(proposal, body.value(), actor=actor(call)))
        if body.send:
            sending.send(proposal, actor=actor(call))
        return shown(proposal)

    @proposals.operation(
        "POST",
        "/v1/proposals/<proposal>/withdraw",
        access=WRITE,
        zh="撤回投保单",
        en="Withdraw it",
        about="Until the policy is issued; premium that was taken goes back.",
        body=WithdrawBody,
        answer=ProposalView,
        problems=("no-proposal", "proposal-issued", "proposal-debiting"),
        example={"reason": "customer-changed-mind"},
        answer_example=PROPOSAL_ANSWER,
    )
    def withdraw(call: Call) -> Reply:
        with database.reading() as session:
            proposal = own(session, call).id
        withdrawing.withdraw(proposal, call.body(WithdrawBody).reason, actor=actor(call))
        return shown(proposal)

    @proposals.operation(
        "GET",
        "/v1/proposals/<proposal>/contract",
        access=READ,
        zh="下载保险合同",
        en="Get the contract",
        answer=PDF,
        problems=("no-proposal", "no-contract", "record-erased"),
    )
    def contract(call: Call) -> Reply:
        with database.reading() as session:
            row = own(session, call)
            kept = session.scalars(select(Contract).filter_by(proposal=row.id)).one_or_none()
            if kept is None:
                raise refused("no-contract")
            return Reply(office.house.documents.read(session, kept.blob, kept.record), media_type=PDF)

    return proposals
