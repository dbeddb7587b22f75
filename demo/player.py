"""Plays everybody's part through the API: the sales platform with its key, each recipient with the link.

What an integrator's own program would do, with the standard library alone. The demo, the benches and the fault tests
use it.
"""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TEST_CODE = "246810"
JSON = "application/json"
Timing = Callable[[str, float, int], None]
"""Told of each request: method and route, seconds, status."""


class Refused(Exception):
    """The service answered with a problem; `code` is the problem's."""

    def __init__(self, route: str, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{route}: {status} {problem.get('code')}: {problem.get('detail')}")
        self.status = status
        self.code = str(problem.get("code"))


@dataclass(frozen=True)
class Signer:
    """An invented person, as the contract names them, and what they bring to the ceremony."""

    role: str
    name: str
    phone: str
    id_number: str | None
    handwriting: bytes = field(repr=False)
    photo: bytes = field(repr=False)

    def form(self, **more: object) -> dict[str, object]:
        """Return the person as the API takes a recipient."""
        known = {"role": self.role, "name": self.name, "phone": self.phone, **more}
        return known if self.id_number is None else {**known, "id_number": self.id_number}


class Api:
    """One caller's connection to the service, kept open. Not for several threads at once."""

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        timing: Timing | None = None,
        seconds: float = 60,
        trust: Path | None = None,
    ) -> None:
        """`trust` is a file with the root to believe where the URL is https (PEM); else the system's roots are."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        self._connection: http.client.HTTPConnection
        if parts.scheme == "https":
            believed = ssl.create_default_context(cafile=trust)
            self._connection = http.client.HTTPSConnection(host, parts.port, timeout=seconds, context=believed)
        else:
            self._connection = http.client.HTTPConnection(host, parts.port, timeout=seconds)
        self._token = token
        self._timing = timing

    def get(self, path: str, route: str = "") -> bytes:
        """Return the answer's body. Raises `Refused`."""
        return self._ask("GET", path, None, JSON, route or path)

    def put(self, path: str, body: object, *, route: str = "") -> Any:
        """Return what a PUT is answered with. Raises `Refused`."""
        return json.loads(self._ask("PUT", path, json.dumps(body).encode(), JSON, route or path))

    def json(self, path: str, route: str = "") -> Any:
        return json.loads(self.get(path, route))

    def post(
        self,
        path: str,
        body: object = None,
        *,
        route: str = "",
        media_type: str = JSON,
        key: str | None = None,
    ) -> Any:
        """Post JSON, or bytes of another media type; return the answer's JSON. Raises `Refused`.

        `key` is an Idempotency-Key: for what must not be done twice. The acts of a ceremony may be repeated anyway.
        """
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        answer = self._ask("POST", path, content, media_type, route or path, key)
        return json.loads(answer) if answer else None

    def close(self) -> None:
        self._connection.close()

    def _ask(
        self, method: str, path: str, body: bytes | None, media_type: str, route: str, key: str | None = None
    ) -> bytes:
        headers = {"Accept": "*/*"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        if key is not None and self._token:
            headers["Idempotency-Key"] = key
        if body:
            headers["Content-Type"] = media_type
        begun = time.perf_counter()
        try:
            answer, response = self._exchange(method, path, body, headers)
        except (ConnectionResetError, BrokenPipeError):
            # The server ends connections that were idle, before or while it is asked; what may be asked twice is.
            self._connection.close()
            if method not in ("GET", "PUT") and key is None:
                raise
            answer, response = self._exchange(method, path, body, headers)
        if self._timing is not None:
            self._timing(f"{method} {route}", time.perf_counter() - begun, response.status)
        if response.status >= 400:
            problem: dict[str, Any] = {}
            with suppress(ValueError):
                problem = json.loads(answer)
            raise Refused(f"{method} {route}", response.status, problem)
        return answer

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[bytes, http.client.HTTPResponse]:
        try:
            self._connection.request(method, path, body, dict(headers))
            response = self._connection.getresponse()
            return response.read(), response
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise


class Platform:
    """The sales platform: it makes envelopes and waits for what becomes of them."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timing: Timing | None = None,
        connect: type[Api] = Api,
        trust: Path | None = None,
    ) -> None:
        self.url = url
        self._timing = timing
        self._connect = connect
        self.api = connect(url, key, timing=timing, trust=trust)

    def create(
        self,
        title: str,
        contract: bytes,
        signers: list[Signer],
        *,
        places: Mapping[str, object] | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """Make an envelope over one document and send it; return what the API says of it."""
        known = places or {}
        recipients = [
            signer.form(**({"place": known[signer.role]} if signer.role in known else {})) for signer in signers
        ]
        document: dict[str, object] = {"name": "合同.pdf", "content": base64.b64encode(contract).decode("ascii")}
        if "seal" in known:
            document["seal"] = known["seal"]
        body = {"title": title, "documents": [document], "recipients": recipients, **more}
        made: dict[str, Any] = self.api.post("/v1/envelopes", body, key=secrets.token_hex(12))
        return made

    def play(self, recipient: Mapping[str, Any], signer: Signer) -> None:
        """Take a recipient through the ceremony, from the link to the confirmation."""
        confirm(self.read(recipient, signer), signer)

    def read(self, recipient: Mapping[str, Any], signer: Signer) -> Api:
        """Take a recipient from the link to the last page; return their device."""
        return read(self.url, str(recipient["token"]), signer, timing=self._timing, connect=self._connect)

    def envelope(self, envelope: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api.json(f"/v1/envelopes/{envelope}", "/v1/envelopes/<envelope>")
        return found

    def wait(self, envelope: str, *states: str, seconds: float = 60, pause: float = 0.1) -> dict[str, Any]:
        """Ask until the envelope is in one of the states; return it. Raises `TimeoutError`."""
        end = time.monotonic() + seconds
        while True:
            found = self.envelope(envelope)
            if found["state"] in states:
                return found
            if time.monotonic() > end:
                raise TimeoutError(f"{envelope} is {found['state']} after {seconds:g} s, next: {found.get('next')}")
            time.sleep(pause)

    def certificate(self, envelope: str, *, seconds: float = 60, pause: float = 0.2) -> bytes:
        """Return the completion certificate, as soon as it is there. Raises `Refused`, `TimeoutError`."""
        end = time.monotonic() + seconds
        while True:
            try:
                return self.api.get(f"/v1/envelopes/{envelope}/certificate", "/v1/envelopes/<envelope>/certificate")
            except Refused as refused:
                if refused.code != "not-certified-yet":
                    raise
            if time.monotonic() > end:
                raise TimeoutError(f"{envelope} has no completion certificate after {seconds:g} s")
            time.sleep(pause)


def play(url: str, link: str, signer: Signer, *, timing: Timing | None = None, connect: type[Api] = Api) -> None:
    """Take a recipient through the ceremony as the recipient's own device does."""
    confirm(read(url, link, signer, timing=timing, connect=connect), signer)


def read(url: str, link: str, signer: Signer, *, timing: Timing | None = None, connect: type[Api] = Api) -> Api:
    """Open, identify, agree and read every page; return the device, with the ceremony's session.

    Where the envelope asks for a least time of reading, the last page is looked at until it has passed.
    """
    door = connect(url, timing=timing)
    door.post(f"/v1/ceremonies/{link}/open", route="/v1/ceremonies/<link>/open")
    door.post(f"/v1/ceremonies/{link}/code", route="/v1/ceremonies/<link>/code")
    answer = {"code": TEST_CODE, "name": signer.name, "device": {"language": "zh-CN", "screen": "360x780"}}
    if signer.id_number is not None:
        answer["id_last_four"] = signer.id_number[-4:]
    session = door.post(f"/v1/ceremonies/{link}/identify", answer, route="/v1/ceremonies/<link>/identify")
    door.close()
    device = connect(url, session["token"], timing=timing)
    ceremony = device.json("/v1/ceremony")
    _consent(device, ceremony, "before-reading", "reading")
    stays = []
    begun = time.monotonic()
    for page in range(1, ceremony["pages"] + 1):
        entered = datetime.now(UTC)
        device.get(f"/v1/ceremony/pages/{page}.jpg", "/v1/ceremony/pages/<page>.jpg")
        if page == ceremony["pages"]:
            _read_on(device, ceremony["minimum_reading_seconds"] - (time.monotonic() - begun))
        stays.append({"page": page, "entered_at": _text(entered), "left_at": _text(datetime.now(UTC))})
    device.post("/v1/ceremony/pages", {"stays": stays})
    device.post("/v1/ceremony/finish-reading")
    return device


def confirm(device: Api, signer: Signer) -> None:
    """Write by hand, show the face, confirm; the device is done then."""
    device.post("/v1/ceremony/handwriting", signer.handwriting)
    ceremony = device.json("/v1/ceremony")
    _consent(device, ceremony, "photo")
    if ceremony["photo"]["asked"]:
        device.post("/v1/ceremony/photo", signer.photo, media_type="image/jpeg")
    device.post("/v1/ceremony/confirm")
    device.close()


def _read_on(device: Api, seconds: float) -> None:
    """Stay on the page for the seconds that are left, and one more. A connection that is silent so long is ended."""
    if seconds > 0:
        device.close()
        time.sleep(seconds + 1)


def _consent(device: Api, ceremony: Mapping[str, Any], *stages: str) -> None:
    given = [
        {"id": text["id"], "version": text["version"], "digest": text["digest"]}
        for text in ceremony["consents"]
        if text["stage"] in stages and text["given_at"] is None
    ]
    if given:
        device.post("/v1/ceremony/consents", {"consents": given})


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
