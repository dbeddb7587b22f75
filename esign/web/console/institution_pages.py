"""The tree of institutions: opened, renamed, moved and closed by administrators of what is above."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import Role
from esign.staff.errors import StaffRefused
from esign.web.console.access import PREFIX, Console, only
from esign.web.console.callers import caller
from esign.web.console.console_services import ConsoleServices
from esign.web.console.notices import done
from esign.web.console.refusals import said_of, status_of
from esign.web.rendering import page

INSTITUTIONS: Final = f"{PREFIX}/institutions"
NAME_AT_MOST: Final = 400
_ADMIN: Final = only(Role.ADMIN)


def declare_institution_pages(console: Console, services: ConsoleServices) -> None:
    """Declare the tree and what is done to it."""
    tree = services.room.institutions

    @console.page("/institutions", to=_ADMIN)
    def institutions() -> Response:
        return page("console_institutions.html", tree=tree.visible(caller()))

    @console.page("/institutions/<institution>", to=_ADMIN)
    def one_institution(institution: str) -> Response:
        return _page(institution)

    @console.form("/institutions/<institution>/open", to=_ADMIN)
    def open_institution(institution: str) -> AnyResponse:
        who, name, now = caller(), _name(), services.clock()
        return _changed(institution, lambda: tree.open(who, name, institution, now=now), "institution-opened")

    @console.form("/institutions/<institution>/rename", to=_ADMIN)
    def rename_institution(institution: str) -> AnyResponse:
        who, name, now = caller(), _name(), services.clock()
        return _changed(institution, lambda: tree.rename(who, institution, name, now=now), "institution-renamed")

    @console.form("/institutions/<institution>/move", to=_ADMIN)
    def move_institution(institution: str) -> AnyResponse:
        who, parent, now = caller(), request.form.get("parent", "")[:80], services.clock()
        return _changed(institution, lambda: tree.move(who, institution, parent, now=now), "institution-moved")

    @console.form("/institutions/<institution>/close", to=_ADMIN)
    def close_institution(institution: str) -> AnyResponse:
        who, now = caller(), services.clock()
        return _changed(institution, lambda: tree.close(who, institution, now=now), "institution-closed")

    def _changed(institution: str, change: Callable[[], object], code: str) -> AnyResponse:
        try:
            change()
        except StaffRefused as refused:
            if refused.code == "session-over":
                raise
            return _page(institution, refused)
        return done(INSTITUTIONS, code)

    def _page(institution: str, refused: StaffRefused | None = None) -> Response:
        seen = tree.visible(caller())
        found = next((one for one in seen if one.id == institution), None)
        if found is None:
            raise refusal("no-institution")
        return page(
            "console_institution.html",
            200 if refused is None else status_of(refused),
            one=found,
            tree=seen,
            above=next((one for one in seen if one.id == found.parent), None),
            said=None if refused is None else said_of(refused),
            typed=request.form.get("name", "")[:NAME_AT_MOST],
            asked=request.endpoint,
        )


def _name() -> str:
    return request.form.get("name", "")[:NAME_AT_MOST]
