"""What is refused about money: assessment, settlement, payment, and what a bank's statement left to people."""

from __future__ import annotations

from typing import Final

from claims.refusal_words.form import RefusalWords

MONEY: Final[RefusalWords] = {
    "score-first": (
        "案件的风险评分尚未完成",
        "请稍候，系统会先评分再付款",
        "something became known of the claim that was not scored yet",
        "wait: the service scores it, and pays after that",
    ),
    "advance-made": (
        "此案已付过款",
        "请完成理算后支付余额",
        "something was paid of the claim already",
        "finish the settlement: what is still owed follows it",
    ),
    "above-assessment": (
        "车损超过已核定的金额",
        "请先补充定损，由他人核损",
        "the damage of the car is above what was assessed and verified",
        "open a supplement, and have it assessed and verified",
    ),
    "claim-identity-not-chosen": (
        "还没有选定签署人的身份核验方式",
        "请先由运维选定，再请客户签名",
        "nobody chose how signers are identified",
        "choose identity.levels first",
    ),
    "no-item": (
        "配件工时目录中没有此项",
        "请从目录中选择",
        "the catalogue of parts and labour has no such item",
        "take an item of the catalogue",
    ),
    "item-twice": (
        "同一项目列了两次",
        "请合并数量",
        "an item is there twice",
        "name it once, with its quantity",
    ),
    "quantity-wrong": (
        "数量不正确",
        "请填写 1 至 1000",
        "a quantity is out of bounds",
        "give one from 1 to 1,000",
    ),
    "no-cover": (
        "保单没有赔付此项损失的险种",
        "请核对保单的险种",
        "the policy has no cover that is needed here",
        "check the covers of the policy",
    ),
    "salvage-above-loss": (
        "残值超过损失",
        "请核对残值",
        "the salvage is worth more than the loss",
        "check the salvage",
    ),
    "no-entry": (
        "没有这笔银行流水，或者无需处理",
        "请刷新页面，看现在有哪些要处理",
        "there is no such entry of a statement that waits for somebody",
        "look at the list again",
    ),
    "entry-settled": (
        "这笔银行流水已有人处理",
        "请刷新页面，看是怎么处理的",
        "somebody said already what is done about this entry",
        "look at the list again",
    ),
}
