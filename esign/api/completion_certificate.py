"""The completion certificate of an envelope, for the client whose it is."""

from __future__ import annotations

from sqlalchemy.orm import Session

from esign.api.call import Call, Reply
from esign.api.errors import ApiError
from esign.api.operations import Resource
from esign.api.own_envelopes import OwnEnvelopes
from esign.api.pdf_reply import PDF, pdf_reply
from esign.api.scopes import Scope
from esign.completion.certificates import CertificateFile
from esign.service import Service

MISSING = "not-certified-yet"


def require_certificate(service: Service, session: Session, envelope: str) -> CertificateFile:
    """Return the certificate. Raises `ApiError` (`not-certified-yet`), `RecordErased`, `BlobError`."""
    found = service.certificates.read(session, envelope)
    if found is None:
        raise ApiError(MISSING)
    return found


def add_certificate(documents: Resource, service: Service, own: OwnEnvelopes) -> None:
    """Declare the download."""

    @documents.operation(
        "GET",
        "/v1/envelopes/<envelope>/certificate",
        access=Scope.DOCUMENTS_READ,
        zh="下载签署完成证书",
        en="Get the completion certificate",
        about="People, steps, digests and certificates on a few pages, in Chinese and English, sealed, with the "
        "trail's checkpoint as a QR code. It is made once, some seconds after the completion; `completion.certified` "
        "tells of it. It names people: erasing the envelope's evidence erases it.",
        answer=PDF,
        problems=("no-envelope", MISSING, "record-erased", "storage-unavailable"),
    )
    def certificate(call: Call) -> Reply:
        with service.ports.database.reading() as session:
            envelope = own.row(session, call, call.path["envelope"])
            found = require_certificate(service, session, envelope.id)
        return pdf_reply(found.content, found.name, found.sha256, shown="attachment")
