"""What takes two people about a member: roles, a login that is reset, a member who is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import request
from werkzeug.wrappers import Response

from esign.staff.actors import Caller
from esign.staff.approvals import ApprovalFacts
from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import ApprovalKind, Role, role_terms
from esign.staff.errors import StaffRefused
from esign.web.console.access import PREFIX, Console, only
from esign.web.console.approval_acts import Act, Area, Subject
from esign.web.console.callers import caller
from esign.web.console.console_services import ConsoleServices
from esign.web.console.labels import roles_in_words
from esign.web.console.member_views import STAFF, changed, invited_page, name_of, refused_page
from esign.web.console.notices import done
from esign.web.rendering import words
from esign.web.words import N_

_ADMIN: Final = only(Role.ADMIN)
REASON: Final = "asked-in-console"
"""The code of every request of these pages; why is told in the requester's own words."""


def declare_member_requests(console: Console, services: ConsoleServices) -> None:
    """Declare the forms that ask for a second person."""

    @console.form("/staff/<member>/roles", to=_ADMIN)
    def ask_roles(member: str) -> Response:
        chosen = set(request.form.getlist("role"))
        roles = [role for role in Role if role.value in chosen]
        return _ask(member, ApprovalKind.ROLES, role_terms(roles))

    @console.form("/staff/<member>/reset", to=_ADMIN)
    def ask_reset(member: str) -> Response:
        return _ask(member, ApprovalKind.TOTP_RESET)

    @console.form("/staff/<member>/forget", to=_ADMIN)
    def ask_forget(member: str) -> Response:
        return _ask(member, ApprovalKind.ERASURE)

    def _ask(member: str, kind: ApprovalKind, terms: str | None = None) -> Response:
        who, now = caller(), services.clock()
        place = services.room.directory.get(who, member).member.institution
        told = request.form.get("words", "").strip()
        asked: list[str] = []

        def ask() -> None:
            if terms == "":
                raise refusal("no-role")
            if member == who.member:
                raise refusal("own-account")
            asked.append(
                services.room.approvals.request(
                    who, kind, member, place, reason=REASON, terms=terms, words=told or None, now=now
                )
            )

        try:
            ask()
        except StaffRefused as refused:
            return refused_page(services, member, refused)
        return done(f"{PREFIX}/approvals/{asked[0]}", "asked")


def member_area(services: ConsoleServices) -> Area:
    """Return members as subjects of approvals, with what is done once one is given."""
    accounts = services.room.accounts

    def subjects(members: Sequence[str]) -> dict[str, Subject]:
        return {one: Subject(name_of(services, one), f"{STAFF}/{one}") for one in members}

    def would_change(facts: ApprovalFacts) -> Sequence[str]:
        name = name_of(services, facts.approval.subject)
        try:
            member = services.room.directory.get(caller(), facts.approval.subject).member
        except StaffRefused as refused:
            if refused.code != "no-member":
                raise
            return (words().say(N_("%(name)s 已调到您看不到的机构，这项申请办理不了，请不同意。"), name=name),)
        wanted = roles_in_words(Role(one) for one in (facts.approval.terms or "").split("-") if one in set(Role))
        say = words().say
        return (
            say(N_("%(name)s 现在的角色：%(roles)s。"), name=name, roles=roles_in_words(member.roles)),
            say(N_("变更后的角色：%(roles)s。"), roles=wanted),
            say(N_("%(name)s 需要重新登录。"), name=name),
        )

    def change_roles(who: Caller, facts: ApprovalFacts) -> Response:
        member, terms = facts.approval.subject, facts.approval.terms or ""
        roles = [Role(one) for one in terms.split("-") if one in set(Role)]

        def change() -> None:
            accounts.change_roles(who, member, roles, approval=facts.id, now=services.clock())

        return changed(services, member, change, "roles-changed")

    def would_unbind(facts: ApprovalFacts) -> Sequence[str]:
        name = name_of(services, facts.approval.subject)
        return (words().say(N_("解除 %(name)s 的身份验证器，恢复码作废；本人用密码登录后重新绑定。"), name=name),)

    def unbind(who: Caller, facts: ApprovalFacts) -> Response:
        member = facts.approval.subject

        def change() -> None:
            accounts.reset_totp(who, member, approval=facts.id, now=services.clock())

        return changed(services, member, change, "totp-reset")

    def would_invite(facts: ApprovalFacts) -> Sequence[str]:
        name = name_of(services, facts.approval.subject)
        return (words().say(N_("给 %(name)s 一份新邀请，重新设置密码；身份验证器不变。"), name=name),)

    def invite(who: Caller, facts: ApprovalFacts) -> Response:
        member = facts.approval.subject
        try:
            return invited_page(services, accounts.reinvite(who, member, approval=facts.id, now=services.clock()))
        except StaffRefused as refused:
            return refused_page(services, member, refused)

    def would_forget(facts: ApprovalFacts) -> Sequence[str]:
        name = name_of(services, facts.approval.subject)
        return (
            words().say(N_("永久删除 %(name)s 的姓名、电话、登录名和登录凭据，无法恢复。"), name=name),
            words().say(N_("记录中这位员工做过的事都会保留，只是不再有姓名。")),
        )

    def forget(who: Caller, facts: ApprovalFacts) -> Response:
        member = facts.approval.subject

        def change() -> None:
            accounts.forget(who, member, approval=facts.id, now=services.clock())

        return changed(services, member, change, "forgotten", STAFF)

    return Area(
        subjects,
        {
            ApprovalKind.ROLES: (Act(N_("变更角色"), would_change, change_roles),),
            ApprovalKind.TOTP_RESET: (
                Act(N_("解除身份验证器"), would_unbind, unbind),
                Act(N_("重新邀请"), would_invite, invite),
            ),
            ApprovalKind.ERASURE: (Act(N_("永久删除资料"), would_forget, forget, is_final=True),),
        },
    )
