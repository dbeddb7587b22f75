"""What signing and sealing left in clear is sealed under the documents' keys: certificates, increments, reports.

The readers know sealed rows only, so all are sealed here, in the one transaction of the upgrade. Where a document has
no key any more it was erased, and what is left beside it goes. SQLite overwrites what stood there; PostgreSQL does
when it vacuums. Backups from before hold it in clear until they are destroyed.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import context, op

from esign.infra.errors import DatabaseError
from esign.infra.keystore import KeyStore, WrappedKey
from esign.infra.sealed_columns import ColumnKey

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BATCH = 100
TEXT, BYTES = sa.String, sa.LargeBinary
ACTS = sa.table(
    "signing_acts",
    sa.column("recipient", TEXT),
    sa.column("manifest", TEXT),
    sa.column("certificate_serial", TEXT),
    sa.column("document", TEXT),
    sa.column("certificate", BYTES),
    sa.column("increment", BYTES),
    sa.column("cms", BYTES),
)
SIGNATURES = sa.table(
    "accepted_signatures",
    sa.column("recipient", TEXT),
    sa.column("document", TEXT),
    sa.column("validation_data", BYTES),
)
RELEASES = sa.table(
    "sealed_releases", sa.column("document", TEXT), sa.column("sha256", TEXT), sa.column("report", BYTES)
)
KEYS = sa.table(
    "data_keys", sa.column("record_id", TEXT), sa.column("master_version", sa.Integer), sa.column("wrapped", BYTES)
)
SEALED = (
    (ACTS, ("recipient", "manifest", "certificate_serial"), ("certificate", "increment", "cms")),
    (SIGNATURES, ("recipient",), ("validation_data",)),
    (RELEASES, ("document", "sha256"), ("report",)),
)
"""Each table with the columns that name a row, and those that are sealed."""


def upgrade() -> None:
    documents = sa.union(*(sa.select(table.c.document) for table, _row, _columns in SEALED)).subquery()
    after, keys = "", None
    while True:
        asked = sa.select(documents.c.document).where(documents.c.document > after)
        found = op.get_bind().scalars(asked.order_by(documents.c.document).limit(BATCH)).all()
        if not found:
            return
        keys = keys or _keys()
        wrapped = {row.record_id: row for row in op.get_bind().execute(_wrapped(found))}
        for document in found:
            row = wrapped.get(f"{document}.0")
            if row is None:
                _forget(document)
                continue
            key = keys.unwrap(WrappedKey(row.master_version, row.wrapped), row.record_id.encode())
            _seal(document, ColumnKey.drawn_from(key))
        after = found[-1]


def _keys() -> KeyStore:
    open_keys = context.config.attributes.get("open_keys")
    if open_keys is None:
        raise DatabaseError(
            "database-upgrade-keys",
            "rows that name people are to be sealed, and nobody gave the upgrade the service's keys",
            "run `esign db upgrade` with the settings of the service, where its keys folder is",
        )
    keys: KeyStore = open_keys()
    return keys


def _wrapped(documents: Sequence[str]) -> sa.Select[tuple[str, int, bytes]]:
    return sa.select(KEYS).where(KEYS.c.record_id.in_([f"{document}.0" for document in documents]))


def _seal(document: str, key: ColumnKey) -> None:
    connection = op.get_bind()
    for table, names, columns in SEALED:
        for row in connection.execute(sa.select(table).where(table.c.document == document)).mappings().all():
            place = [row[name] for name in names]
            # Empty: the document was erased, and nothing is left to be sealed.
            sealed = {one: key.seal(table.name, one, place, row[one]) for one in columns if row[one] or table is ACTS}
            if sealed:
                chosen = [table.c[name] == row[name] for name in names]
                connection.execute(sa.update(table).where(*chosen).values(sealed))


def _forget(document: str) -> None:
    connection = op.get_bind()
    for table in (ACTS, RELEASES):
        connection.execute(sa.delete(table).where(table.c.document == document))
    emptied = sa.update(SIGNATURES).where(SIGNATURES.c.document == document)
    connection.execute(emptied.values(validation_data=b""))
