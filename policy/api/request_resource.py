"""Service requests (保全): entered about an issued policy, sent, refused; the signed request and its endorsement."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.public.api import PDF, Call, Reply, Resource, actor, cut
from esign.public.people import RecordErased
from policy.amounts import in_digits
from policy.api.codes import READ, WRITE
from policy.api.findings import as_issues
from policy.api.request_bodies import (
    REQUEST_ANSWER,
    REQUEST_EXAMPLE,
    RefuseBody,
    RequestBody,
    RequestPage,
    RequestQuery,
    RequestView,
)
from policy.documents.values import Cancellation, Surrender
from policy.domain.refusal import refusal
from policy.models import EndorsementOf, ProposalRow, RequestRow
from policy.requests.entering import Requesting
from policy.requests.papers import endorsement_of, signed_request
from policy.requests.register import Register, reason_of
from policy.requests.sending import RequestSending
from policy.service.in_force import change_of
from policy.service.numbers import NumberKind, number_of
from policy.service.office import Office

_LIST: Final = "requests"


def requests_resource(office: Office) -> Resource:
    """Return the resource."""
    register, database = Register(office), office.house.database
    requesting, sending = Requesting(register), RequestSending(register)
    requests = Resource(
        "requests", "保全", "Service requests", "Changes of an issued policy, its surrender, cancellation."
    )

    def own(session: Session, call: Call) -> RequestRow:
        row = session.get(RequestRow, call.path["request"])
        if row is None or session.get_one(ProposalRow, row.proposal).client != call.client.client:
            raise refusal("no-request")
        return row

    def shown(request: str, status: int = 200) -> Reply:
        with database.reading() as session:
            return Reply(_view(register, session, session.get_one(RequestRow, request)), status=status)

    def was_sent(request: str) -> bool:
        with database.reading() as session:
            return bool(register.get(session, request).sent)

    @requests.operation(
        "POST",
        "/v1/proposals/<proposal>/requests",
        access=WRITE,
        zh="申请保全",
        en="Enter a service request",
        about="Checked against what is in force, with all that is the matter told by field. Amounts are computed: a "
        "cancellation in the hesitation period gives all of the premium back, a surrender after it the cash value. It "
        "goes out to be signed unless `send` is false: by the applicant, and where beneficiaries change by the insured "
        "or the guardian too. Once signed, the service carries it out. The same again under one `external_id` finds "
        "what the first call made.",
        body=RequestBody,
        answer=RequestView,
        status=201,
        problems=(
            *("request-invalid", "no-proposal", "request-open", "request-name-taken", "hesitation-over"),
            *("cancel-instead", "stream-changed", "record-erased"),
        ),
        example=REQUEST_EXAMPLE,
        answer_example=REQUEST_ANSWER,
    )
    def enter(call: Call) -> Reply:
        body, proposal = call.body(RequestBody), call.path["proposal"]
        with database.reading() as session:
            row = session.get(ProposalRow, proposal)
            if row is None or row.client != call.client.client:
                raise refusal("no-proposal")
        client = call.client.client
        entered = as_issues(
            lambda: requesting.enter(client, proposal, body.value(), external_id=body.external_id, actor=actor(call))
        )
        if body.send and not (entered.existed and was_sent(entered.request)):
            sending.send(entered.request, actor=actor(call))
        return shown(entered.request, 201)

    @requests.operation(
        "GET",
        "/v1/requests",
        access=READ,
        zh="列出保全申请",
        en="List service requests",
        query=RequestQuery,
        answer=RequestPage,
        problems=("cursor-refused",),
        answer_example={"items": [REQUEST_ANSWER], "next_cursor": None},
    )
    def listing(call: Call) -> Reply:
        query = call.query(RequestQuery)
        chosen = (
            select(RequestRow)
            .join(ProposalRow, ProposalRow.id == RequestRow.proposal)
            .where(ProposalRow.client == call.client.client, RequestRow.id > query.after(_LIST))
        )
        if query.proposal is not None:
            chosen = chosen.where(RequestRow.proposal == query.proposal)
        with database.reading() as session:
            rows = session.scalars(chosen.order_by(RequestRow.id).limit(query.limit + 1)).all()
            found, cursor = cut(rows, query, _LIST, lambda row: row.id)
            return Reply(RequestPage(items=[_view(register, session, row) for row in found], next_cursor=cursor))

    @requests.operation(
        "GET",
        "/v1/requests/<request>",
        access=READ,
        zh="查看保全申请",
        en="See a service request",
        answer=RequestView,
        problems=("no-request",),
        answer_example=REQUEST_ANSWER,
    )
    def one(call: Call) -> Reply:
        with database.reading() as session:
            return Reply(_view(register, session, own(session, call)))

    @requests.operation(
        "POST",
        "/v1/requests/<request>/send",
        access=WRITE,
        zh="发出签署",
        en="Send it to be signed",
        about="Also again, after an envelope expired or was voided; within thirty days from the day it was asked for.",
        answer=RequestView,
        problems=("no-request", "request-over", "stream-changed"),
        answer_example=REQUEST_ANSWER,
    )
    def send(call: Call) -> Reply:
        with database.reading() as session:
            request = own(session, call).id
        sending.send(request, actor=actor(call))
        return shown(request)

    @requests.operation(
        "POST",
        "/v1/requests/<request>/refuse",
        access=WRITE,
        zh="拒绝或撤回保全申请",
        en="Refuse it",
        about="Until everybody has signed: then it is the customers' own, and operations alone refuse it. Whoever "
        "signs it is told, and a link that is out ends.",
        body=RefuseBody,
        answer=RequestView,
        problems=("no-request", "request-signed", "request-done"),
        example={"reason": "customer-changed-mind"},
        answer_example={**REQUEST_ANSWER, "state": "refused", "envelope": None, "reason": "customer-changed-mind"},
    )
    def refuse(call: Call) -> Reply:
        with database.reading() as session:
            request = own(session, call).id
        register.refuse(request, call.body(RefuseBody).reason, actor=actor(call), takes_back=True)
        return shown(request)

    @requests.operation(
        "GET",
        "/v1/requests/<request>/document",
        access=READ,
        zh="下载已签署的申请书",
        en="Get the signed request",
        answer=PDF,
        problems=("no-request", "no-signed-request", "record-erased"),
    )
    def document(call: Call) -> Reply:
        with database.reading() as session:
            content = signed_request(register, session, own(session, call).id).content
        return Reply(content, media_type=PDF)

    @requests.operation(
        "GET",
        "/v1/requests/<request>/endorsement",
        access=READ,
        zh="下载批单",
        en="Get the endorsement",
        answer=PDF,
        problems=("no-request", "no-endorsement", "record-erased"),
    )
    def endorsement(call: Call) -> Reply:
        with database.reading() as session:
            content = endorsement_of(register, session, own(session, call).id)
        return Reply(content, media_type=PDF)

    return requests


def _view(register: Register, session: Session, row: RequestRow) -> RequestView:
    state = register.get(session, row.id)
    endorsement = session.scalar(select(EndorsementOf.sha256).filter_by(request=row.id))
    try:
        change = change_of(register.office, session, state)
    except RecordErased:
        change = None
    ending = change if isinstance(change, Surrender | Cancellation) else None
    return RequestView(
        id=row.id,
        number=number_of(session, row.id, NumberKind.REQUEST),
        proposal=row.proposal,
        policy=row.policy,
        kind=row.kind,
        state=row.state,
        asked_on=row.asked_on,
        signers=[one.value for one in state.signers],
        premiums_paid=None if ending is None else in_digits(ending.premiums_paid).replace(",", ""),
        refund=None if ending is None else in_digits(ending.refund).replace(",", ""),
        envelope=state.envelope,
        signed_envelope=state.signed,
        document_sha256=state.document,
        endorsement_sha256=endorsement,
        reason=reason_of(session, row.id),
        updated_at=row.updated_at,
    )
