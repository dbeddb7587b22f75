"""Where a member begins: what they may do here."""

from __future__ import annotations

from flask import Response

from esign.web.console.access import MEMBERS, Console
from esign.web.console.console_services import ConsoleServices
from esign.web.rendering import page


def declare_start_pages(console: Console, _services: ConsoleServices) -> None:
    """Declare the first page."""

    @console.page("", to=MEMBERS)
    def start() -> Response:
        return page("console_start.html")
