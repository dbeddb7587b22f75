"""One's own account: password, authenticator, recovery codes, and where one is logged in."""

from __future__ import annotations

from flask import Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from esign.infra.secret import Secret
from esign.staff.errors import StaffRefused
from esign.web.console import staff_cookies
from esign.web.console.access import MEMBERS, PREFIX, Console
from esign.web.console.callers import caller, me
from esign.web.console.console_services import ConsoleServices
from esign.web.console.labels import FACTORS, ROLE_HINTS, ROLES
from esign.web.console.notices import done
from esign.web.console.passwords_typed import PASSWORD_AT_MOST, typed_twice
from esign.web.console.refusals import said_of, status_of
from esign.web.qr_code import qr_code
from esign.web.rendering import page, words

ACCOUNT = f"{PREFIX}/account"


def declare_account_pages(console: Console, services: ConsoleServices) -> None:
    """Declare what members do with their own accounts."""
    own, sessions = services.door.own_account, services.room.sessions

    @console.page("/account", to=MEMBERS)
    def account() -> Response:
        listed = sessions.own(caller(), at=services.clock())
        return page("console_account.html", sessions=listed, roles=ROLES, role_hints=ROLE_HINTS, factors=FACTORS)

    @console.form("/account/sessions", to=MEMBERS)
    def end_sessions() -> AnyResponse:
        who, chosen = caller(), request.form.get("session", "")
        others = [one.id for one in sessions.own(who, at=services.clock()) if not one.is_own]
        for one in others:
            if chosen in {one, "others"}:
                sessions.end_own(who, one)
        return done(ACCOUNT, "sessions-ended" if chosen == "others" else "session-ended")

    @console.page("/account/password", to=MEMBERS)
    def password() -> Response:
        return _password_page()

    @console.form("/account/password", to=MEMBERS)
    def change_password() -> AnyResponse:
        new, differ = typed_twice()
        if differ is not None:
            return _password_page(words().say(differ), 422)
        old = Secret(request.form.get("old", "")[:PASSWORD_AT_MOST])
        try:
            own.change_password(caller(), old, new, now=services.clock())
        except StaffRefused as refused:
            if refused.code == "session-over":
                raise
            return _password_page(said_of(refused), status_of(refused), refused.code)
        response = redirect(f"{PREFIX}/login?note=elsewhere", 303)
        staff_cookies.forget_token(response)
        return response

    @console.page("/account/authenticator", to=MEMBERS)
    def authenticator() -> Response:
        return page("console_authenticator.html", bound=me(services).member.has_totp)

    @console.form("/account/authenticator/begin", to=MEMBERS)
    def begin_binding() -> Response:
        begun = own.begin_totp(caller(), now=services.clock())
        secret = begun.secret.reveal()
        spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        return page("console_binding.html", picture=qr_code(begun.uri.reveal()), secret=spaced, said=None)

    @console.form("/account/authenticator", to=MEMBERS)
    def bind() -> AnyResponse:
        code = "".join(request.form.get("code", "").split())[:16]
        try:
            bound = own.confirm_totp(caller(), code, now=services.clock())
        except StaffRefused as refused:
            if refused.code != "code-wrong":
                raise
            said = said_of(refused)
            return page("console_binding.html", status_of(refused), picture=None, secret=None, said=said)
        staff_cookies.renew_token(bound.token.reveal())  # whoever has the old one rises to nothing
        answer = _codes_page(bound.codes, is_first=True)
        staff_cookies.keep_token(answer, bound.token.reveal())
        return answer

    @console.form("/account/recovery-codes", to=MEMBERS)
    def renew_recovery_codes() -> Response:
        return _codes_page(own.renew_recovery_codes(caller(), now=services.clock()), is_first=False)

    def _codes_page(codes: tuple[Secret, ...], *, is_first: bool) -> Response:
        # The session may have more roles from now on.
        g.caller = sessions.caller(Secret(staff_cookies.token() or ""), at=services.clock())
        g.pop("me", None)
        return page("console_recovery_codes.html", codes=[one.reveal() for one in codes], is_first=is_first)


def _password_page(said: str | None = None, status: int = 200, code: str | None = None) -> Response:
    return page("console_password.html", status, said=said, wrong=code, at_most=PASSWORD_AT_MOST)
