"""All pages behind links of the room as one part: which page a link opens follows from what it is about."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from claims.parts_supply.quote_pages import QuotePages, is_quote
from claims.parts_supply.supplying import visitor_of_quote
from claims.selfservice.inviting import visitor_of
from claims.selfservice.pages.claim_page import ClaimPage
from claims.selfservice.pages.damage_page import DamagePage
from claims.selfservice.pages.entering_pages import declare_entering
from claims.selfservice.pages.identifying import declare_identifying
from claims.selfservice.pages.notice_page import declare_notice
from claims.selfservice.pages.offer_pages import OfferPages
from claims.selfservice.pages.paper_pages import declare_papers
from claims.selfservice.pages.report_pages import ReportPage
from claims.selfservice.pages.saying import is_claim
from claims.selfservice.pages.shot_pages import ShotPages
from claims.service.office import Office
from esign.public.pages import LinkedPages, LinkedPart, Visitor

ROOM: Final = "claims"
PACKAGE: Final = "claims"


def linked_part(office: Office) -> LinkedPart:
    """Return them: the customer's claim, a report, and a shop's quote."""

    def declare(pages: LinkedPages) -> None:
        reports, claims, quotes = ReportPage(pages, office), ClaimPage(pages, office), QuotePages(pages, office)

        @pages.page()
        def claims_home(visitor: Visitor) -> Response:
            if is_quote(visitor):
                return quotes.show(visitor)
            return claims.show(visitor) if is_claim(visitor) else reports.show(visitor)

        declare_entering(pages, office)
        declare_identifying(pages, office)
        reports.declare()
        claims.declare()
        declare_papers(pages, office, claims)
        declare_notice(pages, office, claims)
        ShotPages(pages, office).declare()
        DamagePage(pages, office).declare()
        OfferPages(pages, office).declare()
        quotes.declare()

    return LinkedPart(ROOM, PACKAGE, declare, _person_of)


def _person_of(session: Session, subject: str) -> str | None:
    return visitor_of(session, subject) or visitor_of_quote(session, subject)
