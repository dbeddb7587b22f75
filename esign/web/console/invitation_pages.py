"""Taking up an invitation: the token that an administrator handed over sets a password, once.

The token comes in the fragment of a link, which no server and no log sees; a module puts it in the field. It can be
typed or pasted there as well.
"""

from __future__ import annotations

from flask import redirect, request
from werkzeug.wrappers import Response

from esign.infra.secret import Secret
from esign.staff.domain.refusal import refusal
from esign.staff.errors import StaffRefused
from esign.web.console.access import DOOR, PREFIX, Console
from esign.web.console.console_services import ConsoleServices
from esign.web.console.passwords_typed import PASSWORD_AT_MOST, typed_twice
from esign.web.console.refusals import said_of, status_of
from esign.web.rendering import page, words

TOKEN_AT_MOST = 200


def declare_invitation_pages(console: Console, services: ConsoleServices) -> None:
    """Declare the page for those who were invited."""

    @console.page("/invitation", to=DOOR)
    def invitation() -> Response:
        return _page()

    @console.form("/invitation", to=DOOR)
    def take_up() -> Response:
        token = "".join(request.form.get("invitation", "")[:TOKEN_AT_MOST].split()).rpartition("#")[2]
        address = request.remote_addr or ""
        password, differ = typed_twice()
        if differ is not None:
            return _page(words().say(differ), 422, token)
        try:
            if not services.invitations.lets_pass(address):
                raise refusal("too-many-tries")
            services.door.own_account.accept_invitation(Secret(token), password, now=services.clock())
        except StaffRefused as refused:
            if refused.code not in {"too-many-tries", "invitation-refused"}:
                services.invitations.give_back(address)  # the invitation was right
            return _page(said_of(refused), status_of(refused), token, refused.code)
        services.invitations.give_back(address)
        return redirect(f"{PREFIX}/login?note=set", 303)


def _page(said: str | None = None, status: int = 200, token: str = "", code: str | None = None) -> Response:
    return page("console_invitation.html", status, said=said, token=token, wrong=code, at_most=PASSWORD_AT_MOST)
