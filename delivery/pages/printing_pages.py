"""Pages for print operators: the desk with what waits, runs with their files and lists."""

from __future__ import annotations

from typing import Final

from flask import Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from delivery.codes import status_of
from delivery.domain.refusal import refusal
from delivery.errors import DeliveryRefused
from delivery.models import PrintFile, PrintRunRow
from delivery.pages.paper_trade import PaperTrade
from delivery.pages.saying import PARCELS, STATES, said_of, to_take_away, trouble_of
from esign.public.console import N_, Entry, Role, RoomConsole, caller, done, name_of, only, page

HERE: Final = "/console/delivery/printing"
ROLES: Final = frozenset({Role.PRINTER})
ENTRIES: Final = (Entry(N_("印制"), "delivery_printing", N_("今天要打印、装订、质检、封包和发出的保单"), ROLES),)
SENTENCES: Final = {
    "delivery-run-begun": N_("打印批次已建立，文件做好一个就可以下载一个。"),
    "delivery-run-again": N_("已重新制作没有做成的部分。"),
}


def declare(console: RoomConsole, trade: PaperTrade) -> None:
    """Declare them."""
    to = only(*ROLES)

    @console.page("/printing", to=to)
    def delivery_printing() -> Response:
        return _desk(trade)

    def waiting() -> int:
        with trade.house.database.reading() as session:
            return len(trade.runs.waiting(session, caller().institution))

    console.count("delivery_printing", waiting)

    @console.form("/printing/begin", to=to)
    def begin_print_run() -> AnyResponse:
        who = caller()
        try:
            run = trade.runs.begin(who.institution, by=who.member, actor=name_of(who))
        except DeliveryRefused as refused:
            return _desk(trade, said_of(refused), status_of(refused))
        return done(f"{HERE}/{run}", "delivery-run-begun")

    @console.page("/printing/<run>", to=to)
    def delivery_print_run(run: str) -> Response:
        with trade.house.database.reading() as session:
            row = session.get(PrintRunRow, run)
            if row is None or row.print_centre != caller().institution:
                raise refusal("no-print-run")
            line = trade.desks.run_line(session, {}, row)
        return page("delivery_run.html", run=line, trouble_of=trouble_of)

    @console.form("/printing/<run>/again", to=to)
    def try_print_run_again(run: str) -> AnyResponse:
        _require_own(trade, run)
        trade.runs.try_again(run)
        return done(f"{HERE}/{run}", "delivery-run-again")

    @console.form("/printing/<run>/files/<file>", to=to)
    def take_print_file(run: str, file: str) -> AnyResponse:
        _require_own(trade, run)
        with trade.house.database.reading() as session:
            row = session.get(PrintFile, file)
            if row is None or row.run != run:
                raise refusal("no-print-run")
            name = f"{run.partition('_')[2]}-{row.outlet.partition('_')[2][-6:]}-{row.part}.pdf"
        who = caller()
        content = trade.runs.take(file, by=who.member, actor=name_of(who))
        return to_take_away(content, name, "application/pdf")

    @console.page("/printing/<run>/list.<form>", to=to)
    def print_run_list(run: str, form: str) -> AnyResponse:
        _require_own(trade, run)
        name = f"{run.partition('_')[2]}.{form}"
        with trade.house.database.reading() as session:
            if form == "csv":
                return to_take_away(trade.lists.run_csv(session, run), name, "text/csv; charset=utf-8")
            if form == "pdf":
                return to_take_away(trade.lists.run_pdf(session, run), name, "application/pdf")
        return redirect(f"{HERE}/{run}", 303)


def _desk(trade: PaperTrade, said: str | None = None, status: int = 200) -> Response:
    with trade.house.database.reading() as session:
        desk = trade.desks.centre(session, caller().institution)
    return page(
        "delivery_printing.html", status, desk=desk, said=said, states=STATES, parcels=PARCELS, trouble_of=trouble_of
    )


def _require_own(trade: PaperTrade, run: str) -> None:
    """Refuse (`no-print-run`) a run of another print centre."""
    with trade.house.database.reading() as session:
        row = session.get(PrintRunRow, run)
    if row is None or row.print_centre != caller().institution:
        raise refusal("no-print-run")
