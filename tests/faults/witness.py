"""The client's program that is told of events: it keeps every webhook with a right signature, as often as it comes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from esign.errors import EsignError
from esign.infra.secret import Secret
from esign.webhooks.signature import verify


@dataclass(frozen=True)
class Told:
    """A webhook: the id in its header, and its body."""

    id: str
    body: Mapping[str, Any]


@dataclass
class Witness:
    """Keeps what it is told. It hears nothing before it has the endpoint's secret."""

    url: str = ""
    secret: Secret | None = None
    told: list[Told] = field(default_factory=list)
    refused: int = 0

    @property
    def destination(self) -> str:
        """Host and port, as the operator's list of outgoing addresses has them."""
        return self.url.removeprefix("http://").partition("/")[0]

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        try:
            if self.secret is None:
                return 503
            id_ = verify(self.secret, headers, body, now=datetime.now(UTC))
        except EsignError:
            self.refused += 1
            return 401
        self.told.append(Told(id_, json.loads(body)))
        return 204


@contextmanager
def listening() -> Iterator[Witness]:
    """Listen at a free port of this machine until the end."""
    witness = Witness()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            body = self.rfile.read(length)
            if len(body) < length:
                self.close_connection = True
                return  # the sender was killed while it spoke: this was no webhook, and it comes again
            self.send_response(witness.take(dict(self.headers), body))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            return  # a sender that is killed hangs up

    with Server(("127.0.0.1", 0), Handler) as server:
        witness.url = f"http://127.0.0.1:{server.server_port}/webhooks"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield witness
        finally:
            server.shutdown()
            thread.join()
