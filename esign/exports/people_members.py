"""What belongs to each recipient: the manifest with its items, the consents as shown, the pages as shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from esign.bundle.writing import Member, member
from esign.ceremony.consent_texts import ConsentTexts
from esign.ceremony.documents import Documents, PagePicture
from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.records import CeremonyRecords
from esign.evidence.manifest import MANIFEST_FILE_NAME
from esign.infra.database import Database
from esign.infra.errors import RecordErased
from esign.infra.personal_records import PersonalRecords


@dataclass(frozen=True)
class PeopleMembers:
    """Reads them. `is_whole` of what it yields is told by `is_erased`."""

    database: Database
    documents: Documents
    records: PersonalRecords
    texts: ConsentTexts

    def of(self, session: Session, envelope: Envelope) -> Iterator[Member]:
        """Yield the members of every recipient. Raises `RecordError`, `SealedDataError`."""
        pages: dict[str, PagePicture] = {}
        for recipient in envelope.recipients:
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
        try:
            frozen = CeremonyRecords(self.records).confirmation(session, recipient.confirmation)
        except RecordErased:
            return
        yield member(f"evidence/{recipient.id}/{MANIFEST_FILE_NAME}", frozen.evidence.manifest)
        for item in frozen.evidence.items:
            yield member(f"evidence/{recipient.id}/{item.file_name}", item.content)

    def _consents(self, session: Session, recipient: Recipient) -> Iterator[Member]:
        for given in recipient.session.consents:
            text = self.texts.read(session, given.digest)
            yield member(f"consents/{recipient.id}/{given.id}.{given.version}.txt", text.encode("utf-8"))

    def _pages(self, session: Session, recipient: Recipient) -> Iterator[tuple[str, PagePicture]]:
        document = str(recipient.plan.document)
        for page, digest in dict.fromkeys((stay.page, stay.image) for stay in recipient.session.stays):
            image = self.documents.page_image_seen(session, document, page, digest)
            if image is not None:
                yield f"pages/{document}/{digest}.jpg", image

    def _picture(self, image: PagePicture) -> Callable[[], bytes]:
        def read() -> bytes:
            with self.database.reading() as session:
                return self.documents.read_page_image(session, image)

        return read
