"""What each step of the pages takes the server: one person after another goes through them, with forms, as phones do.

A step is a request that a person waits for: a page, its picture, a form that is sent. The promise is under 100 ms at
the median for each: up to 0.1 s an answer feels immediate (Nielsen, 1993).
"""

from __future__ import annotations

import http.client
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from werkzeug.test import Client

from demo.player import Platform, Signer
from tests.service import YU
from tests.signers import face_jpeg, handwriting_json
from tests.unit.web.page_room import Visitor

PROMISED_MS: Final = 100.0
WALKS: Final = 20
_ID: Final = re.compile(r"(?:rcp|env)_[0-9a-z]{26}(?:\.[\w-]+)?")
_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding"})


class Line:
    """A WSGI application that asks a server and keeps what each answer took: a browser's line to the service."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        self._connection = http.client.HTTPConnection(self._host, timeout=60)
        self.took: dict[str, list[float]] = defaultdict(list)

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").title(): value
            for name, value in environ.items()
            if name.startswith("HTTP_") and name != "HTTP_HOST"
        }
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if environ.get("CONTENT_TYPE"):
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        query = environ.get("QUERY_STRING")
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"] + (f"?{query}" if query else "")
        begun = time.perf_counter()
        self._connection.request(method, path, body or None, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        route = f"{method} {_ID.sub('<id>', environ['PATH_INFO'])}"
        self.took[re.sub(r"/pages/\d+", "/pages/<n>", route)].append((time.perf_counter() - begun) * 1000)
        start_response(
            f"{answer.status} {answer.reason}", [one for one in answer.getheaders() if one[0].lower() not in _HOP]
        )
        return [content]

    def close(self) -> None:
        self._connection.close()


def walk_pages(url: str, key: str, document: bytes, places: Mapping[str, object]) -> dict[str, dict[str, float]]:
    """Return for each step how many calls, and milliseconds at the median and at most.

    Raises `AssertionError` where an answer does not let the person go on, `Refused`.
    """
    platform, line = Platform(url, key), Line(url)
    for number in range(WALKS):
        person = replace(YU, phone=f"135{number:08d}", id_number=None)
        signer = Signer("applicant", person.name, person.phone, None, handwriting_json(3), face_jpeg(3))
        place = {role: at for role, at in places.items() if role in {"applicant", "seal"}}
        made = platform.create("人身保险合同", document, [signer], places=place, photo={"roles": ["applicant"]})
        _walk(Visitor(Client(line), str(made["recipients"][0]["token"]), person, {"Origin": url}))
    platform.api.close()
    line.close()
    return {
        step: {"count": len(took), "p50_ms": round(statistics.median(took), 2), "max_ms": round(max(took), 2)}
        for step, took in sorted(line.took.items())
    }


def too_slow(steps: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return what does not keep the promise, a line each."""
    return [
        f"{step}: {took['p50_ms']:.0f} ms at the median, {PROMISED_MS:.0f} promised"
        for step, took in steps.items()
        if took["p50_ms"] >= PROMISED_MS
    ]


def _walk(visitor: Visitor) -> None:
    """Take one person through the pages; every answer has to be the one that lets them go on."""
    visitor.until_reading()
    while (place := visitor.stand()).startswith("/pages/"):
        number = int(place.removeprefix("/pages/"))
        shown = visitor.get(f"{visitor.home}{place}").text
        picture = re.search(r'src="(/c/[^"]+\.jpg[^"]*)"', shown)
        assert picture is not None, place
        assert visitor.get(picture[1].replace("&amp;", "&")).status_code == 200, picture[1]
        assert visitor.read(number).status_code == 303, place
    assert visitor.draw().status_code == 200
    visitor.consent()
    assert visitor.photograph().status_code == 303
    assert visitor.confirm().status_code == 303
    assert visitor.get(f"{visitor.home}/done").status_code == 200
