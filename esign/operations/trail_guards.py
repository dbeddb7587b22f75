"""Whether the database itself still keeps the trail: its triggers, and the rights of the role that is connected."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from esign.infra.database import Database
from esign.trail.models import INSERT_ONLY, TrailPending, guard_statements

_TRIGGER: Final = re.compile(r"CREATE TRIGGER (\w+) ")
_INSERT_ONLY: Final = "_insert_only"
_SQLITE_TRIGGERS: Final = text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
# Enabled for ordinary sessions (O) or for all (A). TRUNCATE is bit 32 of tgtype (catalog/pg_trigger.h).
_POSTGRESQL_TRIGGERS: Final = text(
    "SELECT tgname, tgtype & 32 FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND pg_table_is_visible(pg_class.oid)"
)
_RIGHTS: Final = text(
    "SELECT relname, pg_has_role(current_user, relowner, 'USAGE'), has_table_privilege(oid, 'TRUNCATE'), "
    "has_table_privilege(oid, 'DELETE') OR has_any_column_privilege(oid, 'UPDATE') "
    "FROM pg_class WHERE relname = ANY(:tables) AND relkind = 'r' AND pg_table_is_visible(oid) ORDER BY relname"
)


def missing_guards(database: Database) -> Sequence[str]:
    """Return what no longer keeps the trail as it was made, in words; nothing if all is there.

    On PostgreSQL, each table is also asked to change rows of which there are none, which its trigger must refuse.
    """
    if database.is_sqlite:
        with database.reading() as session:
            found = set(session.scalars(_SQLITE_TRIGGERS))
        return [f"{_name(one)} is missing or was changed" for one in guard_statements("sqlite") if one not in found]
    with database.reading() as session:
        truncating = {str(name): bool(bit) for name, bit in session.execute(_POSTGRESQL_TRIGGERS)}
    wrong: list[str] = []
    for name in (_name(one) for one in guard_statements("postgresql") if _TRIGGER.match(one)):
        if name not in truncating:
            wrong.append(f"{name} is missing or disabled")
        elif name.endswith(_INSERT_ONLY) and not truncating[name]:
            wrong.append(f"{name} lets TRUNCATE pass")
    return [*wrong, *_changes_let_through(database)]


def excess_rights(session: Session) -> Sequence[str]:
    """Return what the connected role could do to the trail and must not, in words; always nothing on SQLite."""
    if session.get_bind().dialect.name != "postgresql":
        return []
    kept = {model.__tablename__ for model in INSERT_ONLY}
    found: list[str] = []
    for name, owns, truncates, changes in session.execute(_RIGHTS, {"tables": [*kept, TrailPending.__tablename__]}):
        if owns:
            found.append(f"owns {name}")
        elif truncates:
            found.append(f"can TRUNCATE {name}")
        elif changes and name in kept:
            found.append(f"can change rows of {name}")
    return found


def _changes_let_through(database: Database) -> list[str]:
    through: list[str] = []
    for model in INSERT_ONLY:
        # The last column: the first may be one that numbers itself, which is refused for another reason.
        name, column = model.__tablename__, list(model.__table__.columns)[-1].name
        for act, statement in (
            ("UPDATE", f'UPDATE {name} SET "{column}" = "{column}" WHERE false'),  # noqa: S608  # names of ours
            ("DELETE", f"DELETE FROM {name} WHERE false"),  # noqa: S608
        ):
            with database.engine.connect() as connection, connection.begin() as transaction:
                try:
                    connection.exec_driver_sql(statement)
                    through.append(f"{name} lets {act} pass")
                except DBAPIError:  # refused, by the trigger or for want of rights: as it must be
                    pass
                finally:
                    transaction.rollback()
    return through


def _name(statement: str) -> str:
    found = _TRIGGER.match(statement)
    return found[1] if found else statement
