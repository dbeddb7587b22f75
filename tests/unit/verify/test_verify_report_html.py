"""The HTML report: one file without anything outside it, in which nothing of a stranger's file commands."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from signed_material import judge
from test_verify_report_view import FACTS, FAILED, SIGNATURE, finding, told

from ca.trust import TrustStore
from esign.verify.report import Conclusion, EvidencePicture
from esign.verify.reports import CHINESE, ENGLISH, LANGUAGES, Language, html_report, report_body, report_view
from tests.signers import face_jpeg

VOID = {"meta", "img", "path", "circle", "br"}
HOSTILE = '"><script>alert(1)</script><img src=https://evil.example/x>\u202e{{ 7*7 }}</style>'
PICTURE = EvidencePicture("applicant", "photo", None, "image/jpeg", face_jpeg(3, (480, 640)))


class Seen(HTMLParser):
    """What a browser would find: elements with their attributes, and whether each is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest, signed: bytes, trust: TrustStore) -> str:
    language: Language = request.param
    report = replace(
        judge(signed, trust), evidence_pictures=(PICTURE,), validation_time=datetime(2026, 11, 22, tzinfo=UTC)
    )
    return html_report(report, language, version="0.1.0")


def test_the_page_needs_nothing_outside_itself(page: str) -> None:
    seen = Seen(page)
    assert seen.open == []
    names = {name for name, _ in seen.elements}
    assert not names & {"script", "link", "iframe", "object", "embed", "form", "base", "a"}
    for name, attributes in seen.elements:
        assert not {key for key in attributes if key.startswith("on") or key in {"style", "href", "srcset"}}, name
        assert str(attributes.get("src", "data:image/")).startswith("data:image/")
    style = page[page.index("<style>") + 7 : page.index("</style>")]
    assert not re.search(r"url\(|@import|expression", style)


def test_the_policy_allows_the_style_that_is_there_and_nothing_else(page: str) -> None:
    style = page[page.index("<style>") + 7 : page.index("</style>")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(attributes["content"] for _, attributes in Seen(page).elements if attributes.get("http-equiv"))
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_the_page_says_everything_that_identifies_what_was_checked(page: str, signed: bytes) -> None:
    text = "".join(Seen(page).text)
    for said in (hashlib.sha256(signed).hexdigest(), f"{len(signed):,}", "2026-11-22 08:00:00", "esign 0.1.0", "B-LTA"):
        assert said in text


def test_every_picture_has_words_and_its_size(page: str) -> None:
    pictures = [attributes for name, attributes in Seen(page).elements if name == "img"]
    words = {"照片", "Photo"}
    assert [(one["alt"] in words, one["width"], one["height"]) for one in pictures] == [(True, "480", "640")]


def test_nothing_out_of_a_file_is_more_than_text() -> None:
    signature = replace(SIGNATURE, field=HOSTILE, signer={"name": HOSTILE, "issuer": HOSTILE}, level=HOSTILE)
    evidence = {"present": True, "role": HOSTILE, "mode": HOSTILE, "items": [{"kind": HOSTILE, "placement": HOSTILE}]}
    hostile = replace(
        told(FAILED, replace(signature, evidence=evidence), findings=(finding("content-changed", field=HOSTILE),)),
        document=replace(FACTS, name=HOSTILE),
    )
    usual = html_report(told(FAILED, SIGNATURE, findings=(finding("content-changed"),)), ENGLISH)
    seen = Seen(html_report(hostile, ENGLISH))
    assert {name for name, _ in seen.elements} <= {name for name, _ in Seen(usual).elements} | {"h4"}
    text = "".join(seen.text)
    assert "<script>alert(1)</script>" in text
    assert "\u202e" not in text
    assert "‹U+202E›{{ 7*7 }}" in text


def test_the_body_for_the_site_takes_pictures_from_where_the_site_keeps_them() -> None:
    report = told(Conclusion.PASSED, replace(SIGNATURE, evidence={"present": True, "manifest_bound": True}))
    view = report_view(replace(report, evidence_pictures=(PICTURE,)), CHINESE)
    assert [picture.name for picture in view.pictures] == ["photo-1"]
    body = report_body(view, lambda picture: f"/verify/pictures/{picture.name}?a=1&b=2")
    assert 'src="/verify/pictures/photo-1?a=1&amp;b=2"' in body
    assert body.startswith('<article class="report" lang="zh-CN">')


def test_an_unreadable_file_and_one_without_signature_have_a_page_too() -> None:
    for report in (told(FAILED, readable=False, findings=(finding("not-a-pdf"),)), told(Conclusion.NO_SIGNATURE)):
        for language in LANGUAGES:
            assert Seen(html_report(report, language)).open == []
