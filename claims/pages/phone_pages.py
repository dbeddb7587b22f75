"""Phones of surveyors: which there are, and that one is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from claims.errors import ClaimRefused
from claims.handling.phones import Phones
from claims.pages import words as w
from claims.pages.list_pages import HERE
from claims.pages.sending import phone
from claims.service.office import Office
from esign.public.console import N_, Entry, Role, RoomConsole, caller, done, only, page

ENTRIES: Final[tuple[Entry, ...]] = ()
SENTENCES: Final[Mapping[str, str]] = {
    "claims-phone-lost": N_("已挂失。那部手机上的登录已结束，它提交的不再算数，没做完的查勘由别人去。"),
}
TO: Final = only(Role.SURVEYOR, Role.TEAM_LEAD, Role.CLAIMS_MANAGER)


def declare(console: RoomConsole, office: Office) -> None:
    """Declare it."""
    phones = Phones(office)

    def shown(said: str | None = None, status: int = 200) -> Response:
        return page("claims_phones.html", status, phones=phones.of(caller(), phone()), said=said)

    @console.page("/phones", to=TO)
    def claims_phones() -> Response:
        return shown()

    @console.form("/phones/lost", to=TO)
    def claims_phone_lost() -> AnyResponse:
        try:
            phones.report_lost(caller(), request.form.get("phone", ""))
        except ClaimRefused as refusal:
            return shown(w.said_of(refusal), w.status_of(refusal))
        return done(f"{HERE}/phones", "claims-phone-lost")
