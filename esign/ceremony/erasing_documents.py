"""Erasing an envelope's documents: the PDFs, the pictures of their pages, and what signing left of them.

What stays is what the trail and other rows need and what names nobody: ids, digests, sizes, serial numbers. A picture
of a page that another envelope's document shows as well stays with that one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from esign.ceremony.models import (
    AcceptedSignature,
    DocumentPiece,
    DocumentRow,
    PageImage,
    RecipientRow,
    SealedRelease,
    SigningAct,
)
from esign.infra.personal_records import DataKeys


def erase_documents(session: Session, data_keys: DataKeys, envelope: str, *, at: datetime) -> Sequence[str]:
    """Delete the keys of everything that the envelope's documents consist of; return the names of its blobs.

    Nobody opens the blobs any more; deleting them frees space, and is for after the commit. Doing it again returns
    the same names.
    """
    documents = session.scalars(select(DocumentRow.id).where(DocumentRow.envelope == envelope)).all()
    recipients = session.scalars(select(RecipientRow.id).where(RecipientRow.envelope == envelope)).all()
    pieces = session.scalars(select(DocumentPiece).where(DocumentPiece.document.in_(documents))).all()
    pictures = _own_pictures(session, documents, [piece.sha256 for piece in pieces])
    kept = [(one.record, one.blob) for one in pieces] + [(one.record, one.blob) for one in pictures]
    for record, _blob in kept:
        data_keys.erase(session, record, at=at)
    session.execute(delete(SealedRelease).where(SealedRelease.document.in_(documents)))
    session.execute(delete(SigningAct).where(SigningAct.document.in_(documents)))
    emptied = update(AcceptedSignature).where(AcceptedSignature.recipient.in_(recipients)).values(validation_data=b"")
    session.execute(emptied.execution_options(synchronize_session=False))
    return [blob for _record, blob in kept]


def are_erased(session: Session, data_keys: DataKeys, envelope: str) -> bool:
    """Tell whether nothing is left of the envelope's documents that could be opened."""
    documents = select(DocumentRow.id).where(DocumentRow.envelope == envelope)
    records = session.scalars(select(DocumentPiece.record).where(DocumentPiece.document.in_(documents))).all()
    return all(data_keys.is_erased(session, record) for record in records)


def _own_pictures(session: Session, documents: Sequence[str], revisions: Sequence[str]) -> Sequence[PageImage]:
    elsewhere = select(DocumentPiece.sha256).where(
        DocumentPiece.sha256.in_(revisions), DocumentPiece.document.not_in(documents)
    )
    shared = set(session.scalars(elsewhere))
    own = [revision for revision in revisions if revision not in shared]
    return session.scalars(select(PageImage).where(PageImage.revision.in_(own))).all()
