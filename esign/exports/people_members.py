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
from esign.exports.proven_events import EnvelopeTrail
from esign.infra.database import Database
from esign.infra.personal_records import PersonalRecords


@dataclass(frozen=True)
class PeopleMembers:
    """Reads them; each is compared with the digest that the trail has of it."""

    database: Database
    documents: Documents
    records: PersonalRecords
    texts: ConsentTexts

    def of(self, session: Session, envelope: Envelope, trail: EnvelopeTrail) -> Iterator[Member]:
        """Yield the members of every recipient; no evidence where any of it was erased: what is left is in the PDFs.

        Of texts and pages, all that the trail tells of: a phone that was corrected begins the ceremony anew, and what
        was agreed to and seen before it happened all the same.

        Raises `RecordError`, `SealedDataError`, `ExportError` (`kept-data-differs`).
        """
        pages: dict[str, PagePicture] = {}
        is_erased = self.is_erased(session, envelope)
        for recipient in envelope.recipients:
            if not is_erased:
                yield from self._evidence(session, recipient)
            yield from self._consents(session, recipient, trail)
            for name, image in self._pages(session, recipient, trail):
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

    def _consents(self, session: Session, recipient: Recipient, trail: EnvelopeTrail) -> Iterator[Member]:
        given = {
            f"{event.payload['consent']}.{event.payload['text_version']}": str(event.payload["digest"])
            for event in trail.of_recipient("recipient.consented", recipient.id)
        }
        for name, digest in given.items():
            text = _as_recorded(self.texts.read(session, digest).encode("utf-8"), digest, "a consent's text")
            yield member(f"consents/{recipient.id}/{name}.txt", text)

    def _pages(self, session: Session, recipient: Recipient, trail: EnvelopeTrail) -> Iterator[tuple[str, PagePicture]]:
        document = str(recipient.plan.document)
        read = trail.of_recipient("recipient.page-read", recipient.id)
        for page, digest in dict.fromkeys((int(str(one.payload["page"])), str(one.payload["image"])) for one in read):
            image = self.documents.page_image_seen(session, document, page, digest)
            if image is None:
                raise kept_differs("a page's picture")
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
