"""What happened, in words of a person: a title, and beneath it what the event says beyond that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from esign.ceremony.domain.signals import SIGNALS
from esign.desk.exports import ExportReason
from esign.desk.timeline import Happening
from esign.infra.search_index import ERASED_TEXT
from esign.web.console.envelope_words import hindrance_of, reason_of
from esign.web.console.export_words import REASONS as EXPORT_REASONS
from esign.web.console.signal_pages import RELEASED_FOR
from esign.web.signing_pages import WITHOUT_PHOTO
from esign.web.words import N_, Words

_NOBODY: Final = N_("签署人")
_ERASED: Final = N_("（姓名已删除）")


@dataclass(frozen=True)
class Told:
    """An entry of the timeline. `event` is the type in the trail, `shape` the class of its mark."""

    title: str = field(repr=False)
    detail: str = field(repr=False)
    at: datetime
    event: str
    shape: str


def tell(words: Words, one: Happening) -> Told:
    """Return the entry for what happened; a type that has no words yet is told by its name."""
    name = words.say(_ERASED) if one.name == ERASED_TEXT else one.name or words.say(_NOBODY)
    title = _TITLES.get(one.type)
    detail = _DETAILS.get(one.type)
    return Told(
        title=words.say(title, name=name) if title else one.type,
        detail=detail(words, one) if detail else "",
        at=one.at,
        event=one.type,
        shape="stop" if one.type in _STOPPED else "done",
    )


_TITLES: Final[Mapping[str, str]] = {
    "envelope.created": N_("创建"),
    "envelope.sent": N_("发出"),
    "recipient.sent": N_("发给%(name)s"),
    "recipient.opened": N_("%(name)s打开链接"),
    "recipient.code-sent": N_("发给%(name)s验证码"),
    "recipient.identification-failed": N_("%(name)s没有通过核验"),
    "recipient.identified": N_("%(name)s身份核验通过"),
    "recipient.device-changed": N_("%(name)s换了一台设备"),
    "recipient.page-read": N_("%(name)s阅读文件"),
    "recipient.consented": N_("%(name)s同意一项内容"),
    "recipient.read": N_("%(name)s读完全部页面"),
    "recipient.drawn": N_("%(name)s手写签名到达"),
    "recipient.photographed": N_("%(name)s照片到达"),
    "recipient.face-not-given": N_("%(name)s不拍照，由人协助签署"),
    "recipient.face-stated": N_("业务员陈述%(name)s的照片"),
    "recipient.confirmed": N_("%(name)s确认签署"),
    "recipient.signed": N_("%(name)s签名完成并核对无误"),
    "recipient.signing-failed": N_("%(name)s的签名没有生成"),
    "certificate.abandoned": N_("一张证书作废，不再使用"),
    "recipient.declined": N_("%(name)s决定不签"),
    "recipient.reminded": N_("提醒%(name)s"),
    "recipient.replaced": N_("%(name)s换成另一个人"),
    "recipient.phone-corrected": N_("更正%(name)s的手机号"),
    "recipient.signal-raised": N_("%(name)s有一条代签提示"),
    "signal.captures-shown": N_("并排查看两幅笔迹"),
    "signal.cleared": N_("代签提示已放行"),
    "envelope.held": N_("暂缓封存，等主管查看代签提示"),
    "envelope.signed": N_("全部签署完成"),
    "seal.started": N_("开始封存"),
    "seal.failed": N_("封存没有做成"),
    "seal.retried": N_("重试封存"),
    "document.sealed": N_("文件封存并核对无误"),
    "document.renewed": N_("文件续期：加盖新的时间戳"),
    "envelope.completed": N_("完成"),
    "completion.certified": N_("签署完成证书已生成"),
    "envelope.declined": N_("因拒签结束"),
    "envelope.expired": N_("过期结束"),
    "envelope.voided": N_("作废"),
    "bundle.exported": N_("证据包导出"),
    "bundle.approved": N_("两人同意导出只保存的内容"),
    "evidence.opened": N_("取出信封密钥"),
    "evidence.erased": N_("签署证据已删除"),
    "photo.erased": N_("可以查看的照片已删除"),
    "documents.erased": N_("合同和页面图片已删除"),
    "contract.ended": N_("合同终止，由销售系统告知"),
    "contract.resumed": N_("合同没有终止，由销售系统更正"),
}
_STOPPED: Final = frozenset(
    {
        "recipient.identification-failed",
        "recipient.signing-failed",
        "seal.failed",
        "recipient.signal-raised",
        "envelope.held",
        "recipient.declined",
        "envelope.declined",
        "envelope.expired",
        "envelope.voided",
        "evidence.erased",
        "photo.erased",
        "documents.erased",
    }
)


def _by(words: Words, one: Happening) -> str:
    member = one.members.get("by")
    return words.say(N_("%(member)s 操作"), member=member) if member else ""


def _pages(words: Words, one: Happening) -> str:
    pages = one.facts.get("pages")
    if isinstance(pages, tuple):
        return words.say(N_("%(n)s 页，共 %(times)s 次；每页进出时间已记"), n=len(pages), times=one.count)
    return words.say(N_("第 %(page)s 页"), page=one.facts.get("page"))


def _failed_try(words: Words, one: Happening) -> str:
    return words.say(N_("验证码作废，要重新发送")) if one.facts.get("burned") else words.say(N_("还可以再试"))


def _identified(words: Words, one: Happening) -> str:
    in_person = one.facts.get("presence") == "in-person"
    where = words.say(N_("当面办理")) if in_person else words.say(N_("本人设备"))
    known = (
        words.say(N_("短信验证码，没有第三方核验"))
        if one.facts.get("assurance") == "not-verified"
        else words.say(N_("核验级别 %(level)s"), level=one.facts.get("assurance"))
    )
    return f"{known} · {where}"


def _stated(words: Words, one: Happening) -> str:
    said = words.say(N_("是客户本人")) if one.facts.get("is_customer") else words.say(N_("不是客户本人"))
    return words.say(N_("%(member)s：%(said)s；不是系统核验"), member=one.members.get("by", "–"), said=said)


def _reminded(words: Words, one: Happening) -> str:
    member = one.members.get("asked_by")
    number = words.say(N_("第 %(n)s 次"), n=one.facts.get("number"))
    return f"{number} · {words.say(N_('%(member)s 操作'), member=member)}" if member else number


def _changed(words: Words, one: Happening) -> str:
    asked, agreed = one.members.get("by"), one.members.get("approved_by")
    if asked and agreed:
        return words.say(N_("%(asked)s 申请，%(agreed)s 同意；从身份核验重新开始"), asked=asked, agreed=agreed)
    return words.say(N_("从身份核验重新开始"))


def _consented(words: Words, one: Happening) -> str:
    consent = str(one.facts.get("consent"))
    known = words.say(_CONSENTS[consent]) if consent in _CONSENTS else consent
    return words.say(N_("%(text)s，版本 %(version)s"), text=known, version=one.facts.get("text_version"))


def _sealed(words: Words, one: Happening) -> str:
    return words.say(N_("可信时间戳 · 等级 %(level)s"), level=one.facts.get("level"))


def _signal(words: Words, one: Happening) -> str:
    finding = SIGNALS.get(str(one.facts.get("finding")))
    return "" if finding is None else words.choose(finding.zh, finding.en)


def _cleared(words: Words, one: Happening) -> str:
    code = str(one.facts.get("reason"))
    reason = words.say(RELEASED_FOR[code]) if code in RELEASED_FOR else code
    return " · ".join(part for part in (reason, _by(words, one)) if part)


def _ended(words: Words, one: Happening) -> str:
    reason = reason_of(words, str(one.facts["reason"])) if one.facts.get("reason") else ""
    return " · ".join(part for part in (reason, _by(words, one)) if part)


def _hindered(words: Words, one: Happening) -> str:
    return hindrance_of(words, str(one.facts["reason"])) if one.facts.get("reason") else ""


def _without_photo(words: Words, one: Happening) -> str:
    code, member = str(one.facts.get("reason")), one.members.get("assisted_by")
    reason = words.say(WITHOUT_PHOTO[code]) if code in WITHOUT_PHOTO else code
    return " · ".join((reason, words.say(N_("%(member)s 协助"), member=member))) if member else reason


def _by_two(words: Words, one: Happening) -> str:
    asked, agreed = one.members.get("by"), one.members.get("approved_by")
    if asked and agreed:
        return words.say(N_("%(asked)s 申请，%(agreed)s 同意"), asked=asked, agreed=agreed)
    return _by(words, one)


def _exported(words: Words, one: Happening) -> str:
    code, actor = str(one.facts.get("reason", "")), str(one.facts.get("actor", ""))
    reason = words.say(EXPORT_REASONS[ExportReason(code)]) if code in set(ExportReason) else code
    return " · ".join(part for part in (reason, _by(words, one) or actor) if part)


_CONSENTS: Final[Mapping[str, str]] = {
    "personal-information": N_("个人信息处理"),
    "electronic-signature": N_("电子签名与证书申请"),
    "face-photo": N_("拍摄人脸照片"),
    "face-photo-transfer": N_("传输人脸照片"),
}
_DETAILS: Final[Mapping[str, Callable[[Words, Happening], str]]] = {
    "envelope.sent": _by,
    "recipient.page-read": _pages,
    "recipient.identification-failed": _failed_try,
    "recipient.identified": _identified,
    "recipient.device-changed": _identified,
    "recipient.consented": _consented,
    "recipient.confirmed": lambda words, _one: words.say(N_("清单已冻结，此后不能拒签")),
    "recipient.signed": lambda words, _one: words.say(N_("可信时间戳 · 等级 B-T")),
    "recipient.face-stated": _stated,
    "recipient.declined": _ended,
    "recipient.face-not-given": _without_photo,
    "recipient.reminded": _reminded,
    "recipient.replaced": _changed,
    "recipient.phone-corrected": _changed,
    "recipient.signing-failed": _hindered,
    "seal.failed": _hindered,
    "seal.retried": _by,
    "document.sealed": _sealed,
    "recipient.signal-raised": _signal,
    "signal.captures-shown": _by,
    "signal.cleared": _cleared,
    "envelope.voided": _ended,
    "bundle.exported": _exported,
    "bundle.approved": _by_two,
    "evidence.opened": _by_two,
    "evidence.erased": _by_two,
    "photo.erased": _by_two,
    "documents.erased": _by_two,
    "contract.ended": lambda _words, one: str(one.facts.get("ended_on", "")),
}
