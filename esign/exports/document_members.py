"""What belongs to each document: its revisions, the report at its release, and what it carries to be judged by."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from esign.bundle.facts import BundledDocument
from esign.bundle.writing import Member, member
from esign.ceremony.about import About
from esign.ceremony.acts import validation_data_of
from esign.ceremony.documents import Documents
from esign.ceremony.domain import Envelope
from esign.ceremony.domain.state import DocumentProgress
from esign.ceremony.origins import judged_origin_of
from esign.ceremony.quarantined import read_carried_material
from esign.ceremony.releases import released_report
from esign.infra.database import Database
from esign.infra.quarantine import Quarantine
from esign.verify.report_reading import read_report
from esign.verify.reports import CHINESE, ENGLISH, html_report, xml_report


@dataclass
class Proofs:
    """What signatures are judged by, as DER values, each once."""

    certificates: dict[bytes, None] = field(default_factory=dict, repr=False)
    ocsp_responses: dict[bytes, None] = field(default_factory=dict, repr=False)
    crls: dict[bytes, None] = field(default_factory=dict, repr=False)
    timestamps: dict[bytes, None] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class DocumentMembers:
    """Reads them. `version` is that of the software."""

    database: Database
    documents: Documents
    quarantine: Quarantine
    version: str

    def of(self, session: Session, envelope: Envelope) -> Iterator[Member]:
        """Yield the files of every document, and the report on each that is sealed."""
        for document in envelope.documents:
            facts = bundled_document(document, None)
            kinds = {
                "original": facts.original,
                "prepared": facts.prepared,
                "signed": facts.signed,
                "sealed": facts.sealed,
            }
            for kind, digest in kinds.items():
                if digest is not None:
                    yield Member(f"documents/{facts.id}/{kind}.pdf", self._file(facts.id, digest))
            report = None if facts.sealed is None else self._report(session, facts.id)
            if report is not None:
                yield from self._reports(f"documents/{facts.id}/verification/report", report)

    def proofs(self, envelope: Envelope) -> Proofs:
        """Return what every signed document carries, and what was kept beside it, in no transaction of the caller's.

        Raises `UnreadableDocument`, `QuarantineFailed`, `QuarantineUnavailable`, `BlobError`.
        """
        found = Proofs()
        reader = self.quarantine.files_of(judged_origin_of(envelope))
        for document in envelope.documents:
            facts = bundled_document(document, None)
            newest = facts.sealed or facts.signed
            if newest is None:
                continue
            carried = read_carried_material(reader, self._file(facts.id, newest)())
            with self.database.reading() as session:
                kept = validation_data_of(session, self.documents.column_key(session, facts.id), facts.id)
            found.certificates.update(dict.fromkeys((*carried.certificates, *kept.certificates)))
            found.ocsp_responses.update(dict.fromkeys((*carried.ocsp_responses, *kept.ocsp_responses)))
            found.crls.update(dict.fromkeys((*carried.crls, *kept.crls)))
            found.timestamps.update(dict.fromkeys(carried.timestamps))
        return found

    def _report(self, session: Session, document: str) -> bytes | None:
        return released_report(session, self.documents.data_keys, document)

    def _file(self, document: str, digest: str) -> Callable[[], bytes]:
        def read() -> bytes:
            with self.database.reading() as session:
                return self.documents.read(session, document, digest)

        return read

    def _reports(self, name: str, encoded: bytes) -> Iterator[Member]:
        report = read_report(json.loads(encoded), readable=True)
        yield member(f"{name}.json", encoded)
        for language in (CHINESE, ENGLISH):
            page = html_report(report, language, version=self.version)
            yield member(f"{name}.{language}.html", page.encode("utf-8"))
        if report.validation_time is not None:
            yield member(f"{name}.xml", xml_report(report, judged_at=report.validation_time, version=self.version))


def bundled_document(document: DocumentProgress, about: About | None) -> BundledDocument:
    """Return what a bundle says of the document; `about` is None where its name was erased."""
    plan = document.plan
    signed = document.current if document.sealed is None and document.current != plan.prepared else None
    return BundledDocument(
        id=plan.id,
        name=None if about is None else about.documents[plan.id].name,
        pages=plan.pages,
        original=plan.original,
        prepared=plan.prepared,
        signed=signed,
        sealed=document.sealed,
    )
