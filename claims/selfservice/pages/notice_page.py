"""The notice of a refusal behind the customer's link: the sealed PDF, to keep and to show to whoever advises them."""

from __future__ import annotations

from typing import Final

from flask import redirect
from werkzeug.wrappers import Response

from claims.refusing.notices import Notices
from claims.selfservice.pages.claim_page import ClaimPage
from claims.selfservice.pages.saying import is_claim
from claims.service.office import Office
from esign.public.pages import N_, LinkedPages, Visitor, words
from esign.public.people import RecordErased

_GONE: Final = N_("保存期已过，这份通知书已经删除。")


def declare_notice(pages: LinkedPages, office: Office, claims: ClaimPage) -> None:
    """Declare it: for who is known by the link, and only about their own claim; else the page of the claim."""
    notices = Notices(office)

    @pages.page("/notice.pdf")
    def claims_phone_notice(visitor: Visitor) -> Response:
        home = redirect(f"/r/claims/{visitor.link}", 303)
        if not is_claim(visitor) or not pages.knows(visitor):
            return home
        with office.house.database.reading() as session:
            notice = notices.newest(session, visitor.subject)
            try:
                content = None if notice is None else notices.read(session, notice)
            except RecordErased:
                return claims.standing(visitor, 410, words().say(_GONE))
        if content is None:
            return home
        headers = {"Content-Disposition": 'attachment; filename="notice.pdf"', "Cache-Control": "no-store"}
        return Response(content, mimetype="application/pdf", headers=headers)
