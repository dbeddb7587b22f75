"""Documents at rest: the document as it was handed in, and every revision as what it appends, each piece sealed.

A piece is sealed and written before the transaction that records it, so that no writer waits for the disk. What
falls in between leaves a blob that nobody can open and nobody refers to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.ceremony.errors import NotAvailable
from esign.ceremony.models import DocumentPiece, PageImage
from esign.infra.blobs import random_name
from esign.infra.encryption import new_data_key
from esign.infra.personal_records import DataKeys
from esign.infra.sealed_blobs import SealedBlobs

ORIGINAL, PREPARED = 0, 1


@dataclass(frozen=True)
class WrittenBlob:
    """A sealed blob that is written and not recorded yet."""

    name: str
    key: bytes = field(repr=False)
    size: int


class Documents:
    """The revisions of documents and the pictures of their pages."""

    def __init__(self, blobs: SealedBlobs, data_keys: DataKeys) -> None:
        self._blobs = blobs
        self._data_keys = data_keys

    def write(self, data: bytes) -> WrittenBlob:
        """Seal and write the bytes under a key of their own, outside of any transaction. Raises `BlobError`."""
        name, key = random_name("piece"), new_data_key()
        self._blobs.put(key, name, data)
        return WrittenBlob(name, key, len(data))

    def add_piece(self, session: Session, document: str, number: int, written: WrittenBlob, sha256: str) -> None:
        """Record piece `number`; `sha256` is that of the whole document up to it (64 hexadecimal digits).

        Raises `IntegrityError` if the number is taken: somebody else appended first.
        """
        record = f"{document}.{number}"
        self._data_keys.new(session, record, written.key)
        session.add(
            DocumentPiece(
                document=document,
                number=number,
                sha256=sha256,
                size=written.size,
                blob=written.name,
                record=record,
            )
        )
        session.flush()

    def pieces(self, session: Session, document: str) -> Sequence[DocumentPiece]:
        """Return the pieces in order."""
        return session.scalars(
            select(DocumentPiece).where(DocumentPiece.document == document).order_by(DocumentPiece.number)
        ).all()

    def read(self, session: Session, document: str, sha256: str) -> bytes:
        """Return the document as it was at the revision with this digest, which is checked.

        Raises `NotAvailable` (`revision-missing`), `RecordErased`, `BlobError`, `SealedDataError`.
        """
        content = bytearray()
        pieces = self.pieces(session, document)
        digests = [piece.sha256 for piece in pieces]
        wanted = pieces[: digests.index(sha256) + 1] if sha256 in digests else pieces
        keys = self._data_keys.get_all(session, [piece.record for piece in wanted])
        for piece in wanted:
            content += self._blobs.read(keys[piece.record], piece.blob)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise NotAvailable(
                "revision-missing",
                f"document {document} has no revision with this digest",
                "ask for the original, the current or the sealed one",
            )
        return bytes(content)

    def add_page_image(
        self, session: Session, revision: str, page: int, jpeg: WrittenBlob, size: tuple[int, int], sha256: str
    ) -> None:
        """Record the picture of a page of this revision, once: a second one of the same page changes nothing."""
        if session.get(PageImage, (revision, page)) is not None:
            return
        record = f"page.{revision[:40]}.{page}"
        self._data_keys.new(session, record, jpeg.key)
        session.add(
            PageImage(
                revision=revision,
                page=page,
                sha256=sha256,
                width=size[0],
                height=size[1],
                blob=jpeg.name,
                record=record,
            )
        )
        session.flush()

    def page_image(self, session: Session, revision: str, page: int) -> PageImage | None:
        """Return what is known of a page's picture, or None if it was not drawn yet."""
        return session.get(PageImage, (revision, page))

    def page_image_seen(self, session: Session, document: str, page: int, sha256: str) -> PageImage | None:
        """Return the picture of the document's page that has this digest, whichever revision it shows, or None."""
        revisions = [piece.sha256 for piece in self.pieces(session, document)]
        wanted = (PageImage.revision.in_(revisions), PageImage.page == page, PageImage.sha256 == sha256)
        return session.scalars(select(PageImage).where(*wanted).limit(1)).first()

    def read_page_image(self, session: Session, image: PageImage) -> bytes:
        """Return the JPEG. Raises `RecordErased`, `BlobError`, `SealedDataError`."""
        return self._blobs.read(self._data_keys.get(session, image.record), image.blob)
