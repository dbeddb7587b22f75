"""What stands at the root of the service: what this is, and where to have a file judged."""

from __future__ import annotations

from flask import Flask, Response

from esign.web.page_services import PageServices
from esign.web.rendering import page
from esign.web.verify_pages import frame


def declare_front_page(app: Flask, services: PageServices) -> None:
    """Declare the page at the root."""

    @app.get("/")
    def front_page() -> Response:
        return page("front.html", **frame(services))
