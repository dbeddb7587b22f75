"""What guards the pages: forms of our own, cookies, headers, links that change nothing, other people's tokens."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import Client

from esign.api.rates import Allowance, RateLimits
from esign.web.assets import assets
from esign.web.forgery import Forms
from tests.service import YE, Desk, request, short_request
from tests.unit.web.page_room import SITE, Pages, Visitor, pages_over, read_page, written


@pytest.fixture
def visitor(pages: Pages, contract: bytes) -> Visitor:
    return pages.visitor(pages.desk.create(request(contract)))


def test_looking_changes_nothing(pages: Pages, contract: bytes) -> None:
    envelope = pages.desk.create(request(contract))
    visitor = pages.visitor(envelope)
    before = pages.version(envelope)
    for path in ("", "/identify", "/help", "/copy", "/open", "/code"):
        for method in ("GET", "HEAD", "OPTIONS"):
            visitor.client.open(f"/s/{visitor.link}{path}", method=method, base_url=SITE)
    assert pages.version(envelope) == before
    visitor.until_signing()
    before = pages.version(envelope)
    for path in ("", "/consents", "/pages/1", "/sign", "/photo", "/confirm", "/done", "/decline", "/help", "/state"):
        visitor.get(visitor.home + path)
    assert pages.version(envelope) == before


def test_no_form_goes_without_its_token(pages: Pages, contract: bytes) -> None:
    envelope = pages.desk.create(request(contract))
    visitor = pages.visitor(envelope)
    before = pages.version(envelope)
    for path in ("open", "code", "identify"):
        told = visitor.post(f"/s/{visitor.link}/{path}", {"code": "246810", "name": "于文山", "tail": "002X"})
        assert told.status_code == 403
    assert pages.version(envelope) == before
    visitor.until_confirming()
    before = pages.version(envelope)
    strange = pages.forms.token("another session")
    for path in ("consents", "pages/1", "handwriting", "photo", "confirm", "decline"):
        for token in ({}, {"form_token": ""}, {"form_token": strange}, {"form_token": "é\x00"}):
            told = visitor.post(f"{visitor.home}/{path}", token)
            assert told.status_code == 403, path
            assert "最新的页面" in told.text
    assert pages.version(envelope) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://sign.example"},
    ],
)
def test_a_form_that_another_site_sent_is_refused(visitor: Visitor, headers: dict[str, str]) -> None:
    form = visitor.form(f"/s/{visitor.link}", f"/s/{visitor.link}/open")
    visitor.headers = headers
    assert visitor.post(form.action, form.fields).status_code == 403
    visitor.headers = {}  # an old browser tells nothing of where it was sent from
    assert visitor.post(form.action, form.fields).status_code == 303


def test_the_cookies_are_for_this_host_alone_and_not_for_scripts(visitor: Visitor) -> None:
    visitor.send(f"/s/{visitor.link}", f"/s/{visitor.link}/open")
    told = visitor.identify()
    set_cookies = told.headers.getlist("Set-Cookie")
    names = [cookie.split("=")[0].removesuffix(f"-{visitor.recipient}") for cookie in set_cookies]
    assert sorted(set(names)) == ["__Host-browser", "__Host-language", "__Host-link", "__Host-session"]
    for cookie in set_cookies:
        assert cookie.startswith("__Host-")
        for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
            assert part in cookie
        assert "Domain" not in cookie
    switched = visitor.post("/look", {**_look_form(visitor), "letters": "large", "back": "//evil.example"})
    assert switched.location == "/"
    assert "HttpOnly" in switched.headers["Set-Cookie"]


def test_every_page_has_its_headers(visitor: Visitor) -> None:
    visitor.enter()
    for path in (f"/s/{visitor.link}", f"{visitor.home}/consents", "/nothing", f"{visitor.home}/pages/99"):
        headers = visitor.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert not re.search(r"unsafe|\*|http|data:", policy)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Strict-Transport-Security"].startswith("max-age=")


def test_a_page_brings_no_script_and_no_style_of_its_own_and_nothing_from_elsewhere(visitor: Visitor) -> None:
    visitor.until_signing()
    for path in (f"/s/{visitor.link}", f"{visitor.home}/sign", f"{visitor.home}/decline"):
        text = visitor.get(path).text
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=|javascript:", text)
        addresses = re.findall(r'(?:src|href|action)="([^"]*)"', text)
        assert addresses
        assert [one for one in addresses if not one.startswith(("/", "#"))] == []


def test_assets_are_kept_for_ever_and_the_first_view_is_light(visitor: Visitor) -> None:
    page = visitor.get(f"/s/{visitor.link}")
    addresses = set(re.findall(r'"(/assets/[^"]+)"', page.text))
    assert len(addresses) >= 4
    total = len(page.data)
    for one in addresses:
        told = visitor.get(one)
        assert told.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        total += len(told.data)
    assert total < 100_000
    assert visitor.get(f"/assets/{'0' * 16}/app.css").status_code == 404
    assert visitor.get(f"/assets/{assets().digest}/../app.py").status_code == 404


def test_another_persons_session_opens_nothing(pages: Pages, contract: bytes) -> None:
    envelope = pages.desk.create(request(contract))
    first, second = pages.visitor(envelope), pages.visitor(envelope, 1, YE)
    first.enter()
    token = first.client.get_cookie(f"__Host-session-{first.recipient}", domain="sign.example")
    assert token is not None
    thief = Visitor(Client(pages.app), second.link)
    for value in (token.value, token.value.replace(first.recipient, second.recipient), "x", token.value + "x"):
        thief.client.set_cookie(f"__Host-session-{second.recipient}", value, domain="sign.example")
        told = thief.get(second.home)
        assert told.status_code == 401
        assert "请从链接重新进入" in told.text
    # Nor does a form's token of one session send another's.
    second.enter()
    form = first.form(f"{first.home}/consents", f"{first.home}/consents")
    assert second.post(f"{second.home}/consents", form.fields).status_code == 403


def test_a_link_that_we_did_not_make_opens_nothing(pages: Pages, visitor: Visitor) -> None:
    for link in ("x", "rcp_" + "0" * 26, visitor.link + "x", visitor.link[:-2], "%00", "rcp_%f0%9f%91%8b.x"):
        told = visitor.get(f"/s/{link}")
        assert told.status_code == 404, link
        assert "这个链接打不开文件" in told.text


def test_too_many_requests_are_told_in_words(pages: Pages, contract: bytes) -> None:
    strict = pages_over(pages.desk.service, RateLimits(address=Allowance("address", 3)))
    visitor = strict.visitor(Desk(pages.desk.service).create(short_request(contract, YE)))
    answers = [visitor.get(f"/s/{visitor.link}") for _ in range(5)]
    assert answers[-1].status_code == 429
    assert "操作得太快了" in answers[-1].text


def test_what_nobody_foresaw_is_a_page_too_and_is_logged(
    pages: Pages, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fall(*_: object) -> None:
        raise ZeroDivisionError("secret words")

    monkeypatch.setattr(pages.desk.service.entrance, "look", fall)
    told = visitor.get(f"/s/{visitor.link}")
    assert told.status_code == 500
    assert "系统出了点问题" in told.text
    assert "secret" not in told.text
    assert "ZeroDivisionError" not in told.text
    assert [record.levelname for record in caplog.records if record.exc_info] == ["ERROR"]


def test_a_capture_from_outside_is_bounded(visitor: Visitor) -> None:
    visitor.until_signing()
    told = visitor.draw(b"[" + b"0," * 1_500_000 + b"0]")
    assert told.status_code == 413
    assert visitor.draw(written(3)).status_code == 200


def _look_form(visitor: Visitor) -> dict[str, str]:
    page = visitor.get(f"/s/{visitor.link}")
    return next(one.fields for one in read_page(page.text).forms if one.action == "/look")


@pytest.mark.parametrize(
    ("public_url", "origin"),
    [
        ("https://Sign.example:443/", "https://sign.example"),
        ("http://127.0.0.1:8320", "http://127.0.0.1:8320"),
        ("http://sign.example:80", "http://sign.example"),
    ],
)
def test_the_origin_is_known_as_browsers_write_it(pages: Pages, public_url: str, origin: str) -> None:
    forms = Forms(pages.desk.service.ports.keys, public_url)
    with pages.app.test_request_context(headers={"Origin": origin}) as context:
        forms.require_same_origin(context.request)
