"""A gateway on this machine: it takes what is posted, or fails as it is told."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Gateway:
    """`status` is what it answers; `taken` what it answered 200 to, `asked` how often it was asked at all."""

    host: str
    status: int = 200
    asked: int = 0
    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def of(self, start: str) -> list[str]:
        """Return the texts that were taken at paths which begin so."""
        return [str(body["message"]) for path, body in self.taken if path.startswith(start)]


@contextmanager
def gateway() -> Iterator[Gateway]:
    """Serve until the test is over."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            opened.asked += 1
            if opened.status == 200:
                opened.taken.append((self.path, body))
            self.send_response(opened.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        opened = Gateway(f"127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield opened
        server.shutdown()
