"""What a recipient's device shows in an opened ceremony: progress, pages, documents; and the acts beside them."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from esign.api.call import Call, RecipientCaller, Reply
from esign.api.ceremony_acts import declare_reading, declare_signing
from esign.api.ceremony_refusals import SESSION, as_told, telling
from esign.api.ceremony_view import CeremonyView, ceremony_view
from esign.api.copy_resource import NO_COPY
from esign.api.errors import ApiError
from esign.api.operations import Resource
from esign.api.pdf_reply import PDF, pdf_reply
from esign.api.scopes import Door
from esign.ceremony.about import read_about
from esign.ceremony.copies import Copies
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.records import CeremonyRecords
from esign.evidence.handwriting import parse_handwriting
from esign.evidence.ink import render_png
from esign.service import Service

PREVIEW: Final = (720, 270)
"""Width and height of the handwriting's picture, px."""
_PAGE: Final = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


def ceremony_resource(service: Service, copies: Copies) -> Resource:
    """Return the operations of a session."""
    ceremony, records = service.ceremony, CeremonyRecords(service.records)

    def admit(caller: RecipientCaller) -> None:
        with telling():
            ceremony.admit(caller.token)

    resource = Resource(
        "ceremony",
        "签署过程",
        "The ceremony",
        "Four steps: identify, read, sign, photo and confirm. Every act may be repeated with the same effect; one that "
        "comes too early or too late is refused with its reason, and nothing is lost.",
        admit=admit,
    )

    @resource.operation(
        "GET",
        "/v1/ceremony",
        access=Door.SESSION,
        zh="查看进度",
        en="See where it stands",
        about="All that a device needs to go on after a reload or a lost connection.",
        answer=CeremonyView,
        problems=SESSION,
    )
    @as_told
    def progress(call: Call) -> Reply:
        return Reply(ceremony_view(*ceremony.progress(call.recipient.token)))

    @resource.operation(
        "GET",
        "/v1/ceremony/pages/<page>.jpg",
        access=Door.SESSION,
        zh="页面图像",
        en="A page's picture",
        about="The page (from 1) as it is read, with what others signed before: its digest goes into the evidence. A "
        "stay on a page can be recorded once its picture was asked for.",
        answer="image/jpeg",
        problems=(*SESSION, "page-unknown", "workers-busy", "storage-unavailable"),
    )
    @as_told
    def page(call: Call) -> Reply:
        if not _PAGE.fullmatch(call.path["page"]):
            raise ApiError("no-route")
        shown = ceremony.page(call.recipient.token, int(call.path["page"]))
        headers = {
            "ETag": f'"{shown.sha256}"',
            # The address is the same in every ceremony: a tablet must not show one person's page to the next.
            "Vary": "Authorization",
            "Cache-Control": "private, no-cache",  # others may sign meanwhile: asked again, answered 304
        }
        return Reply(shown.jpeg, media_type="image/jpeg", headers=headers)

    @resource.operation(
        "GET",
        "/v1/ceremony/document.pdf",
        access=Door.SESSION,
        zh="待签文件",
        en="The document to be signed",
        about="Exactly the revision that the pages are drawn from.",
        answer=PDF,
        problems=(*SESSION, "storage-unavailable"),
    )
    @as_told
    def document(call: Call) -> Reply:
        token = call.recipient.token
        content, at = ceremony.document(token), ceremony.admit(token)
        plan = at.envelope.document(at.recipient.plan.document).plan
        with service.ports.database.reading() as session:
            name = read_about(service.records, session, at.envelope.id).documents[plan.id].name
        return pdf_reply(content, name, hashlib.sha256(content).hexdigest(), shown="inline")

    @resource.operation(
        "GET",
        "/v1/ceremony/handwriting.png",
        access=Door.SESSION,
        zh="本人笔迹预览",
        en="A preview of one's handwriting",
        answer="image/png",
        problems=(*SESSION, "draw-first"),
    )
    @as_told
    def handwriting(call: Call) -> Reply:
        capture = ceremony.admit(call.recipient.token).recipient.session.handwriting
        if capture is None:
            raise refusal("draw-first")
        with service.ports.database.reading() as session:
            data = records.capture(session, capture.record).data
        width, height = PREVIEW
        return Reply(render_png(parse_handwriting(data), width=width, height=height), media_type="image/png")

    @resource.operation(
        "GET",
        "/v1/ceremony/sealed.pdf",
        access=Door.SESSION,
        zh="已签文件",
        en="The sealed document",
        about="Once the envelope is completed. After the session, the link and a fresh code lead to it.",
        answer=PDF,
        problems=(*SESSION, *NO_COPY, "storage-unavailable"),
    )
    @as_told
    def sealed(call: Call) -> Reply:
        copy = copies.of_recipient(ceremony.admit(call.recipient.token).recipient.id)
        return pdf_reply(copy.content, copy.document.name, copy.document.sha256, shown="attachment")

    declare_reading(resource, service)
    declare_signing(resource, service)
    return resource
