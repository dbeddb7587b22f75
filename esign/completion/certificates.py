"""Certificates at rest: sealed like the documents, each under a key of its own, and erased by deleting that."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.ceremony.about import read_about
from esign.ceremony.documents import Documents, WrittenBlob
from esign.ceremony.erasing import certificate_record
from esign.completion.models import CompletionCertificate
from esign.completion.words import LABELS
from esign.infra.personal_records import PersonalRecords

_TITLE: Final = LABELS["certificate"].zh


@dataclass(frozen=True)
class CertificateFile:
    """A certificate to be taken away: the name for whoever saves it, SHA-256 in hexadecimal digits, the PDF."""

    name: str = field(repr=False)
    sha256: str
    content: bytes = field(repr=False)


class Certificates:
    """Keeps and reads certificates in the caller's transaction."""

    def __init__(self, documents: Documents, records: PersonalRecords) -> None:
        self._documents = documents
        self._records = records

    def write(self, content: bytes) -> WrittenBlob:
        """Seal and write the PDF, outside of any transaction. Raises `BlobError`."""
        return self._documents.write(content)

    def keep(self, session: Session, envelope: str, written: WrittenBlob, sha256: str, *, at: datetime) -> None:
        """Record what was written as the envelope's certificate.

        Raises `RecordErased` where the envelope's people were erased, `IntegrityError` where there is a certificate.
        """
        record = certificate_record(envelope)
        self._records.data_keys.new(session, record, written.key)
        session.add(
            CompletionCertificate(
                envelope=envelope, sha256=sha256, size=written.size, blob=written.name, record=record, made_at=at
            )
        )
        session.flush()

    def find(self, session: Session, envelope: str) -> CompletionCertificate | None:
        """Return what is known of the envelope's certificate, None where there is none (yet)."""
        return session.get(CompletionCertificate, envelope)

    def is_one(self, session: Session, sha256: str) -> bool:
        """Tell whether the file with this digest (64 hexadecimal digits) is a certificate of ours, or was one."""
        return session.scalar(select(CompletionCertificate.envelope).filter_by(sha256=sha256)) is not None

    def read(self, session: Session, envelope: str) -> CertificateFile | None:
        """Return the envelope's certificate, None where there is none (yet). Raises `RecordErased`, `BlobError`."""
        kept = self.find(session, envelope)
        if kept is None:
            return None
        content = self._documents.read_written(session, kept.blob, kept.record)
        title = read_about(self._records, session, envelope).title
        return CertificateFile(f"{_TITLE} {title}.pdf", kept.sha256, content)
