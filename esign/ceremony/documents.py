"""Documents at rest: the document as it was handed in, and every revision as what it appends, each piece sealed.

A piece is sealed and written before the transaction that records it, so that no writer waits for the disk. What
falls in between leaves a blob that nobody can open and nobody refers to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from sqlalchemy import and_, bindparam, insert, select
from sqlalchemy.orm import Session

from esign.ceremony.errors import NotAvailable
from esign.ceremony.models import DocumentPiece, PageImage
from esign.infra.blobs import random_name
from esign.infra.encryption import new_data_key
from esign.infra.personal_records import DataKeys
from esign.infra.sealed_blobs import SealedBlobs
from esign.infra.sealed_columns import ColumnKey
from esign.infra.statements import table_of

ORIGINAL, PREPARED = 0, 1

_ROWS, _IMAGES = table_of(DocumentPiece), table_of(PageImage)
_ADD_PIECE: Final = insert(_ROWS)
_PIECES: Final = (
    select(_ROWS.c.sha256, _ROWS.c.blob, _ROWS.c.record)
    .where(_ROWS.c.document == bindparam("document"))
    .order_by(_ROWS.c.number)
)
_ADD_PAGE_IMAGE: Final = insert(_IMAGES)
_OF_PAGE: Final = _IMAGES.c.page == bindparam("page")
_PAGE_IMAGE: Final = select(_IMAGES).where(_IMAGES.c.revision == bindparam("revision"), _OF_PAGE)
_READABLE_PAGE: Final = (
    select(_ROWS.c.sha256, *_IMAGES.c)
    .select_from(_ROWS.outerjoin(_IMAGES, and_(_IMAGES.c.revision == _ROWS.c.sha256, _OF_PAGE)))
    .where(_ROWS.c.document == bindparam("document"), _ROWS.c.number >= PREPARED)
    .order_by(_ROWS.c.number)
)


@dataclass(frozen=True)
class Piece:
    """One revision's bytes, sealed as `blob` under the key of `record`; `sha256` is that of the document up to here."""

    sha256: str
    blob: str
    record: str


@dataclass(frozen=True)
class PagePicture:
    """The picture of a page (from 1) of a revision; its JPEG is `blob`, sealed under the key of `record`."""

    revision: str
    page: int
    sha256: str
    width: int
    height: int
    blob: str
    record: str


@dataclass(frozen=True)
class Opened:
    """A document's revision, and the key of what rows hold beside it."""

    content: bytes = field(repr=False)
    columns: ColumnKey


@dataclass(frozen=True)
class WrittenBlob:
    """A sealed blob that is written and not recorded yet."""

    name: str
    key: bytes = field(repr=False)
    size: int


def key_record(document: str) -> str:
    """Return the record from whose key that of the document's columns is drawn: its first piece, which is always there
    until the document is erased."""
    return f"{document}.{ORIGINAL}"


class Documents:
    """The revisions of documents and the pictures of their pages."""

    def __init__(self, blobs: SealedBlobs, data_keys: DataKeys) -> None:
        self._blobs = blobs
        self.data_keys = data_keys

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
        self.data_keys.new(session, record, written.key)
        piece = {"document": document, "number": number, "sha256": sha256, "size": written.size, "blob": written.name}
        session.execute(_ADD_PIECE, {**piece, "record": record})

    def pieces(self, session: Session, document: str) -> Sequence[Piece]:
        """Return the pieces in order."""
        return [Piece(*row) for row in session.execute(_PIECES, {"document": document})]

    def read(self, session: Session, document: str, sha256: str) -> bytes:
        """Return the document as it was at the revision with this digest, which is checked.

        Raises `NotAvailable` (`revision-missing`), `RecordErased`, `BlobError`, `SealedDataError`.
        """
        return self.open(session, document, sha256).content

    def open(self, session: Session, document: str, sha256: str) -> Opened:
        """Return the same with the key of its columns, which asks the database no further question. Raises as `read`
        does."""
        content = bytearray()
        pieces = self.pieces(session, document)
        digests = [piece.sha256 for piece in pieces]
        wanted = pieces[: digests.index(sha256) + 1] if sha256 in digests else pieces
        keys = self.data_keys.get_all(session, [piece.record for piece in wanted])
        for piece in wanted:
            content += self._blobs.read(keys[piece.record], piece.blob)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise NotAvailable(
                "revision-missing",
                f"document {document} has no revision with this digest",
                "ask for the original, the current or the sealed one",
            )
        return Opened(bytes(content), ColumnKey.drawn_from(keys[key_record(document)]))

    def column_key(self, session: Session, document: str) -> ColumnKey:
        """Return the key of what rows hold beside the document. Raises `RecordErased`, `RecordError`."""
        return ColumnKey.drawn_from(self.data_keys.get(session, key_record(document)))

    def read_written(self, session: Session, blob: str, record: str) -> bytes:
        """Return the bytes of a blob that `write` wrote and somebody recorded under the key of `record`.

        Raises `RecordErased`, `RecordError`, `BlobError`, `SealedDataError`.
        """
        return self._blobs.read(self.data_keys.get(session, record), blob)

    def add_page_image(
        self, session: Session, revision: str, page: int, jpeg: WrittenBlob, size: tuple[int, int], sha256: str
    ) -> None:
        """Record the picture of a page of this revision, once: a second one of the same page changes nothing."""
        if self.page_image(session, revision, page) is not None:
            return
        record = f"page.{revision[:40]}.{page}"
        self.data_keys.new(session, record, jpeg.key)
        width, height = size
        image = PagePicture(revision, page, sha256, width, height, jpeg.name, record)
        session.execute(_ADD_PAGE_IMAGE, asdict(image))

    def page_image(self, session: Session, revision: str, page: int) -> PagePicture | None:
        """Return what is known of a page's picture, or None if it was not drawn yet."""
        row = session.execute(_PAGE_IMAGE, {"revision": revision, "page": page}).one_or_none()
        return None if row is None else PagePicture(*row)

    def readable_page(self, session: Session, document: str, page: int) -> dict[str, PagePicture | None]:
        """Return the revisions that people may read, by their digests, the newest last: each with the picture of the
        page in it, None where it was not drawn yet."""
        found = session.execute(_READABLE_PAGE, {"document": document, "page": page})
        return {row[0]: None if row[1] is None else PagePicture(*row[1:]) for row in found}

    def page_image_seen(self, session: Session, document: str, page: int, sha256: str) -> PagePicture | None:
        """Return the picture of the document's page that has this digest, whichever revision it shows, or None."""
        drawn = self.readable_page(session, document, page).values()
        return next((image for image in drawn if image is not None and image.sha256 == sha256), None)

    def read_page_image(self, session: Session, image: PagePicture) -> bytes:
        """Return the JPEG. Raises `RecordErased`, `BlobError`, `SealedDataError`."""
        return self._blobs.read(self.data_keys.get(session, image.record), image.blob)
