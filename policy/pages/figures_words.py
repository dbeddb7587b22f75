"""What the figures of proposals are called on pages, and exactly what each of them counts."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from esign.public.console import N_, words
from esign.public.figures import HOUR, Spread
from policy.figures.steps import Channel, End, Step

STEPS_SAID: Final[Mapping[Step, str]] = {
    Step.SENT: N_("已发送"),
    Step.OPENED: N_("都打开了"),
    Step.IDENTIFIED: N_("都核对了身份"),
    Step.READ: N_("都阅读完"),
    Step.DRAWN: N_("都写好签名"),
    Step.CONFIRMED: N_("都确认了"),
    Step.SIGNED: N_("签完并封存"),
    Step.UNDERWRITTEN: N_("核保通过"),
    Step.PAID: N_("已收款"),
    Step.ISSUED: N_("已出单"),
}
ENDS_SAID: Final[Mapping[End, str]] = {
    End.DECLINED: N_("核保未通过"),
    End.REFUSED: N_("客户拒签"),
    End.EXPIRED: N_("签署过期"),
    End.VOIDED: N_("签署被撤回"),
    End.QUOTE_OVER: N_("签完时报价已过期"),
    End.SIGNED_BY_OTHERS: N_("签署人换了别人"),
    End.WITHDRAWN: N_("投保单撤回"),
}
CHANNELS_SAID: Final[Mapping[Channel, str]] = {
    Channel.PLATFORM: N_("销售系统"),
    Channel.CONSOLE: N_("控制台页面"),
}
LEGEND: Final = (
    (
        N_("统计范围"),
        N_(
            "至少发送过一次的投保单。每份算在第一次发送的那个月（北京时间），后来的事不论哪个月发生，都算在这个月。"
            "所有数字都由存证记录逐条算出，没有估计。"
        ),
    ),
    (
        N_("发送到签完"),
        N_("从第一次发送，到所有人签完、文件封存并核验通过。等待的时间都算在内，重新发送不重新计时。"),
    ),
    (N_("签完到出单"), N_("从签完封存到保险合同出具，核保、扣款、等材料的时间都算在内。")),
    (
        N_("一半、九成"),
        N_(
            "把用时从短到长排好，排在一半处和九成处的那一份的用时（最近序位法）。一定是真实发生过的一份，不取平均，精确到秒。"
        ),
    ),
    (
        N_("远程签署"),
        N_(
            "按签名计，一人一个：投保人、被保险人、监护人。在业务员设备上当面签的算当面；"
            "自己设备上签、没有拍照而由员工协助的算协助；其余算远程。被更换的人不计。"
        ),
    ),
    (
        N_("电子保单"),
        N_("已出单的保单里，出单时记明电子送达的占多少。没有记明送达方式的另计，不算进比例。"),
    ),
    (
        N_("走到哪一步"),
        N_(
            "至少走到这一步的有多少份。打开、核对身份、阅读、写签名、确认，都要同一次发送里每一位签署人走到才算；"
            "核保通过包括人工核保；最远走到哪里就算哪里，不会倒退。"
        ),
    ),
    (
        N_("怎样结束"),
        N_("没有出单就结束的，按结束的方式和最远走到的一步分。签署过期或被撤回的，再次发送之前算结束。"),
    ),
    (
        N_("暂计"),
        N_("这个月还没有过完，或者还有投保单没有结束，或者退回的还能再发送，数字还会变。"),
    ),
)
"""Each figure, and what it counts, as `policy.figures.figures` does."""


def time_said(seconds: int | None) -> str:
    """Return a time as people read it: in minutes, hours, or days."""
    if seconds is None:
        return "–"
    if seconds < HOUR:
        return words().say(N_("%(n)s 分钟"), n=-(-seconds // 60))
    if seconds < 72 * HOUR:
        return words().say(N_("%(n)s 小时"), n=f"{seconds / HOUR:.1f}")
    return words().say(N_("%(n)s 天"), n=f"{seconds / (24 * HOUR):.1f}")


def class_short(spread: Spread) -> list[str]:
    """Return the classes of a spread, in hours, as they stand below columns: each by where it ends."""
    return [*(f"<{end}" for end in spread.hours), f"≥{spread.hours[-1]}"]


def class_said(spread: Spread) -> list[str]:
    """Return the classes of a spread, in hours, from where on up to where."""
    ends = spread.hours
    return [f"<{ends[0]}", *(f"{low}–{high}" for low, high in pairwise(ends)), f"≥{ends[-1]}"]
