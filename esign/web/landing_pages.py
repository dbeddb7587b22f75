"""From the link to a session: who asks and for what, the code, who one is. Looking changes nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from flask import Flask, g, redirect, request
from werkzeug.wrappers import Response

from esign.ceremony.domain.refusal import Refusal, refusal
from esign.ceremony.entrance import Answer, IdentificationRefused
from esign.ceremony.errors import LinkRefused
from esign.web import cookies
from esign.web.errors import no_cookies
from esign.web.invited import Invited, has_session, invited_by
from esign.web.page_services import PageServices
from esign.web.rendering import page, words
from esign.web.words import N_

NAME_AT_MOST: Final = 64
_CODE: Final = re.compile(r"[0-9]{6}", re.ASCII)
_SPACES: Final = re.compile(r"[\s-]+")
_FULL_WIDTH: Final = str.maketrans("0123456789", "0123456789")
_CODES_GONE: Final = frozenset({"code-unknown", "code-expired", "code-burned"})
_CODE_STANDS: Final = frozenset({"details-differ", "identity-refused", "name-missing", "id-missing"})
"""What is wrong without the code being so: it is not typed again."""
_SAID: Final = {
    "code-wrong": N_("验证码不对。请看最新一条短信，再填一次；还可以试 %(left)s 次。"),
    "code-gone": N_("这个验证码已经不能用了。请点“重新发送验证码”，填新收到的那一个。"),
    "details-differ": N_("姓名或证件号码与投保时留的不一致。请按合同上的写法再填一次；还可以试 %(left)s 次。"),
    "identity-refused": N_("没能确认您的身份。请核对姓名和证件号码；还是不行的话，请联系业务员。"),
    "code-form": N_("验证码是 6 位数字。请看短信，再填一次。"),
    "name-missing": N_("还没有填姓名。请按合同上的写法填写。"),
    "id-missing": N_("还没有填证件号码的后四位。"),
}


def declare_landing_pages(app: Flask, services: PageServices) -> None:
    """Declare what a link leads to before there is a session."""
    entrance = services.service.entrance

    @app.get("/s/<link>")
    def landing(link: str) -> Response:
        invited = invited_by(services, link)
        _require_open(invited)
        if invited.is_completed:
            return redirect(f"{invited.home}/copy", 303)
        begun = has_session(services, invited.shown.recipient)
        g.invited = invited  # the page is kept as it is shown
        return page("landing.html", invited=invited, begun=begun, done=invited.has_confirmed)

    @app.get("/s/<link>/help")
    def invitation_help(link: str) -> Response:
        g.invited = invited_by(services, link)
        return page("landing_help.html", invited=g.invited)

    @app.post("/s/<link>/open")
    def opened(link: str) -> Response:
        invited = invited_by(services, link)
        services.forms.require_own(request, link)
        _require_here(invited)
        entrance.open(link)
        if invited.code_ends is None:
            entrance.send_code(link)
        response = redirect(f"{invited.home}/identify", 303)
        cookies.keep_language(response, words().language, invited.shown.recipient)
        return response

    @app.post("/s/<link>/code")
    def code(link: str) -> Response:
        invited = invited_by(services, link)
        services.forms.require_own(request, link)
        _require_here(invited)
        if invited.again_in == 0:  # pressed twice, one is sent
            entrance.send_code(link)
        if request.form.get("name") or request.form.get("tail"):  # what was typed is not typed again
            return _identify_page(invited_by(services, link))
        return redirect(f"{invited.home}/identify", 303)

    @app.get("/s/<link>/identify")
    def identify_form(link: str) -> Response:
        invited = invited_by(services, link)
        _require_open(invited)
        if invited.is_completed or invited.recipient.state.value == "sent":
            return redirect(invited.home, 303)
        return _identify_page(invited)

    @app.post("/s/<link>/identify")
    def identify(link: str) -> Response:
        invited = invited_by(services, link)
        services.forms.require_own(request, link)
        if not request.cookies:  # the session could not be kept, and every code would be asked for again
            raise no_cookies()
        mark = cookies.browser_mark()
        answer = _answer(mark)
        if (lacking := _lacking(invited, answer)) is not None:
            return _identify_page(invited, lacking)
        try:
            token = entrance.identify(link, answer)
        except IdentificationRefused as refused:
            return _identify_page(invited_by(services, link), refused.code if refused.tries_left else "code-gone")
        except Refusal as refused:
            if refused.code not in _CODES_GONE:
                raise
            if has_session(services, invited.shown.recipient):  # the same form may have been sent twice
                return redirect(f"/c/{invited.shown.recipient}", 303)
            return _identify_page(invited_by(services, link), "code-gone")
        response = redirect(f"/c/{invited.shown.recipient}", 303)
        cookies.begin_session(response, invited.shown.recipient, token, link)
        cookies.keep_browser(response, mark)
        cookies.keep_language(response, words().language, invited.shown.recipient)
        return response


def _identify_page(invited: Invited, said: str | None = None) -> Response:
    g.invited, message = invited, None
    if said is not None:
        message = words().say(_SAID[said], left=invited.tries_left)
    return page(
        "identify.html",
        200 if said is None else 422,
        invited=invited,
        said=message,
        wrong=said,
        again_at=invited.now + timedelta(seconds=invited.again_in),
        code=request.form.get("code", "")[:12] if said in _CODE_STANDS else "",
        name=request.form.get("name", "")[:NAME_AT_MOST],
        tail=request.form.get("tail", "")[:16],
    )


def _require_here(invited: Invited) -> None:
    if invited.hindrance == "handed-over":
        raise LinkRefused("handed-over", "the recipient signs on a tablet", "go on there, or have it taken back")


def _require_open(invited: Invited) -> None:
    _require_here(invited)
    if (code := invited.hindrance) is not None:
        raise refusal(code)


def _answer(browser: str) -> Answer:
    told = {name: request.form.get(name, "")[:64] for name in ("screen", "time_zone")}
    told |= {
        "user_agent": request.headers.get("User-Agent", "")[:300],
        "address": request.remote_addr or "",
        "language": request.headers.get("Accept-Language", "")[:64],
    }
    return Answer(
        code=_SPACES.sub("", request.form.get("code", "").translate(_FULL_WIDTH)),
        name=request.form.get("name", "").strip()[:NAME_AT_MOST],
        id_last_four=_SPACES.sub("", request.form.get("tail", "").translate(_FULL_WIDTH))[:16] or None,
        handover=cookies.handover(),
        device={name: fact for name, fact in told.items() if fact},
        browser=browser,
    )


def _lacking(invited: Invited, answer: Answer) -> str | None:
    """Return what is not filled in: that costs no try."""
    if not _CODE.fullmatch(answer.code):
        return "code-form"
    if not answer.name:
        return "name-missing"
    if invited.shown.asks_id_number and not answer.id_last_four:
        return "id-missing"
    return None
