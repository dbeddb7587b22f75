"""Open pages: the number of a policy, then the code that went to the phone of whoever is insured by it."""

from __future__ import annotations

import re
from typing import Final

from flask import redirect, request
from werkzeug.wrappers import Response

from claims.selfservice.entering import Entrances
from claims.service.office import Office
from esign.public.pages import N_, Allowance, LinkedPages, words

START: Final = "/report"
CODE: Final = "/report/code"
_ADDRESS: Final = Allowance("claims-entrances", 10, 60)
_POLICY: Final = Allowance("claims-entrances-of-policy", 5, 60)
_POLICY_DAY: Final = Allowance("claims-entrances-of-policy-a-day", 10, 1440)
_SPACES: Final = re.compile(r"[\s-]+")
_FULL_WIDTH: Final = str.maketrans("0123456789", "0123456789")
_MISSING: Final = N_("请填保单号：两个字母和一串数字，保单、短信和电子保单上都有。")
_TOO_MANY: Final = N_("试得太多了。请过一小时再来，或者打我们的电话报案。")
_WRONG: Final = N_("没有对上。请核对最新一条短信里的验证码；几次都不对，请从头再来。")


def declare_entering(pages: LinkedPages, office: Office) -> None:
    """Declare them."""
    entrances = Entrances(office)

    def start(said: str | None = None, status: int = 200) -> Response:
        return pages.show_open("phone_number.html", status, said=said, typed=request.form.get("policy", "")[:32])

    @pages.open_page(START)
    def claims_number() -> Response:
        return start()

    @pages.open_form(START + "/begin")
    def claims_begin() -> Response:
        number = _SPACES.sub("", request.form.get("policy", "").translate(_FULL_WIDTH)).upper()[:32]
        if len(number) < 8:
            return start(words().say(_MISSING), 422)
        if not (pages.may(_ADDRESS) and pages.may(_POLICY_DAY, number) and pages.may(_POLICY, number)):
            return start(words().say(_TOO_MANY), 429)
        return pages.keep(redirect(f"/r/claims{CODE}", 303), entrances.begin(number))

    @pages.open_page(CODE)
    def claims_code() -> Response:
        if not pages.kept():
            return redirect(f"/r/claims{START}", 303)
        return pages.show_open("phone_code.html", said=None)

    @pages.open_form(CODE)
    def claims_enter() -> Response:
        typed = _SPACES.sub("", request.form.get("code", "").translate(_FULL_WIDTH))[:12]
        entered = entrances.enter(pages.kept(), typed)
        if entered is None:
            return pages.show_open("phone_code.html", 422, said=words().say(_WRONG))
        there = redirect(f"{pages.address(entered.invitation, entered.person)}?admitted=1", 303)
        return pages.arrive(there, entered.invitation, entered.person)
