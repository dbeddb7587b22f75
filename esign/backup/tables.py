"""Rows as lines: how a table of ours is written into a backup and filled again, on either database.

The first line of a table's file names its columns and what each holds; every further line is a row, an array in that
order. So a file explains itself, and is filled into a database of the schema that it was taken from, whatever the
models of today say.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any, BinaryIO, Final

from sqlalchemy import BigInteger, Boolean, Connection, Date, Integer, LargeBinary, Text, column, insert, select, table
from sqlalchemy.orm import Session
from sqlalchemy.schema import Column, Table
from sqlalchemy.types import TypeEngine

import esign
from esign.backup.errors import BackupDamaged
from esign.infra.columns import JsonText, UtcDateTime
from esign.infra.database import Base

LEFT_OUT: Final[Mapping[str, str]] = {
    "trail_pending": "filled anew by the database itself, from events without a leaf",
    "staff_sessions": "whoever was logged out must not be logged in again; everybody logs in anew",
    "held_verdicts": "held for minutes",
    "rate_leases": "count for minutes",
    "person_visits": "a name, a phone and the tail of an ID, held within the hour; whoever was on the page begins anew",
}
"""Tables that no backup holds, and why."""

HELD_BY_EARLIER: Final = frozenset({"person_visits"})
"""Tables that no backup holds any more: one of an earlier version may, and what it holds is not brought back."""

WRAPPED_KEYS: Final = ("data_keys", "envelope_keys")
"""Tables that are kept apart from all others, in a backup of their own that lives 30 days at most (ADR 0004)."""

BLOB: Final = "blob"
"""Whoever refers to a blob does so in a column of this name."""

BATCH: Final = 500
LINE_AT_MOST: Final = 64 * 1024 * 1024

_TIME: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
_TYPES: Final[Mapping[str, TypeEngine[Any]]] = {
    "time": UtcDateTime(),
    "day": Date(),
    "json": JsonText(),
    "bytes": LargeBinary(),
    "truth": Boolean(),
    "whole": BigInteger(),
    "text": Text(),
}
_WRITE: Final[Mapping[str, Callable[[Any], Any]]] = {
    "time": lambda value: value.astimezone(UTC).strftime(_TIME),
    "day": lambda value: value.isoformat(),
    "bytes": lambda value: base64.b64encode(value).decode("ascii"),
    "json": lambda value: value,
    "truth": bool,
    "whole": int,
    "text": str,
}
_READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    **_WRITE,
    "time": lambda value: datetime.strptime(value, _TIME).replace(tzinfo=UTC),
    "day": date.fromisoformat,
    "bytes": lambda value: base64.b64decode(value, validate=True),
}


def known_tables(further: Sequence[Table] = ()) -> list[Table]:
    """Return every table of ours, of whatever room has models, and the `further` ones of rooms of business packages;
    those that others refer to first."""
    for room in iter_modules(esign.__path__, "esign."):
        if room.ispkg and find_spec(f"{room.name}.models") is not None:
            import_module(f"{room.name}.models")
    own = list(Base.metadata.sorted_tables)
    return [*own, *(one for one in further if one not in own)]


def kept_tables(names: Iterable[str] | None = None, further: Sequence[Table] = ()) -> list[Table]:
    """Return the tables that a backup of data holds, or those of these names; `further` as in `known_tables`."""
    apart = {*LEFT_OUT, *WRAPPED_KEYS}
    wanted = None if names is None else set(names)
    return [one for one in known_tables(further) if (one.name not in apart if wanted is None else one.name in wanted)]


def write_rows(session: Session, one: Table, file: BinaryIO, noted: Callable[[str], object]) -> int:
    """Write the table as it is in the session's view; return how many rows. `noted` is told each blob's name."""
    columns = [each for each in one.columns if each.identity is None]
    kinds = [_kind(each) for each in columns]
    _write(file, {"table": one.name, "columns": {each.name: kind for each, kind in zip(columns, kinds, strict=True)}})
    blob = next((at for at, each in enumerate(columns) if each.name == BLOB), None)
    count = 0
    asked = select(*columns).order_by(*one.primary_key.columns)
    for row in session.execute(asked, execution_options={"yield_per": BATCH}):
        _write(
            file,
            [None if value is None else _WRITE[kind](value) for kind, value in zip(kinds, row, strict=True)],
        )
        if blob is not None and row[blob] is not None:
            noted(row[blob])
        count += 1
    return count


def fill_table(connection: Connection, name: str, file: BinaryIO) -> int:
    """Insert the rows of such a file; return how many. Raises `BackupDamaged` (`backup-table`)."""
    lines = _lines(name, file)
    header = next(lines, None)
    columns = header.get("columns") if isinstance(header, dict) and header.get("table") == name else None
    if not isinstance(columns, dict) or not set(columns.values()) <= set(_TYPES):
        raise _damaged(name, "does not begin with its columns")
    target = table(name, *(column(each, _TYPES[kind]) for each, kind in columns.items()))
    count, batch = 0, []
    for line in lines:
        batch.append(_row(name, columns, line))
        count += 1
        if len(batch) == BATCH:
            connection.execute(insert(target), batch)
            batch = []
    if batch:
        connection.execute(insert(target), batch)
    return count


def _row(name: str, columns: Mapping[str, str], line: object) -> dict[str, Any]:
    if not isinstance(line, list) or len(line) != len(columns):
        raise _damaged(name, "has a row of another form")
    try:
        return {
            each: None if value is None else _READ[kind](value)
            for (each, kind), value in zip(columns.items(), line, strict=True)
        }
    except (TypeError, ValueError) as error:
        raise _damaged(name, "has a value of another kind") from error


def _lines(name: str, file: BinaryIO) -> Iterator[Any]:
    while data := file.readline(LINE_AT_MOST + 1):
        if len(data) > LINE_AT_MOST:
            raise _damaged(name, f"has a line longer than {LINE_AT_MOST} bytes")
        try:
            yield json.loads(data)
        except (ValueError, RecursionError) as error:
            raise _damaged(name, "has a line that is not JSON") from error


def _kind(each: Column[Any]) -> str:
    """Return what a column holds. Raises `TypeError` for a type that no backup knows: this is code, not data."""
    found: Sequence[tuple[type[Any], str]] = (
        (UtcDateTime, "time"),
        (Date, "day"),
        (JsonText, "json"),
        (LargeBinary, "bytes"),
        (Boolean, "truth"),
        (Integer, "whole"),
        (Text, "text"),
    )
    for type_, kind in found:
        if isinstance(each.type, type_):
            return kind
    if each.type.python_type is str:
        return "text"
    raise TypeError(f"a backup does not know how to write {each.table.name}.{each.name}")


def _write(file: BinaryIO, value: object) -> None:
    file.write(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n")


def _damaged(name: str, cause: str) -> BackupDamaged:
    return BackupDamaged("backup-table", f"the file of the table {name} {cause}", "use another backup")
