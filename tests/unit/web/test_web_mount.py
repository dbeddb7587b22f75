"""Which paths are whose: the API's, the authority's, and the pages' for all others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from werkzeug.test import Client

from esign.process import web_application
from tests.unit.test_process import opened


def authority(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"authority {environ['PATH_INFO']}".encode()]


def test_every_other_path_is_a_page(tmp_path: Path) -> None:
    with opened(tmp_path) as process:
        outside = Client(web_application(process, authority))
        assert outside.get("/ca/ocsp").text == "authority /ca/ocsp"
        assert outside.get("/v1/nothing").mimetype == "application/problem+json"
        assert outside.get("/readyz").status_code in {200, 503}
        assert outside.get("/console").location == "/console/login"
        assert "登录控制台" in outside.get("/console/login").text
        assert 'href="/verify"' in outside.get("/").text
        for path in ("/cash", "/consoles", "//console", "/s/x", "/c/x", "/nothing/at/all"):
            told = outside.get(environ_overrides={"PATH_INFO": path})
            assert told.status_code == 404
            assert told.mimetype == "text/html"
            assert "原因" in told.text
            assert len(told.headers["X-Request-Id"]) == 32
        alone = Client(web_application(process))
        assert alone.get("/ca/ocsp").mimetype == "text/html"
