"""The words of every refusal, by its code: cause and cure in Chinese, cause and cure in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from policy.domain.request_words import REQUEST_WORDS
from policy.domain.visit_words import VISIT_WORDS

PROPOSAL_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "malformed-command": (
        "请求中有一项的格式不正确",
        "请核对该项后重试",
        "a member of the request is not of its form",
        "correct that member and ask again",
    ),
    "no-proposal": ("没有此投保单", "请核对编号", "there is no such proposal", "check the id"),
    "proposal-exists": (
        "此编号下已有另一份投保单",
        "请换一个编号，或更改已有的投保单",
        "there is another proposal under this id",
        "take another id, or change the proposal that is there",
    ),
    # What a state does not accept: each says where the proposal stands, and who goes on.
    "proposal-entered": (
        "投保单已录入，还没有发送签署",
        "请先发送签署",
        "the proposal is entered and was not sent yet",
        "send it to be signed first",
    ),
    "proposal-sent": (
        "投保单正在签署",
        "请等客户签完，或先作废签署链接",
        "the proposal is out for signature",
        "wait until everybody has signed, or void the envelope first",
    ),
    "proposal-lapsed": (
        "签署未完成，投保单已退回",
        "请核对后重新发送",
        "the envelope came back without all signatures",
        "check the proposal and send it again",
    ),
    "proposal-signed": (
        "投保单已签署，等待核保",
        "请等核保结论",
        "the proposal is signed and waits for underwriting",
        "wait for the decision",
    ),
    "proposal-referred": (
        "投保单正由核保员审核",
        "请等核保员作出结论",
        "an underwriter is looking at the proposal",
        "wait for the underwriter's decision",
    ),
    "proposal-wanting": (
        "还有核保要求没有完成",
        "请先完成体检、调查或补充材料",
        "something that underwriting asked for is still missing",
        "see to the examination, investigation or papers first",
    ),
    "proposal-offered": (
        "核保结论为加费承保，等待客户确认",
        "请发送加费通知，由客户签署",
        "the proposal is accepted at a higher premium, which has to be signed for",
        "send the offer to be signed",
    ),
    "proposal-accepted": (
        "投保单已核保通过，等待扣款",
        "请等扣款结果",
        "the proposal is accepted and the premium is not debited yet",
        "wait for the debit",
    ),
    "proposal-debiting": (
        "正在扣款，银行还没有答复",
        "请等银行答复后再办理",
        "the premium is being debited and the bank has not answered",
        "wait for the bank's answer",
    ),
    "proposal-debit-failed": (
        "扣款未成功",
        "请由运营人员核对账户后重新扣款",
        "the debit failed",
        "have operations check the account and order another one",
    ),
    "proposal-debit-unknown": (
        "扣款结果不明",
        "请等向银行查询的结果，不要重复扣款",
        "nobody knows whether the premium was taken",
        "wait until the bank was asked about this debit; no other one is ordered",
    ),
    "proposal-paid": (
        "保险费已收到，等待承保出单",
        "请等保险合同生成",
        "the premium is paid and the policy is about to be issued",
        "wait for the contract",
    ),
    "proposal-issued": (
        "保险合同已生效",
        "请按保全办理",
        "the policy is issued",
        "enter a service request for it",
    ),
    "proposal-withdrawn": ("投保单已撤回", "请重新投保", "the proposal was withdrawn", "enter a new one"),
    "proposal-declined": (
        "核保未通过，投保单已结束",
        "如情况有变，请重新投保",
        "the proposal was declined",
        "enter a new one if what it was declined for has changed",
    ),
    "proposal-refused-by-customer": (
        "客户拒绝签署，投保单已结束",
        "如客户改变主意，请重新投保",
        "a customer declined to sign",
        "enter a new proposal if they change their mind",
    ),
    "proposal-cancelled": (
        "合同已在犹豫期内解除",
        "如需保障，请重新投保",
        "the policy was cancelled in its hesitation period",
        "enter a new proposal if cover is wanted again",
    ),
    "proposal-surrendered": (
        "合同已退保",
        "如需保障，请重新投保",
        "the policy was surrendered",
        "enter a new proposal if cover is wanted again",
    ),
    # Signing.
    "quote-over": (
        "报价已过有效日",
        "请重新试算并更改投保单",
        "the day up to which the quote held is over",
        "quote again and change the proposal",
    ),
    "signers-incomplete": (
        "签署人不齐",
        "请列明投保人，以及被保险人或其监护人",
        "those who must sign are not all there, or one is there twice",
        "name the applicant, and the insured or the guardian, each once",
    ),
    "envelope-used": (
        "此签署已用过",
        "请另建一份签署",
        "this envelope was sent before",
        "make another envelope",
    ),
    "envelope-out": (
        "加费通知正在签署",
        "请等客户签完，或先作废",
        "the offer is out for signature already",
        "wait for it, or void that envelope first",
    ),
    "envelope-unknown": (
        "此签署不属于这份投保单",
        "请核对签署编号",
        "this envelope is not the one that was sent",
        "check the envelope's id",
    ),
    "signature-missing": (
        "签名不齐",
        "请等所有签署人签完",
        "not everybody has signed",
        "wait until all who must have signed",
    ),
    "no-signer": (
        "此人不是签署人",
        "请核对签署人",
        "nobody signs this proposal in that role",
        "check whose refusal it was",
    ),
    "day-in-future": ("日期在今天之后", "请核对日期", "the day is still to come", "check the day"),
    # Underwriting.
    "decision-of-something-else": (
        "核保结论与所签的投保单不符",
        "请按已签署的投保单重新核保",
        "the decision is about something else than was signed",
        "underwrite the proposal as it was signed",
    ),
    "requirements-misplaced": (
        "核保要求与结论不符",
        "结论为补充要求时请列明要求，其他结论不列",
        "requirements come with the outcome ask and with no other",
        "name them there, and leave them out elsewhere",
    ),
    "loading-misplaced": (
        "只有承保结论可以加费",
        "请去掉加费，或改为承保",
        "a loading comes with an acceptance alone",
        "leave it out, or accept",
    ),
    "requirement-known": (
        "此核保要求已存在",
        "请换一个编号",
        "there is such a requirement already",
        "take another id",
    ),
    "requirements-too-many": (
        "核保要求过多",
        "请作出结论",
        "too much was asked for",
        "decide on what is there",
    ),
    "requirement-due-past": (
        "要求的期限已过",
        "请定一个今天或以后的日期",
        "a requirement would be due before today",
        "set a day from today on",
    ),
    "no-requirement": ("没有此核保要求", "请核对编号", "there is no such requirement", "check the id"),
    "requirement-closed": (
        "此核保要求已结束",
        "请刷新页面",
        "the requirement is closed already",
        "look at it again",
    ),
    "no-case": ("没有此待审件", "请刷新页面", "no such case waits for a decision", "look at the list again"),
    "own-case": (
        "销售人员不能核保自己的投保单",
        "请由核保员办理",
        "nobody underwrites what they sold",
        "ask an underwriter",
    ),
    "case-not-decided": (
        "转人工不是结论",
        "请承保、拒保或提出要求",
        "referring a case to a person is no decision of that person",
        "accept, decline, or ask for something",
    ),
    "recording-of-something-else": (
        "此录音录像不是对当前投保单的",
        "请按当前投保单重新录制",
        "the recording is about something else than is proposed now",
        "record the sale of what is proposed now",
    ),
    "recordings-too-many": (
        "录音录像次数过多",
        "请审核已有的录音录像，或撤回后重新投保",
        "there are too many recordings",
        "review one of them, or withdraw and enter a new proposal",
    ),
    "no-recording": ("没有此录音录像", "请核对编号", "there is no such recording", "check the id"),
    "recording-reviewed": (
        "此录音录像已质检",
        "如需更正，请重新录制并质检",
        "the recording was reviewed already",
        "add another recording and have that reviewed",
    ),
    "own-recording": (
        "不能质检自己录制或销售的",
        "请由质检人员办理",
        "nobody reviews a recording that they made, or of their own sale",
        "ask a reviewer",
    ),
    "review-reasons": (
        "质检结论与原因不符",
        "不通过请写明原因，通过则不写",
        "a review that did not pass needs reasons, and one that passed has none",
        "give the codes of what was wanting, or none",
    ),
    # Money.
    "recording-first": (
        "需要录音录像并质检通过",
        "请先完成双录和质检",
        "a recording that passed its review is needed first",
        "record the sale and have it reviewed",
    ),
    "no-debit": ("没有此扣款", "请核对编号", "there is no such debit", "check the id"),
    "debit-known": ("此扣款编号已用过", "请换一个编号", "there was such a debit already", "take another id"),
    "debits-too-many": (
        "扣款次数过多",
        "请与客户商定其他交费方式，或撤回投保单",
        "too many debits failed",
        "agree with the customer on another way to pay, or withdraw the proposal",
    ),
    "amount-differs": (
        "银行答复的金额与扣款金额不符",
        "请由运营人员与银行核对",
        "the bank names another amount than was ordered",
        "have operations clear it with the bank",
    ),
    "debit-settled": (
        "此扣款已有结果",
        "请由运营人员与银行核对",
        "the bank had said that it took the money, and other things rest on that",
        "have operations clear it with the bank",
    ),
    "no-refund": ("没有此退款", "请核对编号", "there is no such refund", "check the id"),
    "refund-known": ("此退款编号已用过", "请换一个编号", "there is such a refund already", "take another id"),
    "refund-not-ordered": (
        "此退款还没有发出",
        "请先发出退款",
        "the bank was not asked for this refund yet",
        "order it first",
    ),
    "refund-settled": (
        "此退款已完成",
        "请由运营人员与银行核对",
        "the bank had said that the refund is paid",
        "have operations clear it with the bank",
    ),
    # The policy.
    "effective-day": (
        "生效日应为今天或明天",
        "请核对生效日",
        "a policy takes effect on the day of its issue or on the next",
        "set one of these days",
    ),
    "day-before-issue": (
        "日期早于承保日",
        "请核对日期",
        "the day is before the policy was issued",
        "check the day",
    ),
    "hesitation-over": (
        "犹豫期已过",
        "如仍要解除合同，请申请退保",
        "the hesitation period is over",
        "surrender the policy if it is not wanted any more",
    ),
    "cancel-instead": (
        "合同仍在犹豫期内，退保会有损失",
        "请申请犹豫期解除，退还全部保险费",
        "the hesitation period is not over, and a surrender would cost money",
        "cancel the policy: all of the premium goes back",
    ),
    **VISIT_WORDS,
}

WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {**PROPOSAL_WORDS, **REQUEST_WORDS}
