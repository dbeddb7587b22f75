"""How a member of the staff is shown to those who may see them, and an invitation in its one moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Response, g, request
from werkzeug.wrappers import Response as AnyResponse

from esign.infra.ids import is_id
from esign.staff.accounts import Invited
from esign.staff.actors import Operator
from esign.staff.domain.member import MemberState
from esign.staff.domain.roles import NEEDS_TOTP, PLAIN, Role
from esign.staff.errors import StaffRefused
from esign.web.console.access import PREFIX
from esign.web.console.callers import caller
from esign.web.console.console_services import ConsoleServices
from esign.web.console.labels import REINSTATE_REASONS, ROLE_HINTS, ROLES, STATES, SUSPEND_REASONS
from esign.web.console.notices import done
from esign.web.console.refusals import said_of, status_of
from esign.web.rendering import page

STAFF = f"{PREFIX}/staff"
_NOT_HERE = frozenset({"session-over", "no-member"})
"""Refusals after which there is no page of the member to say it on."""


def member_page(services: ConsoleServices, member: str, refused: StaffRefused | None = None) -> Response:
    """Return the page of a member: the facts, and what the caller may do. Raises `StaffRefused` (`no-member`)."""
    who, now = caller(), services.clock()
    facts = services.room.directory.get(who, member)
    return page(
        "console_member.html",
        200 if refused is None else status_of(refused),
        facts=facts,
        member=facts.member,
        place=place_names(services).get(facts.member.institution, ""),
        places=services.room.institutions.visible(who),
        said=None if refused is None else said_of(refused),
        is_locked=facts.member.is_locked(now),
        is_own=member == who.member,
        may_change=Role.ADMIN in who.roles and facts.member.state is not MemberState.FORGOTTEN,
        beyond_plain=not set(facts.member.roles) <= PLAIN,
        words_typed=request.form.get("words", "")[:1000],
        roles=ROLES,
        role_hints=ROLE_HINTS,
        needs_totp=NEEDS_TOTP,
        states=STATES,
        suspend_reasons=SUSPEND_REASONS,
        reinstate_reasons=REINSTATE_REASONS,
    )


def place_names(services: ConsoleServices) -> Mapping[str, str]:
    """Return the names of the institutions that the caller sees, by their ids."""
    return {one.id: one.name for one in services.room.institutions.visible(caller())}


def name_of(services: ConsoleServices, member: str | None) -> str:
    """Return the name of a colleague, whom everybody may know of who reads what they did; the id where there is none.

    Raises nothing for an id that is no member's: what was written long ago is shown as it is.
    """
    if member is None or not is_id("usr", member):
        return member or ""
    names: dict[str, str] = g.setdefault("names", {})
    if member not in names:
        try:
            names[member] = services.room.directory.get(Operator(), member).name
        except StaffRefused:
            names[member] = member
    return names[member]


def changed(
    services: ConsoleServices, member: str, change: Callable[[], object], code: str, there: str | None = None
) -> AnyResponse:
    """Do it, and lead to the page that says so; a refusal is told on the member's own page."""
    try:
        change()
    except StaffRefused as refused:
        return refused_page(services, member, refused)
    return done(there or f"{STAFF}/{member}", code)


def refused_page(services: ConsoleServices, member: str, refused: StaffRefused) -> Response:
    """Return the member's page with a refusal on it. Raises it again where they have no page for the caller."""
    if refused.code in _NOT_HERE:
        raise refused
    return member_page(services, member, refused)


def invited_page(services: ConsoleServices, invited: Invited) -> Response:
    """Return the page that tells an invitation, this once: the token stands behind the # that no server sees."""
    facts = services.room.directory.get(caller(), invited.member)
    link = f"{services.public_url}{PREFIX}/invitation#{invited.token.reveal()}"
    return page("console_invited.html", facts=facts, link=link, ends_at=invited.ends_at)
