"""Tables of a room: the base of every model, the columns that both databases have, and what is insert-only.

A room's tables are made by migrations in `esign/infra/migrations`, one line for the whole product. A row that names a
blob has the columns `blob` and `record` (`KeptFile`), so that backups find both.
"""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from esign.infra.bulk import among, insert_rows, put_rows
from esign.infra.database import Base, Database, JsonText, JsonValue, UtcDateTime
from esign.infra.gathering import gather, gathering
from esign.infra.ids import is_id, new_id
from esign.infra.insert_only import insert_only
from esign.infra.models import RECORD_ID
from esign.infra.statements import forget_rows, insert_if_absent, insert_or_change, rows_changed, table_of


class KeptFile:
    """The columns of a row that names a document which a room keeps (`esign.public.documents`).

    `sha256` is in hexadecimal digits, `size` in bytes, both of the document itself; `blob` is where it is sealed, under
    the key of `record`.
    """

    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    blob: Mapped[str] = mapped_column(String(100), unique=True)
    record: Mapped[str] = mapped_column(RECORD_ID, unique=True)


__all__ = [
    "RECORD_ID",
    "Base",
    "Database",
    "JsonText",
    "JsonValue",
    "KeptFile",
    "UtcDateTime",
    "among",
    "forget_rows",
    "gather",
    "gathering",
    "insert_if_absent",
    "insert_only",
    "insert_or_change",
    "insert_rows",
    "is_id",
    "new_id",
    "put_rows",
    "rows_changed",
    "table_of",
]
