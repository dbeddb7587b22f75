"""`esign verify --html --pdf --xml`: reports beside the verdict, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from ca.authority import create_authority
from tests.authority import present_time
from tests.command import PASSPHRASE, Desk, set_up_desk

REFUSED, NOT_WRITTEN = 10, 13


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, contract: bytes) -> Desk:
    desk = set_up_desk(
        tmp_path_factory.mktemp("desk"),
        contract,
        lambda folder: create_authority(folder, passphrase=PASSPHRASE.encode(), clock=present_time),
    )
    desk.sign(desk.folder / "contract.pdf", "--out", desk.folder / "signed.pdf")
    return desk


def test_both_reports_are_written_beside_the_verdict(desk: Desk, tmp_path: Path) -> None:
    html, pdf = tmp_path / "report.html", tmp_path / "report.pdf"
    html.write_text("an older report")
    told = desk.json("verify", desk.folder / "signed.pdf", "--html", html, "--pdf", pdf, "--lang", "en")
    assert told["conclusion"] == "TOTAL-PASSED"
    assert '<html lang="en">' in html.read_text("utf-8")
    assert "data:image/png;base64," in html.read_text("utf-8")
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "report.pdf"]


def test_chinese_is_the_language_where_none_is_named(desk: Desk, tmp_path: Path) -> None:
    desk.run("verify", desk.folder / "signed.pdf", "--html", tmp_path / "report.html", "--no-pictures")
    assert '<html lang="zh-CN">' in (tmp_path / "report.html").read_text("utf-8")


def test_a_file_that_cannot_be_judged_has_a_report_too(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "hello.pdf").write_bytes(b"hello")
    desk.run("verify", tmp_path / "hello.pdf", "--html", tmp_path / "report.html", status=4)
    assert "无法核验" in (tmp_path / "report.html").read_text("utf-8")


def test_no_report_replaces_the_document_or_another_report(desk: Desk, tmp_path: Path) -> None:
    document = desk.folder / "signed.pdf"
    before = document.read_bytes()
    for options in (["--pdf", document], ["--html", tmp_path / "one", "--pdf", tmp_path / "." / "one"]):
        result = desk.run("verify", document, *options, status=REFUSED)
        assert "would replace" in result.output
    assert document.read_bytes() == before
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_cannot_be_written_is_an_error_in_one_line(desk: Desk, tmp_path: Path) -> None:
    missing = tmp_path / "missing" / "report.html"
    result = desk.run("verify", desk.folder / "signed.pdf", "--html", missing, status=NOT_WRITTEN)
    assert "cannot be written" in result.output


def test_the_report_for_machines_is_written_too(desk: Desk, tmp_path: Path) -> None:
    desk.run("verify", desk.folder / "signed.pdf", "--xml", tmp_path / "report.xml", "--no-pictures")
    assert b"urn:etsi:019102:mainindication:total-passed" in (tmp_path / "report.xml").read_bytes()
