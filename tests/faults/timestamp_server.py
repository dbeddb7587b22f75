"""A timestamp authority of somebody else, as a process that can be stopped: RFC 3161 over HTTP, with its own roots.

python -m tests.faults.timestamp_server FOLDER PORT
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.request import urlopen

from werkzeug.serving import make_server

from ca.authority import create_authority, open_authority
from ca.http import create_trust_services_app
from tests.authority import PASSPHRASE, present_time
from tests.faults.running_service import free_port

START_SECONDS: Final = 60


class TimestampServer:
    """The authority's server, not running yet. It is the same authority at every start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        create_authority(folder, passphrase=PASSPHRASE, clock=present_time, base_url=f"http://127.0.0.1:{self._port}")

    @property
    def destination(self) -> str:
        return f"127.0.0.1:{self._port}"

    @property
    def settings(self) -> dict[str, str]:
        """What a service is told that takes its timestamps from here."""
        return {
            "ESIGN_TIMESTAMPS_URL": f"http://{self.destination}/tsa",
            "ESIGN_TIMESTAMPS_TRUST": str(self._folder / "certificates" / "root.pem"),
        }

    def start(self) -> None:
        """Start it, and return when it answers."""
        command = [sys.executable, "-m", "tests.faults.timestamp_server", str(self._folder), str(self._port)]
        self._process = subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.DEVNULL)
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < end, "the timestamp server does not start"
            time.sleep(0.05)

    def stop(self) -> None:
        """Kill it: nobody answers any more."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with urlopen(f"http://{self.destination}/", timeout=5):  # our own server on this machine
                return True
        except HTTPError as error:
            error.close()
            return True
        except OSError:
            return False


def main(folder: str, port: str) -> None:
    authority = open_authority(Path(folder), passphrase=PASSPHRASE, clock=present_time)
    make_server("127.0.0.1", int(port), create_trust_services_app(authority), threaded=True).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
