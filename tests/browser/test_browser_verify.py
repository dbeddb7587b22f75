"""Files that anybody hands in, in real browsers and a real service: verdicts, limits, a password, no script, phones."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from demo.phones import DESK, Phone
from demo.player import Platform, Signer
from tests.browser.accessibility import violations
from tests.browser.walks import order
from tests.documents import contract
from tests.faults.running_service import RunningService
from tests.signers import handwriting_json
from tests.tampering import drawn_over, encrypted

Phones = Callable[..., Phone]
SIGNER = Signer("applicant", "于文山", "13800000001", "11010519491231002X", handwriting_json(4), b"")
VERDICT = ".report h1"


@pytest.fixture(scope="module")
def sealed(platform: Platform) -> bytes:
    """A contract that the service itself has signed and sealed."""
    made = order(platform, SIGNER, photo=False)
    platform.play(made["recipients"][0], SIGNER)
    done = platform.wait(made["id"], "completed")
    return platform.api.get(f"/v1/documents/{done['documents'][0]['id']}/sealed")


@pytest.fixture(scope="module")
def files(sealed: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    contents = {
        "good.pdf": sealed,
        "changed.pdf": drawn_over(sealed),
        "unsigned.pdf": contract(),
        "letter.pdf": "亲爱的客户".encode(),
        "locked.pdf": encrypted(contract(), "sesame-418"),
        "large.pdf": b"%PDF-1.7\n" + bytes(33 * 1024 * 1024),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in contents}


def choose(page: Page, path: Path) -> None:
    page.set_input_files("#document", str(path))
    page.get_by_role("button", name="核验这份文件").click()


def judge(page: Page, path: Path) -> None:
    """Choose a file and wait for its verdict."""
    choose(page, path)
    page.wait_for_selector(".report", timeout=60_000)


@pytest.mark.parametrize(
    ("name", "verdict", "told"),
    [
        ("good.pdf", "通过", "没有被改动"),
        ("changed.pdf", "不通过", "不是当时签的那一份"),
        pytest.param("unsigned.pdf", "没有签名", "签名", marks=pytest.mark.full),
        pytest.param("letter.pdf", "无法核验", "没能核验", marks=pytest.mark.full),
    ],
)
def test_a_file_is_handed_in_on_a_phone_and_its_verdict_can_be_seen_again(
    service: RunningService, phones: Phones, files: dict[str, Path], name: str, verdict: str, told: str
) -> None:
    one = phones()
    one.open(f"{service.url}/verify")
    assert violations(one.page) == []
    judge(one.page, files[name])
    expect(one.page.locator(VERDICT)).to_have_text(verdict)
    expect(one.page.locator(".r-sentence")).to_contain_text(told)
    expect(one.page.locator(".report")).to_contain_text(name)
    assert violations(one.page) == []
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 360
    one.page.reload()
    expect(one.page.locator(VERDICT)).to_have_text(verdict)
    with one.page.expect_download() as download:
        one.page.get_by_role("link", name="PDF", exact=True).click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    assert download.value.suggested_filename == f"{name.removesuffix('.pdf')}-report.pdf"


def test_a_changed_page_is_shown_before_and_after_and_the_result_is_deleted_at_once(
    service: RunningService, phones: Phones, files: dict[str, Path]
) -> None:
    one = phones(viewport=DESK, is_mobile=False, has_touch=False, color_scheme="dark")
    one.open(f"{service.url}/verify")
    judge(one.page, files["changed.pdf"])
    pictures = one.page.locator(".report .r-compare img")
    expect(pictures).to_have_count(2)
    one.page.wait_for_load_state("networkidle")
    assert all(width > 100 for width in pictures.evaluate_all("all => all.map((one) => one.naturalWidth)"))
    assert violations(one.page) == []
    one.press("马上删除结果")
    expect(one.page.locator("h1")).to_have_text("这里没有核验结果")
    one.complaints.clear()  # the page's own answer is 410
    one.press("重新核验")
    expect(one.page).to_have_url(f"{service.url}/verify")


def test_a_file_is_dropped_and_sent_with_the_keyboard(
    service: RunningService, phones: Phones, files: dict[str, Path]
) -> None:
    one = phones(viewport=DESK, is_mobile=False, has_touch=False)
    one.open(f"{service.url}/verify")
    one.page.keyboard.press("Tab")
    expect(one.page.locator(".skip")).to_be_focused()
    one.page.evaluate(
        """(bytes) => {
          const file = new File([new Uint8Array(bytes)], "dropped.pdf", { type: "application/pdf" });
          const data = new DataTransfer();
          data.items.add(file);
          const place = document.querySelector("[data-drop]");
          place.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        list(files["unsigned.pdf"].read_bytes()),
    )
    one.page.locator(".handing .btn.main").focus()
    one.page.keyboard.press("Enter")
    one.page.wait_for_selector(".report", timeout=60_000)
    expect(one.page.locator(".report")).to_contain_text("dropped.pdf")


def test_what_is_missing_or_too_large_is_said_before_anything_is_sent(
    service: RunningService, phones: Phones, files: dict[str, Path]
) -> None:
    one = phones()
    sent: list[str] = []
    one.page.on("request", lambda request: sent.append(request.method))
    one.open(f"{service.url}/verify")
    one.page.get_by_role("button", name="核验这份文件").click()
    said = one.page.get_by_role("alert")
    expect(said).to_contain_text("还没有选文件")
    expect(one.page.locator("#document")).to_be_focused()
    choose(one.page, files["large.pdf"])
    expect(said).to_contain_text("文件超过了 32 MB")
    assert violations(one.page) == []
    assert "POST" not in sent


def test_a_password_opens_an_encrypted_file(service: RunningService, phones: Phones, files: dict[str, Path]) -> None:
    one = phones()
    one.open(f"{service.url}/verify")
    judge(one.page, files["locked.pdf"])
    expect(one.page.get_by_role("status").first).to_contain_text("要密码才能打开")
    one.press("重新选文件")
    one.page.fill("#password", "sesame-418")
    judge(one.page, files["locked.pdf"])
    expect(one.page.locator(VERDICT)).to_have_text("没有签名")
    assert "sesame" not in one.page.content() + one.page.url


def test_all_of_it_works_without_a_script_and_without_a_cookie(
    service: RunningService, phones: Phones, files: dict[str, Path]
) -> None:
    one = phones(java_script_enabled=False)
    one.open(f"{service.url}/")
    one.press("核验一份文件")
    judge(one.page, files["good.pdf"])
    expect(one.page.locator(VERDICT)).to_have_text("通过")
    assert re.fullmatch(rf"{service.url}/verify/[A-Za-z0-9_-]{{43}}", one.page.url)
    one.press("核验另一份")
    choose(one.page, files["large.pdf"])
    expect(one.page.get_by_role("alert")).to_contain_text("文件超过了 32 MB")
    one.complaints.clear()  # the page's own answer is 413
    assert one.context.cookies() == []
