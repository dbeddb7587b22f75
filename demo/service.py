"""The service's part of the demo: it is started, an integrator's program calls it, two people sign, a webhook comes.

The program goes through the API, the people through their pages; nothing here reaches into the service.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from demo.player import Api, Platform, Refused, Signer
from demo.walking import Play
from esign.errors import EsignError
from esign.infra.secret import Secret
from esign.trail.note import NoteVerifier
from esign.trail.proof import parse_inclusion_proof, verify_inclusion_proof
from esign.webhooks.signature import verify as verify_webhook

ESIGN = Path(sys.executable).with_name("esign")
START_SECONDS = 60
EVENTS = ["recipient.signed", "document.sealed", "envelope.completed", "completion.certified"]


class ServiceFailed(Exception):
    """The service did not do what it should; the message is what the person at the terminal reads."""


@dataclass
class Receiver:
    """A program of the client's that takes webhooks and believes only those with a right signature."""

    secret: Secret | None = None
    received: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    url: str = ""

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """Return the status that the sender gets."""
        try:
            if self.secret is not None:
                verify_webhook(self.secret, headers, body, now=datetime.now(UTC))
        except EsignError:
            self.refused += 1
            return 401
        self.received.append(json.loads(body))
        return 204

    def wait_for(self, kind: str, seconds: float = 30) -> dict[str, Any]:
        """Return the first webhook of this type. Raises `ServiceFailed`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = next((one for one in self.received if one["type"] == kind), None)
            if found is not None:
                return found
            time.sleep(0.05)
        raise ServiceFailed(f"no webhook {kind} came within {seconds:g} s")


@dataclass(frozen=True)
class Sealed:
    """What came out: the PDF, the completion certificate, what the API says of the envelope, the webhook, the proof of
    the last event."""

    pdf: Path
    certificate: Path
    envelope: Mapping[str, Any]
    webhook: Mapping[str, Any]
    webhooks: int
    proof: Path
    proven: str
    checkpoint: str


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Take webhooks at a free port of this machine."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.send_response(receiver.take(dict(self.headers), body))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the demo tells what came."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/webhooks"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield receiver
        server.shutdown()


@contextmanager
def serving(
    folder: Path, receiver: Receiver, *, company: str, settings: Mapping[str, str] | None = None
) -> Iterator[tuple[str, dict[str, str]]]:
    """Run `esign serve` with its data in `folder`; yield its URL and the environment that its commands need.

    `settings` go before those that the demo chooses. Raises `ServiceFailed`.
    """
    port = _free_port()
    environment = {
        **os.environ,
        "ESIGN_DATA": str(folder / "data"),
        "ESIGN_KEYS_FOLDER": str(folder / "keys"),
        "ESIGN_HTTP_PORT": str(port),
        "ESIGN_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ESIGN_WEBHOOKS_ALLOW": receiver.url.removeprefix("http://").partition("/")[0],
        "ESIGN_AUTHORITY_ORGANISATION": company,
        **(settings or {}),
    }
    url = environment["ESIGN_PUBLIC_URL"]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "service.log").open("wb") as log:
        service = subprocess.Popen([str(ESIGN), "serve"], env=environment, stdout=log, stderr=log)
        try:
            _wait_until_ready(service, url, folder)
            yield url, environment
        finally:
            service.send_signal(signal.SIGTERM)
            try:
                service.wait(40)
            except subprocess.TimeoutExpired:
                service.kill()


def platform_of(url: str, environment: Mapping[str, str], receiver: Receiver) -> Platform:
    """Return a sales platform with a key of its own, whose webhooks the receiver takes."""
    made = json.loads(run_esign(environment, "clients", "create", "Sales platform", "--json"))
    platform = Platform(url, made["key"])
    endpoint = platform.api.post("/v1/webhook-endpoints", {"url": receiver.url, "event_types": EVENTS})
    receiver.secret = Secret(endpoint["secret"])
    return platform


def have_signed(
    folder: Path,
    platform: Platform,
    receiver: Receiver,
    envelope: Mapping[str, Any],
    signers: Sequence[Signer],
    play: Play,
) -> Sealed:
    """Let both recipients of the envelope sign, wait for the seal; fetch what a client would keep of it.

    Raises `ServiceFailed`, `Refused`, `TimeoutError`.
    """
    for recipient, signer in zip(envelope["recipients"], signers, strict=True):
        play(platform, recipient, signer)
    done = platform.wait(envelope["id"], "completed", "seal_failed")
    if done["state"] != "completed":
        raise ServiceFailed(f"the envelope is {done['state']}: {done['seal']}")
    pdf = folder / "sealed.pdf"
    pdf.write_bytes(platform.api.get(f"/v1/documents/{done['documents'][0]['id']}/sealed"))
    webhook = receiver.wait_for("envelope.completed")
    receiver.wait_for("completion.certified")
    certificate = folder / "certificate.pdf"
    certificate.write_bytes(platform.api.get(f"/v1/envelopes/{done['id']}/certificate"))
    proof, proven, checkpoint = _prove(platform.api, done["id"], folder)
    return Sealed(pdf, certificate, done, webhook, len(receiver.received), proof, proven, checkpoint)


def _prove(api: Api, envelope: str, folder: Path) -> tuple[Path, str, str]:
    """Fetch the proof of the envelope's last event, and verify it by the log's public key alone."""
    events = api.json(f"/v1/envelopes/{envelope}/events?limit=100")["items"]
    for _ in range(100):
        try:
            encoded = api.get(f"/v1/events/{events[-1]['id']}/proof")
            break
        except Refused as refused:
            if refused.code != "event-not-covered":
                raise
            time.sleep(0.1)
    else:
        raise ServiceFailed("no checkpoint covers the last event within 10 s")
    log = NoteVerifier.from_vkey(api.json("/v1/trail/checkpoint")["verifier"])
    proof = parse_inclusion_proof(encoded)
    event = verify_inclusion_proof(proof, [log.public_key])
    path = folder / f"{event.id}.tlog-proof"
    path.write_bytes(encoded)
    head = proof.signed.checkpoint
    return path, event.type, f"{head.origin}, {head.size} events"


def export_bundle(file: Path, environment: Mapping[str, str], envelope: str) -> Path:
    """Have the operator export the envelope's evidence bundle into the file; return that. Raises `ServiceFailed`."""
    run_esign(environment, "bundle", "export", envelope, "--out", str(file), "--by", "demo", "--reason", "demo")
    return file


def check_bundle(bundle: Path, environment: Mapping[str, str], root: Path) -> str:
    """Check the bundle as an auditor would, by the root and the log's key alone; return the verdict.

    Raises `ServiceFailed` unless all of it holds.
    """
    told = run_esign(
        environment, "bundle", "check", str(bundle), "--trust", str(root), "--log-key", log_key(environment), "--json"
    )
    return str(json.loads(told)["conclusion"])


def log_key(environment: Mapping[str, str]) -> str:
    """Return the verifier key of the service's log, which an insurer publishes. Raises `ServiceFailed`."""
    return run_esign(environment, "trail", "key").strip()


def root_of(folder: Path) -> Path:
    """Return where the root certificate of the authority of a service is whose data is in `folder`."""
    return folder / "data/authority/certificates/root.pem"


def run_esign(environment: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run([str(ESIGN), *arguments], env=dict(environment), capture_output=True, text=True, check=False)
    if done.returncode:
        raise ServiceFailed(
            f"esign {' '.join(arguments[:2])} ended with status {done.returncode}: {done.stderr.strip()}"
        )
    return done.stdout


def _wait_until_ready(service: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    log, root = folder / "service.log", root_of(folder)
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if service.poll() is not None:
            raise ServiceFailed(f"esign serve ended with status {service.returncode}: {_last_line(log)}")
        try:
            trusted = ssl.create_default_context(cafile=root) if url.startswith("https:") else None
            with urlopen(f"{url}/readyz", timeout=5, context=trusted) as answer:  # noqa: S310  # our own service
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise ServiceFailed(f"the service was not ready within {START_SECONDS} s; see {log}")


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
