"""The service as it runs for an insurer: `esign serve` with its children, in a folder of its own, to be killed at will.

A process is killed by its id, found below the `serve` that this test started: whatever else runs on the machine is
left alone.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from shutil import which
from typing import Final
from urllib.error import HTTPError
from urllib.request import urlopen

from click.testing import CliRunner

from esign.cli import build_command
from esign.infra.settings import Settings, load_settings

ESIGN: Final = Path(sys.executable).with_name("esign")
# A test that is killed itself leaves no service behind (prctl(2), where util-linux brings the command).
_ENDS_WITH_TEST: Final = ("setpriv", "--pdeathsig", "TERM") if which("setpriv") else ()
START_SECONDS: Final = 90
STOP_SECONDS: Final = 60


class Victim(StrEnum):
    """Whom a fall hits. `web` answers requests, `web-master` starts it; `everything` is the whole service at once."""

    WORKER = "worker"
    WEB = "web"
    WEB_MASTER = "web-master"
    ZYGOTE = "zygote"
    EVERYTHING = "everything"


class RunningService:
    """One service on this machine. `start` it before anything else."""

    def __init__(
        self,
        folder: Path,
        *,
        database_url: str | None = None,
        settings: Mapping[str, str] | None = None,
        under: Sequence[str] = (),
    ) -> None:
        """`settings` are `ESIGN_*` variables over those that the folder gives; without a URL it is SQLite.

        `under` is a command that becomes `serve` in the end, such as one that gives it a file system of its own.
        """
        folder.mkdir(parents=True, exist_ok=True)
        port = free_port()
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        own = {
            "ESIGN_DATA": str(folder / "data"),
            "ESIGN_KEYS_FOLDER": str(folder / "keys"),
            "ESIGN_HTTP_PORT": str(port),
            "ESIGN_PUBLIC_URL": self.url,
            **({} if database_url is None else {"ESIGN_DATABASE_URL": database_url}),
            **(settings or {}),
        }
        outside = {name: value for name, value in os.environ.items() if not name.startswith("ESIGN_")}
        self.environment: Mapping[str, str] = {**outside, **own}
        self._under = tuple(under)
        self._serve: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> Settings:
        """The settings, as the service itself reads them."""
        return load_settings(self.environment)

    @property
    def root(self) -> Path:
        """The file system as the service sees it."""
        assert self._serve is not None
        return Path(f"/proc/{self._serve.pid}/root")

    @property
    def log(self) -> str:
        return (self.folder / "service.log").read_text("utf-8", "replace")

    def start(self) -> None:
        """Start it, and return when it answers that it is ready."""
        with (self.folder / "service.log").open("ab") as log:
            self._serve = subprocess.Popen(
                [*_ENDS_WITH_TEST, *self._under, str(ESIGN), "serve"],
                env=dict(self.environment),
                stdout=log,
                stderr=log,
            )
        self.wait_until_ready()

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        end = time.monotonic() + seconds
        while self.readiness() != 200:
            if self._serve is None or self._serve.poll() is not None:
                raise AssertionError(f"the service ended by itself: {self.log[-2000:]}")
            if time.monotonic() > end:
                raise AssertionError(f"the service is not ready after {seconds:g} s: {self.log[-2000:]}")
            time.sleep(0.1)

    def wait_for_readiness(self, status: int, seconds: float = 30) -> None:
        """Wait until `/readyz` has this status. Raises `AssertionError`."""
        end = time.monotonic() + seconds
        while (found := self.readiness()) != status:
            if time.monotonic() > end:
                raise AssertionError(f"/readyz is {found} and not {status} after {seconds:g} s")
            time.sleep(0.1)

    def readiness(self) -> int:
        """Return the status that `/readyz` has, 0 where nobody answers."""
        try:
            with urlopen(f"{self.url}/readyz", timeout=20) as answer:  # noqa: S310  # our own service on this machine
                return int(answer.status)
        except HTTPError as error:
            error.close()
            return error.code
        except OSError:
            return 0

    def stop(self) -> None:
        """Stop it as an operator does; whatever is left after a minute is killed."""
        if self._serve is None:
            return
        below = [pid for pid, _kind in self._below()]
        self._serve.terminate()
        try:
            self._serve.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill(Victim.EVERYTHING)
        for pid in below:
            _wait_until_gone(pid)
        self._serve = None

    def pids(self, victim: Victim) -> list[int]:
        """Return the processes of this kind that live now; for `everything`, each of them but `serve`."""
        return [pid for pid, kind in self._below() if victim in {kind, Victim.EVERYTHING}]

    def kill(self, victim: Victim) -> int:
        """Kill -9 what is there of this kind, and return how many workers and web processes that were.

        After `everything`, `start` has to be called; all others are started anew by their parent.
        """
        chosen = [(pid, kind) for pid, kind in self._below() if victim in {kind, Victim.EVERYTHING}]
        if victim is Victim.EVERYTHING and self._serve is not None:
            _kill(self._serve.pid)  # first, so that it starts nobody anew
        for pid, _kind in chosen:
            _kill(pid)
        if victim is Victim.EVERYTHING and self._serve is not None:
            self._serve.wait()
            self._serve = None
        for pid, _kind in chosen:
            _wait_until_gone(pid)
        return sum(kind in {Victim.WORKER, Victim.WEB} for _pid, kind in chosen)

    def wait_for(self, victim: Victim, seconds: float = START_SECONDS) -> None:
        """Wait until a process of this kind is there again."""
        end = time.monotonic() + seconds
        while not self.pids(victim):
            if time.monotonic() > end:
                raise AssertionError(f"no {victim} was started anew within {seconds:g} s: {self.log[-2000:]}")
            time.sleep(0.02)

    def command(self, *arguments: str) -> str:
        """Run an `esign` command with the service's settings; return what it prints."""
        done = subprocess.run(
            [str(ESIGN), *arguments], env=dict(self.environment), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"esign {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def operate(self, *arguments: str) -> str:
        """The same in this process, which has loaded it already: for commands that only ask the service's database."""
        from wsgi import build  # noqa: PLC0415  # a bench that only starts the service need not wait for it

        own = {name: value for name, value in self.environment.items() if name.startswith("ESIGN_")}
        done = CliRunner().invoke(build_command(build()), arguments, env=own)
        assert done.exit_code == 0, f"esign {' '.join(arguments)}: {done.output} {done.exception!r}"
        return done.stdout

    def new_client(self) -> str:
        """Create a client, and return its key."""
        return str(json.loads(self.operate("clients", "create", "Sales platform", "--json"))["key"])

    def _below(self) -> list[tuple[int, Victim]]:
        if self._serve is None:
            return []
        found: list[tuple[int, Victim]] = []
        for child in _children(self._serve.pid):
            if "worker" in _arguments(child):
                found.append((child, Victim.WORKER))
                found += [(zygote, Victim.ZYGOTE) for zygote in _children(child)]
            elif "web" in _arguments(child):
                found.append((child, Victim.WEB_MASTER))
                for web in _children(child):
                    found.append((web, Victim.WEB))
                    found += [(zygote, Victim.ZYGOTE) for zygote in _children(web)]
        return found


@contextmanager
def running(service: RunningService) -> Iterator[RunningService]:
    """Start the service, and stop it at the end."""
    try:
        service.start()
        yield service
    finally:
        service.stop()


def free_port() -> int:
    """Return a port of this machine that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _children(pid: int) -> list[int]:
    # Children are listed with the thread that started them.
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for thread in threads for child in (thread / "children").read_text("ascii").split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _arguments(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it fell by itself, for its parent did


def _wait_until_gone(pid: int, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while _is_running(pid):
        assert time.monotonic() < end, f"process {pid} does not end"
        time.sleep(0.02)


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
