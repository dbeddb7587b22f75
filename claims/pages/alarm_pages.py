"""The alarms: each clock that broke, once, with its owner; a manager says what is done about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from claims.alarms.desk import MANAGERS, ON_A_PAGE, WORDS_AT_MOST, AlarmDesk
from claims.board.reach import LEADERS
from claims.domain.refusal import refusal
from claims.errors import ClaimRefused
from claims.pages.board_pages import VOCABULARY
from claims.pages.board_words import MEASURES, said_of, status_of
from claims.service.office import Office
from esign.public.console import N_, Entry, RoomConsole, caller, done, only, page

HERE: Final = "/console/claims/alarms"
ENTRIES: Final = (Entry(N_("时限告警"), "claims_alarms", N_("过了时限的案件，各由谁负责，怎么办"), LEADERS),)
SENTENCES: Final[Mapping[str, str]] = {"claims-alarm-seen": N_("已记下，谁、什么时候、怎么办都在这里。")}


def declare(console: RoomConsole, office: Office) -> None:
    """Declare them."""
    desk = AlarmDesk(office)

    @console.page("/alarms", to=only(*LEADERS))
    def claims_alarms() -> Response:
        return _shown(desk)

    console.count("claims_alarms", lambda: desk.count(caller()))

    @console.form("/alarms/<claim>/<clock>", to=only(*MANAGERS))
    def claims_alarm_seen(claim: str, clock: str) -> AnyResponse:
        try:
            desk.acknowledge(
                caller(), claim, clock, _due(), request.form.get("measure", ""), request.form.get("words", "")
            )
        except ClaimRefused as refused:
            if status_of(refused) == 404:
                raise
            return _shown(desk, said_of(refused), status_of(refused))
        return done(HERE, "claims-alarm-seen")


def _due() -> datetime:
    """Return the end of the clock that the form is about. Raises `ClaimRefused` (`no-alarm`) for none."""
    try:
        return datetime.fromisoformat(request.form.get("due", ""))
    except ValueError:
        raise refusal("no-alarm") from None


def _shown(desk: AlarmDesk, said: str | None = None, status: int = 200) -> Response:
    who, seen = caller(), request.args.get("show") == "seen"
    told = request.args.get("from", "0")
    start = int(told) if told.isascii() and told.isdigit() and len(told) <= 6 else 0
    alarms = desk.alarms(who, seen=seen, start=start)
    return page(
        "claims_alarms.html",
        status,
        alarms=alarms[:ON_A_PAGE],
        further=start + ON_A_PAGE if len(alarms) > ON_A_PAGE else None,
        start=start,
        on_a_page=ON_A_PAGE,
        seen=seen,
        waiting=desk.count(who),
        may_acknowledge=not MANAGERS.isdisjoint(who.roles),
        measures=MEASURES,
        words_at_most=WORDS_AT_MOST,
        said=said,
        typed=request.form,
        **VOCABULARY,
    )
