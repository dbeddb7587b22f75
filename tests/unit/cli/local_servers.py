"""Two servers on this machine for `esign listen`: a feed of events, and the program of an integrator."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "esk_test_" + "0" * 26 + "." + "k" * 43


def event(number: int, kind: str = "envelope.sent") -> dict[str, Any]:
    return {
        "id": f"evt_{number:032x}",
        "type": kind,
        "timestamp": "2026-03-01T04:00:00.000001Z",
        "data": {"envelope": "env_01k9x7m2qv8w3c5t6r4n0b1d2e", "external_id": "保单-1"},
    }


@dataclass
class FakeFeed:
    """Answers `GET /v1/events` in the form of the service's own: at most `page` events, from a cursor on.

    `failures` are statuses to answer with first, one for each request.
    """

    events: list[dict[str, Any]] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    page: int = 2
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str, headers: Mapping[str, str]) -> tuple[int, object]:
        self.asked.append(path)
        if headers.get("authorization") != f"Bearer {KEY}":
            return 401, {"code": "credentials-refused"}
        if self.failures:
            return self.failures.pop(0), {"code": "internal-error"}
        start = int(parse_qs(urlsplit(path).query).get("after", ["c0"])[0].removeprefix("c"))
        shown = self.events[start : start + self.page]
        end = start + len(shown)
        return 200, {"items": shown, "next_cursor": f"c{end}", "has_more": end < len(self.events)}


@dataclass
class Program:
    """Takes what is posted, and answers with the next of `statuses`, 200 when there are none."""

    statuses: list[int] = field(default_factory=list)
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def take(self, headers: dict[str, str], body: bytes) -> int:
        self.taken.append((headers, body))
        return self.statuses.pop(0) if self.statuses else 200

    def ids(self) -> list[str]:
        return [json.loads(body)["id"] for _headers, body in self.taken]


@contextmanager
def serving(feed: FakeFeed | None = None, program: Program | None = None, port: int = 0) -> Iterator[int]:
    """Serve one of the two on a port of this machine, and yield the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert feed is not None
            self._reply(*feed.answer(self.path, self._headers()))

        def do_POST(self) -> None:
            assert program is not None
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._reply(program.take(self._headers(), body), {})

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def _headers(self) -> dict[str, str]:
            return {name.lower(): value for name, value in self.headers.items()}

        def _reply(self, status: int, content: object) -> None:
            data = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
