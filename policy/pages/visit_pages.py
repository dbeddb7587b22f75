"""Pages for compliance and operations: return visits that nobody answered, and what somebody has to look into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from esign.public.console import N_, Entry, Role, RoomConsole, caller, done, only, page, words
from esign.public.people import RecordErased
from policy.domain.values import VisitWay
from policy.errors import PolicyRefused
from policy.pages.saying import person_called, said_of, status_of, text_of
from policy.service.office import Office
from policy.visits.answering import Answering, VisitNow
from policy.visits.answers import REMARK_AT_MOST
from policy.visits.desk import WORDS_AT_MOST, Show, VisitDesk
from policy.visits.questionnaires import load_questionnaires, questionnaire

HERE: Final = "/console/policy/visits"
ROLES: Final = frozenset({Role.COMPLIANCE, Role.OPERATIONS})
ENTRIES: Final = (Entry(N_("回访"), "policy_visits", N_("还没有回答的回访，和客户提出的疑问"), ROLES),)
SENTENCES: Final = {
    "policy-visit-seen": N_("已记录怎样处理的。"),
    "policy-visit-phoned": N_("电话回访已记录。"),
}
SHOWS: Final[Mapping[Show, str]] = {
    Show.CONCERNS: N_("有疑问"),
    Show.NEAR: N_("快到期"),
    Show.LATE: N_("已过期"),
    Show.OPEN: N_("等客户回答"),
    Show.DONE: N_("已办结"),
}
NOTHING: Final[Mapping[Show, str]] = {
    Show.CONCERNS: N_("现在没有要处理的疑问。客户在回访中说到的，会出现在这里。"),
    Show.NEAR: N_("没有三天内到期还没有回答的回访。"),
    Show.LATE: N_("没有过了犹豫期还没有回答的回访。"),
    Show.OPEN: N_("现在没有等客户回答的回访。"),
    Show.DONE: N_("还没有办结的回访。"),
}
WAYS: Final[Mapping[VisitWay, str]] = {VisitWay.LINK: N_("客户自己回答"), VisitWay.PHONE: N_("电话回访")}


def declare(console: RoomConsole, office: Office) -> None:
    """Declare them."""
    desk, answering = VisitDesk(office), Answering(office)
    to = only(*ROLES)

    @console.page("/visits", to=to)
    def policy_visits() -> Response:
        who, asked = caller(), request.args.get("show", "")
        counts = desk.counts(who)
        show = Show(asked) if asked in set(Show) else _most_urgent(counts)
        return page(
            "policy_visits.html",
            lines=desk.lines(who, show),
            show=show,
            shows=SHOWS,
            counts=counts,
            ways=WAYS,
            nothing=NOTHING[show],
            text=text_of,
            concern=_concern,
        )

    console.count("policy_visits", lambda: desk.count(caller()))

    @console.page("/visits/<visit>", to=to)
    def policy_visit(visit: str) -> Response:
        return _shown(office, desk, visit)

    @console.form("/visits/<visit>/see-to", to=to)
    def policy_see_to_visit(visit: str) -> AnyResponse:
        try:
            desk.see_to(caller(), visit, request.form.get("words", ""))
        except PolicyRefused as refused:
            if status_of(refused) == 404:
                raise
            return _shown(office, desk, visit, said_of(refused), status_of(refused))
        return done(f"{HERE}/{visit}", "policy-visit-seen")

    @console.page("/visits/<visit>/phone", to=to)
    def policy_phone_visit(visit: str) -> Response:
        return _phone(desk, answering, visit)

    @console.form("/visits/<visit>/phone", to=to)
    def policy_record_phone_visit(visit: str) -> AnyResponse:
        who = caller()
        desk.one(who, visit)  # out of reach, it is as what is not there
        chosen = {name.removeprefix("q-"): value for name, value in request.form.items() if name.startswith("q-")}
        try:
            answering.by_phone(who, visit, chosen, request.form.get("remark", ""))
        except PolicyRefused as refused:
            if status_of(refused) == 404:
                raise
            return _phone(desk, answering, visit, said_of(refused), status_of(refused))
        return done(f"{HERE}/{visit}", "policy-visit-phoned")


def _most_urgent(counts: Mapping[Show, int]) -> Show:
    """Return the first list in which something waits."""
    return next((show for show in Show if counts.get(show)), Show.CONCERNS)


def _concern(code: str, version: str | None = None) -> str:
    """Return what a concern says; a code that is none of the version is shown as it is."""
    known = [questionnaire(version)] if version else reversed(load_questionnaires())
    found = next((text for one in known if (text := one.concern(code)) is not None), None)
    return code if found is None else text_of(found)


def _shown(office: Office, desk: VisitDesk, visit: str, said: str | None = None, status: int = 200) -> Response:
    one = desk.one(caller(), visit)
    return page(
        "policy_visit.html",
        status,
        one=one,
        said=said,
        typed=request.form,
        words_at_most=WORDS_AT_MOST,
        ways=WAYS,
        text=text_of,
        concern=lambda code: _concern(code, one.visit.questionnaire),
        salesperson=person_called(office, one.salesperson),
        answered_by=None if one.answered_by is None else person_called(office, one.answered_by),
        seen_by=None if one.seen_by is None else person_called(office, one.seen_by),
    )


def _phone(desk: VisitDesk, answering: Answering, visit: str, said: str | None = None, status: int = 200) -> Response:
    one = desk.one(caller(), visit)
    now = _readable(answering, visit)
    typed = {name.removeprefix("q-"): value for name, value in request.form.items() if name.startswith("q-")}
    return page(
        "policy_visit_phone.html",
        status,
        one=one,
        now=now,
        said=said,
        typed=typed,
        remark=request.form.get("remark", "")[: 2 * REMARK_AT_MOST],
        remark_at_most=REMARK_AT_MOST,
        text=text_of,
        is_closed=now is None or not now.can_be_answered or one.is_own,
        refused_why=words().say(N_("这是您自己销售的客户，请另一位同事打电话。")) if one.is_own else None,
    )


def _readable(answering: Answering, visit: str) -> VisitNow | None:
    try:
        return answering.now(visit)
    except RecordErased:
        return None
