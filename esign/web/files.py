"""Files as answers: named for whoever saves them, known by their digest, kept by no cache but the person's own."""

from __future__ import annotations

from flask import Response, request

from esign.api.pdf_reply import pdf_reply
from esign.ceremony.entrance import SESSION_LIFE


def pdf(content: bytes, name: str, sha256: str) -> Response:
    """Return a PDF to be saved under its own name."""
    reply = pdf_reply(content, name, sha256, shown="attachment")
    response = Response(content, content_type=reply.media_type)
    response.headers.update(dict(reply.headers))
    return response


def picture(content: bytes, media_type: str, sha256: str | None = None) -> Response:
    """Return a picture; one that never changes, known by its digest, may stay in the browser."""
    response = Response(content, content_type=media_type)
    if sha256 is not None:
        response.set_etag(sha256)
        response.headers["Cache-Control"] = f"private, max-age={int(SESSION_LIFE.total_seconds())}, immutable"
        response.make_conditional(request)
    return response
