"""What the customer's phone is refused: photographs, the survey by phone, the damage, the offer, its code."""

from __future__ import annotations

from typing import Final

from claims.refusal_words.form import RefusalWords

SELF_SERVICE: Final[RefusalWords] = {
    "no-slot": (
        "没有这一种照片",
        "请按页面上列出的拍",
        "no photograph of this kind is asked for",
        "take one of those that the page names",
    ),
    "damage-none": (
        "还没有选坏了的地方",
        "请至少选一处",
        "nothing was chosen as damaged",
        "choose one part at least",
    ),
    "damage-much": (
        "坏的地方比较多",
        "请要求专人联系，由查勘员来看车",
        "so many parts are damaged that a surveyor should see the car",
        "ask for a person",
    ),
    "assessed-by-others": (
        "这个案件由理赔人员定损",
        "请等他们的消息",
        "the damage is assessed by our staff",
        "wait for their message",
    ),
    "no-offer-now": (
        "现在没有等您确认的赔付金额",
        "请回到案件页面看进度",
        "there is no offer to agree to now",
        "look at the page of the claim",
    ),
    "account-missing": (
        "还没有填收款账户",
        "请先填收款账户",
        "no account was named",
        "enter the account first",
    ),
    "claim-codes-many": (
        "验证码发得太多了",
        "请过一小时再试，或者要求专人联系",
        "too many codes were sent",
        "wait an hour, or ask for a person",
    ),
    "claim-code-wrong": (
        "验证码没有对上，或者已经过期",
        "请核对最新一条短信；几次都不对，请重新发送",
        "the code is wrong, or too old",
        "look at the newest message, or have another one sent",
    ),
    "plate-empty": (
        "还没有填车牌",
        "请照着照片填车牌号码",
        "no number plate was given",
        "read it from the picture",
    ),
    "plate-differs": (
        "填的车牌和保单上的不一样",
        "请看看照片和号码；确实是这辆车，请再交一次，由专人来看",
        "the plate is not that of the policy",
        "look at picture and number again; if it is this car, hand it in once more, and a person will look",
    ),
    "survey-by-others": (
        "这次查勘由理赔人员来做",
        "请等他们联系您",
        "the loss is surveyed by our staff",
        "wait until they call",
    ),
    "shots-missing": (
        "还有照片没有拍",
        "请把页面上列出的都拍好",
        "photographs are missing",
        "take all that the page names",
    ),
    "pictures-many": (
        "这个案件的照片已经很多了",
        "请直接联系理赔人员",
        "the claim has as many photographs as it may have",
        "talk to whoever handles it",
    ),
}
