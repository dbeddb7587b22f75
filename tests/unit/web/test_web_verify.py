"""The public page: anybody's file, its verdict, the limits, and that nothing of it stays."""

from __future__ import annotations

import hashlib
import io
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from prometheus_client import CollectorRegistry
from sqlalchemy import select, update
from werkzeug.test import Client, TestResponse

from esign.api.rates import Allowance
from esign.infra.metrics import Metrics
from esign.verifications.errors import line_full
from esign.verifications.held import forget_gone
from esign.verifications.line import Line
from esign.verifications.models import HeldVerdict
from esign.web.app import create_pages
from esign.web.page_services import VerifyLimits, page_services
from tests.service import YE, YU, request, system_now
from tests.tampering import drawn_over, encrypted
from tests.unit.completion.completed import tended
from tests.unit.web.page_room import AMPLE, SITE, Pages, Visitor, read_page

KIB = 1024


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every answer wait until there is a verdict, however slow the machine is."""
    monkeypatch.setattr("esign.web.verify_pages.SOON", 600.0)


@pytest.fixture
def anybody(pages: Pages) -> Visitor:
    """Somebody who keeps no cookie."""
    return Visitor(Client(pages.app, use_cookies=False), "")


def hand_in(who: Visitor, content: bytes | None, name: str = "合同.pdf", **fields: str) -> TestResponse:
    """Choose a file and press the button."""
    given: dict[str, object] = {**who.form("/verify", "/verify").fields, **fields}
    if content is not None:
        given["document"] = (io.BytesIO(content), name)
    return who.post("/verify", given, content_type="multipart/form-data")


def verdict_of(who: Visitor, content: bytes, name: str = "合同.pdf", **fields: str) -> tuple[str, str]:
    """Return the address of the verdict, and its page."""
    led = hand_in(who, content, name, **fields)
    assert led.status_code == 303, led.text
    return led.location, who.get(led.location).text


def sealed(pages: Pages, contract: bytes) -> bytes:
    envelope = pages.desk.create(request(contract))
    for number, person in enumerate((YU, YE)):
        pages.desk.play(envelope, number, person)
        pages.desk.work()
    documents = pages.desk.service.documents
    state = pages.desk.envelope(envelope.id).documents[0]
    assert state.sealed is not None
    with pages.desk.service.ports.database.reading() as session:
        return documents.read(session, state.plan.id, state.sealed)


def test_a_good_file_passes_a_changed_one_does_not_and_shows_where(
    pages: Pages, anybody: Visitor, contract: bytes
) -> None:
    good = sealed(pages, contract)
    there, told = verdict_of(anybody, good)
    assert "TOTAL-PASSED" in told
    assert YU.name in told
    assert there.count("/") == 2
    assert len(there) > 45

    there, told = verdict_of(anybody, drawn_over(good), "改过.pdf")
    assert "TOTAL-FAILED" in told
    assert "改过.pdf" in told
    pictures = re.findall(rf'src="({there}/pictures/[a-z0-9-]+\.png)"', told)
    assert len(pictures) >= 3
    for address in set(pictures):
        drawn = anybody.get(address)
        assert (drawn.status_code, drawn.mimetype) == (200, "image/png")
        assert drawn.data.startswith(b"\x89PNG")
    assert anybody.get(f"{there}/pictures/page-9-before.png").status_code == 404
    report = anybody.get(f"{there}/report.json")
    assert json.loads(report.data)["conclusion"] == "TOTAL-FAILED"
    assert "attachment" in report.headers["Content-Disposition"]
    html = anybody.get(f"{there}/report.html")
    assert "attachment" in html.headers["Content-Disposition"]
    assert "data:image/png;base64," in html.text
    assert "<script" not in html.text
    english = anybody.get(there, headers={"Accept-Language": "en"}).text
    assert not re.search(
        "[\u4e00-\u9fff]",
        re.sub(r"中文|改过|于文山|叶小禾|<bdi>.*?</bdi>|<title>.*?</title>|示例保险股份有限公司|示", "", english),
    )


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"GIF89a is no PDF", "photo.gif", "UNREADABLE"),
        (b"%PDF-1.7\n" + b"\0" * 5000, "empty.pdf", "UNREADABLE"),
        (b"%PDF-", "<script>alert(1)</script>.pdf", "UNREADABLE"),
        (b"\r\n--" + b"-\r\n" * 100_000, "lines.pdf", "UNREADABLE"),
    ],
)
def test_what_is_no_pdf_is_told_so(anybody: Visitor, content: bytes, name: str, told: str) -> None:
    there, page = verdict_of(anybody, content, name)
    assert told in page
    assert "<script>alert" not in page
    assert "<script>alert" not in anybody.get(f"{there}/report.html").text


def test_a_file_without_a_signature_is_told_so(anybody: Visitor, contract: bytes) -> None:
    assert "NO-SIGNATURE" in verdict_of(anybody, contract)[1]


def test_an_encrypted_file_asks_for_its_password_which_is_kept_nowhere(
    pages: Pages, anybody: Visitor, contract: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    locked, secret = encrypted(contract, "sesame-418"), "sesame-418"
    _there, told = verdict_of(anybody, locked)
    assert "要密码才能打开" in told
    assert "要密码才能打开" in verdict_of(anybody, locked, password="wrong")[1]
    there, told = verdict_of(anybody, locked, password=secret)
    assert "NO-SIGNATURE" in told
    assert secret not in told + anybody.get(f"{there}/report.json").text + there
    assert secret not in caplog.text
    assert "open" in str(read_page(anybody.get("/verify?password=1").text).attributes)


def test_a_verdict_can_be_seen_again_deleted_and_goes_by_itself(
    pages: Pages, anybody: Visitor, contract: bytes
) -> None:
    first, _told = verdict_of(anybody, contract)
    second, _told = verdict_of(anybody, contract)
    assert anybody.get(first).status_code == anybody.get(f"{first}/state").status_code == 200
    assert anybody.post(f"{first}/forget").status_code == 403
    assert anybody.send(first, f"{first}/forget").status_code == 303
    gone = anybody.get(first)
    assert (gone.status_code, "重新核验" in gone.text) == (410, True)
    assert anybody.get(f"{first}/report.json").status_code == 410
    database = pages.desk.service.ports.database
    with database.transaction() as session:
        session.execute(update(HeldVerdict).values(gone_at=system_now() - timedelta(seconds=1)))
    assert anybody.get(second).status_code == 410
    with database.transaction() as session:
        assert forget_gone(session, system_now()) == 1
    for odd in ("x", "a" * 43, "a" * 44, "..", "%00", "\u202e"):
        assert anybody.get(f"/verify/{odd}").status_code in {404, 410}


def test_nothing_of_a_file_stays_in_the_database(pages: Pages, anybody: Visitor, contract: bytes) -> None:
    address, _told = verdict_of(anybody, contract, "于文山的合同.pdf")
    database = pages.desk.service.ports.database
    with database.reading() as session:
        rows = session.scalars(select(HeldVerdict)).all()
    assert len(rows) == 1
    assert address.rpartition("/")[2].encode() != rows[0].address
    assert "于文山".encode() not in (rows[0].sealed or b"")
    path = database.engine.url.database
    assert path is not None
    with open(path, "rb") as file:  # noqa: PTH123
        whole = file.read()
    assert contract[1000:1100] not in whole
    assert "于文山的合同".encode() not in whole


def test_who_waits_is_shown_how_it_goes_and_told_when_nobody_comes(
    pages: Pages, anybody: Visitor, contract: bytes
) -> None:
    there, _told = verdict_of(anybody, contract)
    set_state(pages, state="waiting", ahead=2, sealed=None)
    waiting = anybody.get(there)
    assert "前面还有 2 份" in waiting.text
    assert '<meta http-equiv="refresh" content="3">' in waiting.text
    assert anybody.get(f"{there}/state").get_json() == {"state": "waiting 2"}
    assert anybody.get(f"{there}/report.json").status_code == 404
    set_state(pages, state="judging", ahead=0)
    assert "最多 45 秒" in anybody.get(there).text
    set_state(pages, ends_at=system_now() - timedelta(seconds=1))
    assert (anybody.get(there).status_code, "没有做完" in anybody.get(there).text) == (503, True)
    set_state(pages, state="busy")
    assert (anybody.get(there).status_code, "还没有轮到" in anybody.get(there).text) == (503, True)


def set_state(pages: Pages, **values: object) -> None:
    with pages.desk.service.ports.database.transaction() as session:
        session.execute(update(HeldVerdict).values(values))


def test_a_form_without_a_file_or_with_too_much_says_so(pages: Pages, contract: bytes) -> None:
    app = pages_with(pages, verified_bytes_at_most=64 * KIB)
    who = Visitor(Client(app, use_cookies=False), "")
    assert (hand_in(who, None).status_code, "还没有选文件" in hand_in(who, None).text) == (422, True)
    assert "是空的" in hand_in(who, b"").text
    for size in (64 * KIB + 1, 300 * KIB):
        large = hand_in(who, b"%PDF-" + bytes(size))
        assert large.status_code == 413
        assert "文件超过了" in large.text
    module = who.post(
        "/verify",
        {**who.form("/verify", "/verify").fields, "document": (io.BytesIO(bytes(300 * KIB)), "a.pdf")},
        headers={"Accept": "application/json"},
    )
    assert (module.status_code, len(module.get_json()["said"])) == (413, 1)


def test_a_module_is_told_where_to_go_on(anybody: Visitor, contract: bytes) -> None:
    fields = anybody.form("/verify", "/verify").fields
    told = anybody.post(
        "/verify", {**fields, "document": (io.BytesIO(contract), "a.pdf")}, headers={"Accept": "application/json"}
    )
    assert anybody.get(told.get_json()["next"]).status_code == 200


def test_an_address_hands_in_so_many_files_and_no_more(pages: Pages, contract: bytes) -> None:
    limits = VerifyLimits(Allowance("few", 2, 10), Allowance("day", 3, 1440))
    who = Visitor(Client(pages_with(pages, limits=limits), use_cookies=False), "")
    assert [hand_in(who, contract).status_code for _ in range(3)] == [303, 303, 429]
    assert "这一份没有收下" in hand_in(who, contract).text


def test_a_line_that_is_full_takes_no_more(anybody: Visitor, contract: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(line: Line, origin: str, size: int) -> None:
        raise line_full()

    monkeypatch.setattr(Line, "join", full)
    told = hand_in(anybody, contract)
    assert (told.status_code, "这一份没有收下" in told.text) == (503, True)


def test_another_sites_form_is_not_taken(pages: Pages, anybody: Visitor, contract: bytes) -> None:
    fields = anybody.form("/verify", "/verify").fields
    given = {**fields, "document": (io.BytesIO(contract), "a.pdf")}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert anybody.post("/verify", given, headers=headers).status_code == 403
        given = {**fields, "document": (io.BytesIO(contract), "a.pdf")}
    assert anybody.post("/verify", {"document": (io.BytesIO(contract), "a.pdf")}).status_code == 403


def test_no_cookie_is_set_and_the_headers_are_those_of_every_page(anybody: Visitor, contract: bytes) -> None:
    there, _told = verdict_of(anybody, contract)
    for path in ("/", "/verify", there, f"{there}/report.html"):
        told = anybody.get(path)
        assert told.status_code == 200, path
        assert "Set-Cookie" not in told.headers
        assert told.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in told.headers["Content-Security-Policy"]
        assert told.headers["Referrer-Policy"] == "same-origin"
    for path in ("/", "/verify", there):
        assert " style=" not in anybody.get(path).text
        assert "<script>" not in anybody.get(path).text


def test_the_root_says_what_this_is_and_leads_to_verification(pages: Pages, anybody: Visitor) -> None:
    told = anybody.get("/").text
    assert 'href="/verify"' in told
    assert "短信里的链接" in told
    off = Visitor(Client(pages_with(pages, verifies=False)), "")
    assert off.get("/verify").status_code == 404
    assert 'href="/verify"' not in off.get("/").text


def pages_with(pages: Pages, *, limits: VerifyLimits | None = None, **settings: object) -> Flask:
    """Return the pages over the same service, set up otherwise."""
    made = page_services(pages.desk.service, Metrics(CollectorRegistry()), SITE)
    services = replace(made, limits=AMPLE, **settings)  # type: ignore[arg-type]
    return create_pages(services if limits is None else replace(services, verify_limits=limits))


def test_whoever_comes_by_the_code_on_a_certificate_is_told_whether_the_file_is_the_one_it_names(
    pages: Pages, anybody: Visitor, contract: bytes
) -> None:
    ours = sealed(pages, contract)
    address = f"/verify?sha256={hashlib.sha256(ours).hexdigest()}"
    assert "签署完成证书上的二维码" in anybody.get(address).text

    def verdict(content: bytes) -> str:
        given: dict[str, object] = {**anybody.form(address, address).fields, "document": (io.BytesIO(content), "x.pdf")}
        led = anybody.post(address, given, content_type="multipart/form-data")
        assert led.location.endswith(address.removeprefix("/verify")), led.location
        return anybody.get(led.location).text

    assert "正是签署完成证书写的那一份文件" in verdict(ours)
    assert "不是签署完成证书写的那一份文件" in verdict(ours + b"\n")
    for odd in ("", "AB" * 32, "0" * 63, "%3Cscript%3E"):
        told = anybody.get(f"/verify?sha256={odd}").text
        assert "签署完成证书" not in told and "<script>" not in told
    _, usual = verdict_of(anybody, ours)
    assert "签署完成证书" not in usual


def test_a_certificate_of_ours_is_told_to_be_one_and_an_altered_one_is_not(
    pages: Pages, anybody: Visitor, contract: bytes
) -> None:
    office = tended(pages.desk)
    content = office.certify(office.complete_soon(contract, YU))
    _, told = verdict_of(anybody, content, "证书.pdf")
    assert "这是我们签发的签署完成证书" in told and "按受理规则" not in told
    _, altered = verdict_of(anybody, drawn_over(content), "证书.pdf")
    assert "这是我们签发的签署完成证书" not in altered and "按受理规则" in altered
