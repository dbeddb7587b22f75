"""The load of `make bench-api`, in a process of its own: sales platforms, signers, and whoever receives webhooks.

Order and result are one line of JSON each, on stdin and stdout. Every signer has an address of the loopback network
of their own, so that rate limits see people and not one machine; every envelope has people of its own.
"""

from __future__ import annotations

import itertools
import json
import queue
import resource
import statistics
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from demo.player import Api, Platform, Refused, Signer, play
from esign.infra.secret import Secret
from esign.webhooks.signature import verify as verify_webhook
from tests.signers import face_jpeg, handwriting_json

ROLES: Final = ("applicant", "insured")
TOLD: Final = ("envelope.completed", "seal.failed", "recipient.signing-failed")
PATIENCE_SECONDS: Final = 120
_HANDS, _FACES = 60, 8
_address = threading.local()


class PhoneApi(Api):
    """A connection from the address that the thread has just now."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._connection.source_address = (getattr(_address, "value", "127.0.0.1"), 0)


class Load:
    """So many signers at once over so many envelopes, or for so many seconds."""

    def __init__(self, order: Mapping[str, Any]) -> None:
        self._url: str = order["url"]
        self._signers: int = order["signers"]
        self._envelopes: int | None = order["envelopes"]
        self._seconds: float = order["seconds"]
        self._contract = Path(order["contract"]).read_bytes()
        self._places: Mapping[str, object] = order["places"]
        self._keys: list[str] = order["keys"]
        self._hands = [handwriting_json(number) for number in range(_HANDS)]
        self._faces = [face_jpeg(number) for number in range(_FACES)]
        self._numbers = itertools.count(1)
        self._guard = threading.Lock()
        self._links: queue.SimpleQueue[tuple[int, Mapping[str, Any], Signer] | None] = queue.SimpleQueue()
        self._room = threading.Semaphore(self._signers)  # envelopes begun and not completed
        self._begun: dict[str, float] = {}
        self.completed: dict[str, float] = {}
        self.lives: list[float] = []
        self.errors: list[str] = []
        self._timings: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self._over = threading.Event()
        self._stop_at = float("inf")

    def run(self, port: int) -> dict[str, Any]:
        """Play; return what was seen."""
        with self._receiving(port):
            started = time.monotonic()
            if self._envelopes is None:
                self._stop_at = started + self._seconds
            platforms = [threading.Thread(target=self._create, args=(key, number)) for number, key in self._open(port)]
            signers = [threading.Thread(target=self._sign) for _ in range(self._signers)]
            for thread in (*platforms, *signers):
                thread.start()
            for thread in platforms:
                thread.join()
            stopped = time.monotonic()
            for _ in signers:
                self._links.put(None)
            for thread in signers:
                thread.join()
            self._wait_for_the_rest()
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "started": started,
            "stopped": stopped,
            "completed": sorted(self.completed.values()),
            "last": max(self.completed, key=lambda one: self.completed[one], default=None),
            "lives": self.lives,
            "errors": self.errors[:20],
            "error_count": len(self.errors),
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
            "endpoints": self._endpoints(started),
        }

    def _endpoints(self, started: float) -> dict[str, dict[str, float]]:
        """Return what each endpoint took, in milliseconds, without the first tenth of the time."""
        end = max((at for told in self._timings.values() for at, _ in told), default=started)
        warm = started + (end - started) / 10
        found = {}
        for route, told in sorted(self._timings.items()):
            took = sorted(seconds * 1000 for at, seconds in told if at >= warm)
            if took:
                found[route] = {
                    "count": len(took),
                    "p50_ms": round(statistics.median(took), 2),
                    "p99_ms": round(took[min(len(took) - 1, int(len(took) * 0.99))], 2),
                    "max_ms": round(took[-1], 2),
                }
        return found

    def _open(self, port: int) -> list[tuple[int, str]]:
        """Register where each client wants to hear of its envelopes."""
        self._secrets = []
        for number, key in enumerate(self._keys):
            address = f"http://127.0.0.1:{port}/{number}"
            made = Api(self._url, key).post("/v1/webhook-endpoints", {"url": address, "event_types": list(TOLD)})
            self._secrets.append(Secret(made["secret"]))
        return list(enumerate(self._keys))

    def _create(self, key: str, client: int) -> None:
        platform = Platform(self._url, key, timing=self._time)
        while time.monotonic() < self._stop_at and not self.errors:
            if not self._room.acquire(timeout=1):
                continue
            with self._guard:
                number = next(self._numbers)
            if self._envelopes is not None and number > self._envelopes:
                return
            begun = time.monotonic()
            people = [self._person(number, place) for place in range(len(ROLES))]
            try:
                made = platform.create(
                    "人身保险合同",
                    self._contract,
                    people,
                    places=self._places,
                    photo={"roles": list(ROLES), "placement": "visible"},
                    external_id=f"bench-{client}-{number}",
                )
            except (Refused, OSError, ValueError) as error:
                self._fail(error)
                return
            with self._guard:
                self._begun[made["id"]] = begun
            for recipient, person in zip(made["recipients"], people, strict=True):
                self._links.put((number, recipient, person))
        self._room.release()

    def _sign(self) -> None:
        while (found := self._links.get()) is not None:
            number, recipient, person = found
            place = ROLES.index(person.role)
            _address.value = f"127.{1 + place}.{number >> 8 & 255}.{number & 255}"
            try:
                play(self._url, str(recipient["token"]), person, timing=self._time, connect=PhoneApi)
            except (Refused, OSError, ValueError, KeyError) as error:
                self._fail(error)

    def _person(self, number: int, place: int) -> Signer:
        phone = f"13{5 + place}{number:08d}"
        hand = self._hands[(2 * number + place) % _HANDS]
        return Signer(ROLES[place], "于文山", phone, None, hand, self._faces[number % _FACES])

    def _time(self, route: str, seconds: float, _status: int) -> None:
        self._timings[route].append((time.monotonic(), seconds))

    def _fail(self, error: Exception) -> None:
        self.errors.append(f"{type(error).__name__}: {error}")

    def _wait_for_the_rest(self) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while len(self.completed) < len(self._begun) and not self.errors:
            if time.monotonic() > end:
                self.errors.append(f"{len(self._begun) - len(self.completed)} envelopes were not completed")
            time.sleep(0.05)

    def hear(self, path: str, headers: Mapping[str, str], body: bytes) -> None:
        """Take a webhook. Raises `EsignError` for one that is not signed right."""
        now = time.monotonic()
        verify_webhook(self._secrets[int(path.strip("/"))], headers, body, now=datetime.now(UTC))
        told = json.loads(body)
        envelope = told["data"]["envelope"]
        if told["type"] != "envelope.completed":
            self.errors.append(f"{told['type']}: {told['data'].get('reason')}")
        elif envelope not in self.completed:
            self.completed[envelope] = now
            with self._guard:
                self.lives.append(now - self._begun.get(envelope, now))
            self._room.release()

    def _receiving(self, port: int) -> ThreadingHTTPServer:
        load = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                load.hear(self.path, dict(self.headers), body)
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing: the result counts what came."""

        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


def main() -> None:
    order = json.loads(sys.stdin.readline())
    print(json.dumps(Load(order).run(order["port"])), flush=True)


if __name__ == "__main__":
    main()
