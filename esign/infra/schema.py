"""Bring the database to the schema of this version, and refuse to run on any other."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from esign.infra.database import Database
from esign.infra.errors import DatabaseError
from esign.infra.keystore import KeyStore

MIGRATIONS: Final = Path(__file__).with_name("migrations")
_UPGRADE_LOCK: Final = 0x6573_6967_6E01  # "esign", 1: an advisory lock of PostgreSQL


def upgrade(database: Database, revision: str = "head", *, open_keys: Callable[[], KeyStore] | None = None) -> str:
    """Bring the schema up to `revision` in one transaction, one process at a time; return where it is now.

    On a database that is there already, nothing happens. `open_keys` opens the service's keys: a step that finds rows
    to be sealed asks for them, no other does. Raises `DatabaseError` (`database-schema`: it was made by a newer
    version; `database-upgrade`: the database refused; `database-upgrade-keys`: keys are needed, and there is no
    `open_keys`) and `SealedDataError`; nothing was changed then.
    """
    known = _scripts()
    before = schema_revision(database)
    if before is not None and before not in {script.revision for script in known.walk_revisions()}:
        raise _newer(before)
    try:
        with database.engine.begin() as connection:
            if not database.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
            configuration = _configuration()
            configuration.attributes.update(connection=connection, open_keys=open_keys)
            command.upgrade(configuration, revision)
    except SQLAlchemyError as error:
        raise DatabaseError(
            "database-upgrade",
            f"the schema could not be brought to {revision} ({type(error).__name__})",
            "nothing was changed; check the rights of the database's user and the space on its disk",
        ) from error
    return schema_revision(database) or ""


def schema_revision(database: Database) -> str | None:
    """Return the revision the database is at, None if it is empty. Raises `DatabaseError` if it does not answer."""
    database.ping()
    with database.reading() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


@cache
def newest_revision() -> str:
    """Return the revision that this version of the code needs: every step is read for that, once in a process."""
    return _scripts().get_current_head() or ""


def require_current_schema(database: Database) -> None:
    """Raise `DatabaseError` (`database-schema`) unless the database is at the schema of this version."""
    found, needed = schema_revision(database), newest_revision()
    if found == needed:
        return
    if found is not None and found not in {script.revision for script in _scripts().walk_revisions()}:
        raise _newer(found)
    raise DatabaseError(
        "database-schema",
        f"the database is at schema {found or 'none'}, and this version needs {needed}",
        "back it up, then run: esign db upgrade",
    )


def _newer(found: str) -> DatabaseError:
    return DatabaseError(
        "database-schema",
        f"the database is at schema {found}, which this version does not know",
        "run the version that made it, or a newer one",
    )


def _configuration() -> Config:
    configuration = Config()
    # The folder may hold a percent sign, which the configuration would take for a placeholder.
    configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    return configuration


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_configuration())
