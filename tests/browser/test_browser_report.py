"""The HTML report as a browser shows it from a disk: narrow and wide, light and dark, on paper, without fault."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from esign.verify.report import (
    Conclusion,
    DocumentFacts,
    EvidencePicture,
    Finding,
    LaterChange,
    PageDifference,
    Report,
    Severity,
    SignatureReport,
)
from esign.verify.reports import Language, html_report
from tests.browser.accessibility import violations
from tests.signers import face_jpeg

SIGNED_AT = datetime(2026, 11, 22, 11, 14, 7, tzinfo=UTC)
LONG = "a-name-that-is-longer-than-any-screen-is-wide-" * 3


def white_page() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (910, 1286), "white").save(out, "PNG")
    return out.getvalue()


def failed() -> Report:
    """A report with everything in it: pictures, evidence, findings of each weight, a name that is very long."""
    page = white_page()
    signature = SignatureReport(
        field=LONG,
        kind="signature",
        revision=1,
        integrity="intact",
        coverage="whole-revision",
        changes_after="forbidden",
        level="B-LTA",
        indication="INDETERMINATE",
        sub_indication="NO_CERTIFICATE_CHAIN_FOUND",
        claimed_time=SIGNED_AT.replace(year=2025),
        best_signature_time=SIGNED_AT,
        signer={"name": LONG, "subject": LONG, "serial": "0f" * 20},
        algorithms={"digest": "sha256", "signature": "ecdsa", "key": "EC secp256r1"},
        evidence={
            "present": True,
            "manifest_bound": False,
            "role": "applicant",
            "items": [{"kind": "handwriting", "placement": "sealed"}, {"kind": "photo", "placement": "visible"}],
        },
        changes=(LaterChange("content", "page 7/Contents", None, False),),
    )
    findings = tuple(
        Finding(code, severity, "The content of the document was changed after signing.", LONG)
        for code, severity in (
            ("page-looks-different", Severity.ERROR),
            ("weak-algorithm", Severity.WARNING),
            ("signature-shared", Severity.INFO),
        )
    )
    return Report(
        DocumentFacts(f"{LONG}.pdf", "ab" * 32, 1_286_402, 12, 6),
        Conclusion.FAILED,
        (signature, replace(signature, kind="document-timestamp", indication="TOTAL-PASSED", sub_indication=None)),
        findings,
        pictures=(PageDifference(LONG, 7, page, page, page, ((100.0, 300.0, 240.0, 340.0),)),),
        evidence_pictures=(EvidencePicture(LONG, "photo", None, "image/jpeg", face_jpeg(3, (480, 640))),),
        validation_time=SIGNED_AT,
    )


def opened(browser: Browser, path: Path, scheme: str, width: int) -> tuple[Page, list[str]]:
    """Open the file as a person would, and return the page with everything that the browser complains of."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfailed", lambda request: complaints.append(request.url[:80]))
    page.goto(path.as_uri())
    return page, complaints


@pytest.mark.parametrize(
    ("language", "scheme"),
    [
        ("zh-CN", "dark"),
        ("en", "light"),
        pytest.param("zh-CN", "light", marks=pytest.mark.full),
        pytest.param("en", "dark", marks=pytest.mark.full),
    ],
)
def test_the_report_is_accessible_and_no_wider_than_the_screen(
    browser: Browser, tmp_path: Path, language: Language, scheme: str
) -> None:
    path = tmp_path / "report.html"
    path.write_text(html_report(failed(), language, version="0.1.0"), "utf-8")
    for width in (360, 1280):
        page, complaints = opened(browser, path, scheme, width)
        assert complaints == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate("[...document.images].every(one => one.naturalWidth > 0)")
        page.context.close()


def test_on_paper_what_is_folded_is_unfolded(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(html_report(failed(), "en"), "utf-8")
    page, _ = opened(browser, path, "light", 1280)
    details = page.locator("details .r-facts").first
    assert not details.is_visible()
    page.emulate_media(media="print")
    assert details.is_visible()
    page.context.close()


def test_on_paper_there_is_no_dark(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(html_report(failed(), "en"), "utf-8")
    page, _ = opened(browser, path, "dark", 1280)
    colour = "getComputedStyle(document.querySelector('.r-findings')).backgroundColor"
    assert page.evaluate(colour) != "rgb(255, 255, 255)"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(colour) == "rgb(255, 255, 255)"
    page.context.close()
