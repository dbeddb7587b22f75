"""The sealed copy by the link and a fresh code, for whoever signed and for whoever only receives it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from esign.api.link_limits import require_link
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.errors import LinkRefused
from esign.trail.compact_checkpoint import compact_checkpoint
from esign.trail.publishing import latest_checkpoint
from esign.web import cookies
from esign.web.errors import no_page
from esign.web.files import pdf
from esign.web.invited import Invited, invited_by
from esign.web.page_services import PageServices
from esign.web.qr_code import qr_code
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

    @app.get("/s/<link>/copy/certificate.pdf")
    def certificate(link: str) -> Response:
        invited = _completed(services, link)
        envelope = services.copies.certified(cookies.copy_of(invited.shown.recipient) or "")
        with services.service.ports.database.reading() as session:
            found = None if envelope is None else services.service.certificates.read(session, envelope)
        if found is None:
            raise no_page()
        return pdf(found.content, found.name, found.sha256)

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
    documents = completion = None
    if token := cookies.copy_of(invited.shown.recipient):
        try:
            documents = services.copies.listed(token)
            completion = _completion(services, services.copies.certified(token))
        except LinkRefused:
            documents = completion = None
    return page(
        "copy.html",
        200 if said is None else 422,
        invited=invited,
        documents=documents,
        completion=completion,
        qr_code=qr_code,
        said=said,
        sent=said is not None or "sent" in request.args,
    )


@dataclass(frozen=True)
class Completion:
    """What goes with the copy: whether a certificate is `ready` or still `coming`, and the log's latest checkpoint.

    One that somebody may not have is neither. The checkpoint is in one line, None where there is none yet.
    """

    ready: bool
    coming: bool
    checkpoint: str | None


def _completion(services: PageServices, envelope: str | None) -> Completion:
    """Return what goes with a copy; `envelope` is the one whose certificate it opens, None where it opens none."""
    service = services.service
    with service.ports.database.reading() as session:
        ready = envelope is not None and service.certificates.find(session, envelope) is not None
        coming = not ready and envelope is not None and service.completions.is_entered(session, envelope)
        latest = latest_checkpoint(session)
    return Completion(ready, coming, None if latest is None else compact_checkpoint(latest.signed))
