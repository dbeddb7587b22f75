"""What a member of staff is told when it does not go on: cause, cure, and what is kept; with the right status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from esign.api.problems import problem_of
from esign.api.room_codes import NO_CODES, RoomCodes
from esign.ceremony.domain import Refusal
from esign.desk.errors import DeskRefused
from esign.exports.errors import ExportError
from esign.infra.logs import log_for
from esign.retention.errors import RetentionRefused
from esign.staff.domain.words import WORDS
from esign.staff.errors import StaffRefused
from esign.web.console.envelope_troubles import ENVELOPE_TROUBLES
from esign.web.console.export_words import EXPORT_TROUBLES
from esign.web.console.retention_words import RETENTION_TROUBLES
from esign.web.errors import PageError
from esign.web.rendering import words
from esign.web.troubles import BUSY, HTTP_TROUBLES
from esign.web.words import N_

_log = log_for(__name__)
_UNCHANGED: Final = N_("没有改动任何内容。")
REFUSAL_STATUS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("no-member", "no-institution", "no-approval"), 404),
    **dict.fromkeys(("not-allowed", "second-factor-needed", "own-account", "own-approval", "approval-of-invited"), 403),
    **dict.fromkeys(("approval-needed", "roles-need-approval"), 403),
    **dict.fromkeys(("login-refused", "code-needed", "codes-locked", "session-over", "invitation-refused"), 401),
    **dict.fromkeys(("password-short", "password-long", "password-common", "password-names-login"), 422),
    **dict.fromkeys(("password-wrong", "code-wrong", "login-name-malformed", "person-malformed", "no-role"), 422),
    **dict.fromkeys(("institution-name", "words-too-long"), 422),
    "too-many-tries": 429,
}
"""The status of a refusal of the staff room; any other is a conflict with how things stand (409)."""


@dataclass(frozen=True)
class ConsoleTrouble:
    """What is told, in the language of the request."""

    status: int
    title: str
    cause: str
    cure: str
    safe: str
    code: str


_TITLES: Final[Mapping[int, str]] = {
    401: N_("请重新登录"),
    403: N_("这一步不由您办理"),
    404: N_("没有这一项"),
    422: N_("填写的内容需要更正"),
    429: N_("操作得太快了"),
}
_FACTOR: Final = N_("请先绑定身份验证器")
_NOT_DONE: Final = N_("这一步没有办成")
_OWN: Final[Mapping[str, tuple[int, str, str, str]]] = {
    "no-page": (
        404,
        N_("没有这个页面"),
        N_("地址不完整，或者这一页已经不在了。"),
        N_("请从上面的栏目重新进入。"),
    ),
    "form-forged": (
        403,
        N_("这一页放得太久了"),
        N_("页面不是最新的，刚才的操作没有收下。"),
        N_("请打开最新的页面，再做一次。"),
    ),
    "too-many-requests": (
        429,
        N_("操作得太快了"),
        N_("一分钟之内点得太多，系统先歇一下。"),
        N_("请等一分钟再试。"),
    ),
    "body-too-large": (
        413,
        N_("发送的内容太大"),
        N_("文字超过了 64 KB，或者照片、文件太大。"),
        N_("请把文字写短一些，或者重新拍一张照片，再发送一次。"),
    ),
    "busy": (
        503,
        N_("系统正忙"),
        N_("现在办理的人很多，刚才的操作没有做完。"),
        N_("请过一会儿再试一次。"),
    ),
    "internal-error": (
        500,
        N_("系统出了点问题"),
        N_("问题在我们这边，不是您的操作。我们已经记下来，会有人处理。"),
        N_("请过几分钟再试；一直不行的话，请联系系统运维人员。"),
    ),
    **ENVELOPE_TROUBLES,
    **EXPORT_TROUBLES,
    **RETENTION_TROUBLES,
}


def status_of(refused: StaffRefused) -> int:
    """Return the status of an answer that tells this refusal."""
    return REFUSAL_STATUS.get(refused.code, 409)


def said_of(refused: StaffRefused) -> str:
    """Return a refusal in a line beside a form: cause and cure."""
    return words().choose(refused.zh, refused.en)


def trouble_of_error(error: Exception, rooms: RoomCodes = NO_CODES) -> ConsoleTrouble:
    """Return what is told of an error; what nobody outside can mend is logged. `rooms` are the codes of rooms."""
    if (code := rooms.code_of(error)) is not None:
        told_words = rooms.words[code]
        en_cause, en_cure = told_words.en.split(". ", 1)
        cause = words().choose(f"{told_words.zh_cause}。", f"{en_cause}.")
        return _trouble(told_words.status, cause, words().choose(f"{told_words.zh_cure}。", en_cure), code)
    if isinstance(error, StaffRefused):
        zh_cause, zh_cure, _cause, _cure = WORDS[error.code]
        en_cause, en_cure = error.en.split(". ", 1)
        cause, cure = words().choose(f"{zh_cause}。", f"{en_cause}."), words().choose(f"{zh_cure}。", en_cure)
        told = _trouble(status_of(error), cause, cure, error.code)
        return replace(told, title=words().say(_FACTOR)) if error.code == "second-factor-needed" else told
    if isinstance(error, PageError | DeskRefused | RetentionRefused | ExportError):
        return _own(error.code if error.code in _OWN else "not-done")
    problem = problem_of(error)
    if problem.hidden:
        _log.failed("page failed", error, code=problem.code, status=problem.status)
    code = "busy" if problem.code in BUSY else HTTP_TROUBLES.get(problem.code, problem.code)
    if isinstance(error, Refusal):
        zh_cause, _, zh_cure = error.zh.partition("。")
        cause, _, cure = error.en.partition(". ")
        return _trouble(
            problem.status, words().choose(f"{zh_cause}。", f"{cause}."), words().choose(zh_cure, cure), code
        )
    return _own(code if code in _OWN else "internal-error" if problem.status >= 500 else "no-page")


def trouble_of_ours() -> ConsoleTrouble:
    """Return what is told where even the page of an error cannot be made: it asks nothing of anything."""
    return _own("internal-error")


def _own(code: str) -> ConsoleTrouble:
    status, title, cause, cure = _OWN[code]
    say = words().say
    return ConsoleTrouble(status, say(title), say(cause), say(cure), say(_UNCHANGED), code)


def _trouble(status: int, cause: str, cure: str, code: str) -> ConsoleTrouble:
    say = words().say
    return ConsoleTrouble(status, say(_TITLES.get(status, _NOT_DONE)), cause, cure, say(_UNCHANGED), code)
