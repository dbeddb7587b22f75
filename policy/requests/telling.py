"""What customers are told of their service requests: done, or refused. It is read on locked screens and names nobody.

A changed phone is told at both: whoever had the one before learns of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.public.messages import MessageText, Words
from policy.domain import request_events as r
from policy.domain.request_events import RequestKind
from policy.domain.values import Signer
from policy.models import PersonOf
from policy.service.numbers import NumberKind, number_of
from policy.service.office import Office
from policy.service.projection import RequestChange

REFUSED: Final = "policy-request-refused"
DONE: Final[Mapping[RequestKind, str]] = {kind: f"policy-{kind.value}-done" for kind in RequestKind}
REQUEST_MESSAGES: Final[Mapping[str, MessageText]] = {
    DONE[RequestKind.BENEFICIARY]: MessageText(
        Words(
            "受益人已变更", "您的保单 {policy} 已按申请 {number} 变更受益人，批单可向销售人员索取。有疑问请联系我们。"
        ),
        Words(
            "Beneficiaries changed",
            "The beneficiaries of your policy {policy} were changed as asked in {number}. Your salesperson has the "
            "endorsement. Call us if you did not ask for it.",
        ),
    ),
    DONE[RequestKind.ADDRESS]: MessageText(
        Words("联系方式已变更", "您的保单 {policy} 已按申请 {number} 变更联系方式。不是您本人申请的，请马上联系我们。"),
        Words(
            "Your contact details changed",
            "The contact details of your policy {policy} were changed as asked in {number}. Call us at once if you did "
            "not ask for it.",
        ),
    ),
    DONE[RequestKind.SURRENDER]: MessageText(
        Words("保单已解除", "您的保单 {policy} 已按申请 {number} 解除，不再有保障。退款划回交费的账户，请留意到账。"),
        Words(
            "Your policy was surrendered",
            "Your policy {policy} ended as asked in {number}; there is no cover any more. The money goes back to the "
            "account that paid.",
        ),
    ),
    DONE[RequestKind.CANCELLATION]: MessageText(
        Words("保单已解除", "您的保单 {policy} 已按申请 {number} 在犹豫期内解除。保险费退回交费的账户，请留意到账。"),
        Words(
            "Your policy was cancelled",
            "Your policy {policy} was cancelled as asked in {number}; there is no cover any more. The premium goes "
            "back to the account that paid.",
        ),
    ),
    REFUSED: MessageText(
        Words("申请没有办理", "您的保单 {policy} 的申请 {number} 没有办理，保单没有因它变更。详情请问销售人员。"),
        Words(
            "Your request was not carried out",
            "Your request {number} about policy {policy} was not carried out and changed nothing. Your salesperson "
            "knows more.",
        ),
    ),
}


def tell_customers(office: Office, session: Session, change: RequestChange) -> None:
    """Tell of a request that is done or refused everybody who signs it, in the caller's transaction."""
    state = change.after
    if state is None:
        return
    for event in change.events:
        if isinstance(event, r.RequestDone):
            kind = DONE[state.kind]
        elif isinstance(event, r.RequestRefused):
            kind = REFUSED
        else:
            continue
        facts = {"policy": state.policy, "number": number_of(session, change.stream, NumberKind.REQUEST)}
        for person in _people(session, change.stream, state.proposal, state.signers):
            office.house.messages.tell(
                session, kind, person, about=change.stream, because=change.stream, at=event.at, facts=facts
            )


def _people(session: Session, request: str, proposal: str, signers: Iterable[Signer]) -> list[str]:
    parts = [one.value for one in signers]
    chosen = select(PersonOf.person).where(PersonOf.proposal.in_((proposal, request)), PersonOf.part.in_(parts))
    return list(session.scalars(chosen.order_by(PersonOf.proposal, PersonOf.part)))
