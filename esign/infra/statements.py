"""Statements: those that both databases understand and SQLAlchemy has no common form for, and those that are run often.

A statement on a hot path is built once, of tables and `bindparam`s, and run with its parameters. One that is built of
models anew takes several times as long as the database needs to answer it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from sqlalchemy import CursorResult, Result, Table, TextClause, bindparam, text
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from esign.infra.database import Base

COUNTED: Final = {"preserve_rowcount": True}
"""Execution options of an INSERT whose rows are counted."""


def table_of(model: type[Base]) -> Table:
    """Return the model's table, to build a statement of that is run often."""
    return cast(Table, model.__table__)


def insert_if_absent(model: type[Base], *columns: str) -> TextClause:
    """Return an INSERT of these columns that changes nothing where such a row is there already.

    A constraint decides what is there; `rows_changed` tells which it was. The parameters are named as the columns.
    """
    return _insert(table_of(model), columns, "ON CONFLICT DO NOTHING").execution_options(**COUNTED)


def insert_or_change(model: type[Base], *changed: str, unless_none: Iterable[str] = ()) -> TextClause:
    """Return an INSERT of all columns that, where a row of this `id` is there already, sets the `changed` ones in it.

    Those of `unless_none` are set where they are given. The parameters are named as the columns.
    """
    table = table_of(model)
    setting = [f'"{column}" = excluded."{column}"' for column in changed]
    setting += [f'"{column}" = COALESCE(excluded."{column}", {table}."{column}")' for column in unless_none]
    return _insert(table, table.c.keys(), f"ON CONFLICT (id) DO UPDATE SET {', '.join(setting)}")


def _insert(table: Table, columns: Iterable[str], otherwise: str) -> TextClause:
    named, given = ", ".join(f'"{column}"' for column in columns), ", ".join(f":{column}" for column in columns)
    statement = text(f"INSERT INTO {table} ({named}) VALUES ({given}) {otherwise}")  # noqa: S608  # names of ours
    return statement.bindparams(*(bindparam(column, type_=table.c[column].type) for column in columns))


def forget_rows(session: Session, model: type[Base], ids: Iterable[str]) -> None:
    """Have the session read these rows anew where it holds them: a statement of tables changed them past it."""
    for id_ in ids:
        held = session.identity_map.get(identity_key(model, id_))
        if held is not None:
            session.expire(held)


def rows_changed(result: Result[Any]) -> int:
    """Return how many rows an INSERT, UPDATE or DELETE has changed.

    Of an INSERT the driver's count is kept only where it is asked for: `COUNTED`. Raises `ValueError` where it is not.
    """
    if not isinstance(result, CursorResult) or result.rowcount < 0:
        raise ValueError("nobody counted the rows of this statement")
    return result.rowcount
