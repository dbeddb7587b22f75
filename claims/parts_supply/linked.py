"""Pages behind links of the room: a link about a quote opens the shop's page."""

from __future__ import annotations

from typing import Final

from werkzeug.wrappers import Response

from claims.parts_supply.quote_pages import QuotePages
from claims.parts_supply.supplying import visitor_of_quote
from claims.service.office import Office
from esign.public.pages import LinkedPages, LinkedPart, Visitor

ROOM: Final = "claims"


def linked_part(office: Office) -> LinkedPart:
    """Return them."""

    def declare(pages: LinkedPages) -> None:
        quotes = QuotePages(pages, office)

        @pages.page()
        def claims_home(visitor: Visitor) -> Response:
            return quotes.show(visitor)

        quotes.declare()

    return LinkedPart(ROOM, ROOM, declare, visitor_of_quote)
