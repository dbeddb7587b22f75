"""Statements that both databases understand and SQLAlchemy has no common form for."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import CursorResult, Result, TextClause, bindparam, text

from esign.infra.database import Base

COUNTED: Final = {"preserve_rowcount": True}
"""Execution options of an INSERT whose rows are counted."""


def insert_if_absent(model: type[Base], *columns: str) -> TextClause:
    """Return an INSERT of these columns that changes nothing where such a row is there already.

    A constraint decides what is there; `rows_changed` tells which it was. The parameters are named as the columns.
    """
    table = model.__table__
    named, given = ", ".join(columns), ", ".join(f":{column}" for column in columns)
    statement = f"INSERT INTO {table} ({named}) VALUES ({given}) ON CONFLICT DO NOTHING"  # noqa: S608  # names of ours
    typed = text(statement).bindparams(*(bindparam(column, type_=table.c[column].type) for column in columns))
    return typed.execution_options(**COUNTED)


def rows_changed(result: Result[Any]) -> int:
    """Return how many rows an INSERT, UPDATE or DELETE has changed.

    Of an INSERT the driver's count is kept only where it is asked for: `COUNTED`. Raises `ValueError` where it is not.
    """
    if not isinstance(result, CursorResult) or result.rowcount < 0:
        raise ValueError("nobody counted the rows of this statement")
    return result.rowcount
