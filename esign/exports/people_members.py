"""What belongs to each recipient: the manifest with its items, the consents as shown, the pages as shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from esign.bundle.writing import Member, member
from esign.ceremony.consent_texts import ConsentTexts
from esign.ceremony.documents import Documents, PagePicture
from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.records import CeremonyRecords
from esign.evidence.manifest import MANIFEST_FILE_NAME
from esign.exports.errors import kept_differs
from esign.infra.database import Database
from esign.infra.personal_records import PersonalRecords


@dataclass(frozen=True)
class PeopleMembers:
    """Reads them; each is compared with the digest that the trail has of it."""

    database: Database
    documents: Documents
    records: PersonalRecords
    texts: ConsentTexts

    def of(self, session: Session, envelope: Envelope) -> Iterator[Member]:
        """Yield the members of every recipient; no evidence where any of it was erased: what is left is in the PDFs.

        Raises `RecordError`, `SealedDataError`, `ExportError` (`kept-data-differs`).
        """
        pages: dict[str, PagePicture] = {}
        is_erased = self.is_erased(session, envelope)
        for recipient in envelope.recipients:
            if not is_erased:
                yield from self._evidence(session, recipient)
            yield from self._consents(session, recipient)
            for name, image in self._pages(session, recipient):
                pages[name] = image
        for name, image in pages.items():
            yield Member(name, self._picture(image))

    def is_erased(self, session: Session, envelope: Envelope) -> bool:
        """Tell whether what any recipient confirmed was erased."""
        confirmations = (one.confirmation for one in envelope.recipients if one.confirmation is not None)
        return any(self.records.is_erased(session, record) for record in confirmations)

    def _evidence(self, session: Session, recipient: Recipient) -> Iterator[Member]:
        if recipient.confirmation is None:
            return
        frozen = CeremonyRecords(self.records).confirmation(session, recipient.confirmation)
        manifest = _as_recorded(frozen.evidence.manifest, recipient.manifests[-1], "a manifest")
        yield member(f"evidence/{recipient.id}/{MANIFEST_FILE_NAME}", manifest)
        for item in frozen.evidence.items:
            yield member(f"evidence/{recipient.id}/{item.file_name}", item.content)

    def _consents(self, session: Session, recipient: Recipient) -> Iterator[Member]:
        for given in recipient.session.consents:
            text = _as_recorded(
                self.texts.read(session, given.digest).encode("utf-8"), given.digest, "a consent's text"
            )
            yield member(f"consents/{recipient.id}/{given.id}.{given.version}.txt", text)

    def _pages(self, session: Session, recipient: Recipient) -> Iterator[tuple[str, PagePicture]]:
        document = str(recipient.plan.document)
        for page, digest in dict.fromkeys((stay.page, stay.image) for stay in recipient.session.stays):
            image = self.documents.page_image_seen(session, document, page, digest)
            if image is not None:
                yield f"pages/{document}/{digest}.jpg", image

    def _picture(self, image: PagePicture) -> Callable[[], bytes]:
        def read() -> bytes:
            with self.database.reading() as session:
                return _as_recorded(self.documents.read_page_image(session, image), image.sha256, "a page's picture")

        return read


def _as_recorded(content: bytes, digest: str, what: str) -> bytes:
    """Return the content, which must have this digest (64 hex digits). Raises `ExportError` (`kept-data-differs`)."""
    if hashlib.sha256(content).hexdigest() != digest:
        raise kept_differs(what)
    return content
