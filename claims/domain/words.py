"""The words of every refusal, by its code: cause and cure in Chinese, cause and cure in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from claims.domain.money_words import MONEY_WORDS

STATE_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    # What a state does not accept: each says where the claim stands, and who goes on.
    "claim-reported": (
        "案件已报案，还没有分案",
        "请等分案",
        "the claim is reported and in no lane yet",
        "wait for the triage",
    ),
    "claim-surveying": (
        "案件正在查勘",
        "请先完成查勘",
        "the loss is being surveyed",
        "finish the survey first",
    ),
    "claim-assessing": (
        "案件正在定损",
        "请先完成定损",
        "the loss is being assessed",
        "finish the assessment first",
    ),
    "claim-verifying": (
        "定损正在核损",
        "请等核损结果",
        "the assessment is being verified",
        "wait for the verification",
    ),
    "claim-adjudicating": (
        "案件正在理算",
        "请等理算结果",
        "the claim is being adjudicated",
        "wait for the adjudication",
    ),
    "claim-settling": (
        "理算已完成，还没有报价给客户",
        "请先向客户报价",
        "the claim is adjudicated and nothing was offered yet",
        "make the offer first",
    ),
    "claim-offered": (
        "已向客户报价，等待确认",
        "请等客户确认或提出异议",
        "the offer is with the customer",
        "wait until they agree or dispute it",
    ),
    "claim-disputed": (
        "客户对价格有异议",
        "请先答复异议",
        "the customer disputes the price",
        "answer the dispute first",
    ),
    "claim-agreed": (
        "客户已同意，等待付款",
        "请等付款，或补充定损",
        "the customer has agreed and the payment is next",
        "wait for the payment, or open a supplement",
    ),
    "claim-paying": (
        "正在付款，银行还没有答复",
        "请等银行答复后再办理",
        "the money is on its way and the bank has not answered",
        "wait for the bank's answer",
    ),
    "claim-payment-failed": (
        "付款未成功",
        "请核对收款账户后重新付款",
        "the payment failed",
        "check the account and order another payment",
    ),
    "claim-payment-unknown": (
        "付款结果不明",
        "请等向银行查询的结果，不要重复付款",
        "nobody knows whether the money was paid",
        "wait until the bank was asked about this payment; no other one is ordered",
    ),
    "claim-paid": ("赔款已支付", "请等结案", "the claim is paid", "wait until it is closed"),
    "claim-closed": (
        "案件已结案",
        "如有新的损失，请重开案件",
        "the claim is closed",
        "have it opened again if there is more to pay",
    ),
    "claim-refused": (
        "案件已拒赔",
        "如有新的情况，请重开案件",
        "the claim was refused",
        "have it opened again if something new is known",
    ),
    "claim-withdrawn": (
        "案件已撤销",
        "如仍要索赔，请重开案件",
        "the claim was withdrawn",
        "have it opened again if it is wanted after all",
    ),
    "claim-joined": (
        "此案已并入同一事故的另一案件",
        "请到那个案件办理",
        "the claim was joined to another one about the same event",
        "go on with that one",
    ),
}

HANDLING_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "malformed-command": (
        "请求中有一项的格式不正确",
        "请核对该项后重试",
        "a member of the request is not of its form",
        "correct that member and ask again",
    ),
    "no-claim": ("没有此案件", "请核对案件号", "there is no such claim", "check the id"),
    "claim-exists": (
        "此编号下已有另一个案件",
        "请换一个编号，或查看已有的案件",
        "there is another claim under this id",
        "take another id, or look at the claim that is there",
    ),
    "claim-id-known": (
        "此编号已用过",
        "请换一个编号",
        "this id was given away in the claim already",
        "take another id",
    ),
    "claim-too-long": (
        "此案件的内容过多",
        "请由主管处理",
        "there is too much in this claim",
        "have the team lead see to it",
    ),
    "loss-in-future": (
        "出险时间在现在之后",
        "请核对出险时间",
        "the loss is said to happen after now",
        "check when it happened",
    ),
    "block-first": (
        "案件已拦截，还没有人工审核",
        "请先由主管审核拦截",
        "the claim is blocked and no person has looked yet",
        "have the team lead review the block first",
    ),
    "not-blocked": ("案件没有拦截", "请刷新页面", "the claim is not blocked", "look at it again"),
    "not-vip": (
        "客户不是贵宾客户",
        "请分到其他通道",
        "the customer is not marked for that lane",
        "take another lane",
    ),
    "people-decide": (
        "此案须由人工办理",
        "请由理赔人员操作",
        "people decide here: the claim is blocked or not small, or the customer asked for a person",
        "have a member of staff do it",
    ),
    "maximum-falls": (
        "最高风险分不能变低",
        "请重新计算风险分",
        "the running maximum of the scores cannot fall",
        "score the step again",
    ),
    "hard-stop-to-people": (
        "硬性拦截必须转人工",
        "请重新计算风险分",
        "a hard stop always goes to people",
        "score the step again",
    ),
    "claim-taken": (
        "此案已由他人办理",
        "请选别的案件，或由主管改派",
        "somebody else handles this claim",
        "take another one, or ask the team lead to hand it over",
    ),
    "no-call-back": ("没有此回电", "请核对编号", "there is no such call-back", "check the id"),
    "call-back-taken": (
        "此回电已由他人办理",
        "请选别的回电",
        "somebody else makes this call",
        "take another one; this one is free again after five minutes",
    ),
    "no-alarm": ("没有此告警", "请刷新页面", "no such clock broke", "look at the list again"),
    "survey-declined": (
        "这位查勘员已经回绝",
        "请派别人",
        "this surveyor declined this survey",
        "send somebody else",
    ),
    "no-supply": ("没有此项配件直供", "请刷新页面", "there is no such supply of parts", "look at the claim again"),
    "no-quote": ("没有此项询价", "请核对链接", "there is no such quote", "open the link in the newest message"),
    "parts-under-way": (
        "此案的配件正在询价或供货",
        "请等送到，或先取消",
        "parts of this claim are asked for or ordered already",
        "wait for them, or cancel them first",
    ),
    "shops-unclear": (
        "没有选供应商，或有重复",
        "请至少选一家，每家一次",
        "no shop is named, or one is named twice",
        "name each shop once, one at least",
    ),
    "quotes-closed": (
        "询价已结束",
        "不用再报价",
        "quotes are not taken any more",
        "nothing is to be done about this one",
    ),
    "not-quoted": (
        "这一家还没有报价",
        "请选已报价的",
        "this shop did not quote",
        "choose one that did",
    ),
    "parts-not-ordered": (
        "配件还没有订购",
        "请先选一家订购",
        "the parts are not ordered",
        "choose a quote and order first",
    ),
    "parts-delivered": ("配件已送到", "不能取消", "the parts were delivered", "nothing is left to cancel"),
    "papers-asked": (
        "材料已一次性告知",
        "请等客户交齐，不要再次要求",
        "all missing papers were asked for at once already (保险法 22)",
        "wait for these, and decide on them",
    ),
    "papers-unclear": (
        "没有列明材料，或有重复",
        "请逐项列明",
        "no paper is named, or one is named twice",
        "name each missing paper once",
    ),
    "no-papers-asked": ("没有要求过材料", "请刷新页面", "no papers were asked for", "look at the claim again"),
    "paper-not-missing": (
        "此材料不在所缺之列",
        "请核对材料",
        "this paper is not among those that are missing",
        "check which papers are",
    ),
    "papers-first": (
        "材料还没有交齐",
        "请等客户交齐，或免交",
        "papers that were asked for are still missing",
        "wait for them, or waive them",
    ),
    "no-picture": (
        "案件没有这张照片",
        "请先上传照片",
        "the claim has no such picture",
        "add the picture first",
    ),
    "phone-revoked": (
        "此手机已挂失",
        "请换一部手机办理",
        "this phone was reported lost: what comes from it does not count",
        "do it on another phone",
    ),
    "another-phone": (
        "表单不是在领取任务的手机上填写的",
        "请先在这部手机上领取任务",
        "the form was not filled on the phone on which the survey was taken",
        "take the survey on this phone first",
    ),
    "has-absorbed": (
        "已有案件并入此案",
        "请以此案为准",
        "other claims were joined to this one",
        "go on with this one",
    ),
    "money-out": (
        "已有赔款支付或在途",
        "请按结案办理",
        "money was paid for this claim, or is on its way",
        "let it be paid and closed",
    ),
    "clock-over": ("时限已过", "请按超时告警", "the clock is over already", "raise the alarm instead"),
    "clock-runs": ("时限还没有到", "请等到期", "the clock is not over yet", "wait until it is"),
    "no-survey": ("没有此查勘任务", "请刷新页面", "there is no such survey", "look at the claim again"),
    "survey-by-customer": (
        "此案由客户自助查勘",
        "请先改为查勘员查勘",
        "the customer surveys this loss by themselves",
        "change the survey to a surveyor first",
    ),
    "survey-taken": (
        "此查勘任务已由他人领取",
        "请选别的任务，或由主管改派",
        "another surveyor has taken this survey",
        "take another one, or ask for it to be reassigned",
    ),
    "survey-not-yours": (
        "此查勘任务不是您领取的",
        "请先领取任务",
        "this survey is not taken by whoever files it",
        "take the survey first",
    ),
    "nothing-assessed": (
        "定损没有任何项目",
        "请至少列一项",
        "the assessment has no line and no injury",
        "name at least one",
    ),
    "another-assessment": (
        "不是最新的定损",
        "请按最新的定损办理",
        "there is a newer assessment",
        "look at the newest one",
    ),
    "own-assessment": (
        "不能核损或批准自己的定损",
        "请由他人办理",
        "nobody verifies or approves what they assessed themselves",
        "ask a colleague",
    ),
    "own-settlement": (
        "不能批准自己理算的赔款",
        "请由他人办理",
        "nobody approves the payment of what they adjudicated themselves",
        "ask a colleague",
    ),
    "verification-reasons": (
        "核损结论与原因不符",
        "不通过请写明原因，通过则不写",
        "a verification that did not pass needs reasons, and one that passed has none",
        "give the codes of what was wanting, or none",
    ),
}

WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {**STATE_WORDS, **HANDLING_WORDS, **MONEY_WORDS}
