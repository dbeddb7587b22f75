"""The pages of the room for customers, each behind a link that was sent."""

from __future__ import annotations

from esign.public.pages import LinkedPages, LinkedPart
from policy.pages import PACKAGE, ROOM
from policy.pages.visitor_pages import declare_visitor_pages, visitor_of
from policy.service.office import Office


def linked_part(office: Office) -> LinkedPart:
    """Return them. Which page a link opens follows from what it is about."""

    def declare(pages: LinkedPages) -> None:
        declare_visitor_pages(pages, office)

    return LinkedPart(ROOM, PACKAGE, declare, visitor_of)
