"""`esign serve` as a real process on a port of its own, and what a test asks of it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ESIGN = Path(sys.executable).with_name("esign")
PATIENCE_SECONDS = 90


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until it holds; fail with what was waited for. A process that starts tells nobody when it is ready."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < ends, f"in vain: {what}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the folder to its end."""
    return subprocess.run(
        [ESIGN, *arguments],
        cwd=folder,
        env=clean_environment(settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


def clean_environment(settings: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ESIGN_", "PROMETHEUS_"))}
    return kept | {f"ESIGN_{name.upper()}": value for name, value in settings.items()}


@dataclass
class RunningService:
    """A service in a folder."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        settings = {"http_port": str(self.port), "public_url": f"http://127.0.0.1:{self.port}"}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [ESIGN, "serve"],
                cwd=self.folder,
                env=clean_environment(settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self.is_ready, f"the service is ready; {self.told()[-2000:]}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell the service to end; return its exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)

    def told(self) -> str:
        return (self.folder / "log").read_text("utf-8", "replace")

    def get(self, path: str, key: str | None = None) -> tuple[int, Any]:
        """Ask for a path; return status and JSON, 0 where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={} if key is None else {"Authorization": f"Bearer {key}"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException):
            return 0, None
        finally:
            connection.close()

    def post(self, path: str, content: object, key: str) -> tuple[int, Any]:
        """Post JSON; return status and JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            connection.request("POST", path, body=json.dumps(content).encode(), headers=headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.told()[-2000:]
        return self.get("/readyz")[0] == 200

    def children(self, kind: str) -> list[int]:
        """Return the processes that `esign serve` itself started, `web` or `worker`."""
        assert self.process is not None
        return [pid for pid, parent in parents().items() if parent == self.process.pid and kind in arguments_of(pid)]

    def everybody(self) -> set[int]:
        """Return every process below the service, and itself."""
        assert self.process is not None
        found = {self.process.pid}
        known = parents()
        while more := {pid for pid, parent in known.items() if parent in found} - found:
            found |= more
        return found


def parents() -> dict[int, int]:
    """Return every process that runs (not those that only wait to be buried) with its parent."""
    found: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except OSError:  # it ended in this moment
            continue
        if state not in {"Z", "X"}:
            found[int(path.parent.name)] = int(parent)
    return found


def arguments_of(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []
