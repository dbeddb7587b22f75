"""Dispatch at the pages: claims that wait for a surveyor, who could go and why; and a surveyor's own duty."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from claims.dispatch.duty import HOURS, DutyDesk, place_typed
from claims.dispatch.files import load_places
from claims.dispatch.proposing import Because, NotFree
from claims.dispatch.sending import DECLINES, Sending
from claims.domain.values import day_of
from claims.errors import ClaimRefused
from claims.hotline.calling import AGENTS
from claims.pages.board_pages import VOCABULARY
from claims.pages.board_words import said_of, status_of
from claims.pages.sending import led_on, refused_json, wants_json
from claims.pages.sides import sides_of
from claims.service.office import Office
from claims.sheets import in_force
from claims.tools.filing import new_form
from esign.public.console import N_, Entry, Role, RoomConsole, caller, only, page, words

HERE: Final = "/console/claims/dispatch"
MINE: Final = f"{HERE}/mine"
TO: Final = only(*AGENTS)
SURVEYORS: Final = only(Role.SURVEYOR)
ENTRIES: Final = (
    Entry(N_("派查勘"), "claims_dispatch", N_("等查勘员的案件，谁最近、谁有空"), AGENTS),
    Entry(N_("我的出勤"), "claims_duty", N_("上班、报位置，派给我的查勘"), SURVEYORS.roles),
)
SENTENCES: Final[Mapping[str, str]] = {
    "claims-placed": N_("出险位置已记下，按距离重新排了顺序。"),
    "claims-surveyor-sent": N_("已派出，等查勘员确认。"),
    "claims-nobody-free": N_("已交给组长安排。"),
    "claims-on-duty": N_("位置已记下。下班时位置会删除。"),
    "claims-off-duty": N_("已下班，位置已删除。"),
    "claims-goes": N_("已记下，由您前往。"),
    "claims-declined": N_("已记下，会另派别人。"),
}
BECAUSE: Final[Mapping[Because, str]] = {
    Because.NEAREST: N_("有空的人里离得最近"),
    Because.LESS_TO_DO: N_("离得近，手上的事比更近的人少"),
    Because.LEAST_TO_DO: N_("出险位置还没有填，手上的事最少"),
}
NOT_FREE: Final[Mapping[NotFree, str]] = {
    NotFree.DECLINED: N_("这一件已回绝"),
    NotFree.TOO_MUCH: N_("手上的查勘已满"),
    NotFree.PLACE_OLD: N_("位置太久没有更新"),
    NotFree.TOO_FAR: N_("离得太远"),
}
DECLINED_BECAUSE: Final[Mapping[str, str]] = {
    "at-another-loss": N_("正在另一个现场"),
    "too-far": N_("离得太远"),
    "car-trouble": N_("车坏了"),
    "off-duty": N_("马上下班"),
    "knows-customer": N_("认识客户，要回避"),
}


def declare(console: RoomConsole, office: Office) -> None:
    """Declare them."""
    sending, duty = Sending(office), DutyDesk(office.house)

    @console.page("/dispatch", to=TO)
    def claims_dispatch() -> Response:
        return page("claims_dispatch.html", waiting=sending.waiting(caller()), **VOCABULARY)

    console.count("claims_dispatch", lambda: sending.waiting_count(caller()))

    @console.page("/dispatch/mine", to=SURVEYORS)
    def claims_duty() -> Response:
        return _mine(office, sending, duty)

    console.count("claims_duty", lambda: sending.count(caller()))

    @console.form("/dispatch/mine/<act>", to=SURVEYORS)
    def claims_duty_act(act: str) -> AnyResponse:
        who, form = caller(), request.form

        def here() -> str:
            hours = form.get("hours", "")
            place = place_typed(form.get("place", ""), form.get("typed", ""), office.house.clock())
            duty.check_in(who, place, int(hours) if hours in {str(one) for one in HOURS} else None)
            return "claims-on-duty"

        def off() -> str:
            duty.check_out(who)
            return "claims-off-duty"

        def decline() -> str:
            sending.decline(who, form.get("claim", ""), form.get("reason", ""))
            return "claims-declined"

        def go() -> str:
            sending.go(who, form.get("claim", ""))
            return "claims-goes"

        todo: Mapping[str, Callable[[], str]] = {"here": here, "off": off, "go": go, "decline": decline}
        if act not in todo:
            return redirect(MINE, 303)
        try:
            return led_on(MINE, todo[act]())
        except ClaimRefused as refused:
            if wants_json():
                return refused_json(refused)
            return _mine(office, sending, duty, said_of(refused), status_of(refused))

    @console.page("/dispatch/<claim>", to=TO)
    def claims_dispatch_one(claim: str) -> Response:
        return _one(office, sending, claim)

    @console.form("/dispatch/<claim>/<act>", to=TO)
    def claims_dispatch_act(claim: str, act: str) -> AnyResponse:
        who, form = caller(), request.form

        def place() -> str:
            sending.place(who, claim, place_typed(form.get("place", ""), form.get("typed", ""), office.house.clock()))
            return "claims-placed"

        def send() -> str:
            sending.send(who, claim, form.get("to", ""))
            return "claims-surveyor-sent"

        def nobody() -> str:
            sending.nobody(who, claim)
            return "claims-nobody-free"

        todo: Mapping[str, Callable[[], str]] = {"place": place, "send": send, "nobody": nobody}
        if act not in todo:
            return redirect(f"{HERE}/{claim}", 303)
        try:
            return led_on(f"{HERE}/{claim}", todo[act]())
        except ClaimRefused as refused:
            if status_of(refused) == 404:
                raise
            if wants_json():
                return refused_json(refused)
            return _one(office, sending, claim, said_of(refused), status_of(refused))


def _mine(office: Office, sending: Sending, duty: DutyDesk, said: str | None = None, status: int = 200) -> Response:
    who = caller()
    return page(
        "claims_duty.html",
        status,
        duty=duty.of(who.member),
        surveys=sending.offered(who),
        hours=HOURS,
        declines={code: DECLINED_BECAUSE[code] for code in DECLINES},
        said=said,
        form=lambda: new_form(office),
        typed=request.form,
        now=office.house.clock(),
        **_places(office),
        **VOCABULARY,
    )


def _one(office: Office, sending: Sending, claim: str, said: str | None = None, status: int = 200) -> Response:
    who = caller()
    view = sending.view(who, claim)
    with office.house.database.reading() as session:
        links = sides_of(who, claim, office.get(session, claim), "dispatch")
    return page(
        "claims_dispatch_one.html",
        status,
        view=view,
        links=links,
        because=BECAUSE,
        not_free=NOT_FREE,
        km=km_called,
        said=said,
        form=lambda: new_form(office),
        typed=request.form,
        **_places(office),
        **VOCABULARY,
    )


def _places(office: Office) -> Mapping[str, Any]:
    gazetteer = in_force(load_places(), day_of(office.house.clock()))
    return {"places": [(one.code, words().choose(one.words.zh, one.words.en)) for one in gazetteer.places]}


def km_called(metres: int | None) -> str:
    """Return a distance as people read it."""
    if metres is None:
        return words().say(N_("距离不详"))
    return words().say(N_("%(km)s 公里"), km=f"{metres / 1000:.1f}")
