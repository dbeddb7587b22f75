"""What the pages of the room call things: states, who acts next, what happened, relations, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from esign.public.console import N_
from esign.public.envelopes import RecipientState
from policy.domain import Actor, Move
from policy.domain.values import Delivery, ProposalState, Signer
from policy.drafts.steps import Step
from policy.proposal import Frequency, Gender, Interest, Relation
from policy.proposing.quoting import HoldsUntil

S = ProposalState
STATES: Final[Mapping[str, tuple[str, str]]] = {
    S.ENTERED: ("act", N_("待发送")),
    S.SENT: ("wait", N_("签署中")),
    S.LAPSED: ("fail", N_("签署未完成")),
    S.SIGNED: ("wait", N_("核保中")),
    S.REFERRED: ("wait", N_("人工核保")),
    S.WANTING: ("wait", N_("待补充材料")),
    S.OFFERED: ("act", N_("加费待确认")),
    S.ACCEPTED: ("wait", N_("核保通过")),
    S.DEBITING: ("wait", N_("扣款中")),
    S.DEBIT_FAILED: ("fail", N_("扣款未成功")),
    S.DEBIT_UNKNOWN: ("wait", N_("扣款核实中")),
    S.PAID: ("wait", N_("已收款，出单中")),
    S.ISSUED: ("pass", N_("已承保")),
    S.WITHDRAWN: ("", N_("已撤回")),
    S.DECLINED: ("", N_("核保未通过")),
    S.REFUSED_BY_CUSTOMER: ("", N_("客户拒签")),
    S.CANCELLED: ("", N_("犹豫期内解除")),
    S.SURRENDERED: ("", N_("已退保")),
}
"""Each state: the class of its tag, and a word."""
SELF: Final = N_("您")
ACTORS: Final[Mapping[Actor, str]] = {
    Actor.SALESPERSON: N_("销售人员"),
    Actor.CUSTOMER: N_("客户"),
    Actor.UNDERWRITER: N_("核保员"),
    Actor.OWNER: N_("经办人"),
    Actor.REVIEWER: N_("质检员"),
    Actor.OPERATIONS: N_("运营"),
    Actor.SERVICE: N_("系统"),
    Actor.NOBODY: "",
}
ACTS: Final[Mapping[str, str]] = {
    "send": N_("发出，请客户签署"),
    "send-again": N_("核对后重新发送"),
    "send-offer": N_("把加费通知发给客户"),
    "sign": N_("签署投保文件"),
    "sign-offer": N_("确认加费"),
    "underwrite": N_("按规则核保"),
    "decide-case": N_("审核并作出结论"),
    "meet-requirement": N_("完成体检、调查或补充材料"),
    "order-debit": N_("发起扣款"),
    "await-bank": N_("等银行答复"),
    "ask-bank": N_("向银行查询扣款结果"),
    "order-debit-again": N_("核对账户，重新扣款"),
    "issue": N_("生成并封存保险合同"),
    "add-recording": N_("提交录音录像"),
    "review-recording": N_("质检录音录像"),
    "invite-visit": N_("发出回访"),
    "answer-visit": N_("回答回访"),
    "see-to-visit": N_("核实客户在回访中提出的疑问"),
    "order-refund": N_("退款"),
    "ask-bank-refund": N_("等银行退款"),
}
NOTHING: Final = N_("没有人需要办理")
HAPPENED: Final[Mapping[str, str]] = {
    "proposal.entered": N_("录入投保单"),
    "proposal.amended": N_("更改投保单"),
    "proposal.sent": N_("已发出，请客户签署"),
    "proposal.signed": N_("所有人签署完成"),
    "proposal.returned": N_("签署未完成，退回"),
    "proposal.refused": N_("客户拒绝签署"),
    "proposal.withdrawn": N_("投保单撤回"),
    "underwriting.decided": N_("核保规则作出结论"),
    "underwriting.referred": N_("转人工核保"),
    "requirement.opened": N_("要求补充材料、体检或调查"),
    "requirement.met": N_("核保要求已完成"),
    "requirement.waived": N_("核保要求不再需要"),
    "case.decided": N_("核保员作出结论"),
    "offer.made": N_("可以加费承保，等客户确认"),
    "offer.sent": N_("加费通知发给客户"),
    "offer.signed": N_("客户确认加费"),
    "offer.returned": N_("加费通知没有签完，退回"),
    "recording.added": N_("提交录音录像"),
    "recording.reviewed": N_("录音录像完成质检"),
    "debit.ordered": N_("向银行发起扣款"),
    "debit.collected": N_("银行已扣款"),
    "debit.failed": N_("银行没有扣到款"),
    "debit.unanswered": N_("银行没有答复"),
    "debit.contradicted": N_("银行更正了答复，正在核实"),
    "debit.found-surplus": N_("多扣的款要退回"),
    "refund.owed": N_("要退款"),
    "refund.ordered": N_("向银行发起退款"),
    "refund.paid": N_("退款已到账"),
    "refund.failed": N_("退款没有成功，转运营处理"),
    "policy.issued": N_("承保，保险合同已封存"),
    "policy.received": N_("客户签收保险合同"),
    "visit.invited": N_("发出回访"),
    "visit.reminded": N_("提醒客户回答回访"),
    "visit.answered": N_("客户回答了回访"),
    "visit.seen-to": N_("回访中的疑问已处理"),
    "policy.cancelled": N_("犹豫期内解除合同"),
    "policy.surrendered": N_("退保"),
}
"""What each event is to people."""
PEOPLE: Final[Mapping[str, str]] = {
    Signer.APPLICANT: N_("投保人"),
    Signer.INSURED: N_("被保险人"),
    Signer.GUARDIAN: N_("监护人"),
}
SIGNING: Final[Mapping[RecipientState, tuple[str, str]]] = {
    RecipientState.PENDING: ("", N_("还没轮到")),
    RecipientState.SENT: ("wait", N_("链接已发，未打开")),
    RecipientState.OPENED: ("act", N_("已打开链接")),
    RecipientState.IDENTIFIED: ("act", N_("正在阅读")),
    RecipientState.READ: ("act", N_("正在手写")),
    RecipientState.DRAWN: ("act", N_("正在确认")),
    RecipientState.CONFIRMED: ("wait", N_("已确认")),
    RecipientState.SIGNED: ("pass", N_("已签")),
    RecipientState.SIGNING_FAILED: ("fail", N_("要再确认")),
    RecipientState.DECLINED: ("", N_("拒签")),
    RecipientState.EXPIRED: ("", N_("已过期")),
    RecipientState.REPLACED: ("", N_("已换人")),
}
STEPS: Final[Mapping[Step, str]] = {
    Step.COVER: N_("产品和保额"),
    Step.APPLICANT: N_("投保人"),
    Step.INSURED: N_("被保险人"),
    Step.BENEFICIARIES: N_("受益人"),
    Step.PAYMENT: N_("交费账户"),
    Step.HEALTH: N_("健康告知"),
    Step.CHECK: N_("核对和发送"),
}
RELATIONS: Final[Mapping[Relation, str]] = {
    Relation.SELF: N_("本人"),
    Relation.SPOUSE: N_("配偶"),
    Relation.PARENT: N_("父亲或母亲"),
    Relation.CHILD: N_("子女"),
    Relation.SIBLING: N_("兄弟姐妹"),
    Relation.GRANDPARENT: N_("祖父母、外祖父母"),
    Relation.GRANDCHILD: N_("孙子女、外孙子女"),
    Relation.FAMILY: N_("一起生活的其他家庭成员"),
    Relation.EMPLOYER: N_("用人单位"),
    Relation.OTHER: N_("其他人"),
}
GUARDIANS: Final = (Relation.PARENT, Relation.GRANDPARENT, Relation.SIBLING, Relation.FAMILY, Relation.OTHER)
DELIVERIES: Final[Mapping[Delivery, str]] = {Delivery.ELECTRONIC: N_("电子合同"), Delivery.PAPER: N_("纸质合同")}
GENDERS: Final[Mapping[Gender, str]] = {Gender.FEMALE: N_("女"), Gender.MALE: N_("男")}
INTERESTS: Final[Mapping[Interest, str]] = {
    Interest.SUPPORT: N_("一方抚养、赡养或者扶养另一方"),
    Interest.CONSENT: N_("被保险人同意投保人为自己投保"),
}
HOLDS: Final[Mapping[HoldsUntil, str]] = {
    HoldsUntil.INSURED_BIRTHDAY: N_("第二天被保险人过生日，年龄大一岁，保险费会变"),
    HoldsUntil.APPLICANT_BIRTHDAY: N_("第二天投保人过生日，适用的规定会变"),
    HoldsUntil.WITHDRAWAL: N_("第二天这款产品停售"),
    HoldsUntil.RATES_END: N_("第二天起费率更新"),
}
"""Why a quote ends on its day."""
WITHDRAWAL_REASONS: Final[Mapping[str, str]] = {
    "customer-changed-mind": N_("客户改变主意"),
    "wrong-details": N_("填写的信息不对"),
    "other-product": N_("改投其他产品"),
    "entered-twice": N_("重复录入"),
    "other": N_("其他原因"),
}
UNSENT: Final[Mapping[str, str]] = {
    "phone-of-staff": N_("一位客户的手机号是本公司员工的。请以这份为底重新录入，填写客户本人的手机号。"),
    "phone-of-agent": N_("一位客户的手机号是销售人员的。请以这份为底重新录入，填写客户本人的手机号。"),
    "name-not-printable": N_("一位客户的姓名中有印不出来的字。请以这份为底重新录入，改用证件机读区或者拼音的写法。"),
    "salesperson-unknown": N_("您的账号已停用或者不在这个机构。请联系主管。"),
}
"""Why a proposal that is entered did not go out, by the code of the refusal."""


def term_message(years: int, frequency: Frequency) -> str:
    """Return the message that names a way to pay; it holds a place for the years."""
    return N_("一次交清") if frequency is Frequency.ONCE else N_("每年交，交 %(n)s 年")


def move_message(move: Move, *, own: bool) -> tuple[str, str]:
    """Return who acts (a message, empty for nobody) and what they do; `own` tells that the reader sells it."""
    if move.actor is Actor.NOBODY:
        return "", NOTHING
    return (SELF if own and move.actor is Actor.SALESPERSON else ACTORS[move.actor]), ACTS[move.act]
