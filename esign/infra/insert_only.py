"""Tables whose rows the database itself refuses to change: insert and read, nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, event

_NAME = re.compile(r"[a-z][a-z0-9_]{0,47}")
_FUNCTION = "esign_refuse_change"
_REFUSE = f"""CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$"""


def insert_only_statements(table: str, dialect: str) -> Sequence[str]:
    """Return the DDL that makes the table insert-only: for a migration, after `create_table`.

    UPDATE, DELETE and (PostgreSQL) TRUNCATE then fail with an `IntegrityError`. On SQLite, `INSERT OR REPLACE`
    fires delete triggers only under `PRAGMA recursive_triggers`, which every connection of `Database` sets.
    """
    if not _NAME.fullmatch(table):
        raise ValueError(f"{table!r} is not a plain table name")
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
            for act in ("update", "delete")
        ]
    # Statement-level: refused even where no row matches, and TRUNCATE has no rows.
    return [
        _REFUSE,
        f"CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()",
    ]


def insert_only(table: Table) -> Table:
    """Make the model's table insert-only whenever `create_all` creates it; for use under `__table__`."""

    def protect(target: Table, connection: Connection, **_: Any) -> None:
        for statement in insert_only_statements(target.name, connection.dialect.name):
            execute_as_written(connection, statement)

    event.listen(table, "after_create", protect)
    return table


def execute_as_written(connection: Connection, statement: str) -> None:
    """Run a statement in which `%` and `:` are no placeholders."""
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def on_dialect(table: Table, *, sqlite: Sequence[str] = (), postgresql: Sequence[str] = ()) -> Table:
    """Run these statements after `create_all` creates the table, on the database that each is for."""
    statements = {"sqlite": sqlite, "postgresql": postgresql}

    def complete(_: Table, connection: Connection, **__: Any) -> None:
        for statement in statements[connection.dialect.name]:
            execute_as_written(connection, statement)

    event.listen(table, "after_create", complete)
    return table
