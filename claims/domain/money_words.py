"""The words of refusals about the settlement and the money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MONEY_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "sum-differs": (
        "各险种赔款之和与总额不符",
        "请重新理算",
        "what the covers pay does not add up to the amount",
        "adjudicate it again",
    ),
    "offer-differs": (
        "报价与理算金额不符",
        "请按理算金额报价",
        "the offer is not what was adjudicated",
        "offer exactly that amount",
    ),
    "no-offer": ("没有此报价", "请刷新页面", "there is no such offer", "look at the claim again"),
    "code-is-enough": (
        "此报价用验证码确认即可",
        "请让客户用验证码确认",
        "this offer is confirmed with a code and needs no signature",
        "have the customer confirm it",
    ),
    "agreement-out": (
        "协议正在签署",
        "请等客户签完，或先作废",
        "the agreement is out for signature already",
        "wait for it, or void that envelope first",
    ),
    "agreement-unknown": (
        "此签署不属于这个报价",
        "请核对签署编号",
        "this envelope is not the one that was sent",
        "check the envelope's id",
    ),
    "signature-needed": (
        "此报价须由客户签字",
        "请发送协议签署",
        "this offer needs the customer's signature",
        "send the agreement to be signed",
    ),
    "confirmation-needed": (
        "此报价须用验证码确认",
        "请让客户输入验证码",
        "this offer is agreed to with a one-time code",
        "have the customer enter the code",
    ),
    "no-dispute": ("没有此异议", "请刷新页面", "there is no such dispute", "look at the claim again"),
    "payment-open": (
        "还有一笔付款没有结果",
        "请等银行答复",
        "a payment is under way of which nobody knows the end",
        "wait for the bank's answer",
    ),
    "not-paid": ("赔款还没有付清", "请先付款", "what was agreed is not paid yet", "pay it first"),
    "refusal-reasons": (
        "拒赔没有写明原因",
        "请写明原因",
        "a refusal needs its reasons",
        "give at least one",
    ),
    "notice-out": (
        "拒赔通知书已发出",
        "无需再发",
        "the notice of the refusal went out already",
        "there is nothing to do",
    ),
    "no-payee": ("还没有收款人", "请先确定收款人", "nobody is named who is paid", "name the payee first"),
    "payee-changed": (
        "收款账户已变更",
        "请核对新的收款账户",
        "the payee is another one by now",
        "look at the payee of now",
    ),
    "payee-good": (
        "收款人无需批准",
        "请直接办理付款",
        "the payee needs no approval",
        "go on with the payment",
    ),
    "payee-unapproved": (
        "收款人与被保险人不符，或在批准后变更",
        "请由第二人批准收款人",
        "the payee is not the insured, or was changed after the approval",
        "have a second person approve the payee",
    ),
    "payee-second-person": (
        "收款人须由另一人批准",
        "请换一人批准",
        "whoever named the payee, or approved before it changed, cannot approve it",
        "ask somebody else",
    ),
    "payment-changed": (
        "金额与应付赔款不符",
        "请按现在的应付赔款办理",
        "the amount is not what is to be paid by now",
        "look at the amount of now",
    ),
    "approved-enough": ("付款已批准", "无需再批", "the payment is approved already", "there is nothing to do"),
    "payment-approval-missing": (
        "付款还没有批准",
        "请先由主管批准",
        "the payment is not approved yet",
        "have it approved first",
    ),
    "advance-above-loss": (
        "先予支付超过已定损失",
        "请减少金额",
        "the advance is above the loss that was assessed",
        "take a smaller amount",
    ),
    "advance-above-limit": (
        "先予支付超过权限",
        "请减少金额，或完成理算后支付",
        "the advance is above the limit for one person",
        "take a smaller amount, or finish the settlement",
    ),
    "no-advance": (
        "没有批准先予支付此金额",
        "请先批准",
        "no advance of this amount is allowed here",
        "have it allowed first",
    ),
    "not-agreed": (
        "客户还没有同意",
        "请等客户确认",
        "the customer has not agreed yet",
        "wait until they did",
    ),
    "nothing-payable": ("没有应付的赔款", "请结案", "there is nothing to be paid", "close the claim"),
    "payment-known": ("此付款编号已用过", "请换一个编号", "there was such a payment already", "take another id"),
    "no-payment": ("没有此付款", "请核对编号", "there is no such payment", "check the id"),
    "payment-differs": (
        "银行答复的金额与付款金额不符",
        "请与银行核对",
        "the bank names another amount than was ordered",
        "clear it with the bank",
    ),
    "payment-settled": (
        "此付款已有结果",
        "请与银行核对",
        "the bank had said that it paid, and the money is being asked back",
        "clear it with the bank",
    ),
    "no-recovery": ("没有此追偿", "请核对编号", "there is no such recovery", "check the id"),
    "recovery-above-paid": (
        "追偿金额超过已付赔款",
        "请核对金额",
        "more would be recovered than was paid",
        "check the amount",
    ),
    "recovery-closed": ("此追偿已结束", "请另开一笔追偿", "the recovery is closed", "open another one"),
}
