"""Logging in and out: login name and password, then a code where an authenticator is bound."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlencode

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from esign.infra.secret import Secret
from esign.staff.entrance import Authenticated
from esign.staff.errors import StaffRefused
from esign.web import cookies
from esign.web.console import staff_cookies
from esign.web.console.access import DOOR, MEMBERS, PREFIX, Console
from esign.web.console.callers import caller, caller_or_nobody, door
from esign.web.console.code_step import FirstStep, open_first_step, seal_first_step
from esign.web.console.console_services import ConsoleServices
from esign.web.console.held_forms import open_held
from esign.web.console.passwords_typed import PASSWORD_AT_MOST
from esign.web.console.refusals import said_of, status_of
from esign.web.look import is_own_page
from esign.web.rendering import page, words
from esign.web.words import N_

LOGIN_AT_MOST: Final = 128
TOLD_FIRST: Final = 3
"""So many wrong codes are nobody's slip of a finger."""
_SPACES: Final = re.compile(r"\s+")
_FULL_WIDTH: Final = str.maketrans("0123456789", "0123456789")
_SAID: Final = {
    "over": N_("登录已失效：超过三十分钟没有操作，或者账户有变动。请重新登录。"),
    "out": N_("您已退出登录。"),
    "elsewhere": N_("密码已修改，所有设备上的登录都已结束。请用新密码登录。"),
    "set": N_("密码已设置。请用登录名和新密码登录。"),
    "guessed": N_("PIN 输错了五次，为了安全已退出。请重新登录；签署人完成的步骤都已保存。"),
    "again": N_("时间过长，请从登录名和密码重新开始。"),
}


def declare_login_pages(console: Console, services: ConsoleServices) -> None:
    """Declare the login and its end."""
    entrance, sessions = services.door.entrance, services.room.sessions
    keys = services.service.ports.keys

    @console.page("/login", to=DOOR)
    def login() -> AnyResponse:
        if caller_or_nobody() is not None:
            return redirect(_next(request.args.get("next", "")), 303)
        return login_page(note=request.args.get("note"), onward=request.args.get("next", ""))

    @console.form("/login", to=DOOR)
    def log_in() -> AnyResponse:
        first = FirstStep(
            request.form.get("login", "")[:LOGIN_AT_MOST], Secret(request.form.get("password", "")[:PASSWORD_AT_MOST])
        )
        try:
            return _enter(_authenticated(first))
        except StaffRefused as refused:
            if refused.code == "code-needed":
                return _code_page(seal_first_step(keys, first, door(), now=services.clock()))
            return login_page(refused=refused, onward=_told_next(), held=_held())

    @console.form("/login/code", to=DOOR)
    def give_code() -> AnyResponse:
        ticket = request.form.get("ticket", "")
        first = open_first_step(keys, ticket, door(), now=services.clock())
        if first is None:
            return login_page(note="again", onward=_told_next(), held=_held())
        code = _SPACES.sub("", request.form.get("code", "").translate(_FULL_WIDTH))[:16]
        recovery = request.form.get("recovery", "").strip()[:64]
        try:
            return _enter(_authenticated(first, code=code or None, recovery=recovery or None))
        except StaffRefused as refused:
            return _code_page(ticket, refused)

    @console.form("/logout", to=MEMBERS)
    def log_out() -> AnyResponse:
        who = caller()
        sessions.end_own(who, who.session)
        response = redirect(f"{PREFIX}/login?note=out", 303)
        staff_cookies.forget_token(response)
        return response

    def _authenticated(first: FirstStep, code: str | None = None, recovery: str | None = None) -> Authenticated:
        return entrance.authenticate(
            first.login,
            first.password,
            address=request.remote_addr or "",
            now=services.clock(),
            totp=code,
            recovery=recovery,
            marks=staff_cookies.known_marks(),
        )

    def _enter(opened: Authenticated) -> AnyResponse:
        """Begin the session in this browser; one that it had before ends."""
        before = caller_or_nobody()
        if before is not None:
            sessions.end_own(before, before.session)
        held, onward = open_held(keys, _held(), now=services.clock()), _next(_told_next())
        response: AnyResponse
        if held is not None and held.member == opened.caller.member and not opened.enrolment_due:
            about = f"staff session {opened.token.reveal()}"
            places = {one.id: one.name for one in services.room.institutions.visible(opened.caller)}
            response = page(
                "console_resume.html",
                held=held,
                fields=held.shown(places),
                token=services.forms.token(about),
                onward=onward,
            )
        else:
            # Many wrong codes are told on the first page, whatever was asked for: somebody has the password.
            onward = PREFIX if opened.wrong_codes >= TOLD_FIRST else onward
            onward = f"{PREFIX}/account/authenticator" if opened.enrolment_due else onward
            response = redirect(onward, 303)
        staff_cookies.keep_token(response, opened.token.reveal())
        staff_cookies.keep_marks(response, opened.marks)
        _note_place(opened.caller.member, response)
        return response

    def _note_place(member: str, response: AnyResponse) -> None:
        """Remember where somebody of the staff logged in: no customer signs there by themselves."""
        traces, mark = services.service.signals.traces, cookies.browser_mark()
        with services.service.ports.database.transaction() as session:
            place = traces.place(mark, request.remote_addr)
            traces.note_staff(session, member, place, at=services.clock())
        cookies.keep_browser(response, mark)


def login_page(
    *,
    note: str | None = None,
    refused: StaffRefused | None = None,
    onward: str = "",
    held: str = "",
    status: int = 200,
) -> Response:
    """Return the page that asks for login name and password. `held` is a form that was held, sealed."""
    return page(
        "console_login.html",
        status if refused is None else status_of(refused),
        note=words().say(_SAID[note]) if note in _SAID else None,
        note_kind="pass" if note in {"out", "set"} else "wait",
        said=None if refused is None else said_of(refused),
        login=request.form.get("login", "")[:LOGIN_AT_MOST] if request.path == f"{PREFIX}/login" else "",
        onward=onward if is_own_page(onward) else "",
        held=held,
        arrived_by_link=request.headers.get("Sec-Fetch-Site") == "cross-site",
    )


def to_login(note: str | None = None) -> AnyResponse:
    """Lead to the login and, afterwards, to what was asked for."""
    told = {"next": request.path} if is_own_page(request.path) and request.path != PREFIX else {}
    told |= {"note": note} if note else {}
    return redirect(f"{PREFIX}/login{'?' if told else ''}{urlencode(told, safe='/')}", 303)


def _code_page(ticket: str, refused: StaffRefused | None = None) -> Response:
    return page(
        "console_code.html",
        200 if refused is None else status_of(refused),
        ticket=ticket,
        said=None if refused is None else said_of(refused),
        onward=_told_next(),
        held=_held(),
        with_recovery=bool(request.form.get("recovery")),
    )


def _held() -> str:
    """Return a form that was held, as it came: sealed, and so for us alone to read."""
    return request.form.get("held", "")


def _told_next() -> str:
    onward = request.form.get("next", "")
    return onward if is_own_page(onward) else ""


def _next(onward: str) -> str:
    """Return the page of the console to go to: the one that was asked for, if it is one."""
    is_console = onward == PREFIX or onward.startswith(f"{PREFIX}/")
    at_door = onward.startswith((f"{PREFIX}/login", f"{PREFIX}/invitation"))
    return onward if is_own_page(onward) and is_console and not at_door else PREFIX
