"""Motor policies and claims: what the insurer's other systems call."""

from __future__ import annotations

from typing import Final

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.api.bodies import MOTOR_POLICY_EXAMPLE, REPORT_EXAMPLE, MotorPolicyBody, ReportBody
from claims.api.codes import READ, RISK, WRITE
from claims.api.figures_resource import figures_resource
from claims.api.views import (
    CLAIM_ANSWER,
    EXPLANATION_ANSWER,
    MOTOR_POLICY_ANSWER,
    ClaimPage,
    ClaimView,
    ExplanationView,
    MotorPolicyView,
    claim_view,
    explanation_view,
    motor_policy_view,
)
from claims.domain import commands as c
from claims.domain.refusal import refusal
from claims.models import ClaimRow
from claims.service.asking import ask_for_person
from claims.service.explaining import scores_of, told_to_customer
from claims.service.office import Office
from claims.service.registering import Register
from claims.service.reporting import Reporting
from esign.public.api import Body, Call, PageQuery, Reply, Resource, actor, cut

_LIST: Final = "claims"


class WithdrawClaimBody(Body):
    """Why nobody wants it any more."""

    reason: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$", description="A code of the caller's own.")


def claims_resources(office: Office) -> tuple[Resource, ...]:
    """Return the resources."""
    register = Register(office.house)
    claims = _claims(office, Reporting(office, register))
    return _motor_policies(office, register), claims, figures_resource(office.house)


def _motor_policies(office: Office, register: Register) -> Resource:
    resource = Resource("motor-policies", "车险保单", "Motor policies", "What losses are reported on.")

    @resource.operation(
        "PUT",
        "/v1/motor-policies/<number>",
        access=WRITE,
        zh="登记车险保单",
        en="Register a motor policy",
        about="The same again changes nothing; anything else is its next version. A claim keeps the version that it "
        "was reported on.",
        body=MotorPolicyBody,
        answer=MotorPolicyView,
        problems=("request-invalid", "motor-policy-number", "no-motor-policy"),
        example=MOTOR_POLICY_EXAMPLE,
        answer_example=MOTOR_POLICY_ANSWER,
    )
    def put(call: Call) -> Reply:
        policy = call.body(MotorPolicyBody).value(call.path["number"])
        return Reply(motor_policy_view(register.put(call.client.client, policy)))

    @resource.operation(
        "GET",
        "/v1/motor-policies/<number>",
        access=READ,
        zh="查看车险保单",
        en="See a motor policy",
        answer=MotorPolicyView,
        problems=("no-motor-policy", "record-erased"),
        answer_example=MOTOR_POLICY_ANSWER,
    )
    def one(call: Call) -> Reply:
        with office.house.database.reading() as session:
            return Reply(motor_policy_view(register.find(session, call.client.client, call.path["number"])))

    return resource


def _claims(office: Office, reporting: Reporting) -> Resource:
    resource = Resource("claims", "案件", "Claims", "From the report to the payment.")
    database = office.house.database

    def own(session: Session, call: Call) -> ClaimRow:
        row = session.get(ClaimRow, call.path["claim"])
        if row is None or row.client != call.client.client:
            raise refusal("no-claim")
        return row

    def view(session: Session, row: ClaimRow) -> ClaimView:
        return claim_view(row, office.get(session, row.id), simulated=office.bank.simulated)

    def shown(claim: str, status: int = 200) -> Reply:
        with database.reading() as session:
            return Reply(view(session, session.get_one(ClaimRow, claim)), status=status)

    @resource.operation(
        "POST",
        "/v1/claims",
        access=WRITE,
        zh="报案",
        en="Report a loss",
        about="On a motor policy that was in force when it happened. It is triaged at once. The same again under one "
        "`external_id` finds what the first call made.",
        body=ReportBody,
        answer=ClaimView,
        status=201,
        problems=(
            "request-invalid",
            "no-motor-policy",
            "motor-policy-not-in-force",
            "claim-name-taken",
            "loss-in-future",
        ),
        example=REPORT_EXAMPLE,
        answer_example=CLAIM_ANSWER,
    )
    def report(call: Call) -> Reply:
        body = call.body(ReportBody)
        taken = reporting.report(call.client.client, body.value(), external_id=body.external_id, actor=actor(call))
        return shown(taken.claim, 201)

    @resource.operation(
        "GET",
        "/v1/claims",
        access=READ,
        zh="列出案件",
        en="List claims",
        query=PageQuery,
        answer=ClaimPage,
        problems=("cursor-refused",),
        answer_example={"items": [CLAIM_ANSWER], "next_cursor": None},
    )
    def listing(call: Call) -> Reply:
        query = call.query(PageQuery)
        chosen = select(ClaimRow).where(ClaimRow.client == call.client.client, ClaimRow.id > query.after(_LIST))
        with database.reading() as session:
            rows = session.scalars(chosen.order_by(ClaimRow.id).limit(query.limit + 1)).all()
            found, cursor = cut(rows, query, _LIST, lambda row: row.id)
            return Reply(ClaimPage(items=[view(session, row) for row in found], next_cursor=cursor))

    @resource.operation(
        "GET",
        "/v1/claims/<claim>",
        access=READ,
        zh="查看案件",
        en="See a claim",
        about="A key with the scope `claims:risk` sees the scores, too: points and inputs are for claims staff, and no "
        "customer is shown them.",
        answer=ClaimView,
        problems=("no-claim",),
        answer_example=CLAIM_ANSWER,
    )
    def one(call: Call) -> Reply:
        with database.reading() as session:
            row = own(session, call)
            scores = scores_of(session, row.id) if RISK in call.client.scopes else None
            state = office.get(session, row.id)
            return Reply(claim_view(row, state, simulated=office.bank.simulated, scores=scores))

    @resource.operation(
        "GET",
        "/v1/claims/<claim>/explanation",
        access=READ,
        zh="说明案件的处理方式",
        en="Explain the way of a claim",
        about="In plain words for the customer: what is looked at again and by whom, that it is no refusal, and that a "
        "person can be asked for. There is no score, limit or point in it.",
        answer=ExplanationView,
        problems=("no-claim",),
        answer_example=EXPLANATION_ANSWER,
    )
    def explain(call: Call) -> Reply:
        with database.reading() as session:
            claim = own(session, call).id
            state = office.get(session, claim)
            return Reply(explanation_view(claim, state, told_to_customer(session, claim, state)))

    @resource.operation(
        "POST",
        "/v1/claims/<claim>/ask-for-person",
        access=WRITE,
        zh="要求由专人办理",
        en="Ask for a person",
        about="The customer wants a person: somebody calls them back within two minutes, and nothing more is decided "
        "by itself. Asking again changes nothing.",
        answer=ClaimView,
        problems=("no-claim", "claim-closed", "claim-refused", "claim-withdrawn", "claim-joined"),
        answer_example=CLAIM_ANSWER,
    )
    def ask(call: Call) -> Reply:
        with database.reading() as session:
            claim = own(session, call).id
        ask_for_person(office, claim, actor=actor(call))
        return shown(claim)

    @resource.operation(
        "POST",
        "/v1/claims/<claim>/withdraw",
        access=WRITE,
        zh="撤销案件",
        en="Withdraw it",
        about="Until money is on its way.",
        body=WithdrawClaimBody,
        answer=ClaimView,
        problems=("no-claim", "money-out", "claim-paying", "claim-closed"),
        example={"reason": "paid-by-other-side"},
        answer_example=CLAIM_ANSWER,
    )
    def withdraw(call: Call) -> Reply:
        with database.reading() as session:
            claim = own(session, call).id
        reason = call.body(WithdrawClaimBody).reason
        office.change(
            claim,
            lambda session, state: c.Withdraw(at=office.now(session, state), reason=reason),
            actor=actor(call),
        )
        return shown(claim)

    return resource
