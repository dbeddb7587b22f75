"""The sealed copy by the link and a fresh code, for whoever signed and for whoever only receives it."""

from __future__ import annotations

import re
from typing import Final

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from esign.api.link_limits import require_link
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.errors import LinkRefused
from esign.web import cookies
from esign.web.errors import no_page
from esign.web.files import pdf
from esign.web.invited import Invited, invited_by
from esign.web.page_services import PageServices
from esign.web.rendering import page, words
from esign.web.words import N_

_CODE: Final = re.compile(r"[0-9]{6}", re.ASCII)
_DOCUMENT: Final = re.compile(r"doc_[0-9a-z]{16,40}", re.ASCII)
_WRONG: Final = N_("验证码不对，或者已经过期。请看最新一条短信再填一次，也可以重新发送。")


def declare_copy_pages(app: Flask, services: PageServices) -> None:
    """Declare what a link leads to once everything is signed."""

    @app.get("/s/<link>/copy")
    def copy(link: str) -> AnyResponse:
        return _copy_page(services, _completed(services, link))

    @app.post("/s/<link>/copy-code")
    def copy_code(link: str) -> AnyResponse:
        invited = _completed(services, link)
        services.forms.require_own(request, link)
        require_link(services.service.entrance, services.rates, link, *services.link_limits.copy_codes)
        services.copies.send_code(link)
        return redirect(f"{invited.home}/copy?sent=1", 303)

    @app.post("/s/<link>/copy")
    def open_copy(link: str) -> AnyResponse:
        invited = _completed(services, link)
        services.forms.require_own(request, link)
        require_link(services.service.entrance, services.rates, link, *services.link_limits.copy_tries)
        code = "".join(request.form.get("code", "").split())
        if not _CODE.fullmatch(code):
            return _copy_page(services, invited, words().say(_WRONG))
        try:
            opened = services.copies.open(link, code)
        except LinkRefused as refused:
            if refused.code != "code-wrong":
                raise
            return _copy_page(services, invited, words().say(_WRONG))
        response = redirect(f"{invited.home}/copy", 303)
        cookies.keep_copy(response, invited.shown.recipient, opened.token)
        return response

    @app.get("/s/<link>/copy/<document>.pdf")
    def sealed(link: str, document: str) -> Response:
        if not _DOCUMENT.fullmatch(document):
            raise no_page()
        invited = _completed(services, link)
        copy = services.copies.sealed(cookies.copy_of(invited.shown.recipient) or "", document)
        return pdf(copy.content, copy.document.name, copy.document.sha256)


def _completed(services: PageServices, link: str) -> Invited:
    invited = invited_by(services, link)
    if (code := invited.hindrance) is not None:
        raise refusal(code)
    if not invited.is_completed:
        raise refusal(f"envelope-{invited.shown.envelope_state.replace('_', '-')}")
    return invited


def _copy_page(services: PageServices, invited: Invited, said: str | None = None) -> Response:
    documents = None
    if token := cookies.copy_of(invited.shown.recipient):
        try:
            documents = services.copies.listed(token)
        except LinkRefused:
            documents = None
    return page(
        "copy.html",
        200 if said is None else 422,
        invited=invited,
        documents=documents,
        said=said,
        sent=said is not None or "sent" in request.args,
    )
