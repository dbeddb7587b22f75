"""What customers are told of underwriting: that something is asked of them until a day, or that they are declined.

A message is read on locked screens and says no more than that. In what words something was asked for is kept in the
record that the event names (`RequirementOpened.message`), and is shown to who may see the proposal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.public.messages import MessageText, Words
from policy.domain import events as e
from policy.domain.values import Outcome, RequirementKind, Signer
from policy.models import PersonOf, TakenNumber
from policy.service.numbers import NumberKind
from policy.service.office import Office
from policy.service.projection import ProposalChange

WORDS_KIND: Final = "requirement-words"
DECLINED: Final = "policy-declined"
MESSAGES: Final[Mapping[str, MessageText]] = {
    "policy-examination": MessageText(
        Words("请安排体检", "您的投保申请（{number}）需要体检，请在 {day} 前完成。去哪里、查什么，销售人员会告诉您。"),
        Words(
            "An examination is needed",
            "Your application {number} needs a medical examination by {day}. Your salesperson says where and what.",
        ),
    ),
    "policy-investigation": MessageText(
        Words("需要核实情况", "您的投保申请（{number}）需要核实情况，我们会在 {day} 前联系您。请保持电话畅通。"),
        Words(
            "We have some questions",
            "We have some questions about your application {number} and call you by {day}. Please keep your phone on.",
        ),
    ),
    "policy-papers": MessageText(
        Words(
            "请补充材料", "您的投保申请（{number}）需要补充材料，请在 {day} 前交给销售人员。要哪些，销售人员会告诉您。"
        ),
        Words(
            "Papers are needed",
            "Your application {number} needs some papers by {day}. Hand them to your salesperson, who tells you which.",
        ),
    ),
    DECLINED: MessageText(
        Words("投保申请的结果", "很抱歉，您的投保申请（{number}）没有通过核保，没有收取保险费。详情请问销售人员。"),
        Words(
            "The result of your application",
            "We are sorry: your application {number} was declined, and no premium was taken. Ask your salesperson.",
        ),
    ),
}
_KINDS: Final = {kind: f"policy-{kind.value}" for kind in RequirementKind}


def tell_customers(office: Office, session: Session, change: ProposalChange, words: Mapping[str, str]) -> None:
    """Tell the customers what a decision asks of them, and keep the words of each requirement, by its id.

    In the caller's transaction, beside the decision. The applicant is told, and of an examination the insured too.
    """
    for event in change.events:
        match event:
            case e.RequirementOpened():
                told = words[event.requirement].encode()
                office.house.records.keep(session, event.message, WORDS_KIND, told, at=event.at)
                parts = {Signer.APPLICANT, *((Signer.INSURED,) if event.kind is RequirementKind.EXAMINATION else ())}
                _tell(office, session, change.stream, _KINDS[event.kind], parts, event, day=event.due.isoformat())
            case e.UnderwritingDecided() | e.CaseDecided() if event.outcome is Outcome.DECLINE:
                _tell(office, session, change.stream, DECLINED, {Signer.APPLICANT}, event)
            case _:
                pass


def _tell(
    office: Office, session: Session, proposal: str, kind: str, parts: set[Signer], event: e.Event, **facts: str
) -> None:
    because = event.requirement if isinstance(event, e.RequirementOpened) else proposal
    number = session.scalars(
        select(TakenNumber.number).filter_by(proposal=proposal, kind=NumberKind.APPLICATION.name.lower())
    ).one()
    people = select(PersonOf).where(PersonOf.proposal == proposal, PersonOf.part.in_([one.value for one in parts]))
    for person in session.scalars(people.order_by(PersonOf.part)):
        office.house.messages.tell(
            session,
            kind,
            person.person,
            about=proposal,
            because=because,
            at=event.at,
            facts={"number": number, **facts},
        )
