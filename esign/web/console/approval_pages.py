"""Approvals: what waits for the caller, what they asked for, what was decided; and one of them, with yes and no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Response, g, request
from werkzeug.wrappers import Response as AnyResponse

from esign.infra.ids import is_id
from esign.staff.actors import Caller
from esign.staff.approval_lists import OVERSEERS, ListedApproval, Which
from esign.staff.approvals import ApprovalFacts
from esign.staff.domain.approvals import ApprovalState
from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import DECIDERS
from esign.staff.errors import StaffRefused
from esign.web.console.access import MEMBERS, PREFIX, Console
from esign.web.console.approval_acts import Act, Areas, Subject, subjects_of
from esign.web.console.callers import caller
from esign.web.console.console_services import ConsoleServices
from esign.web.console.labels import APPROVAL_STATES, KINDS, REFUSE_REASONS
from esign.web.console.machine_acts import MACHINE_ACTS, MachineAct
from esign.web.console.member_views import name_of
from esign.web.console.notices import done
from esign.web.console.refusals import said_of, status_of
from esign.web.console.staff_pages import reason_chosen
from esign.web.rendering import page, words
from esign.web.words import N_

APPROVALS: Final = f"{PREFIX}/approvals"
LISTED: Final = 20
EXPIRED: Final = ("", N_("已过期"))
_WHY_NOT: Final[Mapping[str, str]] = {
    "own": N_("这是您自己提的申请。申请和审批必须是两个人，请等另一位同事审批。"),
    "about": N_("这项申请关系到您本人，必须由别人审批。"),
    "tied": N_("您和申请人，一个邀请过另一个。请等没有参与邀请的同事审批。"),
    "factor": N_("审批要用动态码登录。请先绑定身份验证器。"),
    "role": N_("这类申请由其他角色审批。"),
}


@dataclass(frozen=True)
class Row:
    """A request in a list: named, and no more."""

    listed: ListedApproval
    kind: str
    tag: tuple[str, str]
    subject: Subject
    asked_by: str
    decided_by: str


@dataclass(frozen=True)
class Listed:
    """A page of a list; `more` is after which request the next one begins, None where there is no more."""

    rows: Sequence[Row]
    more: str | None


@dataclass(frozen=True)
class Shown:
    """A request as a page shows it. `why_not` says why the caller does not decide it, None where they do."""

    facts: ApprovalFacts
    kind: str
    tag: tuple[str, str]
    subject: Subject
    asked_by: str
    decided_by: str
    is_mine: bool
    is_open: bool
    may_carry_out: bool
    why_not: str | None
    acts: tuple[Act, ...]
    at_machine: MachineAct | None


def declare_approval_pages(console: Console, services: ConsoleServices, areas: Areas) -> None:
    """Declare the pages of approvals, over the areas whose acts take two people."""
    approvals = services.room.approvals
    console.jinja_env.globals.update(approval_kinds=KINDS)
    console.waiting_counts["approval_list"] = lambda: waiting_for(services)

    @console.page("/approvals", to=MEMBERS)
    def approval_list() -> Response:
        chosen, before = request.args.get("list", ""), request.args.get("before", "")
        if chosen in set(Which) and is_id("apr", before):
            return page("console_approvals.html", lists={chosen: _listed(services, areas, Which(chosen), before)})
        return page("console_approvals.html", lists={one.value: _listed(services, areas, one) for one in Which})

    @console.page("/approvals/<approval>", to=MEMBERS)
    def one_approval(approval: str) -> Response:
        return _page(approval)

    @console.form("/approvals/<approval>/approve", to=MEMBERS)
    def approve(approval: str) -> AnyResponse:
        _found(approval)
        try:
            approvals.approve(caller(), approval, now=services.clock())
        except StaffRefused as refused:
            return _refused(approval, refused)
        return done(f"{APPROVALS}/{approval}", "approved")

    @console.form("/approvals/<approval>/refuse", to=MEMBERS)
    def refuse(approval: str) -> AnyResponse:
        _found(approval)
        try:
            approvals.refuse(caller(), approval, reason=reason_chosen(REFUSE_REASONS), now=services.clock())
        except StaffRefused as refused:
            return _refused(approval, refused)
        return done(f"{APPROVALS}/{approval}", "refused")

    @console.form("/approvals/<approval>/carry-out", to=MEMBERS)
    def carry_out(approval: str) -> AnyResponse:
        shown = _found(approval)
        act = {str(number): one for number, one in enumerate(shown.acts)}.get(request.form.get("act", "0"))
        if not shown.may_carry_out or act is None:
            raise refusal("approval-of-something-else" if shown.facts.approval.decided_by else "approval-open")
        try:
            return act.carry_out(caller(), shown.facts)
        except StaffRefused as refused:
            return _refused(approval, refused)

    def _found(approval: str) -> Shown:
        facts = approvals.get(caller(), approval)
        if not _concerns(caller(), facts):
            raise refusal("no-approval")
        return _shown(services, areas, facts, services.clock())

    def _refused(approval: str, refused: StaffRefused) -> Response:
        if refused.code in {"session-over", "no-approval"}:
            raise refused
        return _page(approval, refused)

    def _page(approval: str, refused: StaffRefused | None = None) -> Response:
        return page(
            "console_approval.html",
            200 if refused is None else status_of(refused),
            one=_found(approval),
            said=None if refused is None else said_of(refused),
            reasons=REFUSE_REASONS,
        )


def waiting_for(services: ConsoleServices) -> int:
    """Return how many requests wait for the caller to decide; a page asks more than once and counts once."""
    if "waiting_approvals" not in g:
        g.waiting_approvals = services.room.approval_lists.waiting(caller(), now=services.clock())
    count: int = g.waiting_approvals
    return count


def _listed(services: ConsoleServices, areas: Areas, which: Which, before: str | None = None) -> Listed:
    now = services.clock()
    found = services.room.approval_lists.page(caller(), which, now=now, before=before, at_most=LISTED + 1)
    shown = found[:LISTED]
    subjects = subjects_of(areas, (one.subject for one in shown))
    rows = [
        Row(
            one,
            KINDS[one.kind],
            _tag(one.state, one.expires_at, now),
            subjects[one.subject],
            name_of(services, one.requested_by),
            name_of(services, one.decided_by),
        )
        for one in shown
    ]
    return Listed(rows, shown[-1].id if len(found) > LISTED else None)


def _tag(state: ApprovalState, expires_at: datetime, now: datetime) -> tuple[str, str]:
    waits = state in (ApprovalState.REQUESTED, ApprovalState.APPROVED)
    return EXPIRED if waits and now >= expires_at else APPROVAL_STATES[state]


def _concerns(who: Caller, facts: ApprovalFacts) -> bool:
    decides = DECIDERS[facts.approval.kind].decide
    return facts.approval.requested_by == who.member or bool(who.roles & (OVERSEERS | decides))


def _why_not(who: Caller, facts: ApprovalFacts) -> str | None:
    """Return why the caller does not decide, in the order of the rules; the domain decides, this says so beforehand."""
    approval = facts.approval
    if who.member == approval.requested_by:
        return "own"
    if who.member == approval.subject:
        return "about"
    if facts.tied:
        return "tied"
    if not who.factor.is_second:
        return "factor"
    return None if who.roles & DECIDERS[approval.kind].decide else "role"


def _shown(services: ConsoleServices, areas: Areas, facts: ApprovalFacts, now: datetime) -> Shown:
    approval, who = facts.approval, caller()
    area = areas.get(approval.subject.partition("_")[0])
    is_valid = now < approval.expires_at
    why_not = _why_not(who, facts)
    is_mine = approval.requested_by == who.member
    acts = () if area is None else area.acts.get(approval.kind, ())
    return Shown(
        facts=facts,
        kind=KINDS[approval.kind],
        tag=_tag(approval.state, approval.expires_at, now),
        subject=subjects_of(areas, [approval.subject])[approval.subject],
        asked_by=name_of(services, approval.requested_by),
        decided_by=name_of(services, approval.decided_by),
        is_mine=is_mine,
        is_open=approval.state is ApprovalState.REQUESTED and is_valid,
        may_carry_out=is_mine and is_valid and approval.state is ApprovalState.APPROVED and bool(acts),
        why_not=None if why_not is None else words().say(_WHY_NOT[why_not]),
        acts=acts,
        at_machine=MACHINE_ACTS.get(approval.kind),
    )
