"""The words for what the retention room calls by codes, and what is told where it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from esign.retention.errors import RetentionRefused
from esign.retention.holds import HoldReason
from esign.retention.kept import Kept
from esign.retention.report import GOING, UNTIL_TOLD
from esign.retention.requests import Channel, Outcome, RequestKind
from esign.retention.rules import Kind, Said
from esign.web.rendering import words
from esign.web.words import N_

KINDS: Final[Mapping[Kind, str]] = {
    Kind.DOCUMENTS: N_("合同和页面图片"),
    Kind.EVIDENCE: N_("签署证据"),
    Kind.PHOTO: N_("可以查看的照片"),
    Kind.VERIFICATION_REPORT: N_("核验报告（保存中）"),
}
HOLD_REASONS: Final[Mapping[HoldReason, str]] = {
    HoldReason.COURT: N_("法院诉讼"),
    HoldReason.AUTHORITY: N_("监管或公安机关要求"),
    HoldReason.DISPUTE: N_("理赔或合同争议"),
    HoldReason.COMPLAINT: N_("客户投诉"),
    HoldReason.OTHER: N_("其他原因"),
}
REQUEST_KINDS: Final[Mapping[RequestKind, str]] = {
    RequestKind.COPY: N_("要一份副本"),
    RequestKind.CORRECTION: N_("要求更正"),
    RequestKind.ERASURE: N_("要求删除"),
}
CHANNELS: Final[Mapping[Channel, str]] = {Channel.PAGE: N_("本人在网页上提出"), Channel.OFFICER: N_("同事代为登记")}
OUTCOMES: Final[Mapping[Outcome, tuple[str, str]]] = {
    Outcome.GRANTED: ("pass", N_("已照办")),
    Outcome.RESTRICTED: ("wait", N_("只保存，不再使用")),
    Outcome.REFUSED: ("fail", N_("没有照办")),
}
_NOT_DONE: Final = N_("这一步没有办成")
RETENTION_TROUBLES: Final[Mapping[str, tuple[int, str, str, str]]] = {
    "no-request": (404, N_("没有这项请求"), N_("编号不对，或者不归您的机构办理。"), N_("请从请求列表里打开。")),
    "no-hold": (404, N_("没有这项保全"), N_("编号不对，或者不归您的机构办理。"), N_("请从留存页面打开。")),
    "no-matter": (404, N_("没有这一项"), N_("编号不对，或者不归您的机构办理。"), N_("请从留存页面打开。")),
    "kept-with-envelope": (
        409,
        _NOT_DONE,
        N_("这一项已经签了信封，随信封保存和删除。"),
        N_("请在那个信封的留存页面办理。"),
    ),
    "evidence-gone": (409, _NOT_DONE, N_("这里保存的内容已经删除。"), N_("删除的内容不能恢复。")),
    "hold-lifted": (409, _NOT_DONE, N_("这项保全已经解除了。"), N_("还需要的话，请重新设置保全。")),
    "hold-there": (409, _NOT_DONE, N_("同样原因的保全已经设置了。"), N_("不用再设；要换原因，请另选一项。")),
    "legal-hold": (409, _NOT_DONE, N_("这里有法律保全，什么都不能删除。"), N_("请两人先解除保全，再删除。")),
    "nothing-due": (409, _NOT_DONE, N_("这里没有到期的内容。"), N_("请等期限到了再删除。")),
    "request-answered": (409, _NOT_DONE, N_("这项请求已经答复过了。"), N_("请本人再提一次新的请求。")),
    "erasure-needs-two": (
        409,
        _NOT_DONE,
        N_("按规则有内容要删除，删除要两个人。"),
        N_("请先申请删除，等另一位同事同意。"),
    ),
}


def until_words(kept: Kept) -> str:
    """Return until when something is kept, in the language of the request."""
    say = words().say
    if kept.until is None:
        return say(N_("保存到告知合同终止之后"))
    return say(N_("保存到 %(day)s"), day=words().day(kept.until))


def year_words(year: str) -> str:
    """Return the year of a total."""
    say = words().say
    return {UNTIL_TOLD: say(N_("合同终止后再算")), GOING: say(N_("还在签署"))}.get(year, year)


def refused_words(refused: RetentionRefused) -> str:
    """Return what is the matter and what to do, in the language of the request."""
    _status, _title, cause, cure = RETENTION_TROUBLES[refused.code]
    between = words().choose("", " ")
    return f"{words().say(cause)}{between}{words().say(cure)}"


def both(text: Said) -> str:
    """Return a text of a rule or of a room in the language of the request."""
    return words().choose(text.zh, text.en)


def source_of(kept: Kept) -> str:
    """Return who says so."""
    if kept.rule is None:
        return words().say(N_("合同何时终止还没有告知。法律要求保存，先不计算期限。"))
    return words().choose(kept.rule.source.zh, kept.rule.source.en)
