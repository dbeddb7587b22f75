"""The bank's statements beside our payments: what does not fit, whose it is, and what a manager did about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from claims.alarms.desk import MANAGERS, WORDS_AT_MOST
from claims.board.reach import LEADERS
from claims.errors import ClaimRefused
from claims.pages.board_pages import VOCABULARY
from claims.pages.board_words import said_of, status_of
from claims.reconciling.comparing import Found
from claims.reconciling.desk import ON_A_PAGE, ReconcilingDesk
from claims.service.office import Office
from esign.public.console import N_, Entry, RoomConsole, caller, done, only, page

HERE: Final = "/console/claims/reconciliation"
ENTRIES: Final = (Entry(N_("银行对账"), "claims_reconciliation", N_("银行流水和付款对不上的，各由谁处理"), LEADERS),)
SENTENCES: Final[Mapping[str, str]] = {"claims-entry-settled": N_("已记下，这笔流水怎么处理的都在这里。")}
FOUND: Final[Mapping[Found, str]] = {
    Found.KNOWN: N_("已付，账实相符"),
    Found.KNOWN_RETURN: N_("已退回，账实相符"),
    Found.MADE_UNANSWERED: N_("银行没有答复，其实已付"),
    Found.MADE_AFTER_ALL: N_("说是没付成，其实已付"),
    Found.GIVEN_BACK: N_("退汇"),
    Found.SURPLUS_BACK: N_("多付的退回来了"),
    Found.NOT_OURS: N_("不是我们的付款"),
    Found.AMOUNT_DIFFERS: N_("金额不符"),
    Found.PAID_TWICE: N_("付了两次"),
    Found.NOT_PAID_BEFORE: N_("退回了一笔不知道付过的款"),
    Found.NOT_TAKEN: N_("与案件已有的结果矛盾"),
    Found.MISSING: N_("我们的付款，当天的流水里没有"),
}
NEXT: Final[Mapping[Found, str]] = {
    Found.SURPLUS_BACK: N_("在案件上登记追回，结束追偿。"),
    Found.NOT_OURS: N_("问银行这笔钱是谁的、为什么动用我们的账户。"),
    Found.AMOUNT_DIFFERS: N_("与银行核对金额，多付的要回来，少付的补上。"),
    Found.PAID_TWICE: N_("请银行退回第二笔，或向收款人追回。"),
    Found.NOT_PAID_BEFORE: N_("问银行这笔款什么时候付出的，再看案件要不要重付。"),
    Found.NOT_TAKEN: N_("先看案件的付款记录，再与银行核对。"),
    Found.MISSING: N_("问银行这笔款付出了没有；没付出的，请银行补付，客户还在等。"),
}
"""The next step of each that has an owner here."""
MEASURES: Final[Mapping[str, str]] = {
    "bank-cleared": N_("已与银行核清，账面无误"),
    "asked-back": N_("已请银行或收款人退回"),
    "recovery-opened": N_("已在案件上追偿"),
    "booked-elsewhere": N_("属于别的业务，已转账务"),
    "bank-corrects": N_("银行会更正，等下一份流水"),
}


def declare(console: RoomConsole, office: Office) -> None:
    """Declare them."""
    desk = ReconcilingDesk(office)

    @console.page("/reconciliation", to=only(*LEADERS))
    def claims_reconciliation() -> Response:
        return _shown(desk)

    console.count("claims_reconciliation", lambda: desk.count(caller()))

    @console.form("/reconciliation/<entry>", to=only(*MANAGERS))
    def claims_entry_settled(entry: str) -> AnyResponse:
        try:
            desk.settle(caller(), entry, request.form.get("measure", ""), request.form.get("words", ""))
        except ClaimRefused as refused:
            if status_of(refused) == 404:
                raise
            return _shown(desk, said_of(refused), status_of(refused), entry)
        return done(HERE, "claims-entry-settled")


def _shown(desk: ReconcilingDesk, said: str | None = None, status: int = 200, opened: str | None = None) -> Response:
    who, settled = caller(), request.args.get("show") == "settled"
    told = request.args.get("from", "0")
    start = int(told) if told.isascii() and told.isdigit() and len(told) <= 6 else 0
    entries = desk.entries(who, settled=settled, start=start)
    return page(
        "claims_reconciliation.html",
        status,
        entries=entries[:ON_A_PAGE],
        further=start + ON_A_PAGE if len(entries) > ON_A_PAGE else None,
        start=start,
        on_a_page=ON_A_PAGE,
        settled=settled,
        waiting=desk.count(who),
        statements=desk.statements(who),
        may_settle=not MANAGERS.isdisjoint(who.roles),
        found=FOUND,
        next_steps=NEXT,
        entry_measures=MEASURES,
        words_at_most=WORDS_AT_MOST,
        said=said,
        opened=opened,
        typed=request.form,
        **VOCABULARY,
    )
