"""What the next page says after a form did something: a code in the address, a sentence on the page.

A form answers with a redirection, so that loading the page anew does nothing twice. Each area adds its sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from flask import current_app, redirect, request
from werkzeug.wrappers import Response

from esign.web.console.access import Console
from esign.web.rendering import words
from esign.web.words import N_

DONE: Final[Mapping[str, str]] = {
    "session-ended": N_("那台设备上的登录已结束。"),
    "sessions-ended": N_("其他设备上的登录都已结束。"),
    "totp-reset": N_("身份验证器已解除绑定。本人下次登录后重新绑定。"),
    "roles-changed": N_("角色已变更，本人需要重新登录。"),
    "forgotten": N_("该员工的个人资料已删除。"),
    "moved": N_("员工已调到新机构，本人需要重新登录。"),
    "suspended": N_("员工已停用，所有登录都已结束。"),
    "reinstated": N_("员工已恢复，可以用原来的密码登录。"),
    "asked": N_("申请已提交，等待另一位同事审批。"),
    "approved": N_("您已同意。申请人现在可以办理。"),
    "refused": N_("您已拒绝这项申请。"),
    "sent": N_("已发出。"),
    "reminded": N_("提醒已发出。"),
    "retried": N_("已开始重试封存。"),
    "voided": N_("已作废，并通知了已收到链接的人。"),
    "changed": N_("已更改，新的链接已发出。"),
    "opened": N_("证据已开启，三十分钟内可以查看。"),
    "report-erased": N_("核验报告已删除。"),
    "hold-set": N_("保全已设置，解除之前什么都不会删除。"),
    "hold-lifted": N_("保全已解除。"),
    "kept-erased": N_("到期的内容已删除，记在账本里。"),
    "request-entered": N_("请求已登记，答复的期限开始计算。"),
    "request-answered": N_("请求已答复，本人在查询页面上可以看到。"),
    "redelivered": N_("马上重新投递。"),
    "hurried": N_("马上再试。"),
    "client": N_("系统已登记。现在可以给它创建密钥。"),
    "revoked": N_("密钥已停用，五秒之内各处都不再接受。"),
    "institution-opened": N_("机构已开设。"),
    "institution-renamed": N_("机构已更名。"),
    "institution-moved": N_("机构已移到新的上级之下。"),
    "institution-closed": N_("机构已关闭。"),
}


def done(address: str, code: str) -> Response:
    """Lead to the page at this address, with its query if it has one, which says what was done.

    Raises `KeyError` for a code without a sentence.
    """
    _sentences()[code]
    return redirect(f"{address}{'&' if '?' in address else '?'}done={code}", 303)


def notice() -> str | None:
    """Return what this page says first, None for nothing."""
    code = request.args.get("done", "") if request.method == "GET" else ""
    sentences = _sentences()
    return words().say(sentences[code]) if code in sentences else None


def _sentences() -> Mapping[str, str]:
    return {**cast(Console, current_app).sentences, **DONE}
