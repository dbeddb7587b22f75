"""What is called how at the pages of a claim: Chinese, with the English in `data/en`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from claims.domain.values import ClaimState, PaymentState, ReportWay, SurveyWay
from claims.handling.worklist import Show
from claims.pages.board_words import BOARD_ACTORS, BOARD_ACTS, BOARD_STATES, GIVING_REASONS, LANES, said_of, status_of
from claims.pictures.judging import Mark
from claims.refusing.reasons import REASONS as REFUSALS
from claims.tools.tool import Tool
from claims.wording import Words
from esign.public.console import N_, words

__all__ = ["ACTORS", "ACTS", "HAND_OVERS", "LANES", "REFUSALS", "STATES", "said_of", "status_of"]

S = ClaimState
ACTORS, ACTS, HAND_OVERS = BOARD_ACTORS, BOARD_ACTS, GIVING_REASONS
"""The board's words hold on every page."""
_TONES: Final[Mapping[str, str]] = {
    **dict.fromkeys((S.DISPUTED, S.PAYMENT_FAILED, S.PAYMENT_UNKNOWN, S.REFUSED), "fail"),
    **dict.fromkeys((S.AGREED, S.PAYING), "act"),
    **dict.fromkeys((S.PAID, S.CLOSED), "pass"),
    **dict.fromkeys((S.WITHDRAWN, S.JOINED), ""),
}
"""How a state is marked; all others wait for somebody."""
STATES: Final[Mapping[str, tuple[str, str]]] = {
    code: (_TONES.get(code, "wait"), said) for code, said in BOARD_STATES.items()
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
    "theft": N_("被盗"),
    "overturned": N_("翻车"),
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
    Show.LATE: N_("已过时限"),
    Show.BLOCKED: N_("拦截的"),
    Show.VIP: N_("贵宾的"),
}
MARKS: Final[Mapping[str, str]] = {
    Mark.TIME_OFF.value: N_("拍摄时间与出险时间差得多"),
    Mark.PLACES_APART.value: N_("拍摄地点与其他照片离得远"),
    Mark.SEEN_BEFORE.value: N_("与以前案件的照片相似"),
    Mark.EDITED.value: N_("用修图软件保存过"),
}
"""What does not fit about a picture; people look at it, and nobody is refused by it."""
TOOLS: Final[Mapping[Tool, str]] = {
    Tool.SURVEY: N_("现场查勘"),
    Tool.SELF_SERVICE: N_("自助查勘"),
    Tool.ASSESSMENT: N_("定损"),
    Tool.INJURY: N_("人伤"),
    Tool.SETTLEMENT: N_("理算"),
    Tool.RECOVERY: N_("追偿"),
    Tool.LARGE_LOSS: N_("大案上报"),
    Tool.INVESTIGATION: N_("专项调查"),
    Tool.PARTS_SUPPLY: N_("配件直供"),
    Tool.DISPATCH: N_("派查勘"),
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


def in_yuan(fen: int) -> str:
    """Return an amount in yuan, with separators and two decimals."""
    return f"{fen // 100:,}.{fen % 100:02d}"
