"""The hotline's pages: find the policy, take the report, see what is proposed and do it; and the calls that wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from flask import Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from claims.board.reach import require_in_reach
from claims.domain.values import INSURERS_ZONE, SurveyWay
from claims.errors import ClaimRefused
from claims.hotline.calling import AGENTS, Call, Calling
from claims.hotline.guiding import Guiding
from claims.hotline.injuries import WORDS_AT_MOST, Injuries, can_finish
from claims.hotline.proposing import propose
from claims.hotline.searching import FOUND_AT_MOST, Searching
from claims.hotline.taking import ReportWrong, Taking, yuan_typed
from claims.pages.board_pages import VOCABULARY
from claims.pages.board_words import said_of, status_of
from claims.pages.hotline_words import PROPOSED, REASONS_CALLED, WRONG, left_called
from claims.pages.sending import led_on, refused_json, wants_json
from claims.pages.sides import sides_of
from claims.pages.words import CAUSES
from claims.rules_in_force import limits_of
from claims.service.office import Office
from esign.public.console import N_, Entry, RoomConsole, caller, done, member_name, only, page, words
from esign.public.events import read_stream
from esign.public.people import RecordErased

HERE: Final = "/console/claims/hotline"
TO: Final = only(*AGENTS)
ENTRIES: Final = (Entry(N_("报案热线"), "claims_hotline", N_("接报案、发链接、两分钟内回电"), AGENTS),)
SENTENCES: Final[Mapping[str, str]] = {
    "claims-hotline-reported": N_("已报案。下面是建议的查勘方式。"),
    "claims-hotline-taken": N_("这个案件由您办理。"),
    "claims-hotline-link": N_("链接已发到保单登记的手机。"),
    "claims-hotline-survey": N_("查勘方式已改。"),
    "claims-hotline-ask": N_("已约回电，两分钟之内要有人打过去。"),
    "claims-hotline-call": N_("这个电话由您来打。打完请记下有没有接通。"),
    "claims-hotline-reached": N_("已记下：接通了。"),
    "claims-hotline-missed": N_("已记下：没有接通，回电的时限还在走。"),
    "claims-hotline-injury": N_("伤情已定，等组长核损；核损之后就可以报价付款。"),
    "claims-hotline-finish": N_("赔款已算好，马上发到客户手机；客户确认并填账户后付款。"),
}


def declare(console: RoomConsole, office: Office) -> None:
    """Declare them."""
    searching, calling, guiding = Searching(office.house), Calling(office), Guiding(office)
    taking, injuries = Taking(office, searching), Injuries(office)

    @console.page("/hotline", to=TO)
    def claims_hotline() -> Response:
        typed = request.args.get("q", "").strip()[:64]
        found = searching.find(caller(), typed) if typed else ()
        calls = calling.calls(caller())
        return page(
            "claims_hotline.html",
            typed=typed,
            found=found[:FOUND_AT_MOST],
            more=len(found) > FOUND_AT_MOST,
            calls=calls,
            version=calls_version(calls),
            now=office.house.clock(),
            **WORDS,
        )

    @console.page("/hotline/now", to=replace(TO, by_itself=True))
    def claims_hotline_now() -> Response:
        calls = calling.calls(caller())
        if calls_version(calls) == request.args.get("seen"):
            return Response(status=204)
        return page("claims_hotline_now.html", calls=calls, version=calls_version(calls), **WORDS)

    console.count("claims_hotline", lambda: calling.count(caller()))

    @console.page("/hotline/policies/<number>", to=TO)
    def claims_hotline_policy(number: str) -> Response:
        return _policy(office, searching, taking, number, {})

    @console.form("/hotline/policies/<number>", to=TO)
    def claims_hotline_report(number: str) -> AnyResponse:
        try:
            claim = taking.report(caller(), number, request.form)
        except ReportWrong as wrong:
            said = [words().say(WRONG[one]) for one in sorted(wrong.fields)]
            if wants_json():
                answer = jsonify({"tone": "no", "said": " ".join(said)})
                answer.status_code = 422
                return answer
            return _policy(office, searching, taking, number, request.form, said, 422)
        except ClaimRefused as refused:
            if status_of(refused) == 404:
                raise
            if wants_json():
                return refused_json(refused)
            return _policy(office, searching, taking, number, request.form, [said_of(refused)], status_of(refused))
        return led_on(f"{HERE}/{claim}", "claims-hotline-reported")

    @console.page("/hotline/<claim>", to=TO)
    def claims_hotline_claim(claim: str) -> Response:
        return _claim(office, calling, claim, "claims_hotline_claim.html")

    @console.page("/hotline/<claim>/now", to=replace(TO, by_itself=True))
    def claims_hotline_claim_now(claim: str) -> Response:
        told = _claim(office, calling, claim, "claims_hotline_claim_now.html")
        seen = f'data-version="{request.args.get("seen", "")[:20]}"'
        return Response(status=204) if seen.encode() in told.data else told

    @console.form("/hotline/<claim>/<act>", to=TO)
    def claims_hotline_act(claim: str, act: str) -> AnyResponse:
        todo = _acts(guiding, calling, injuries, claim).get(act)
        if todo is None:
            return redirect(f"{HERE}/{claim}", 303)
        try:
            code = todo()
        except ClaimRefused as refused:
            if status_of(refused) == 404:
                raise
            return _claim(office, calling, claim, "claims_hotline_claim.html", said_of(refused), status_of(refused))
        return done(f"{HERE}/{claim}", code)


def _acts(guiding: Guiding, calling: Calling, injuries: Injuries, claim: str) -> Mapping[str, Callable[[], str]]:
    """Return what each form does, and the code of what is said then."""
    who, form = caller(), request.form

    def survey(way: SurveyWay) -> str:
        guiding.change_survey(who, claim, way)
        return "claims-hotline-survey"

    def called() -> str:
        reached = form.get("reached") == "yes"
        calling.called(who, claim, reached=reached)
        return "claims-hotline-reached" if reached else "claims-hotline-missed"

    def injury() -> str:
        fen, fault = yuan_typed(form.get("injury", "")), form.get("fault", "")
        share = int(fault) if fault in {"0", "30", "50", "70", "100"} else 100
        injuries.settle(who, claim, fen=fen or 0, fault=share, words=form.get("words", ""))
        return "claims-hotline-injury"

    def finish() -> str:
        injuries.finish(who, claim, form.get("whose", ""))
        return "claims-hotline-finish"

    def done_with(act: Callable[..., None], code: str) -> Callable[[], str]:
        def do() -> str:
            act(who, claim)
            return code

        return do

    return {
        "take": done_with(guiding.take, "claims-hotline-taken"),
        "link": done_with(guiding.send_link, "claims-hotline-link"),
        "self-service": lambda: survey(SurveyWay.SELF_SERVICE),
        "surveyor": lambda: survey(SurveyWay.SURVEYOR),
        "ask": done_with(calling.ask, "claims-hotline-ask"),
        "call": done_with(calling.take, "claims-hotline-call"),
        "called": called,
        "injury": injury,
        "finish": finish,
    }


def calls_version(calls: list[Call]) -> str:
    """Return what changes when other calls wait, or somebody takes one; time is counted down by the page."""
    return sha256(repr([(one.callback, one.by) for one in calls]).encode()).hexdigest()[:24]


def _policy(
    office: Office,
    searching: Searching,
    taking: Taking,
    number: str,
    typed: Mapping[str, str],
    said: list[str] | None = None,
    status: int = 200,
) -> Response:
    with office.house.database.reading() as session:
        shown, policy = searching.one(session, caller(), number)
        near = taking.near(session, number)
        now = office.house.clocks.now(session, shown.client)
    return page(
        "claims_hotline_policy.html",
        status,
        shown=shown,
        covers=policy.covers,
        near=near,
        typed=typed,
        token=typed.get("token") or taking.token(),
        latest=f"{now.astimezone(INSURERS_ZONE):%Y-%m-%dT%H:%M}",
        said=said or [],
        **WORDS,
    )


def _claim(
    office: Office, calling: Calling, claim: str, template: str, said: str | None = None, status: int = 200
) -> Response:
    who, house = caller(), office.house
    with house.database.reading() as session:
        row = require_in_reach(session, who, claim, AGENTS)
        state = office.get(session, claim)
        limits = limits_of(state)
        try:
            report = office.report_of(session, state)
        except RecordErased:
            report = None
        events = [office.claims.forms.event_of(one) for one in read_stream(session, claim)]
        values: dict[str, Any] = {
            "row": row,
            "state": state,
            "report": report,
            "proposal": None if report is None else propose(state, report, limits, events),
            "call": calling.open(session, who, state, claim),
            "handler": None if row.handler is None else member_name(session, house.records, row.handler),
            "is_mine": row.handler == who.member,
            "pictures": sum(one.type.name == "claim.picture-added" for one in events),
            "limits": limits,
            "can_finish": can_finish(state),
            "now": office.now(session, state),
            "links": sides_of(who, claim, state, "hotline"),
        }
    return page(template, status, said=said, typed=request.form, words_at_most=WORDS_AT_MOST, **values, **WORDS)


WORDS: Final[Mapping[str, Any]] = {
    **VOCABULARY,
    "causes": CAUSES,
    "reasons": REASONS_CALLED,
    "proposed": PROPOSED,
    "left": left_called,
}
"""What the pages say things with."""
