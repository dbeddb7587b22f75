"""The shop's page behind its link: the parts, a price and the days, without an account.

It tells nothing of whose car it is, nor of what other shops want.
"""

from __future__ import annotations

from typing import Final

from flask import redirect, request
from werkzeug.wrappers import Response

from claims.errors import ClaimRefused
from claims.hotline.taking import yuan_typed
from claims.parts_supply.supplying import Supplying
from claims.service.office import Office
from esign.public.pages import N_, Allowance, LinkedPages, Visitor, words

QUOTE: Final = "quo"
DAYS_AT_MOST: Final = 365
_QUOTES: Final = Allowance("claims-quotes", 20, 1440)
"""So often a shop changes its mind in a day: each time is an event of the claim."""
_OFTEN: Final = N_("报价改得太多了。请明天再改，或者打电话给询价的人。")
_WRONG: Final = N_("请填价格（元）和几天送到，例如 680.00 和 2。")


def is_quote(visitor: Visitor) -> bool:
    """Tell whether a visitor's link is about a quote."""
    return visitor.subject.startswith(f"{QUOTE}_")


class QuotePages:
    """Shows the page, and takes what a shop says."""

    def __init__(self, pages: LinkedPages, office: Office) -> None:
        self._pages = pages
        self._supplying = Supplying(office)

    def show(self, visitor: Visitor, said: str | None = None, status: int = 200) -> Response:
        """Return the page."""
        return self._pages.show(
            "quote.html",
            visitor,
            status,
            asked=self._supplying.asked(visitor.subject),
            shop=visitor.person.name,
            typed=request.form,
            said=said,
            text=lambda one: words().choose(one.zh, one.en),
        )

    def declare(self) -> None:
        """Declare what the forms do."""

        @self._pages.form("/quote")
        def claims_quote(visitor: Visitor) -> Response:
            if not is_quote(visitor):
                return redirect(f"/r/claims/{visitor.link}", 303)
            fen, days = yuan_typed(request.form.get("price", "")), request.form.get("days", "").strip()
            number = int(days) if days.isascii() and days.isdigit() and len(days) <= 3 else 0
            if not fen or not 1 <= number <= DAYS_AT_MOST:
                return self.show(visitor, words().say(_WRONG), 422)
            if not self._pages.may(_QUOTES, visitor.subject):
                return self.show(visitor, words().say(_OFTEN), 429)
            try:
                self._supplying.quote(visitor.subject, fen, number)
            except ClaimRefused as refused:
                return self.show(visitor, words().choose(refused.zh, refused.en), 409)
            return redirect(f"/r/claims/{visitor.link}", 303)

        @self._pages.form("/no-quote")
        def claims_no_quote(visitor: Visitor) -> Response:
            if not is_quote(visitor):
                return redirect(f"/r/claims/{visitor.link}", 303)
            try:
                self._supplying.decline(visitor.subject)
            except ClaimRefused as refused:
                return self.show(visitor, words().choose(refused.zh, refused.en), 409)
            return redirect(f"/r/claims/{visitor.link}", 303)
