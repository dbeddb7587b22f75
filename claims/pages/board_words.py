"""What steps, lanes, acts, clocks and reasons are called at the board: Chinese, with the English in `data/en`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from claims.api.codes import CODES
from claims.board.steps import BoardStep
from claims.clocks.files import load_clocks
from claims.domain import Actor
from claims.domain.values import ClaimState, Lane
from claims.errors import ClaimRefused
from claims.figures.stretches import minutes_of
from esign.public.console import N_, words

S = ClaimState
STEPS: Final[Mapping[BoardStep, str]] = {
    BoardStep.SURVEY: N_("查勘"),
    BoardStep.ASSESS: N_("定损"),
    BoardStep.VERIFY: N_("核损理算"),
    BoardStep.AGREE: N_("报价协议"),
    BoardStep.PAY: N_("付款"),
    BoardStep.AFTER: N_("收尾"),
}
LANES: Final[Mapping[str, tuple[str, str]]] = {
    Lane.EXPRESS.value: ("pass", N_("快赔")),
    Lane.VIP.value: ("act", N_("贵宾")),
    Lane.BLOCKED.value: ("fail", N_("转人工")),
    Lane.ORDINARY.value: ("", N_("普通")),
}
BOARD_STATES: Final[Mapping[str, str]] = {
    S.REPORTED.value: N_("已报案"),
    S.SURVEYING.value: N_("查勘中"),
    S.ASSESSING.value: N_("待定损"),
    S.VERIFYING.value: N_("待核损"),
    S.ADJUDICATING.value: N_("待理算"),
    S.SETTLING.value: N_("待报价"),
    S.OFFERED.value: N_("已报价，等客户"),
    S.DISPUTED.value: N_("价格有异议"),
    S.AGREED.value: N_("已同意，待付款"),
    S.PAYING.value: N_("付款中"),
    S.PAYMENT_FAILED.value: N_("付款未成功"),
    S.PAYMENT_UNKNOWN.value: N_("付款结果不明"),
    S.PAID.value: N_("已付款"),
    S.CLOSED.value: N_("已结案"),
    S.REFUSED.value: N_("已拒赔"),
    S.WITHDRAWN.value: N_("已撤案"),
    S.JOINED.value: N_("已并案"),
}
BOARD_ACTORS: Final[Mapping[str, str]] = {
    Actor.CUSTOMER.value: N_("客户"),
    Actor.HANDLER.value: N_("经办人"),
    Actor.SURVEYOR.value: N_("查勘员"),
    Actor.TEAM_LEAD.value: N_("组长"),
    Actor.MANAGER.value: N_("理赔经理"),
    Actor.QUOTATION_DESK.value: N_("报价组"),
    Actor.SERVICE.value: N_("系统"),
    Actor.NOBODY.value: N_("没有人"),
}
BOARD_ACTS: Final[Mapping[str, str]] = {
    "score": N_("评风险分"),
    "triage": N_("分案"),
    "review-block": N_("审核拦截"),
    "choose-survey": N_("选查勘方式"),
    "survey-by-phone": N_("用手机拍照"),
    "dispatch-surveyor": N_("派查勘员"),
    "find-surveyor": N_("没有人空闲，找查勘员"),
    "answer-dispatch": N_("确认是否前往"),
    "survey": N_("现场查勘"),
    "assess": N_("定损"),
    "verify": N_("核损"),
    "adjudicate": N_("理算"),
    "make-offer": N_("向客户报价"),
    "send-agreement": N_("发协议"),
    "agree": N_("确认报价"),
    "sign": N_("签协议"),
    "answer-dispute": N_("答复异议"),
    "name-payee": N_("填收款账户"),
    "approve-payee": N_("审批收款人"),
    "approve-payment": N_("审批付款"),
    "order-payment": N_("付款"),
    "order-advance": N_("预付"),
    "await-bank": N_("等银行"),
    "ask-bank": N_("向银行查询"),
    "mend-payment": N_("核对账户重新付款"),
    "close": N_("结案"),
    "call-back": N_("回电"),
    "send-papers": N_("补材料"),
    "notify-refusal": N_("寄拒赔通知"),
    "reclaim-surplus": N_("追回多付的钱"),
    "recover-overpaid": N_("追回多付的钱"),
    "recover": N_("追偿"),
    "order-parts": N_("选配件供应商"),
    "receive-parts": N_("等配件送到"),
    "none": N_("无需办理"),
}
GIVING_REASONS: Final[Mapping[str, str]] = {
    "away": N_("休假或离岗"),
    "too-much": N_("案件太多"),
    "knows-better": N_("对方更熟悉这类案件"),
    "customer-asked": N_("客户要求"),
    "late": N_("快到或已过时限"),
}
MEASURES: Final[Mapping[str, str]] = {
    "reassigned": N_("已改派"),
    "done-now": N_("马上办好"),
    "customer-told": N_("已向客户说明"),
    "waits-for-others": N_("在等别人，已催"),
    "rule-to-change": N_("时限或流程要改"),
}


def clock_called(code: str) -> str:
    """Return what a clock asks for, in the reader's language."""
    said = load_clocks()[-1].get(code).words
    return words().choose(said.zh, said.en)


def span_called(span: timedelta) -> str:
    """Return how long something takes, in the two largest units that say anything."""
    minutes = max(0, abs(span) // timedelta(minutes=1))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    said = words()
    if days:
        return said.say(N_("%(d)s 天 %(h)s 小时"), d=days, h=hours)
    if hours:
        return said.say(N_("%(h)s 小时 %(m)s 分"), h=hours, m=rest)
    return said.say(N_("%(m)s 分"), m=rest)


def mean_called(seconds: int | None) -> str:
    """Return a mean time in begun minutes, as all times are counted, so that it is never below the shortest one; a dash
    where there is none."""
    return "–" if seconds is None else minutes_called(minutes_of(seconds))


def minutes_called(minutes: int) -> str:
    """Return a time in minutes as `span_called` does, at least one."""
    return span_called(timedelta(minutes=max(1, minutes)))


def yuan_called(fen: int) -> str:
    """Return an amount in fen as people read it."""
    return words().say(N_("%(yuan)s 元"), yuan=f"{fen / 100:,.2f}")


def said_of(refused: ClaimRefused) -> str:
    """Return what a refusal says in the reader's language."""
    return words().choose(refused.zh, refused.en)


def status_of(refused: ClaimRefused) -> int:
    """Return the status of a refusal."""
    known = CODES.words.get(refused.code)
    return 409 if known is None else known.status
