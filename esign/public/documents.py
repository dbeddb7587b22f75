"""Documents of the insurer's own, such as a contract: sealed to B-LTA, judged before anybody has them, and kept.

    sealed = house.documents.seal("保险合同.pdf", pdf, about="prp_...")     # takes seconds; no transaction is open
    written = house.documents.write(sealed.content)                         # before the transaction that records it
    with house.database.transaction() as session:
        house.documents.keep(session, "con_...", written)                   # beside the room's row and event
    house.documents.read(session, written.name, "con_...")
    house.documents.read_named(session, "con_...")                          # by another room: an event told it the id

Who erases the record erases the document: nobody opens it any more.
"""

from __future__ import annotations

from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.ceremony.documents import Documents, WrittenBlob
from esign.ceremony.errors import NotAvailable
from esign.ceremony.own_documents import OwnDocuments, SealedDocument
from esign.ceremony.roles import SEAL_WORDS
from esign.errors import DocumentRefused, FieldError, LevelNotReached
from esign.pades.fields import AtAnchor, DefaultPlace, InField, OnPage, Place
from esign.public.rows import Base, KeptFile, table_of
from esign.service import Service

SEAL_ANCHOR: Final = DefaultPlace(SEAL_WORDS.anchor)
"""Beside the words 保险人签章, or where there are none, on a page at the end."""


class RoomDocuments:
    """Seals and keeps documents of a room. Safe to share between threads."""

    def __init__(self, service: Service, room: str) -> None:
        self._own: OwnDocuments = service.own_documents
        self._documents: Documents = service.documents
        self._room = room

    def seal(self, name: str, content: bytes, *, about: str, place: Place = SEAL_ANCHOR) -> SealedDocument:
        """Return the PDF sealed by the insurer to B-LTA, as our verifier accepted it.

        `about` is the id of what it is about: the process that reads it reads nothing else. It asks trust services and
        takes seconds: open no transaction meanwhile. Raises `DocumentRefused`, `FieldError`, `LevelNotReached`,
        `SigningError`, and what trust services and the quarantine raise: in a durable task (`esign.public.work`) what
        passes is tried again.
        """
        origin = f"{self._room}/{about}"
        return self._own.seal(name, content, place, origin=origin, judged_origin=f"judged/{origin}")

    def write(self, content: bytes) -> WrittenBlob:
        """Seal and write the bytes under a key of their own, outside of any transaction. Raises `BlobError`."""
        return self._documents.write(content)

    def keep(self, session: Session, record: str, written: WrittenBlob) -> None:
        """Keep the key of what was written as that of the record, in the caller's transaction.

        The room's row names `written.name` and the record (`esign.public.rows.KeptFile`). Raises `RecordError` where
        the record has one, `RecordErased`.
        """
        self._documents.data_keys.new(session, record, written.key)

    def read(self, session: Session, blob: str, record: str) -> bytes:
        """Return the bytes. Raises `RecordErased`, `RecordError`, `BlobError`, `SealedDataError`."""
        return self._documents.read_written(session, blob, record)

    def read_named(self, session: Session, record: str) -> bytes:
        """Return the document of a record that an event of any room names, such as the contract of `policy.issued`.

        Raises `NotAvailable` (`document-unknown`) where no room keeps one under it, and what `read` raises.
        """
        for kept in KeptFile.__subclasses__():
            table = table_of(cast("type[Base]", kept))
            blob = session.scalar(select(table.c.blob).where(table.c.record == record))
            if blob is not None:
                return self.read(session, str(blob), record)
        raise NotAvailable("document-unknown", f"no document is kept under {record}", "check the id")


__all__ = [
    "SEAL_ANCHOR",
    "AtAnchor",
    "DocumentRefused",
    "FieldError",
    "InField",
    "LevelNotReached",
    "NotAvailable",
    "OnPage",
    "Place",
    "RoomDocuments",
    "SealedDocument",
    "WrittenBlob",
]
