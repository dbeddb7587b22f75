"""The quotation desk's page: the price disputes that came to it; each is answered on the claim's own page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response

from claims.board.quotations import DESK, Quotations
from claims.pages.board_pages import VOCABULARY
from claims.service.office import Office
from esign.public.console import N_, Entry, RoomConsole, caller, only, page

ENTRIES: Final = (Entry(N_("价格异议"), "claims_quotations", N_("停滞十二小时转来的，下一工作日前答复"), DESK),)
SENTENCES: Final[Mapping[str, str]] = {}


def declare(console: RoomConsole, office: Office) -> None:
    """Declare it."""
    quotations = Quotations(office)

    @console.page("/quotations", to=only(*DESK))
    def claims_quotations() -> Response:
        return page("claims_quotations.html", disputes=quotations.disputes(caller()), **VOCABULARY)

    console.count("claims_quotations", lambda: quotations.count(caller()))
