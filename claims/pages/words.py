"""What states, lanes, actors, acts and tools are called at the pages: Chinese, with the English in `data/en`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from claims.api.codes import CODES
from claims.domain.table import Actor
from claims.domain.values import ClaimState, Lane, PaymentState, ReportWay, SurveyWay
from claims.errors import ClaimRefused
from claims.handling.worklist import Show
from claims.tools.tool import Tool
from claims.wording import Words
from esign.public.console import N_, words

S = ClaimState
STATES: Final[Mapping[str, tuple[str, str]]] = {
    S.REPORTED.value: ("wait", N_("已报案")),
    S.SURVEYING.value: ("wait", N_("查勘中")),
    S.ASSESSING.value: ("wait", N_("定损中")),
    S.VERIFYING.value: ("wait", N_("核损中")),
    S.ADJUDICATING.value: ("wait", N_("理算中")),
    S.SETTLING.value: ("wait", N_("待报价")),
    S.OFFERED.value: ("wait", N_("待客户确认")),
    S.DISPUTED.value: ("fail", N_("客户有异议")),
    S.AGREED.value: ("act", N_("客户已同意")),
    S.PAYING.value: ("act", N_("付款中")),
    S.PAYMENT_FAILED.value: ("fail", N_("付款未成功")),
    S.PAYMENT_UNKNOWN.value: ("fail", N_("付款结果不明")),
    S.PAID.value: ("pass", N_("已付款")),
    S.CLOSED.value: ("pass", N_("已结案")),
    S.REFUSED.value: ("fail", N_("已拒赔")),
    S.WITHDRAWN.value: ("", N_("已撤销")),
    S.JOINED.value: ("", N_("已并案")),
}
LANES: Final[Mapping[str, tuple[str, str]]] = {
    Lane.EXPRESS.value: ("pass", N_("快赔")),
    Lane.VIP.value: ("act", N_("贵宾")),
    Lane.BLOCKED.value: ("fail", N_("拦截")),
    Lane.ORDINARY.value: ("", N_("普通")),
}
ACTORS: Final[Mapping[str, str]] = {
    Actor.CUSTOMER.value: N_("客户"),
    Actor.HANDLER.value: N_("理赔员"),
    Actor.SURVEYOR.value: N_("查勘员"),
    Actor.TEAM_LEAD.value: N_("理赔主管"),
    Actor.MANAGER.value: N_("理赔经理"),
    Actor.QUOTATION_DESK.value: N_("报价岗"),
    Actor.SERVICE.value: N_("系统"),
    Actor.NOBODY.value: N_("没有人"),
}
ACTS: Final[Mapping[str, str]] = {
    "triage": N_("分案"),
    "score": N_("风险评分"),
    "review-block": N_("审核拦截"),
    "choose-survey": N_("决定怎么查勘"),
    "survey-by-phone": N_("用手机拍照查勘"),
    "dispatch-surveyor": N_("派查勘员"),
    "survey": N_("查勘"),
    "assess": N_("定损"),
    "verify": N_("核损"),
    "adjudicate": N_("理算"),
    "make-offer": N_("向客户报价"),
    "agree": N_("确认赔款"),
    "send-agreement": N_("发赔款确认书"),
    "sign": N_("签署赔款确认书"),
    "answer-dispute": N_("答复异议"),
    "name-payee": N_("提供收款账户"),
    "approve-payee": N_("审批收款人"),
    "approve-payment": N_("审批付款"),
    "order-payment": N_("付款"),
    "order-advance": N_("预付赔款"),
    "await-bank": N_("等银行答复"),
    "ask-bank": N_("向银行查询"),
    "mend-payment": N_("核对账户，重新付款"),
    "close": N_("结案"),
    "call-back": N_("给客户回电"),
    "send-papers": N_("交齐材料"),
    "notify-refusal": N_("发拒赔通知书"),
    "reclaim-surplus": N_("追回重复支付"),
    "recover-overpaid": N_("追回多付赔款"),
    "recover": N_("追偿"),
    "none": N_("没有要办的"),
}
CAUSES: Final[Mapping[str, str]] = {
    "scratch": N_("刮擦"),
    "collision": N_("碰撞"),
    "rear-end": N_("追尾"),
    "parked": N_("停放时被撞"),
    "glass": N_("玻璃破碎"),
    "tyre": N_("轮胎损坏"),
    "flood": N_("水淹"),
    "fire": N_("火烧"),
    "theft": N_("盗抢"),
    "overturned": N_("倾覆"),
    "other": N_("其他原因"),
}
WAYS: Final[Mapping[str, str]] = {
    ReportWay.LINK.value: N_("链接报案"),
    ReportWay.HOTLINE.value: N_("电话报案"),
    ReportWay.CODE.value: N_("验证码报案"),
}
SURVEY_WAYS: Final[Mapping[str, str]] = {
    SurveyWay.SELF_SERVICE.value: N_("客户自助"),
    SurveyWay.SURVEYOR.value: N_("查勘员到场"),
}
PAYMENTS: Final[Mapping[str, tuple[str, str]]] = {
    PaymentState.ORDERED.value: ("wait", N_("已发出，等银行")),
    PaymentState.UNANSWERED.value: ("fail", N_("银行没有答复")),
    PaymentState.FAILED.value: ("fail", N_("没有付成")),
    PaymentState.MADE.value: ("pass", N_("已付")),
    PaymentState.SURPLUS.value: ("fail", N_("重复支付，要追回")),
}
SHOWS: Final[Mapping[Show, str]] = {
    Show.MINE: N_("我的"),
    Show.FREE: N_("待领取"),
    Show.ALL: N_("全部"),
    Show.LATE: N_("已超时"),
    Show.BLOCKED: N_("拦截的"),
    Show.VIP: N_("贵宾的"),
}
TOOLS: Final[Mapping[Tool, str]] = {
    Tool.SURVEY: N_("查勘"),
    Tool.SELF_SERVICE: N_("自助查勘"),
    Tool.ASSESSMENT: N_("定损"),
    Tool.INJURY: N_("人伤"),
    Tool.SETTLEMENT: N_("理算"),
    Tool.RECOVERY: N_("追偿"),
    Tool.LARGE_LOSS: N_("大案上报"),
    Tool.INVESTIGATION: N_("专项调查"),
    Tool.PARTS_SUPPLY: N_("配件直供"),
    Tool.DISPATCH: N_("派工"),
    Tool.IMAGING: N_("影像"),
}
PAPERS: Final[Mapping[str, str]] = {
    "id-card": N_("被保险人身份证"),
    "driving-licence": N_("驾驶证"),
    "vehicle-licence": N_("行驶证"),
    "bank-card": N_("银行卡"),
    "accident-certificate": N_("交通事故认定书"),
    "repair-invoice": N_("修车发票"),
    "medical-invoice": N_("医疗费发票"),
    "diagnosis": N_("诊断证明和病历"),
    "income-proof": N_("收入证明"),
    "compensation-proof": N_("向对方赔付的凭证"),
}
HAND_OVERS: Final[Mapping[str, str]] = {
    "workload": N_("工作量调整"),
    "absence": N_("请假或离岗"),
    "expertise": N_("需要专业人员"),
    "conflict": N_("需要回避"),
}
WANTING: Final[Mapping[str, str]] = {
    "price-too-high": N_("价格偏高"),
    "repair-not-replace": N_("能修不换"),
    "not-of-this-loss": N_("不是这次事故的损失"),
    "item-twice": N_("重复列项"),
    "pictures-missing": N_("缺少照片依据"),
    "item-missing": N_("漏列项目"),
}
SUPPLEMENTS: Final[Mapping[str, str]] = {
    "hidden-damage": N_("拆检发现隐损"),
    "injury-goes-on": N_("治疗后续费用"),
    "mistake": N_("定损有误"),
    "further-party": N_("增加受损方"),
}
REFUSALS: Final[Mapping[str, str]] = {
    "not-in-force": N_("出险时保险合同不在保险期间"),
    "not-covered": N_("不属于保险责任"),
    "excluded": N_("属于责任免除"),
    "no-licence": N_("驾驶人没有驾驶资格"),
    "drink-driving": N_("饮酒后驾驶"),
    "used-otherwise": N_("改变使用性质，风险显著增加"),
    "false-statement": N_("经查实，事故或损失陈述不实"),
    "no-proof": N_("不能证明事故性质、原因和损失程度"),
    "other": N_("其他，见说明"),
}
WITHDRAWALS: Final[Mapping[str, str]] = {
    "paid-by-other-side": N_("对方已赔"),
    "repaired-by-self": N_("客户自己修了"),
    "keeps-discount": N_("为了保留优惠"),
    "reported-twice": N_("重复报案"),
    "other": N_("其他原因"),
}
REOPENINGS: Final[Mapping[str, str]] = {
    "new-damage": N_("发现新的损失"),
    "new-evidence": N_("有新的证据"),
    "complaint": N_("客户投诉成立"),
    "court": N_("法院判决或调解"),
    "mistake": N_("处理有误"),
}
LOSSES: Final[Mapping[str, str]] = {
    "own-vehicle": N_("本车车损"),
    "own-injury": N_("本车人员伤亡"),
    "third-property": N_("对方财产损失"),
    "third-medical": N_("对方医疗费用"),
    "third-death": N_("对方死亡伤残"),
}
RECOVERY_ENDS: Final[Mapping[str, str]] = {
    "recovered": N_("已追回"),
    "given-up": N_("无法追回，经批准放弃"),
    "settled": N_("达成和解"),
}


def text_of(text: Words) -> str:
    """Return words of a data file in the language of this request."""
    return words().choose(text.zh, text.en)


def said_of(refused: ClaimRefused) -> str:
    """Return a refusal in two sentences: cause and cure."""
    return words().choose(refused.zh, refused.en)


def status_of(refused: ClaimRefused) -> int:
    """Return the status of an answer that tells this refusal."""
    known = CODES.words.get(refused.code)
    return 409 if known is None else known.status


def in_yuan(fen: int) -> str:
    """Return an amount in yuan, with separators and two decimals."""
    return f"{fen // 100:,}.{fen % 100:02d}"
