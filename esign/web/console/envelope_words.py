"""What the pages about envelopes call things: states, roles, reasons, what is awaited. Chinese is the message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from esign.ceremony.domain.values import EnvelopeState, RecipientRole, RecipientState
from esign.desk.lists import Next
from esign.web.ceremony_pages import REASONS as DECLINE_REASONS
from esign.web.console.void_reasons import VOID_REASONS
from esign.web.words import N_, Words

STATES: Final[Mapping[EnvelopeState, tuple[str, str]]] = {
    EnvelopeState.DRAFT: (N_("草稿"), ""),
    EnvelopeState.IN_PROGRESS: (N_("进行中"), "act"),
    EnvelopeState.SEALING: (N_("封存中"), "wait"),
    EnvelopeState.SEAL_FAILED: (N_("封存未成"), "fail"),
    EnvelopeState.COMPLETED: (N_("已完成"), "pass"),
    EnvelopeState.DECLINED: (N_("已拒签"), ""),
    EnvelopeState.EXPIRED: (N_("已过期"), ""),
    EnvelopeState.VOIDED: (N_("已作废"), ""),
}
"""Each state in a word, and the class of its tag."""

PERSON_STATES: Final[Mapping[RecipientState, tuple[str, str]]] = {
    RecipientState.PENDING: (N_("还没轮到"), ""),
    RecipientState.SENT: (N_("未打开"), ""),
    RecipientState.OPENED: (N_("已打开"), "act"),
    RecipientState.IDENTIFIED: (N_("正在阅读"), "act"),
    RecipientState.READ: (N_("正在手写"), "act"),
    RecipientState.DRAWN: (N_("正在确认"), "act"),
    RecipientState.CONFIRMED: (N_("已确认"), "wait"),
    RecipientState.SIGNED: (N_("已签"), "pass"),
    RecipientState.SIGNING_FAILED: (N_("要再确认"), "fail"),
    RecipientState.DECLINED: (N_("拒签"), ""),
    RecipientState.EXPIRED: (N_("已过期"), ""),
    RecipientState.REPLACED: (N_("已换人"), ""),
}

ROLES: Final[Mapping[RecipientRole, str]] = {
    RecipientRole.APPLICANT: N_("投保人"),
    RecipientRole.INSURED: N_("被保险人"),
    RecipientRole.AGENT: N_("业务员"),
    RecipientRole.WITNESS: N_("见证人"),
    RecipientRole.GUARDIAN: N_("监护人"),
    RecipientRole.COPY: N_("抄送人"),
}

REASONS: Final[Mapping[str, str]] = {
    **DECLINE_REASONS,
    **VOID_REASONS,
    "expired": N_("过了截止时间，没有签完"),
    "face-not-the-customers": N_("业务员说照片不是客户本人"),
}
"""Why an envelope ended, by its code; a client's own codes are shown as they are."""

HINDRANCES: Final[Mapping[str, str]] = {
    "tsa-unreachable": N_("时间戳服务连不上"),
    "tsa-timeout": N_("时间戳服务没有回答"),
    "tsa-busy": N_("时间戳服务正忙"),
    "tsa-http-error": N_("时间戳服务出错"),
    "trust-service-unavailable": N_("证书或时间戳服务不可用"),
    "clock-disagrees": N_("时钟与时间戳对不上"),
    "internal-error": N_("程序出错，已记入日志"),
    "level-not-reached": N_("没有达到约定的签名级别"),
    "endpoint-unreachable": N_("对方地址连不上"),
    "unreachable": N_("对方地址连不上"),
    "timeout": N_("对方没有回答"),
    "refused": N_("地址不允许访问"),
    "redirected": N_("对方转到了别的地址"),
    "http-error": N_("对方回答出错"),
    "gone": N_("对方说不再接收"),
    "too-large": N_("对方回答太长"),
    "abandoned": N_("发送中断"),
    "too-late": N_("已经过时，不再发送"),
    "worker-lost": N_("发送中断，次数用完"),
    "record-erased": N_("收信人的信息已删除"),
    "event-not-covered": N_("账本的下一个检查点"),
}
"""What hindered our own work, by its code."""

EVIDENCE: Final[Mapping[str, str]] = {
    "manifest": N_("证据清单"),
    "handwriting": N_("笔迹数据"),
    "photo": N_("人脸照片"),
    "device": N_("设备信息"),
    "identity": N_("身份核验记录"),
}
PLACEMENTS: Final[Mapping[str, str]] = {
    "visible": N_("合同里可见"),
    "sealed": N_("密封"),
    "digest-only": N_("密封，文件外"),
}
VERDICTS: Final[Mapping[str, tuple[str, str]]] = {
    "TOTAL-PASSED": (N_("核验通过"), "pass"),
    "TOTAL-FAILED": (N_("核验不通过"), "fail"),
    "INDETERMINATE": (N_("不能确定"), "wait"),
    "NO-SIGNATURE": (N_("没有签名"), "fail"),
}
TASKS: Final[Mapping[str, str]] = {
    "sign": N_("生成签名"),
    "seal": N_("封存文件"),
    "revoke": N_("吊销不用的证书"),
    "certify": N_("生成完成证书"),
}
MESSAGES: Final[Mapping[str, str]] = {
    "invitation": N_("签署邀请"),
    "reminder": N_("提醒"),
    "code": N_("验证码"),
    "data-code": N_("查看个人信息的验证码"),
    "copy": N_("签好的文件"),
    "declined": N_("拒签通知"),
    "voided": N_("作废通知"),
    "expired": N_("过期通知"),
}


def reason_of(words: Words, code: str | None) -> str:
    """Return a reason in words, a code that we do not know as it is."""
    return "" if code is None else words.say(REASONS[code]) if code in REASONS else code


def hindrance_of(words: Words, code: str | None) -> str:
    """Return what hindered our own work in words, a code that we do not know as it is."""
    return "" if code is None else words.say(HINDRANCES[code]) if code in HINDRANCES else code


def next_of(words: Words, awaited: Next, expires: str) -> str:
    """Return what is awaited, whom it waits for, and until when."""
    if awaited.act == "recipients":
        return words.say(N_("等%(names)s，%(expires)s 到期"), names=names_of(words, awaited.names), expires=expires)
    hindrance = hindrance_of(words, awaited.reason)
    if awaited.act in _OURS:
        plain, hindered = _OURS[awaited.act]
        return words.say(hindered, why=hindrance) if hindrance else words.say(plain)
    said = words.say(_ENDED.get(awaited.act, ""))
    reason = reason_of(words, awaited.reason)
    return words.say(N_("%(said)s：%(reason)s"), said=said, reason=reason) if reason else said


def names_of(words: Words, names: Sequence[str]) -> str:
    """Return the first names of several, and how many more there are."""
    shown = words.choose("、", ", ").join(names[:_NAMED])
    return shown if len(names) <= _NAMED else words.say(N_("%(names)s等 %(n)s 人"), names=shown, n=len(names))


_NAMED: Final = 3
_OURS: Final[Mapping[str, tuple[str, str]]] = {
    "sign": (N_("正在生成签名"), N_("%(why)s，自动重试")),
    "seal": (N_("正在封存"), N_("%(why)s，自动重试")),
    "retry-seal": (N_("可以重试封存"), N_("%(why)s，可以重试")),
}
_ENDED: Final[Mapping[str, str]] = {
    "send": N_("等业务员发送"),
    "state-face": N_("等业务员确认照片"),
    "review-signal": N_("全员已签，等主管查看代签提示"),
    "completed": N_("副本已发给签署人"),
    "declined": N_("拒签原因"),
    "expired": N_("没有签成，可重新发起"),
    "voided": N_("作废原因"),
}
