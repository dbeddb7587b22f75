"""Pages for operations: debits that failed, and money that waits for the bank."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from esign.public.console import N_, Entry, Role, RoomConsole, caller, done, only, page, words
from policy.errors import PolicyRefused
from policy.pages.sales_words import STATES
from policy.pages.saying import in_yuan, said_of, status_of, text_of
from policy.service.money_desk import MoneyDesk, WithdrawReason
from policy.service.office import Office

HERE: Final = "/console/policy/money"
ROLES: Final = frozenset({Role.OPERATIONS})
ENTRIES: Final = (Entry(N_("扣款"), "policy_money", N_("没扣到的保险费，等银行的扣款和退款"), ROLES),)
SENTENCES: Final = {
    "policy-debit-ordered": N_("已重新提交扣款，结果稍后显示。"),
    "policy-proposal-withdrawn": N_("投保单已撤回，不再扣款。"),
    "policy-refund-ordered": N_("已重新提交退款，结果稍后显示。"),
}
CAUSES: Final[Mapping[str, tuple[str, str]]] = {
    "insufficient-funds": (N_("账户余额不足"), N_("请客户存足保险费，再重新扣款。")),
    "account-closed": (N_("账户已销户"), N_("这个账户扣不到了。请撤回，让客户用别的账户重新投保。")),
    "holder-differs": (N_("户名与账户不符"), N_("请撤回，让客户用本人的账户重新投保。")),
    "system-busy": (N_("银行系统繁忙"), N_("过几分钟再重新扣款。")),
    "not-received": (N_("银行没有收到这笔扣款"), N_("没有扣走钱，可以重新扣款。")),
    "refund-unfounded": (N_("银行查不到对应的扣款"), N_("请先与银行对账。")),
}
"""Why the bank says no, by its code, and what to do."""
_UNKNOWN: Final = (N_("银行没有说明原因"), N_("请先问银行，再重新提交。"))
REASONS: Final[Mapping[WithdrawReason, str]] = {
    WithdrawReason.NOT_PAID: N_("一直没有交上保险费"),
    WithdrawReason.ACCOUNT: N_("账户不能用"),
    WithdrawReason.CUSTOMER: N_("客户不投保了"),
}


def declare(console: RoomConsole, office: Office) -> None:
    """Declare them."""
    desk = MoneyDesk(office)
    to = only(*ROLES)

    @console.page("/money", to=to)
    def policy_money() -> Response:
        return _shown(desk)

    console.count("policy_money", lambda: desk.count(caller()))

    @console.form("/money/<proposal>/order", to=to)
    def policy_order_debit(proposal: str) -> AnyResponse:
        failed = request.form.get("debit", "")
        return _done(desk, lambda: desk.order_again(caller(), proposal, failed), "policy-debit-ordered")

    @console.form("/money/<proposal>/withdraw", to=to)
    def policy_withdraw(proposal: str) -> AnyResponse:
        reason = request.form.get("reason", "")
        if reason not in set(WithdrawReason):
            return _shown(desk, words().say(N_("还没有选撤回的原因。请选一项。")), 422)
        return _done(
            desk,
            lambda: desk.withdraw(caller(), proposal, WithdrawReason(reason)),
            "policy-proposal-withdrawn",
        )

    @console.form("/money/<proposal>/refund", to=to)
    def policy_order_refund(proposal: str) -> AnyResponse:
        refund = request.form.get("refund", "")
        return _done(desk, lambda: desk.refund_again(caller(), proposal, refund), "policy-refund-ordered")


def _done(desk: MoneyDesk, act: Callable[[], None], code: str) -> AnyResponse:
    try:
        act()
    except PolicyRefused as refused:
        if status_of(refused) == 404:
            raise
        return _shown(desk, said_of(refused), status_of(refused))
    return done(HERE, code)


def _shown(desk: MoneyDesk, said: str | None = None, status: int = 200) -> Response:
    who = caller()
    return page(
        "policy_money.html",
        status,
        failed=desk.failed(who),
        waiting=desk.waiting(who),
        refunds=desk.refunds(who),
        simulated=desk.simulated,
        said=said,
        causes=CAUSES,
        unknown=_UNKNOWN,
        reasons=REASONS,
        states=STATES,
        yuan=in_yuan,
        text=text_of,
    )
