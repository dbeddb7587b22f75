"""Where a member begins: what waits for them, and where they may go."""

from __future__ import annotations

from flask import Response

from esign.web.console.access import MEMBERS, Console
from esign.web.console.approval_pages import waiting_for
from esign.web.console.callers import caller
from esign.web.console.console_services import ConsoleServices
from esign.web.rendering import page


def declare_start_pages(console: Console, services: ConsoleServices) -> None:
    """Declare the first page."""

    @console.page("", to=MEMBERS)
    def start() -> Response:
        return page(
            "console_start.html",
            waiting=waiting_for(services),
            ready=services.room.approval_lists.ready(caller(), now=services.clock()),
            signals=console.waiting_counts["signals"](),
        )
