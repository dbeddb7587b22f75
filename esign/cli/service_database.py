"""The service's database as commands use it: opened for one command, and closed with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from esign.infra.database import Database, open_database
from esign.infra.schema import require_current_schema
from esign.infra.settings import Settings


@contextmanager
def service_database(settings: Settings, *, current: bool = True) -> Iterator[Database]:
    """Yield the database that the settings name; unless `current` is False, only at the schema of this version.

    Raises `ConfigurationError`, `DatabaseError`.
    """
    database = open_database(settings.database.url.reveal(), connections=2)
    try:
        if current:
            require_current_schema(database)
        yield database
    finally:
        database.close()
