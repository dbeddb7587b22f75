"""Who came by a link says who they are: the last four characters of their ID number, or a code where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import redirect, request
from werkzeug.wrappers import Response

from claims.errors import ClaimRefused
from claims.selfservice.confirming import ENTER, Confirming
from claims.selfservice.inviting import visitor_of
from claims.service.office import Office
from esign.public.pages import N_, Allowance, LinkedPages, Told, Visitor, words

_SAID: Final[Mapping[Told, str]] = {
    Told.WRONG: N_("没有对上。请看身份证上的号码，再填一次最后四位。"),
    Told.TOO_OFTEN: N_("试的次数太多了。请过一小时再来，或者打我们的电话。"),
}
_EMPTY: Final = N_("还没有填。")
_TRIES: Final = Allowance("claims-link-codes", 20, 60)


def who(pages: LinkedPages, visitor: Visitor, status: int = 200, **values: Any) -> Response:
    """Return the page on which a visitor says who they are."""
    by_code = visitor.person.id_number is None
    given = {"said": None, "by_code": by_code, "sent": False, "tail": visitor.person.phone[-4:], **values}
    return pages.show("phone_start.html", visitor, status, **given)


def declare_identifying(pages: LinkedPages, office: Office) -> None:
    """Declare what its forms do."""
    house = office.house
    confirming = Confirming(house)

    def admitted(visitor: Visitor) -> Response:
        return pages.admit(visitor, redirect(f"/r/claims/{visitor.link}?admitted=1", 303))

    @pages.form("/identify")
    def claims_identify(visitor: Visitor) -> Response:
        typed = request.form.get("tail", "").strip()[:16]
        if not typed:
            return who(pages, visitor, 422, said=words().say(_EMPTY))
        told = pages.identify(visitor, typed)
        if told is not Told.RIGHT:
            return who(pages, visitor, 429 if told is Told.TOO_OFTEN else 422, said=words().say(_SAID[told]))
        return admitted(visitor)

    @pages.form("/code")
    def claims_send_code(visitor: Visitor) -> Response:
        try:
            with house.database.transaction() as session:
                person = visitor_of(session, visitor.subject)
                if person is not None:
                    confirming.send(session, visitor.subject, ENTER, person, house.clock())
        except ClaimRefused as refused:
            return who(pages, visitor, 429, said=words().choose(refused.zh, refused.en))
        return who(pages, visitor, by_code=True, sent=True)

    @pages.form("/enter")
    def claims_enter_code(visitor: Visitor) -> Response:
        typed = request.form.get("code", "").strip()[:12]
        try:
            if not pages.may(_TRIES, visitor.subject):
                return who(pages, visitor, 429, said=words().say(_SAID[Told.TOO_OFTEN]), by_code=True, sent=True)
            code, now = confirming.confirm(visitor.subject, ENTER, typed, house.clock()), house.clock()
            with house.database.transaction() as session:
                confirming.use_up(session, code, now)
        except ClaimRefused as refused:
            said = words().choose(refused.zh, refused.en)
            return who(pages, visitor, 422, said=said, by_code=True, sent=True)
        return admitted(visitor)
