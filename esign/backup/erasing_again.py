"""Erasing anew what came back: a backup knows nothing of erasures after it was made.

Who erased tells it in two ways: wrapped keys that are younger than the data lack what was erased between the two; and a
trail that goes on further, exported before the loss, has the events (`esign.retention.restoring`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session
from sqlalchemy.schema import Table

from esign.backup.tables import BLOB, kept_tables
from esign.ceremony.erasing import RecordsAbout, nothing_else
from esign.ceremony.forgetting import people_records
from esign.ceremony.models import AcceptedSignature, DocumentPiece, SealedRelease, SigningAct
from esign.errors import EsignError
from esign.infra.blobs import BlobStore
from esign.infra.database import Database
from esign.infra.keystore import KeyStore
from esign.infra.logs import log_for
from esign.infra.models import DataKey, Erasure, PersonalRecord
from esign.retention.restoring import RecordsOfErasure, Replayed, replay_erasures
from esign.retention.usual_eraser import usual_eraser
from esign.trail.event import Event

RECORD: Final = "record"
"""Where a row refers to a blob, a column of this name has the id under which the blob's key is kept."""
_BATCH: Final = 500
_ROWS_ONLY: Final = {"synchronize_session": False}
_log = log_for(__name__)


@dataclass(frozen=True)
class KeptByRooms:
    """What rooms of business packages keep: their tables, what names the records that they keep about envelopes and
    recipients, and by the types of their events that tell of erasures, what names the records that went."""

    tables: Sequence[Table] = ()
    records_about: RecordsAbout = nothing_else
    erasures: Mapping[str, RecordsOfErasure] = field(default_factory=dict)


NOTHING_KEPT: Final = KeptByRooms()


def erase_what_came_back(
    database: Database,
    keys: KeyStore,
    blobs: BlobStore,
    told: Iterable[Event],
    *,
    younger_keys: bool,
    now: datetime,
    rooms: KeptByRooms = NOTHING_KEPT,
) -> int:
    """Erase everything anew that a restore brought back, before anybody reads it; return how many records that was.

    `told` are events of a trail that went on; `younger_keys` says that the wrapped keys are younger than the data. A
    blob that cannot be deleted stays, unreadable, and is told in the log. Doing it again erases what is left.
    """
    replayed = erase_again(database, keys, told, now=now, rooms=rooms)
    keyless = erase_keyless(database, keys, now=now, tables=rooms.tables) if younger_keys else 0
    for name in replayed.blobs:
        try:
            blobs.delete(name)
        except EsignError as error:
            _log.failed("a blob that nobody can open was not deleted", error, blob=name)
    return replayed.records + keyless


def erase_again(
    database: Database, keys: KeyStore, told: Iterable[Event], *, now: datetime, rooms: KeptByRooms = NOTHING_KEPT
) -> Replayed:
    """Erase what the trail here, and the events `told` (others among them are passed over), say was erased."""
    records = people_records(keys)
    eraser = usual_eraser(database, records, rooms.records_about)
    return replay_erasures(database, records, eraser, now=now, told=told, rooms=rooms.erasures)


def erase_keyless(database: Database, keys: KeyStore, *, now: datetime, tables: Sequence[Table] = ()) -> int:
    """Erase the records and blobs that came back without the key that opens them; return how many those were.

    For wrapped keys that are younger than the data: what they lack was erased since, for no other key ever goes. What
    other rows tell of documents without keys goes with them: the report on the sealed one, and what signing made.
    """
    records, count = people_records(keys), 0
    for keyless in _keyless(tables):
        while True:
            with database.transaction() as session:
                found = session.scalars(keyless).all()
                for record in found:
                    records.erase(session, record, at=now)
            count += len(found)
            if len(found) < _BATCH:
                break
    with database.transaction() as session:
        _forget_documents(session)
    return count


def _forget_documents(session: Session) -> None:
    """Delete what is kept beside documents of which a piece lacks its key, as `erase_documents` does."""
    has_key = select(DataKey.record_id).where(DataKey.record_id == DocumentPiece.record).exists()
    gone = select(DocumentPiece.document).where(~has_key)
    session.execute(delete(SealedRelease).where(SealedRelease.document.in_(gone)).execution_options(**_ROWS_ONLY))
    session.execute(delete(SigningAct).where(SigningAct.document.in_(gone)).execution_options(**_ROWS_ONLY))
    signed = AcceptedSignature.document.in_(gone)
    session.execute(update(AcceptedSignature).where(signed).values(validation_data=b"").execution_options(**_ROWS_ONLY))


def _keyless(tables: Sequence[Table]) -> Iterator[Select[str]]:
    """Yield the questions for ids that lack a key and are not known to be erased."""
    columns = [PersonalRecord.id, *(one.c[RECORD] for one in kept_tables(further=tables) if BLOB in one.c)]
    for column in columns:
        yield (
            select(column)
            .where(column.is_not(None))
            .where(~select(DataKey.record_id).where(DataKey.record_id == column).exists())
            .where(~select(Erasure.record_id).where(Erasure.record_id == column).exists())
            .limit(_BATCH)
        )
