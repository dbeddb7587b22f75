"""Pictures of pages: drawn in quarantine when somebody first reads a page, and kept: what was shown is evidence."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from esign.ceremony.documents import Documents
from esign.ceremony.domain.values import Document
from esign.ceremony.quarantined import render_pages
from esign.ceremony.shown import PageShown
from esign.errors import DocumentRefused
from esign.infra.database import Database
from esign.infra.errors import RecordError
from esign.infra.quarantine import Quarantine, QuarantineFailed

PAGES_AT_ONCE: Final = 8


class PagePictures:
    """Draws and reads the pictures of a prepared revision's pages, which are counted from 1."""

    def __init__(self, database: Database, documents: Documents, quarantine: Quarantine) -> None:
        self._database = database
        self._documents = documents
        self._quarantine = quarantine

    def read(self, session: Session, document: Document, page: int) -> PageShown | None:
        """Return the page's picture, None where it was not drawn yet. Raises `RecordErased`, `BlobError`."""
        image = self._documents.page_image(session, document.prepared, page)
        if image is None:
            return None
        jpeg = self._documents.read_page_image(session, image)
        return PageShown(jpeg, image.sha256, image.width, image.height)

    def draw(self, document: Document, content: bytes, page: int) -> None:
        """Draw the pages around the one that is asked for, or it alone where one fails, and keep the pictures.

        `content` is the prepared revision. Raises `DocumentRefused`, `QuarantineFailed`, `BlobError`.
        """
        first = (page - 1) // PAGES_AT_ONCE * PAGES_AT_ONCE + 1
        numbers = range(first, min(first + PAGES_AT_ONCE, document.pages + 1))
        try:
            pictures = render_pages(self._quarantine, content, list(numbers))
        except (DocumentRefused, QuarantineFailed):
            numbers = range(page, page + 1)
            pictures = render_pages(self._quarantine, content, list(numbers))
        written = [self._documents.write(picture.jpeg) for picture in pictures]
        with suppress(IntegrityError, RecordError), self._database.transaction() as session:
            # Whoever draws the same pages at the same moment draws the same pictures: one of them is kept.
            for number, picture, blob in zip(numbers, pictures, written, strict=True):
                sha256 = hashlib.sha256(picture.jpeg).hexdigest()
                size = (picture.width, picture.height)
                self._documents.add_page_image(session, document.prepared, number, blob, size, sha256)
