"""All pages of customers as one part: which page a link opens follows from what it is about."""

from __future__ import annotations

from typing import Final

from werkzeug.wrappers import Response

from claims.selfservice.inviting import visitor_of
from claims.selfservice.pages.claim_page import ClaimPage
from claims.selfservice.pages.damage_page import DamagePage
from claims.selfservice.pages.entering_pages import declare_entering
from claims.selfservice.pages.identifying import declare_identifying
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
    """Return them."""

    def declare(pages: LinkedPages) -> None:
        reports, claims = ReportPage(pages, office), ClaimPage(pages, office)

        @pages.page()
        def claims_home(visitor: Visitor) -> Response:
            return claims.show(visitor) if is_claim(visitor) else reports.show(visitor)

        declare_entering(pages, office)
        declare_identifying(pages, office)
        reports.declare()
        claims.declare()
        declare_papers(pages, office, claims)
        ShotPages(pages, office).declare()
        DamagePage(pages, office).declare()
        OfferPages(pages, office).declare()

    return LinkedPart(ROOM, PACKAGE, declare, visitor_of)
