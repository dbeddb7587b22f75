"""What is refused to whoever gives claims, sends surveyors, orders parts, or sees to alarms."""

from __future__ import annotations

from typing import Final

from claims.refusal_words.form import RefusalWords

LEADING: Final[RefusalWords] = {
    "no-receiver": (
        "没有选经办人，或这位不在您的机构",
        "请从列表里选一位",
        "nobody is chosen, or whoever it is does not handle claims of yours",
        "choose a handler of the list",
    ),
    "no-giving-reason": (
        "没有选改派的原因",
        "请选一项",
        "it is not said why the claim is given to somebody else",
        "choose a reason",
    ),
    "no-measure": (
        "没有写明怎么办",
        "请选一项，并用自己的话写一句",
        "it is not said what is done about the alarm",
        "choose a measure, and say it in a sentence of your own",
    ),
    "place-unclear": (
        "没有选位置，或经纬度不对",
        "请从列表里选，或填写如 30.2741, 120.1551",
        "no place is chosen, or it is not on the map",
        "choose one of the list, or give it as 30.2741, 120.1551",
    ),
    "duty-too-long": ("在班时间太长", "请选短一些", "the duty is too long", "choose a shorter one"),
    "not-on-duty": ("您不在班", "请先选在班多久", "you are not on duty", "say how long you are on duty first"),
    "surveyor-not-free": (
        "这位查勘员现在不能去",
        "请看最新的名单，派别人",
        "this surveyor is not free now",
        "look at the list again, and send somebody else",
    ),
    "somebody-is-free": (
        "还有查勘员空闲",
        "请派名单上的第一位",
        "there is a surveyor who is free",
        "send the first of the list",
    ),
    "no-decline-reason": (
        "没有选不去的原因",
        "请选一项",
        "it is not said why you do not go",
        "choose a reason",
    ),
    "no-shop": ("没有此供应商", "请从列表里选", "there is no such shop", "choose one of the list"),
    "shop-unclear": (
        "名称或手机不对",
        "请填名称，和只有数字的手机",
        "the name or the phone is none",
        "give a name, and a phone in digits",
    ),
    "too-many-shops": ("选得太多", "请少选几家", "too many shops are chosen", "choose fewer"),
    "no-parts": (
        "定损里没有要换的配件",
        "请先定损",
        "the assessment has no part in it",
        "assess the loss first",
    ),
    "no-quote-row": ("没有此询价", "请打开最新的链接", "there is no such quote", "open the link in the newest message"),
    "quote-changed": (
        "供应商刚改了报价",
        "请看新的价格和天数再订",
        "the shop wants another price, or more days, by now",
        "look at its quote again, and order then",
    ),
    "no-cancel-reason": (
        "没有选取消的原因",
        "请选一项",
        "it is not said why the parts are cancelled",
        "choose a reason",
    ),
}
