"""What the figures of deliveries are called on pages, and exactly what each of them counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from delivery.domain.values import ReceiptWay
from delivery.figures.legs import Leg
from delivery.figures.tallies import UNTOLD
from delivery.reasons import ReasonKind, load_reasons
from esign.public.console import N_, words

LEGS_SAID: Final[Mapping[Leg, str]] = {
    Leg.UNDERWRITING: N_("承保出单"),
    Leg.PRINTING: N_("印制"),
    Leg.CARRYING: N_("寄送"),
    Leg.OUTLET: N_("网点"),
    Leg.VISITING: N_("业务员送签"),
    Leg.ONLINE: N_("电子签收"),
    Leg.RETURNING: N_("回销"),
    Leg.WHOLE: N_("签名到签收"),
}
WAYS_SAID: Final[Mapping[ReceiptWay, str]] = {
    ReceiptWay.SELF: N_("本人签收"),
    ReceiptWay.ASSISTED: N_("协助签收"),
    ReceiptWay.PAPER: N_("纸质签收"),
}
_CHANNELS_SAID: Final[Mapping[str, str]] = {
    "platform": N_("销售系统"),
    "counter": N_("柜面录入"),
    "agency": N_("个人代理"),
    "bank": N_("银行代理"),
}
LEGEND: Final = (
    (
        N_("统计范围"),
        N_(
            "已经出单的保单，按承保的月份（北京时间）统计，后来的事不论哪个月发生都算在这个月。没有出单的不在任何数字里。"
            "所有数字都由存证记录逐条算出，截至最近一条送达记录的那一天。"
        ),
    ),
    (
        N_("15 日送达率"),
        N_(
            "及时 ÷（及时 + 逾期 + 在途）。投保人签名当天是第 0 天，第 15 天或之前签收回执的算及时，第 16 天起算逾期；"
            "在途是还没签收、15 天还没过的。"
        ),
    ),
    (
        N_("退保、撤单、作废"),
        N_(
            "没有签收就结束的：第 15 天或之前结束的不计入分子和分母；第 16 天或之后结束的仍算逾期。"
            "签收以后才结束的，按签收的日子算。他人代签、结束以后才签的，都不算签收。"
        ),
    ),
    (
        N_("签收的日子"),
        N_(
            "电子签收按签名的时间戳；纸质回执按客户写的日期，由柜员比对通过后计入，时间按拍照算。三种签收方式分开计数。"
        ),
    ),
    (
        N_("每一段用了几天"),
        N_(
            "只算已经签收的保单。承保：签名到出单；印制：出单到寄出；寄送：寄出到网点收到；网点：收到到业务员领走；"
            "业务员送签：领走到客户签收；电子签收：出单到签收；回销：签收到回执交回。重印过的按最后一份算，"
            "之前耽误的时间都在印制里。按整小时计（不足的舍去），排好后取一半处和九成处的那一份（最近序位法）。"
        ),
    ),
    (
        N_("在途保单，已过几天"),
        N_("等待签收的保单，从投保人签名那天起过了几个日历日。第 12 天起催办，第 16 天起已经逾期。"),
    ),
    (N_("逾期原因"), N_("每份逾期保单最后一次登记的原因；没有登记的另列。")),
    (N_("暂计"), N_("这个月还没有过完，或者还有保单在途，数字还会变。")),
)
"""Each figure, and what it counts, as `delivery.figures.figures` does."""


def days_said(hours: int | None) -> str:
    """Return hours as days with one digit; a dash where there is nothing."""
    return "–" if hours is None else words().say(N_("%(n)s 天"), n=f"{hours / 24:.1f}")


def reason_said(code: str) -> str:
    """Return what a reason of lateness is called; its code where it is none of the table."""
    if code == UNTOLD:
        return words().say(N_("还没有登记原因"))
    found = load_reasons().find(ReasonKind.LATE, code)
    return code if found is None else words().choose(found.zh, found.en)


def channel_said(channel: str) -> str:
    """Return what a channel is called; its code where it has no words."""
    said = _CHANNELS_SAID.get(channel)
    return channel if said is None else words().say(said)
