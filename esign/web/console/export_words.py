"""The words for what exports call by codes, and what is told where one is refused or not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from esign.desk.export_ledger import Taken
from esign.desk.exports import ExportReason
from esign.exports.exports import ERASED, ExportState
from esign.web.console.envelope_words import hindrance_of
from esign.web.rendering import words
from esign.web.words import N_

REASONS: Final[Mapping[ExportReason, str]] = {
    ExportReason.COURT: N_("法院、仲裁或公证要求"),
    ExportReason.AUTHORITY: N_("监管或公安机关要求"),
    ExportReason.DISPUTE: N_("理赔或合同争议"),
    ExportReason.COMPLAINT: N_("客户投诉"),
    ExportReason.AUDIT: N_("内部审计"),
    ExportReason.PERSON: N_("本人要一份副本"),
}
STATES: Final[Mapping[ExportState, tuple[str, str]]] = {
    ExportState.RUNNING: ("wait", N_("正在做")),
    ExportState.DONE: ("pass", N_("可以下载")),
    ExportState.FAILED: ("fail", N_("没有做成")),
    ExportState.EXPIRED: ("", N_("已过期")),
}
_NOT_DONE: Final = N_("这一步没有办成")
EXPORT_TROUBLES: Final[Mapping[str, tuple[int, str, str, str]]] = {
    "no-export": (
        404,
        N_("没有这次导出"),
        N_("编号不对，或者不是您自己导出的，或者不归您现在的机构。"),
        N_("请从导出页面打开。"),
    ),
    "export-not-ready": (409, _NOT_DONE, N_("证据包还没有做好。"), N_("请等进度走完再下载。")),
    "export-expired": (410, N_("文件已过期"), N_("做好之后只保存一天。"), N_("还需要的话，请重新导出。")),
    "export-empty": (409, _NOT_DONE, N_("一份证据包也没有做成。"), N_("请看每个信封没有做成的原因。")),
    "nothing-to-export": (
        409,
        _NOT_DONE,
        N_("这里没有已经结束的信封。"),
        N_("请换一个筛选条件，或者等签署结束。"),
    ),
    "export-too-large": (
        409,
        _NOT_DONE,
        N_("一次最多导出 1000 个信封。"),
        N_("请按时间分几次导出。"),
    ),
    "evidence-restricted": (
        409,
        _NOT_DONE,
        N_("签署人要求删除，期满之前只保存，不导出。"),
        N_("确有法律上的理由，请在信封的页面申请开启证据；另一位同事同意后，开启的半小时内可以单独导出。"),
    ),
    "exports-running": (
        429,
        _NOT_DONE,
        N_("您已经有三次导出正在做。"),
        N_("请等其中一次做好。"),
    ),
}
_PROBLEMS: Final[Mapping[str, str]] = {
    ERASED: N_("内容已按要求删除"),
    "bundle-not-covered": N_("账本的检查点还没有覆盖它"),
    "envelope-not-over": N_("还没有结束"),
    "evidence-restricted": N_("签署人要求删除，期满之前只保存；请两人开启证据之后单独导出"),
    "kept-data-differs": N_("保存的内容和账本对不上，请立即报告"),
}
_OPERATOR: Final = N_("运维命令行")
_CLIENT: Final = N_("销售系统 %(id)s")


def reason_words(code: str) -> str:
    """Return why in words; a code of a client's or an operator's own as it is."""
    return words().say(REASONS[ExportReason(code)]) if code in set(ExportReason) else code


def problem_words(code: str) -> str:
    """Return why a bundle was not made."""
    return words().say(_PROBLEMS[code]) if code in _PROBLEMS else hindrance_of(words(), code)


def taker_words(one: Taken) -> str:
    """Return who exported: a member by name, a client by its id, whoever stood at the command line."""
    if one.name is not None:
        return one.name
    kind, _, who = one.by.partition(":")
    if kind == "client":
        return words().say(_CLIENT, id=who)
    return " ".join(part for part in (words().say(_OPERATOR), who) if part) if kind == "operator" else one.by


def refusal_words(code: str) -> tuple[int, str]:
    """Return the status of a refusal, and cause and cure in a line beside a form. Raises `KeyError`."""
    status, _title, cause, cure = EXPORT_TROUBLES[code]
    return status, words().choose("", " ").join((words().say(cause), words().say(cure)))
