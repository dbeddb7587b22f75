"""The sealed copy, by the link and a fresh code: for those who signed, and for those who only receive it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pydantic import BaseModel, Field

from esign.api.call import Call, Reply
from esign.api.ceremony_refusals import as_told
from esign.api.completion_certificate import MISSING, require_certificate
from esign.api.entrance_resource import CODE_FORM, LINK_EXAMPLE, CodeView
from esign.api.json_body import Body, Query
from esign.api.link_limits import LinkLimits, require_link
from esign.api.operations import Resource
from esign.api.pdf_reply import PDF, pdf_reply
from esign.api.rates import Rates
from esign.api.scopes import Door
from esign.ceremony.copies import Copies
from esign.ceremony.domain.refusal import refusal
from esign.service import Service

NO_COPY: Final = (
    "envelope-declined",
    "envelope-draft",
    "envelope-expired",
    "envelope-in-progress",
    "envelope-seal-failed",
    "envelope-sealing",
    "envelope-voided",
    "recipient-replaced",
)
"""Codes that say why there is no sealed copy, or not yet."""


class CopyBody(Body):
    """The code that was sent."""

    code: str = Field(pattern=CODE_FORM)


class CopyDocumentView(BaseModel):
    """A sealed document that may be downloaded."""

    id: str
    name: str
    sha256: str = Field(description="64 hexadecimal digits.")


class CopyView(BaseModel):
    """What the code opens, for one hour."""

    token: str = Field(description="What goes into the address of the download.")
    expires_at: datetime
    documents: list[CopyDocumentView]


class CopyQuery(Query):
    """Which document."""

    document: str | None = Field(
        None, pattern="^doc_[0-9a-z]{16,40}$", description="Its id; the first one if not given."
    )


def copy_resource(service: Service, copies: Copies, rates: Rates, limits: LinkLimits) -> Resource:
    """Return the operations that lead to the sealed copy."""
    entrance = service.entrance
    resource = Resource(
        "copies",
        "已签文件",
        "Sealed copies",
        "Once the envelope is completed, every recipient can download the sealed document with the same link and a "
        "fresh code. A copy recipient has all documents, a signer the one that was signed.",
    )

    @resource.operation(
        "POST",
        "/v1/ceremonies/<link>/copy-code",
        access=Door.PUBLIC,
        zh="发送下载验证码",
        en="Send a code for the copy",
        about="To the registered phone, at most one in five minutes, five an hour and ten a day.",
        answer=CodeView,
        problems=("link-unknown", "record-erased", *NO_COPY),
        answer_example={"expires_at": "2026-03-02T04:10:00Z"},
    )
    @as_told
    def copy_code(call: Call) -> Reply:
        require_link(entrance, rates, call.path["link"], limits.link, *limits.copy_codes)
        return Reply(CodeView(expires_at=copies.send_code(call.path["link"])))

    @resource.operation(
        "POST",
        "/v1/ceremonies/<link>/copy",
        access=Door.PUBLIC,
        zh="凭验证码领取",
        en="Open the copy",
        about="Five tries in five minutes, twenty a day.",
        body=CopyBody,
        bytes_at_most=4 * 1024,
        answer=CopyView,
        problems=("link-unknown", "code-wrong", "record-erased", *NO_COPY),
        example={"code": "246810"},
        answer_example={
            "token": f"{LINK_EXAMPLE.partition('.')[0]}.1772424000.{'x' * 27}",
            "expires_at": "2026-03-02T05:00:00Z",
            "documents": [{"id": "doc_01k9x7m2qv8w3c5t6r4n0b1d2e", "name": "合同.pdf", "sha256": "5e" * 32}],
        },
    )
    @as_told
    def open_copy(call: Call) -> Reply:
        require_link(entrance, rates, call.path["link"], limits.link, *limits.copy_tries)
        opened = copies.open(call.path["link"], call.body(CopyBody).code)
        documents = [CopyDocumentView(id=one.id, name=one.name, sha256=one.sha256) for one in opened.documents]
        return Reply(CopyView(token=opened.token, expires_at=opened.expires_at, documents=documents))

    @resource.operation(
        "GET",
        "/v1/copies/<token>/sealed.pdf",
        access=Door.PUBLIC,
        zh="下载已签文件",
        en="Download the sealed document",
        query=CopyQuery,
        answer=PDF,
        problems=("copy-over", "no-document", "record-erased", "storage-unavailable", *NO_COPY),
    )
    @as_told
    def sealed(call: Call) -> Reply:
        copy = copies.sealed(call.path["token"], call.query(CopyQuery).document)
        return pdf_reply(copy.content, copy.document.name, copy.document.sha256, shown="attachment")

    @resource.operation(
        "GET",
        "/v1/copies/<token>/certificate.pdf",
        access=Door.PUBLIC,
        zh="下载签署完成证书",
        en="Download the completion certificate",
        about="For whoever has every document of the envelope: the certificate tells of all of them.",
        answer=PDF,
        problems=("copy-over", "no-document", MISSING, "record-erased", "storage-unavailable", *NO_COPY),
    )
    @as_told
    def certificate(call: Call) -> Reply:
        envelope = copies.certified(call.path["token"])
        if envelope is None:
            raise refusal("no-document")
        with service.ports.database.reading() as session:
            found = require_certificate(service, session, envelope)
        return pdf_reply(found.content, found.name, found.sha256, shown="attachment")

    return resource
