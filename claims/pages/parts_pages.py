"""Parts supply at the pages: ask shops, compare, order, take down what came; and the register of shops."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from claims.board.reach import LEADERS
from claims.errors import ClaimRefused
from claims.hotline.calling import AGENTS
from claims.pages.board_pages import VOCABULARY
from claims.pages.board_words import said_of, status_of
from claims.pages.sending import form_sent, led_on, refused_json, wants_json
from claims.pages.sides import sides_of
from claims.parts_supply.supplying import CANCELS, SHOPS_AT_MOST, Supplying
from claims.service.office import Office
from claims.tools.filing import new_form
from esign.public.console import N_, Entry, RoomConsole, caller, done, only, page, words

HERE: Final = "/console/claims/parts"
SHOPS: Final = "/console/claims/shops"
TO: Final = only(*AGENTS)
ENTRIES: Final = (
    Entry(N_("配件直供"), "claims_parts", N_("在询价和在路上的配件，先到时限的在前"), AGENTS),
    Entry(N_("供应商"), "claims_shops", N_("供配件的门店，谁能收到询价"), LEADERS),
)
SENTENCES: Final[Mapping[str, str]] = {
    "claims-quotes-asked": N_("已发出询价，各家会收到链接。"),
    "claims-parts-ordered": N_("已订购，供应商会收到消息。"),
    "claims-parts-delivered": N_("已记下：配件送到了。"),
    "claims-parts-cancelled": N_("已取消。"),
    "claims-shop-added": N_("供应商已登记。"),
    "claims-shop-closed": N_("这家不再询价。"),
}
CANCELLED_BECAUSE: Final[Mapping[str, str]] = {
    "repaired-elsewhere": N_("修理厂自己备件"),
    "too-dear": N_("报价太高"),
    "not-delivered": N_("没有按时送到"),
    "not-needed": N_("不用换了"),
}


def declare(console: RoomConsole, office: Office) -> None:
    """Declare them."""
    supplying = Supplying(office)

    @console.page("/parts", to=TO)
    def claims_parts() -> Response:
        return page("claims_supply.html", open=supplying.open(caller()), **VOCABULARY)

    @console.page("/parts/<claim>", to=TO)
    def claims_parts_one(claim: str) -> Response:
        return _one(office, supplying, claim)

    @console.form("/parts/<claim>/<act>", to=TO)
    def claims_parts_act(claim: str, act: str) -> AnyResponse:
        who, form = caller(), request.form

        def ask() -> str:
            supplying.ask(who, claim, form.getlist("shop"), form_sent())
            return "claims-quotes-asked"

        def order() -> str:
            supplying.order(who, claim, form.get("quote", ""), form.get("seen", ""))
            return "claims-parts-ordered"

        def delivered() -> str:
            supplying.delivered(who, claim, form.get("supply", ""))
            return "claims-parts-delivered"

        def cancel() -> str:
            supplying.cancel(who, claim, form.get("supply", ""), form.get("reason", ""))
            return "claims-parts-cancelled"

        todo: Mapping[str, Callable[[], str]] = {
            "ask": ask,
            "order": order,
            "delivered": delivered,
            "cancel": cancel,
        }
        if act not in todo:
            return redirect(f"{HERE}/{claim}", 303)
        try:
            return led_on(f"{HERE}/{claim}", todo[act]())
        except ClaimRefused as refused:
            if status_of(refused) == 404:
                raise
            if wants_json():
                return refused_json(refused)
            return _one(office, supplying, claim, said_of(refused), status_of(refused))

    @console.page("/shops", to=only(*LEADERS))
    def claims_shops() -> Response:
        return _shops(supplying)

    @console.form("/shops", to=only(*LEADERS))
    def claims_shop_add() -> AnyResponse:
        try:
            supplying.shops.add(caller(), request.form.get("name", ""), request.form.get("phone", ""))
        except ClaimRefused as refused:
            return _shops(supplying, said_of(refused), status_of(refused))
        return done(SHOPS, "claims-shop-added")

    @console.form("/shops/<shop>/close", to=only(*LEADERS))
    def claims_shop_close(shop: str) -> AnyResponse:
        supplying.shops.close(caller(), shop)
        return done(SHOPS, "claims-shop-closed")


def _one(office: Office, supplying: Supplying, claim: str, said: str | None = None, status: int = 200) -> Response:
    who = caller()
    view = supplying.view(who, claim)
    with office.house.database.reading() as session:
        links = sides_of(who, claim, office.get(session, claim), "parts")
    return page(
        "claims_supply_one.html",
        status,
        view=view,
        links=links,
        shops=[one for one in supplying.shops.all(caller()) if one.is_open],
        chosen=request.form.getlist("shop"),
        shops_at_most=SHOPS_AT_MOST,
        form=lambda: new_form(office),
        cancels={code: CANCELLED_BECAUSE[code] for code in CANCELS},
        text=lambda one: words().choose(one.zh, one.en),
        said=said,
        typed=request.form,
        **VOCABULARY,
    )


def _shops(supplying: Supplying, said: str | None = None, status: int = 200) -> Response:
    return page(
        "claims_shops.html", status, shops=supplying.shops.all(caller()), said=said, typed=request.form, **VOCABULARY
    )
