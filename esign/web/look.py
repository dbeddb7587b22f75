"""How pages look to this browser: the language and the size of letters, switched by a form."""

from __future__ import annotations

import re
from typing import Final

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from esign.web import cookies
from esign.web.page_services import PageServices
from esign.web.words import language_of

LOOK: Final = "look"
_OWN_PAGE: Final = re.compile(r"/[A-Za-z0-9_./-]{0,300}", re.ASCII)
_RECIPIENT: Final = re.compile(r"/[sc]/(rcp_[0-9a-z]{16,40})(?:[./]|$)", re.ASCII)


def declare_look(app: Flask, services: PageServices) -> None:
    """Declare the switches."""

    @app.post("/look")
    def look() -> Response:
        services.forms.require_own(request, LOOK)
        back = request.form.get("back", "/")
        response = redirect(back if is_own_page(back) else "/", 303)
        if (chosen := language_of(request.form.get("language"))) is not None:
            whose = _RECIPIENT.match(back)
            cookies.keep_language(response, chosen, whose.group(1) if whose else None)
        if (size := request.form.get("letters")) is not None:
            cookies.keep_large(response, large=size == "large")
        return response


def is_own_page(back: str) -> bool:
    """Tell whether this is the path of a page of ours, however a browser reads it."""
    return _OWN_PAGE.fullmatch(back) is not None and not back.startswith("//") and ".." not in back
