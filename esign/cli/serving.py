"""`esign serve`, and the two kinds of process that it forks: web and worker, each a command of its own as well."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from sqlalchemy import select

from esign.cli.builders import Builders, builders_of
from esign.cli.children import STOP_SECONDS, Children, Part, apart
from esign.cli.output import errors_in_one_line
from esign.cli.settings_option import read_settings, settings_option
from esign.infra.database import Database, open_database
from esign.infra.errors import ConfigurationError, KeyStoreError
from esign.infra.jobs_dbos import prepare_jobs, worker_name
from esign.infra.keystore import create_key_store, open_key_store
from esign.infra.logs import log_for, set_up_logs
from esign.infra.metrics_folder import make_metrics_folder
from esign.infra.models import DataKey, Erasure
from esign.infra.process_memory import give_back_freed_memory, loading, settle, share_arenas
from esign.infra.schema import require_current_schema, schema_revision, upgrade
from esign.infra.server_certificate import require_usable
from esign.infra.settings import HttpSettings, Settings, TlsSettings
from esign.operations.stand_ins import require_accepted
from esign.trail.models import TrailCheckpoint

LOCK_FILE: Final = "served.lock"

_log = log_for(__name__)


@click.command()
@settings_option
@click.pass_context
def serve(context: click.Context, config: Path | None) -> None:
    """Run the signing service on this machine: the API, and the workers that sign, seal and deliver.

    Without any setting it is whole: SQLite, a folder for blobs, the embedded authority, messages in an outbox, test
    mode, at http://127.0.0.1:8320. Everything it needs is made at the first start, in ./esign-data and beside it
    ./esign-data-keys. It runs until Ctrl-C.

    \b
    Example:
        esign serve &
        esign clients create "Sales platform"
        open http://127.0.0.1:8320/v1/docs
    """
    builders = builders_of(context)
    share_arenas()
    with errors_in_one_line(as_json=False):
        settings = read_settings(config)
        set_up_logs(settings.log_level)
        _require_free_address(settings.http)
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with served_folder(settings):
            apart(lambda: _prepare(builders, settings))
            part = _run(builders, settings)
        if part is not None:  # this is a forked process; it has let go of what only its parent holds
            part.run()


@contextmanager
def served_folder(settings: Settings) -> Iterator[None]:
    """Hold the data folder of a service on SQLite for one `esign serve`; with PostgreSQL several may serve.

    Raises `ConfigurationError` (`served-already`).
    """
    if not settings.database.is_sqlite:
        yield
        return
    with (settings.data / LOCK_FILE).open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise ConfigurationError(
                "served-already",
                f"{settings.data} is served already, by process {file.read(20).strip() or 'unknown'}",
                "use that one, or give this one a data folder of its own (ESIGN_DATA)",
            ) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _run(builders: Builders, settings: Settings) -> Part | None:
    """Load once what all processes need, and fork them. See `Children.run` for who returns, and with what."""
    make_metrics_folder(settings.data)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # it would begin its threads while it is loaded
    with loading():
        from esign import process  # noqa: F401, PLC0415  # once, for all processes that are forked

        builders.rooms()
    settle()
    give_back_freed_memory()
    click.echo(f"esign serves {settings.public_url} ({settings.mode} mode); docs: {settings.public_url}/v1/docs")
    web = Part(("esign", "web"), lambda: _answer(builders, settings))
    return Children([web, *(_worker_part(builders, settings, number) for number in range(settings.workers))]).run()


def _worker_part(builders: Builders, settings: Settings, number: int) -> Part:
    name = worker_name(number + 1)
    return Part(("esign", "worker", name), lambda: _work(builders, settings, name))


@click.command()
@settings_option
@click.pass_context
def web(context: click.Context, config: Path | None) -> None:
    """Run the web processes alone, where the workers run elsewhere. Runs until Ctrl-C.

    \b
    Example:
        esign web --config /etc/esign.toml
    """
    builders = builders_of(context)
    share_arenas()
    with errors_in_one_line(as_json=False):
        settings = read_settings(config)
        set_up_logs(settings.log_level)
        _require_free_address(settings.http)
        _answer(builders, settings)


def _answer(builders: Builders, settings: Settings) -> None:
    """Be a web process, and start those that answer requests, until this one is told to end."""
    if settings.http.tls is not None:
        require_usable(settings.http.tls)
    from esign import process  # noqa: F401, PLC0415  # once, for all processes that are forked

    _WebServer(builders, settings).run()


@click.command()
@settings_option
@click.option("--name", help="Tells this worker from others; default: this machine's name and -1.")
@click.pass_context
def worker(context: click.Context, config: Path | None, name: str | None) -> None:
    """Run one worker alone: it signs, seals, delivers, and keeps the trail. Runs until Ctrl-C.

    Every worker has a name of its own; started anew under the same name, it takes up what it left.

    \b
    Example:
        esign worker --name sealing-2
    """
    builders = builders_of(context)
    share_arenas()
    with errors_in_one_line(as_json=False):
        settings = read_settings(config)
        set_up_logs(settings.log_level)
        _work(builders, settings, name or worker_name())


def _work(builders: Builders, settings: Settings, name: str) -> None:
    """Be a worker until this process is told to end."""
    from esign.process import worker as worker_of  # noqa: PLC0415  # `serve` has loaded it; most commands need not

    found = worker_of(builders.open_process(settings), name=name)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settle()
    found.start()
    _log.info("worker started")
    stop.wait()
    found.stop(seconds=STOP_SECONDS - 5)


def _prepare(builders: Builders, settings: Settings) -> None:
    """Make what a first start needs. A database of another version is left as it is, and refused."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = open_database(settings.database.url.reveal())
    try:
        found = schema_revision(database)
        if not settings.keys.exists():
            _make_keys(database, settings.keys, empty=found is None)
        open_key_store(settings.keys)
        builders.make_authority(settings)
        builders.make_server_certificate(settings)
        if found is None:
            upgrade(database)
        require_current_schema(database)
        if settings.mode == "live":
            with database.reading() as session:
                require_accepted(session, (*settings.stand_ins, *builders.rooms().stand_ins))
        prepare_jobs(database)
    finally:
        database.close()


def _make_keys(database: Database, folder: Path, *, empty: bool) -> None:
    """Make keys for a database that needs none yet. Another machine may have those of a PostgreSQL that is prepared."""
    if not empty:
        require_current_schema(database)
        if not database.is_sqlite or _holds_what_keys_protect(database):
            raise KeyStoreError(
                "key-missing",
                f"the keys folder {folder} is missing, and this database may hold what they protect",
                "restore it from its backup or bring it from the machine that has it; for a new one: esign keys create",
            )
    create_key_store(folder)


def _holds_what_keys_protect(database: Database) -> bool:
    with database.reading() as session:
        return any(session.scalars(select(model).limit(1)).first() for model in (DataKey, Erasure, TrailCheckpoint))


def _require_free_address(http: HttpSettings) -> None:
    """Raise `ConfigurationError` (`address-in-use`, `address-unusable`) unless this process could listen there."""
    family = socket.AF_INET6 if ":" in http.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            probe.bind((http.host, http.port))
        except OSError as error:
            code = "address-in-use" if error.errno == errno.EADDRINUSE else "address-unusable"
            raise ConfigurationError(
                code,
                f"nothing can listen at {http.host}:{http.port} ({error.strerror})",
                "end what listens there, or set http.host and http.port (ESIGN_HTTP_PORT)",
            ) from error


class _ServerLog(Logger):  # type: ignore[misc]  # it has no types
    """gunicorn's log through ours: its own quotes addresses of requests, and with them the tokens of links."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in list(self.error_log.handlers):
            self.error_log.removeHandler(handler)
        self.error_log.propagate = True


class _WebServer(BaseApplication):  # type: ignore[misc]  # it has no types
    """gunicorn, with threads; each process opens database, keys and quarantine after it was forked."""

    def __init__(self, builders: Builders, settings: Settings) -> None:
        self._builders = builders
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        http = self._settings.http
        for name, value in {
            "bind": f"{http.host}:{http.port}",
            "workers": http.processes,
            "threads": http.threads,
            "worker_class": "gthread",
            "graceful_timeout": STOP_SECONDS - 5,
            "timeout": 120,
            "keepalive": 30,
            "loglevel": "warning",
            "limit_request_line": 4096,
            "limit_request_fields": 60,
            "limit_request_field_size": 8190,
            "forwarded_allow_ips": "127.0.0.1" if http.trusted_proxies == 0 else "*",
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108  # a heartbeat, no data
            "logger_class": _ServerLog,
            **_tls(http.tls),
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from esign.process import web_application  # noqa: PLC0415  # as above

        process = self._builders.open_process(self._settings)
        application = web_application(process, self._builders.authority_pages(self._settings))
        settle()
        return application


def _tls(tls: TlsSettings | None) -> dict[str, Any]:
    """Return gunicorn's settings for HTTPS: TLS 1.2 and later, with what the TLS library chooses."""
    if tls is None:
        return {}

    def context(_config: Any, usual: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
        made = usual()
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        return made

    return {"certfile": str(tls.certificate), "keyfile": str(tls.key), "ssl_context": context}
