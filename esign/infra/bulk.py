"""Many rows in one go: on PostgreSQL as one COPY, on SQLite as one prepared INSERT.

A statement for each row costs more in Python than in the database. Whoever writes thousands of rows in a transaction
comes here; whoever writes one does not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any, Final, TypeAlias, cast

from sqlalchemy import ColumnElement, Dialect, Table, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

Row: TypeAlias = Sequence[object]
_Processor: TypeAlias = Callable[[Any], Any] | None
_STAGE: Final = "rows_on_their_way"
PLANS_AT_MOST: Final = 256
NAME_AT_MOST: Final = 63
"""Characters of a name that PostgreSQL keeps apart."""


def insert_rows(session: Session, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert the rows, each with a value for each of the columns, in the caller's transaction.

    Triggers and constraints hold as for any INSERT. Raises `IntegrityError` for a row that a constraint refuses, and
    `DBAPIError` for whatever else the database says; the transaction is to be given up then.
    """
    if not rows:
        return
    dialect = session.get_bind().dialect
    if dialect.name == "sqlite":
        connection = session.connection()
        connection.exec_driver_sql(_insert(table, columns), list(_bound(table, columns, rows, dialect)))
    else:
        _copy(session, table.name, columns, _bound(table, columns, rows, dialect), dialect)


def put_rows(session: Session, table: Table, key: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert the rows; where one of the same `key` (one of the columns, and unique) is there, change it into this one.

    Columns that are not named keep what they have. No two rows may have one key. Raises as `insert_rows` does.
    """
    if not rows:
        return
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name != key)
    otherwise = f'ON CONFLICT ("{key}") DO UPDATE SET {changed}'
    dialect = session.get_bind().dialect
    connection = session.connection()
    bound = _bound(table, columns, rows, dialect)
    if dialect.name == "sqlite":
        connection.exec_driver_sql(f"{_insert(table, columns)} {otherwise}", list(bound))
        return
    named, stage = _named(columns), _stage(table, tuple(columns))
    # A table costs the catalogue a row for each of its columns: it is made once for a connection, and emptied.
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {stage} ON COMMIT DELETE ROWS AS "  # noqa: S608  # names of ours
        f"SELECT {named} FROM {table.name} WITH NO DATA"
    )
    connection.exec_driver_sql(f"DELETE FROM {stage}")  # noqa: S608  # of rows put earlier in this transaction
    _copy(session, stage, columns, bound, dialect)
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({named}) SELECT {named} FROM {stage} {otherwise}")  # noqa: S608


def among(session: Session, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition that the column has one of the values, which travel as one parameter, however many."""
    if session.get_bind().dialect.name == "sqlite":
        listed = func.json_each(json.dumps(list(values))).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == any_(literal(list(values), ARRAY(column.type)))


@lru_cache(PLANS_AT_MOST)
def _processors(table: Table, columns: tuple[str, ...], dialect: Dialect) -> list[tuple[int, Callable[[Any], Any]]]:
    """Return what writes the values, by the places in a row of those that the driver cannot take as they are."""
    processors: list[_Processor] = [
        table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns
    ]
    return [(place, processor) for place, processor in enumerate(processors) if processor is not None]


@cache
def _stage(table: Table, columns: tuple[str, ...]) -> str:
    """Return the name of where rows of these columns wait: one for each choice of columns and their types."""
    chosen = sha256(", ".join(f"{name} {table.c[name].type!r}" for name in columns).encode()).hexdigest()[:8]
    return f"{_STAGE}_{table.name[: NAME_AT_MOST - len(_STAGE) - 10]}_{chosen}"


def _copy(session: Session, table: str, columns: Sequence[str], rows: Iterator[Row], dialect: Dialect) -> None:
    statement = f"COPY {table} ({_named(columns)}) FROM STDIN"
    driver = cast("Any", session.connection().connection.driver_connection)
    errors = cast("Any", dialect.loaded_dbapi)
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copying:
            for row in rows:
                copying.write_row(row)
    except errors.IntegrityError as error:
        raise IntegrityError(statement, None, error, hide_parameters=True) from error
    except errors.Error as error:
        raise DBAPIError(statement, None, error, hide_parameters=True) from error


def _insert(table: Table, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table.name} ({_named(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608  # ours


def _named(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _bound(table: Table, columns: Sequence[str], rows: Iterable[Row], dialect: Dialect) -> Iterator[Row]:
    """Yield the rows with each value as its column's type has the driver write it."""
    places = _processors(table, tuple(columns), dialect)
    for row in rows:
        bound = list(row)
        for place, processor in places:
            bound[place] = processor(bound[place])
        yield tuple(bound)
