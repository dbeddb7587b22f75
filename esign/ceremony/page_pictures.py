"""Pictures of pages: drawn in quarantine when somebody first reads a page, and kept: what was shown is evidence.

What is read is the newest revision, so that who signs later sees what others signed before, as on paper. A page names
the revision that it shows; its picture and the record of its being read are of that one, whatever is signed meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from esign.ceremony.documents import PREPARED, Documents, PagePicture
from esign.ceremony.domain import Recipient
from esign.ceremony.domain.refusal import Refusal, refusal
from esign.ceremony.domain.state import DocumentProgress
from esign.ceremony.domain.values import Document
from esign.ceremony.quarantined import PageImage, render_pages
from esign.ceremony.shown import PageShown
from esign.errors import DocumentRefused
from esign.infra.database import Database
from esign.infra.errors import RecordError
from esign.infra.quarantine import Quarantine, QuarantineFailed
from esign.infra.turns import NamedTurns

PAGES_AT_ONCE: Final = 8
DRAWING_SECONDS: Final = 60.0
"""How long somebody waits for the same pages to be drawn for another before they are drawn once more."""


def newest_read(document: DocumentProgress, recipient: Recipient) -> str:
    """Return the digest of the revision that the recipient reads: the newest, or what their own signature stands on."""
    return document.current if recipient.signature is None else recipient.signature.base


class PagePictures:
    """Draws and reads the pictures of a revision's pages, which are counted from 1."""

    def __init__(self, database: Database, documents: Documents, quarantine: Quarantine) -> None:
        self._database = database
        self._documents = documents
        self._quarantine = quarantine
        self._turns = NamedTurns(DRAWING_SECONDS)

    def require_revision(self, session: Session, document: Document, revision: str) -> None:
        """Raise `Refusal` (`page-not-shown`) unless this is a revision of the document that people may read."""
        readable = [piece.sha256 for piece in self._documents.pieces(session, document.id)[PREPARED:]]
        if revision not in readable:
            raise _not_shown(revision)

    def shown(self, session: Session, document: Document, page: int, revision: str | None) -> PagePicture | None:
        """Return the picture of the page that was shown: of this revision, or where none is told, the newest drawn."""
        drawn = self._documents.readable_page(session, document.id, page)
        if revision is None:
            return next((image for image in reversed(drawn.values()) if image is not None), None)
        if revision not in drawn:
            raise _not_shown(revision)
        return drawn[revision]

    def read(self, session: Session, revision: str, page: int) -> PageShown | None:
        """Return the page's picture, None where it was not drawn yet. Raises `RecordErased`, `BlobError`."""
        image = self._documents.page_image(session, revision, page)
        if image is None:
            return None
        jpeg = self._documents.read_page_image(session, image)
        return PageShown(jpeg, image.sha256, image.width, image.height)

    def draw(self, document: Document, revision: str, page: int, *, origin: str) -> PageShown:
        """Draw the pages around the one that is asked for, or it alone where one fails, keep the pictures, and return
        that of the page.

        Phones ask for several pages at once, and people open a contract at the same time: who asks for what is being
        drawn waits for it. `origin` is where the document came from. Raises `DocumentRefused`, `QuarantineFailed`,
        `BlobError`, `RecordErased`.
        """
        first = (page - 1) // PAGES_AT_ONCE * PAGES_AT_ONCE + 1
        with self._turns.of(f"{revision} {first}"):
            with self._database.reading() as session:
                shown = self.read(session, revision, page)
                if shown is not None:
                    return shown
                content = self._documents.read(session, document.id, revision)
            # What somebody signed holds their photo, which comes from whoever has a link: it is drawn by itself.
            reader = self._quarantine.files_of(origin) if revision == document.prepared else self._quarantine
            numbers = range(first, min(first + PAGES_AT_ONCE, document.pages + 1))
            try:
                pictures = render_pages(reader, content, list(numbers))
            except (DocumentRefused, QuarantineFailed):
                pictures = render_pages(reader, content, [page])
            self._keep(revision, pictures)
        with self._database.reading() as session:
            shown = self.read(session, revision, page)
        if shown is None:
            raise RecordError("record-missing", "the picture of a page was not kept", "open the page again")
        return shown

    def _keep(self, revision: str, pictures: Sequence[PageImage]) -> None:
        written = [self._documents.write(picture.jpeg) for picture in pictures]
        with suppress(IntegrityError, RecordError), self._database.transaction() as session:
            # Whoever draws the same pages at the same moment draws the same pictures: one of them is kept.
            for picture, blob in zip(pictures, written, strict=True):
                sha256 = hashlib.sha256(picture.jpeg).hexdigest()
                size = (picture.width, picture.height)
                self._documents.add_page_image(session, revision, picture.number, blob, size, sha256)


def _not_shown(revision: str) -> Refusal:
    return refusal("page-not-shown", (revision[:12],))
