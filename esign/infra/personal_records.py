"""Personal data in the database: sealed, each record under a key of its own; erased by deleting that key.

All of it happens in the caller's transaction, beside the event that tells of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, LargeBinary, String, bindparam, delete, func, select, text, update
from sqlalchemy.orm import Session

from esign.infra.bulk import among, insert_rows
from esign.infra.database import Database
from esign.infra.encryption import new_data_key, seal, unseal
from esign.infra.errors import KeyStoreError, RecordErased, RecordError
from esign.infra.keystore import KeyStore, WrappedKey
from esign.infra.models import DataKey, Erasure, PersonalRecord
from esign.infra.search_index import SearchField, SearchIndex
from esign.infra.statements import COUNTED, rows_changed, table_of

_DATA_KEYS, _ERASURES, _SEALED = table_of(DataKey), table_of(Erasure), table_of(PersonalRecord)
# A record that was erased is never given a key again.
_KEEP_KEY: Final = (
    text(
        "INSERT INTO data_keys (record_id, master_version, wrapped) "
        "SELECT :record_id, :master_version, :wrapped "
        "WHERE NOT EXISTS (SELECT 1 FROM erasures WHERE erasures.record_id = :record_id) "
        "ON CONFLICT DO NOTHING"
    )
    .bindparams(
        bindparam("record_id", type_=String()),
        bindparam("master_version", type_=Integer()),
        bindparam("wrapped", type_=LargeBinary()),
    )
    .execution_options(**COUNTED)
)
_COLUMNS: Final = ("id", "kind", "sealed", "created_at")
_REWRITE: Final = update(_SEALED).where(_SEALED.c.id == bindparam("record")).values(sealed=bindparam("data"))
_WITH_ERASURES: Final = _DATA_KEYS.outerjoin(_ERASURES, _ERASURES.c.record_id == _DATA_KEYS.c.record_id)
_KEYS: Final = (
    select(_DATA_KEYS.c.record_id, _DATA_KEYS.c.master_version, _DATA_KEYS.c.wrapped, _ERASURES.c.at)
    .select_from(_WITH_ERASURES)
    .where(_DATA_KEYS.c.record_id.in_(bindparam("records", expanding=True)))
)
_KEY_OF: Final = _DATA_KEYS.c.record_id
_RECORDS: Final = select(
    _KEY_OF, _DATA_KEYS.c.master_version, _DATA_KEYS.c.wrapped, _ERASURES.c.at, _SEALED.c.sealed
).select_from(_WITH_ERASURES.outerjoin(_SEALED, _SEALED.c.id == _DATA_KEYS.c.record_id))
_RECORD: Final = _RECORDS.where(bindparam("record") == _KEY_OF)


class DataKeys:
    """The data keys of records and blobs, wrapped by the master key. A record's id is at most 80 ASCII characters."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys

    def new(self, session: Session, record_id: str, key: bytes | None = None) -> bytes:
        """Keep a key for the record and return it: a fresh one, or `key`, drawn by `new_data_key` and used already.

        Raises `RecordError` if the record has one, `RecordErased` if it was erased.
        """
        _refuse_odd_id(record_id)
        key = key or new_data_key()
        if not rows_changed(session.execute(_KEEP_KEY, self._wrapped(record_id, key))):
            raise self._has_key(session, record_id)
        return key

    def new_many(self, session: Session, record_ids: Sequence[str]) -> dict[str, bytes]:
        """Keep a fresh key for each of the records, and return them. Raises as `new` does: none is kept then, once the
        transaction is given up."""
        for record_id in record_ids:
            _refuse_odd_id(record_id)
        keys = {record_id: new_data_key() for record_id in record_ids}
        rows = [self._wrapped(record_id, key) for record_id, key in keys.items()]
        if rows and rows_changed(session.execute(_KEEP_KEY, rows)) != len(record_ids):
            kept = {row.record_id: row.wrapped for row in session.execute(_KEYS, {"records": record_ids})}
            refused = [row["record_id"] for row in rows if kept.get(row["record_id"]) != row["wrapped"]]
            raise self._has_key(session, str(refused[0]) if refused else record_ids[0])  # without one: named twice
        return keys

    def _wrapped(self, record_id: str, key: bytes) -> dict[str, object]:
        wrapped = self._keys.wrap(key, record_id.encode())
        return {"record_id": record_id, "master_version": wrapped.master_version, "wrapped": wrapped.data}

    @staticmethod
    def _has_key(session: Session, record_id: str) -> RecordError | RecordErased:
        if session.get(Erasure, record_id) is not None:
            return _erased(record_id)
        return RecordError("record-exists", f"record {record_id} has a key already", "give a new record a new id")

    def get(self, session: Session, record_id: str) -> bytes:
        """Return the record's key. Raises `RecordErased`, `RecordError`, `SealedDataError` or `KeyStoreError`."""
        return self.get_all(session, [record_id])[record_id]

    def get_all(self, session: Session, record_ids: Sequence[str]) -> dict[str, bytes]:
        """Return the keys of these records, in one question to the database. Raises as `get` does."""
        found = {row.record_id: row for row in session.execute(_KEYS, {"records": record_ids})}
        keys = {}
        for record_id in record_ids:
            row = found.get(record_id)
            if row is None and session.get(Erasure, record_id) is None:
                raise RecordError("record-missing", f"there is no key for record {record_id}", "check the id")
            if row is None or row.at is not None:
                raise _erased(record_id)
            keys[record_id] = self.unwrap(record_id, WrappedKey(row.master_version, row.wrapped))
        return keys

    def unwrap(self, record_id: str, wrapped: WrappedKey) -> bytes:
        """Return the key of a record as it was wrapped. Raises `SealedDataError` or `KeyStoreError`."""
        return self._keys.unwrap(wrapped, record_id.encode())

    def is_erased(self, session: Session, record_id: str) -> bool:
        """Tell whether the record was erased."""
        return session.get(Erasure, record_id) is not None

    def erase(self, session: Session, record_id: str, *, at: datetime) -> None:
        """Delete the record's key for good and remember that. Doing it again changes nothing."""
        _refuse_odd_id(record_id)
        session.execute(delete(DataKey).where(DataKey.record_id == record_id))
        if session.get(Erasure, record_id) is None:
            session.add(Erasure(record_id=record_id, at=at))
        session.flush()

    def rewrap(self, session: Session, *, at_most: int = 500) -> int:
        """Wrap keys of older master keys by the newest one; return how many were done, 0 when none is left."""
        newest = self._keys.master_versions[-1]
        rows = session.scalars(
            select(DataKey).where(DataKey.master_version != newest).order_by(DataKey.record_id).limit(at_most)
        ).all()
        for row in rows:
            context = row.record_id.encode()
            wrapped = self._keys.wrap(self._keys.unwrap(WrappedKey(row.master_version, row.wrapped), context), context)
            # Conditional: a record that is erased meanwhile must not come back.
            session.execute(
                update(DataKey)
                .where(DataKey.record_id == row.record_id, DataKey.master_version == row.master_version)
                .values(master_version=wrapped.master_version, wrapped=wrapped.data)
                .execution_options(synchronize_session=False)
            )
        return len(rows)


@dataclass(frozen=True)
class ToKeep:
    """A record that is about to be kept at a moment (aware), and the items that it is found by."""

    id: str
    kind: str
    data: bytes = field(repr=False)
    at: datetime
    find_by: Sequence[tuple[SearchField, str]] = field(default=(), repr=False)


class PersonalRecords:
    """Sealed records that can be found by what is in them, and erased."""

    def __init__(self, keys: KeyStore, *, forgetting: Sequence[Callable[[Session, str], None]] = ()) -> None:
        """`forgetting` is done with every record that is erased, given its id: what other rooms keep of it goes."""
        self.data_keys = DataKeys(keys)
        self.index = SearchIndex(keys)
        self._forgetting = tuple(forgetting)

    def keep(
        self,
        session: Session,
        record_id: str,
        kind: str,
        data: bytes,
        *,
        at: datetime,
        find_by: Iterable[tuple[SearchField, str]] = (),
    ) -> None:
        """Seal and store the record. Raises `RecordError` (`record-exists`) or `RecordErased`."""
        key = self.data_keys.new(session, record_id)
        insert_rows(session, _SEALED, _COLUMNS, [(record_id, kind, seal(key, record_id, data), at)])
        self.index.enter_all(session, record_id, find_by)

    def keep_many(self, session: Session, records: Sequence[ToKeep]) -> None:
        """Seal and store the records, each under a key of its own, in three statements. Raises as `keep` does."""
        keys = self.data_keys.new_many(session, [one.id for one in records])
        rows = [(one.id, one.kind, seal(keys[one.id], one.id, one.data), one.at) for one in records]
        insert_rows(session, _SEALED, _COLUMNS, rows)
        self.index.enter_many(session, {one.id: one.find_by for one in records})

    def rewrite(self, session: Session, record_id: str, data: bytes) -> None:
        """Put other data in the place of a record's that is still being written, such as a draft; nobody has the
        earlier data any more. What is corrected after it was used is a new record. Raises as `DataKeys.get` does."""
        sealed = seal(self.data_keys.get(session, record_id), record_id, data)
        session.execute(_REWRITE, {"record": record_id, "data": sealed})

    def read(self, session: Session, record_id: str) -> bytes:
        """Return the record's data. Raises `RecordErased`, `RecordError` or `SealedDataError`."""
        found = session.execute(_RECORD, {"record": record_id}).one_or_none()
        if found is None or found.at is not None or found.sealed is None:
            self.data_keys.get(session, record_id)  # tells what is wrong with it
            raise RecordError("record-missing", f"there is no record {record_id}", "check the id")
        wrapped = WrappedKey(found.master_version, found.wrapped)
        return unseal(self.data_keys.unwrap(record_id, wrapped), record_id, found.sealed)

    def read_many(
        self, session: Session, record_ids: Sequence[str], *, leave_out_erased: bool = False
    ) -> dict[str, bytes]:
        """Return the data of these records, in one question to the database.

        Raises as `read` does; with `leave_out_erased`, what was erased is left out instead.
        """
        if not record_ids:
            return {}
        found = {row.record_id: row for row in session.execute(_RECORDS.where(among(session, _KEY_OF, record_ids)))}
        data = {}
        for record_id in record_ids:
            row = found.get(record_id)
            gone = self.is_erased(session, record_id) if row is None else row.at is not None
            if leave_out_erased and gone:
                continue
            if row is None or row.at is not None or row.sealed is None:
                data[record_id] = self.read(session, record_id)  # tells what is wrong with it
            else:
                key = self.data_keys.unwrap(record_id, WrappedKey(row.master_version, row.wrapped))
                data[record_id] = unseal(key, record_id, row.sealed)
        return data

    def is_erased(self, session: Session, record_id: str) -> bool:
        """Tell whether the record was erased."""
        return self.data_keys.is_erased(session, record_id)

    def erase(self, session: Session, record_id: str, *, at: datetime) -> None:
        """Erase the record: its key, its data, its entries in the index. Doing it again changes nothing."""
        self.data_keys.erase(session, record_id, at=at)
        session.execute(delete(PersonalRecord).where(PersonalRecord.id == record_id))
        self.index.forget(session, record_id)
        for forget in self._forgetting:
            forget(session, record_id)
        session.expire_all()

    def replay_erasures(self, session: Session, told: Mapping[str, datetime] | None = None) -> int:
        """Erase anew what `erasures` and `told` (from the trail) name: after a restore. Return how many were back."""
        erased = {row.record_id: row.at for row in session.scalars(select(Erasure))} | dict(told or {})
        returned = 0
        for record_id, at in erased.items():
            there = session.get(DataKey, record_id) or session.get(PersonalRecord, record_id)
            returned += there is not None
            self.erase(session, record_id, at=at)
        return returned


def rotate_master_key(database: Database, keys: KeyStore) -> int:
    """Make a new master key, rewrap every data key in short transactions, and return the new version.

    May be run again after an interruption with `finish_rotation`. The old master key stays until it is retired.
    """
    version = keys.rotate_master()
    finish_rotation(database, keys)
    return version


def finish_rotation(database: Database, keys: KeyStore) -> int:
    """Rewrap what older master keys still wrap; return how many data keys that were."""
    data_keys, total = DataKeys(keys), 0
    while True:
        with database.transaction() as session:
            done = data_keys.rewrap(session)
        if not done:
            return total
        total += done


def retire_master_key(database: Database, keys: KeyStore, version: int) -> None:
    """Destroy an old master key that wraps nothing any more. Raises `KeyStoreError` (`master-key-in-use`).

    Wait a day after rotating: a transaction that was open then may still bring a key wrapped by the old version.
    """
    with database.reading() as session:
        left = session.scalar(select(func.count()).where(DataKey.master_version == version)) or 0
    if left:
        raise KeyStoreError("master-key-in-use", f"master key {version} still wraps {left} keys", "rewrap them first")
    keys.retire_master(version)


def _refuse_odd_id(record_id: str) -> None:
    if not (0 < len(record_id) <= 80 and record_id.isascii() and record_id.isprintable()):
        raise RecordError("record-id", "the id of a record has 1 to 80 printable ASCII characters", "give another id")


def _erased(record_id: str) -> RecordErased:
    return RecordErased("record-erased", f"record {record_id} was erased", "show it as erased; nothing brings it back")
