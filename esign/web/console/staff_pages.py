"""The staff: who is there, invited, moved, suspended and restored by administrators. Roles take two (`member_acts`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from esign.infra.ids import is_id
from esign.staff.directory import MemberFacts
from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import PLAIN, Role
from esign.staff.errors import StaffRefused
from esign.staff.people import StaffPerson, login_name
from esign.web.console.access import Console, only
from esign.web.console.callers import caller
from esign.web.console.console_services import ConsoleServices
from esign.web.console.labels import REINSTATE_REASONS, ROLE_HINTS, ROLES, STATES, SUSPEND_REASONS
from esign.web.console.member_views import changed, invited_page, member_page, place_names, refused_page
from esign.web.console.refusals import said_of, status_of
from esign.web.rendering import page

READERS: Final = frozenset(Role) - {Role.SALES}
"""Who sees the staff of their own institution and those below it."""
LISTED: Final = 50
TYPED_AT_MOST: Final = 120
_ADMIN: Final = only(Role.ADMIN)


def declare_staff_pages(console: Console, services: ConsoleServices) -> None:
    """Declare the pages of the staff."""
    accounts, directory, institutions = services.room.accounts, services.room.directory, services.room.institutions

    @console.page("/staff", to=only(*READERS))
    def staff() -> Response:
        after = request.args.get("after", "")
        listed = directory.visible(caller(), after=after if is_id("usr", after) else "", at_most=LISTED + 1)
        more = listed[LISTED - 1].id if len(listed) > LISTED else None
        return _list_page(listed[:LISTED], more=more, first=not after)

    @console.form("/staff/find", to=only(*READERS))
    def find_staff() -> Response:
        """A form, so that no name or phone stands in an address, which proxies and histories keep."""
        typed = request.form.get("q", "").strip()[:TYPED_AT_MOST]
        if not typed:
            return staff()
        return _list_page(directory.find(caller(), typed, at_most=LISTED), typed=typed)

    def _list_page(
        members: Sequence[MemberFacts], *, more: str | None = None, first: bool = False, typed: str = ""
    ) -> Response:
        return page(
            "console_staff.html",
            members=members,
            more=more,
            first=first,
            typed=typed,
            places=place_names(services),
            roles=ROLES,
            states=STATES,
            now=services.clock(),
            may_change=Role.ADMIN in caller().roles,
        )

    @console.page("/staff/invite", to=_ADMIN)
    def invitation_form() -> Response:
        return _invite_page()

    @console.form("/staff/invite", to=_ADMIN)
    def invite() -> Response:
        institution = request.form.get("institution", "")[:80]
        roles = [role for role in PLAIN if role.value in request.form.getlist("role")]
        try:
            invited = accounts.invite(caller(), _person(), institution, roles, now=services.clock())
        except StaffRefused as refused:
            if refused.code == "session-over":
                raise
            return _invite_page(refused)
        return invited_page(services, invited)

    @console.page("/staff/<member>", to=only(*READERS))
    def one_member(member: str) -> Response:
        return member_page(services, member)

    @console.form("/staff/<member>/transfer", to=_ADMIN)
    def transfer(member: str) -> AnyResponse:
        who, there, now = caller(), request.form.get("institution", "")[:80], services.clock()
        return changed(services, member, lambda: accounts.transfer(who, member, there, now=now), "moved")

    @console.form("/staff/<member>/suspend", to=_ADMIN)
    def suspend(member: str) -> AnyResponse:
        who, reason, now = caller(), reason_chosen(SUSPEND_REASONS), services.clock()
        return changed(services, member, lambda: accounts.suspend(who, member, reason=reason, now=now), "suspended")

    @console.form("/staff/<member>/reinstate", to=_ADMIN)
    def reinstate(member: str) -> AnyResponse:
        who, reason, now = caller(), reason_chosen(REINSTATE_REASONS), services.clock()
        return changed(services, member, lambda: accounts.reinstate(who, member, reason=reason, now=now), "reinstated")

    @console.form("/staff/<member>/reinvite", to=_ADMIN)
    def reinvite(member: str) -> Response:
        try:
            return invited_page(services, accounts.reinvite(caller(), member, now=services.clock()))
        except StaffRefused as refused:
            return refused_page(services, member, refused)

    def _invite_page(refused: StaffRefused | None = None) -> Response:
        return page(
            "console_invite.html",
            200 if refused is None else status_of(refused),
            said=None if refused is None else said_of(refused),
            wrong=None if refused is None else refused.code,
            places=[one for one in institutions.visible(caller()) if not one.closed],
            plain=[role for role in Role if role in PLAIN],
            roles=ROLES,
            role_hints=ROLE_HINTS,
            typed=request.form,
            chosen=request.form.getlist("role"),
        )


def reason_chosen(reasons: Mapping[str, str]) -> str:
    """Return the code of the reason that was chosen; one that is not offered is another reason."""
    told = request.form.get("reason", "")
    return told if told in reasons else "other"


def _person() -> StaffPerson:
    """Return the person of the form. Raises `StaffRefused` (`login-name-malformed`, `person-malformed`)."""
    login = login_name(request.form.get("login", ""))
    if login is None:
        raise refusal("login-name-malformed")
    name, phone = (request.form.get(field, "").strip()[:200] for field in ("name", "phone"))
    return StaffPerson(name, phone.replace(" ", "").replace("-", ""), login)
