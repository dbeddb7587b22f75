"""The board: every open claim of a team by step, most urgent first, live; and claims are given to somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from flask import Response, current_app, request
from werkzeug.wrappers import Response as AnyResponse

from claims.alarms.texts import short
from claims.board.desk import Board, BoardDesk
from claims.board.giving import Giving
from claims.board.reach import LEADERS, require_in_reach
from claims.board.steps import BoardStep
from claims.domain import next_moves
from claims.errors import ClaimRefused
from claims.pages.board_words import (
    BOARD_ACTORS,
    BOARD_ACTS,
    BOARD_STATES,
    GIVING_REASONS,
    LANES,
    STEPS,
    clock_called,
    mean_called,
    minutes_called,
    said_of,
    span_called,
    status_of,
    yuan_called,
)
from claims.pages.sides import sides_of
from claims.rules_in_force import deadlines_of
from claims.service.office import Office
from esign.public.charts import Bar, rows
from esign.public.console import N_, Entry, RoomConsole, caller, done, member_name, only, page, words
from esign.public.figures import percent

HERE: Final = "/console/claims/board"
TO: Final = only(*LEADERS)
ENTRIES: Final = (Entry(N_("理赔看板"), "claims_board", N_("在办案件，按步骤和等待时间，最急的在前"), LEADERS),)
SENTENCES: Final[Mapping[str, str]] = {"claims-given": N_("已改派，新的经办人接着办。")}
CHOSEN_AT_MOST: Final = 60


def declare(console: RoomConsole, office: Office) -> None:
    """Declare it."""
    desk, giving = BoardDesk(office), Giving(office)

    @console.page("/board", to=TO)
    def claims_board() -> Response:
        return _board(desk, "claims_board.html")

    @console.page("/board/now", to=replace(TO, by_itself=True))
    def claims_board_now() -> Response:
        team, urgent = _filters(desk)
        board = desk.board(caller(), team=team, urgent=urgent)
        if board.version == request.args.get("seen"):
            return Response(status=204)
        return _shown("claims_board_now.html", board, team, urgent)

    console.count("claims_board", lambda: desk.late(caller()))

    @console.page("/board/give", to=TO)
    def claims_board_giving() -> Response:
        return _giving(desk, giving)

    @console.form("/board/give", to=TO)
    def claims_board_give() -> AnyResponse:
        chosen = request.form.getlist("claim")[:CHOSEN_AT_MOST]
        if not chosen:
            return _giving(desk, giving, words().say(N_("还没有选案件。请勾选要改派的。")), 422)
        try:
            wanting = giving.give(caller(), chosen, request.form.get("to", ""), request.form.get("reason", ""))
        except ClaimRefused as refused:
            return _giving(desk, giving, said_of(refused), status_of(refused))
        if wanting:
            return _giving(desk, giving, said_of(wanting[0]), status_of(wanting[0]))
        return done(HERE, "claims-given")

    @console.page("/board/<claim>", to=TO)
    def claims_board_case(claim: str) -> Response:
        return _case(office, giving, claim)

    @console.form("/board/<claim>/give", to=TO)
    def claims_board_case_give(claim: str) -> AnyResponse:
        try:
            wanting = giving.give(caller(), [claim], request.form.get("to", ""), request.form.get("reason", ""))
        except ClaimRefused as refused:
            if status_of(refused) == 404:
                raise
            wanting = [refused]
        if wanting:
            return _case(office, giving, claim, said_of(wanting[0]), status_of(wanting[0]))
        return done(f"{HERE}/{claim}", "claims-given")


def _filters(desk: BoardDesk) -> tuple[str | None, bool]:
    """Return the institution, if it is one that the caller reaches, and whether what is urgent is asked for alone."""
    asked = request.args.get("team")
    known = asked is not None and asked in {one.id for one in desk.teams(caller())}
    return asked if known else None, request.args.get("urgent") == "1"


def _board(desk: BoardDesk, template: str) -> Response:
    team, urgent = _filters(desk)
    board = desk.board(caller(), team=team, urgent=urgent)
    return _shown(template, board, team, urgent, teams=desk.teams(caller()))


def _shown(template: str, board: Board, team: str | None, urgent: bool, **more: Any) -> Response:
    said = words()
    bars = [
        Bar(
            said.say(STEPS[one.step]),
            float(one.late),
            said.say(N_("%(n)s 件"), n=one.open),
            beyond=float(one.open),
            tone=4,
        )
        for one in board.columns
        if one.open or one.step is not BoardStep.AFTER
    ]
    numbers = [
        (said.say(STEPS[one.step]), str(one.open), str(one.late))
        for one in board.columns
        if one.open or one.step is not BoardStep.AFTER
    ]
    return page(
        template,
        board=board,
        team=team,
        urgent=urgent,
        query="&".join(filter(None, (f"team={team}" if team else "", "urgent=1" if urgent else ""))),
        picture=rows(said.say(N_("每一步有几件，其中几件已过时限")), bars),
        numbers=numbers,
        **VOCABULARY,
        **more,
    )


def _giving(desk: BoardDesk, giving: Giving, said: str | None = None, status: int = 200) -> Response:
    team, _ = _filters(desk)
    return page(
        "claims_board_give.html",
        status,
        cases=desk.cases(caller(), team=team, at_most=CHOSEN_AT_MOST),
        chosen=request.form.getlist("claim"),
        receivers=giving.receivers(caller()),
        said=said,
        typed=request.form,
        **VOCABULARY,
    )


def _case(office: Office, giving: Giving, claim: str, said: str | None = None, status: int = 200) -> Response:
    with office.house.database.reading() as session:
        row = require_in_reach(session, caller(), claim, LEADERS)
        state = office.get(session, claim)
        now = office.now(session, state)
        named = [
            None if one is None else member_name(session, office.house.records, one)
            for one in (row.handler, row.surveyor)
        ]
    return page(
        "claims_board_case.html",
        status,
        row=row,
        now=now,
        handler=named[0],
        surveyor=named[1],
        moves=next_moves(state),
        links=sides_of(caller(), row.id, state, "board"),
        clocks=deadlines_of(state),
        acknowledged=state.acknowledged,
        receivers=giving.receivers(caller()),
        can_give=not state.ended,
        said=said,
        typed=request.form,
        **VOCABULARY,
    )


VOCABULARY: Final[Mapping[str, Any]] = {
    "actors": BOARD_ACTORS,
    "acts": BOARD_ACTS,
    "states": BOARD_STATES,
    "lanes": LANES,
    "steps": STEPS,
    "giving_reasons": GIVING_REASONS,
    "clock_called": clock_called,
    "span": span_called,
    "mean_called": mean_called,
    "minutes_called": minutes_called,
    "percent": percent,
    "yuan": yuan_called,
    "short": short,
    "has_page_of_its_own": lambda: "claims_one" in current_app.view_functions,
}
"""What every page of the board says things with."""
