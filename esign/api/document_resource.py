"""Documents as a resource: the bytes as they were handed in, as they stand, and sealed, with our verifier's report."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from sqlalchemy.orm import Session

from esign.api.call import Call, Reply
from esign.api.completion_certificate import add_certificate
from esign.api.envelope_examples import DOCUMENT
from esign.api.envelope_views import DocumentView, EnvelopeViews, document_name
from esign.api.errors import ApiError
from esign.api.operations import Resource
from esign.api.own_envelopes import OwnEnvelopes
from esign.api.scopes import Scope
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.values import ENDS, EnvelopeState
from esign.ceremony.models import DocumentRow, EnvelopeRow
from esign.ceremony.releases import released_report
from esign.service import Service

PDF: Final = "application/pdf"
_PROBLEMS: Final = ("no-document", "record-erased", "storage-unavailable")
_UNSEALED: Final = ("not-sealed-yet", "envelope-declined", "envelope-expired", "envelope-voided")


def document_resource(service: Service, public_url: str) -> Resource:
    """Return the operations on documents."""
    documents = Resource(
        "documents",
        "文件",
        "Documents",
        "The `ETag` of a PDF is its SHA-256. A sealed document is one that our own verifier has passed.",
    )
    own, views, database = OwnEnvelopes(service), EnvelopeViews(service, public_url), service.ports.database

    def pdf(session: Session, row: DocumentRow, sha256: str) -> Reply:
        name = document_name(views.about(session, row.envelope), row.id)
        content = service.documents.read(session, row.id, sha256)
        return Reply(content, headers=_headers(row.id, name, sha256), media_type=PDF)

    @documents.operation(
        "GET",
        "/v1/documents/<document>",
        access=Scope.ENVELOPES_READ,
        zh="查看文件信息",
        en="See what is known of a document",
        answer=DocumentView,
        problems=("no-document",),
        answer_example=DOCUMENT,
    )
    def one(call: Call) -> Reply:
        with database.reading() as session:
            _envelope, row = own.document(session, call)
            return Reply(
                DocumentView(
                    id=row.id,
                    envelope=row.envelope,
                    name=document_name(views.about(session, row.envelope), row.id),
                    pages=row.pages,
                    original_sha256=row.original,
                    prepared_sha256=row.prepared,
                    current_sha256=row.current,
                    sealed_sha256=row.sealed,
                    sealed_versions=list(views.state(session, row.envelope).document(row.id).versions),
                )
            )

    @documents.operation(
        "GET",
        "/v1/documents/<document>/original",
        access=Scope.DOCUMENTS_READ,
        zh="下载原始文件",
        en="Get the document as it was handed in",
        answer=PDF,
        problems=_PROBLEMS,
    )
    def original(call: Call) -> Reply:
        with database.reading() as session:
            _envelope, row = own.document(session, call)
            return pdf(session, row, row.original)

    @documents.operation(
        "GET",
        "/v1/documents/<document>/current",
        access=Scope.DOCUMENTS_READ,
        zh="下载当前版本",
        en="Get the document as it stands",
        about="With every signature until now; once the envelope is completed, the sealed one.",
        answer=PDF,
        problems=_PROBLEMS,
    )
    def current(call: Call) -> Reply:
        with database.reading() as session:
            envelope, row = own.document(session, call)
            return pdf(session, row, (row.sealed if _is_completed(envelope) else None) or row.current)

    @documents.operation(
        "GET",
        "/v1/documents/<document>/sealed",
        access=Scope.DOCUMENTS_READ,
        zh="下载已盖章的文件",
        en="Get the sealed document",
        answer=PDF,
        problems=(*_PROBLEMS, *_UNSEALED),
    )
    def sealed(call: Call) -> Reply:
        with database.reading() as session:
            envelope, row = own.document(session, call)
            _require_completed(envelope)
            if row.sealed is None:
                raise ApiError("not-sealed-yet")
            return pdf(session, row, row.sealed)

    @documents.operation(
        "GET",
        "/v1/documents/<document>/report",
        access=Scope.DOCUMENTS_READ,
        zh="下载验签报告",
        en="Get our verifier's report on the sealed document",
        about="As it was when the document was released; `esign verify --json` writes the same form.",
        answer="application/json",
        problems=("no-document", *_UNSEALED),
    )
    def report(call: Call) -> Reply:
        with database.reading() as session:
            envelope, row = own.document(session, call)
            _require_completed(envelope)
            found = released_report(session, service.records.data_keys, row.id)
            if found is None:
                raise ApiError("not-sealed-yet")
            return Reply(found)

    add_certificate(documents, service, own)
    return documents


def _is_completed(envelope: EnvelopeRow) -> bool:
    return envelope.state == EnvelopeState.COMPLETED


def _require_completed(envelope: EnvelopeRow) -> None:
    """Raise unless all documents of the envelope are sealed: one alone may be, of an envelope that then ended."""
    if _is_completed(envelope):
        return
    if EnvelopeState(envelope.state) in ENDS:
        raise refusal(f"envelope-{envelope.state}")
    raise ApiError("not-sealed-yet")


def _headers(document: str, name: str, sha256: str) -> dict[str, str]:
    """Return the headers of a download. The name goes in the form of RFC 6266, 4.3, with an ASCII one beside it."""
    disposition = f"attachment; filename=\"{document}.pdf\"; filename*=UTF-8''{quote(name, safe='')}"
    return {"ETag": f'"{sha256}"', "Content-Disposition": disposition}
