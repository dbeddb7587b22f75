"""A vendor on this machine that keeps to the contract of `esign.ceremony.vendor_call`, or breaks it as it is told."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from esign.ceremony.vendor_call import Vendor
from esign.infra.secret import Secret

SECRET = "a shared secret of the tests, invented"
KEY = "test-2026"


@dataclass(frozen=True)
class Question:
    """What arrived: its path, headers by their names in lower case, and body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def request(self) -> str:
        return self.headers["esign-request"]


@dataclass(frozen=True)
class Reply:
    """What is sent back; `location` makes a redirect of it."""

    status: int
    body: bytes
    media_type: str = "application/json"
    location: str | None = None


def signature(message: bytes, secret: str = SECRET) -> str:
    return "v1=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def signed(request: str, members: object, *, secret: str = SECRET) -> Reply:
    """An answer that is vouched for, as the contract says."""
    text = members if isinstance(members, str) else json.dumps(members, ensure_ascii=False)
    vouched = signature(f"answer.{request}.".encode() + text.encode(), secret)
    return Reply(200, json.dumps({"answer": text, "signature": vouched}).encode())


class VendorServer(ThreadingHTTPServer):
    """Answers each question by `reply`; one that waits for `released` is let go when the server is closed."""

    def __init__(self, reply: Callable[[Question], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reply = reply
        self.questions: list[Question] = []
        self.released = threading.Event()

    def vendor(self, **changed: object) -> Vendor:
        known: dict[str, object] = {
            "by": "test-vendor",
            "url": f"http://127.0.0.1:{self.server_port}/check",
            "key": KEY,
            "secret": Secret(SECRET),
        }
        return Vendor(**{**known, **changed})  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: VendorServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        question = Question(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        self.server.questions.append(question)
        reply = self.server.reply(question)
        try:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.media_type)
            self.send_header("Content-Length", str(len(reply.body)))
            if reply.location:
                self.send_header("Location", reply.location)
            self.end_headers()
            self.wfile.write(reply.body)
        except OSError:
            return  # whoever asked has stopped listening, as some tests want it

    do_GET = do_POST

    def log_message(self, *_: object) -> None:
        """Say nothing in the midst of tests."""


@contextmanager
def serving(reply: Callable[[Question], Reply]) -> Iterator[VendorServer]:
    server = VendorServer(reply)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
