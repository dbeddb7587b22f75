"""The pages of a bundle as a browser shows them from a disk: what they find, what they replay, on a phone too."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from esign.bundle.layout import (
    CHECK_PAGE,
    CHECKPOINT,
    CONSISTENCY,
    EVENTS,
    README,
    RENEWAL_PROOFS,
    RENEWED,
    RENEWED_CHECKPOINT,
)
from esign.ceremony.models import EnvelopeKeyRow
from esign.pades.typeface import Typeface
from tests.browser.accessibility import violations
from tests.bundles import Case, case_in, container_of, members_of
from tests.command import Desk
from tests.renewed_bundles import RenewedCase, renewed_case_in

PHONE, DESKTOP = 360, 1280
INK = """() => {
    const canvas = document.querySelector("canvas");
    const drawn = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return drawn.reduce((count, value, place) => count + (place % 4 === 3 && value > 0), 0);
}"""
"""How many pixels of the replay have ink."""
TEXTS = "all => all.map(one => one.textContent)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("auditor")


@pytest.fixture(scope="module")
def case(folder: Path, typeface: Typeface, contract: bytes) -> Iterator[Case]:
    with case_in(folder, typeface, contract) as made:
        (folder / "contract.asice").write_bytes(made.exported)
        for name, content in members_of(made.exported).items():
            path = folder / "unpacked" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield made


@pytest.fixture(scope="module")
def opened(case: Case, folder: Path) -> Path:
    """What an auditor opened with the custodian's key, beside the bundle."""
    with case.office.database.reading() as session:
        wrapped = session.scalars(select(EnvelopeKeyRow.wrapped).where(EnvelopeKeyRow.envelope == case.envelope.id))
        (folder / "case.cms").write_bytes(wrapped.one())
    keys = ("--custodian-key", folder / "ca/keys/custodian.pem", "--envelope-key", folder / "case.cms")
    why = ("--by", "stf_lin", "--reason", "court", "--out", folder / "case")
    Desk(folder).run("bundle", "open", folder / "contract.asice", *keys, *why)
    return folder / "case"


@pytest.fixture(scope="module")
def renewed(tmp_path_factory: pytest.TempPathFactory, typeface: Typeface, contract: bytes) -> Iterator[RenewedCase]:
    with renewed_case_in(tmp_path_factory.mktemp("renewed"), typeface, contract) as made:
        yield made


class Sheet:
    """A page of the bundle, open in a browser, and whatever that complains of or asks for."""

    def __init__(self, browser: Browser, path: Path, width: int = PHONE, scheme: str = "light") -> None:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())
        self.path = path

    def choose(self, *files: Path) -> None:
        self.page.set_input_files("#file", list(files))
        self.wait()

    def wait(self) -> None:
        self.page.wait_for_selector("body[aria-busy=false] #verdict:not([hidden])")

    def states(self) -> list[str]:
        found: list[str] = self.page.eval_on_selector_all("#results > li", "all => all.map(one => one.dataset.state)")
        return found

    def told(self) -> str:
        return self.page.inner_text("#results")

    def is_quiet(self) -> bool:
        """Whether nothing was complained of, nothing but the page itself was asked for, and it fits its screen."""
        width = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return (self.complaints, self.asked, width) == ([], [self.path.as_uri()], 0)

    def close(self) -> None:
        self.page.context.close()


@pytest.fixture
def sheet(browser: Browser, case: Case, folder: Path) -> Iterator[Sheet]:
    made = Sheet(browser, folder / "unpacked" / CHECK_PAGE)
    yield made
    assert made.is_quiet()
    made.close()


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")])
def test_the_pages_are_accessible_and_no_wider_than_the_screen(
    browser: Browser, case: Case, folder: Path, opened: Path, width: int, scheme: str
) -> None:
    for name in (README, CHECK_PAGE):
        shown = Sheet(browser, folder / "unpacked" / name, width, scheme)
        if name == CHECK_PAGE:
            writer = case.envelope.recipients[0].id
            shown.choose(folder / "contract.asice", opened / "opened" / writer / "handwriting.json")
            shown.page.wait_for_selector("article canvas")
        shown.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert violations(shown.page) == []
        assert shown.is_quiet()
        shown.close()


def test_a_bundle_that_is_right_is_told_so_and_what_is_not_checked_too(sheet: Sheet, case: Case, folder: Path) -> None:
    sheet.choose(folder / "contract.asice")
    assert sheet.states() == ["pass", "pass", "pass", "pass", "pass", "open"]
    assert f"All {len(case.trail.events)} events are proven" in sheet.told()
    assert case.log_key in sheet.told()
    assert case.envelope.id in sheet.page.inner_text("#what")


def test_a_chain_of_renewed_timestamps_is_followed_and_a_renewal_that_was_touched_is_named(
    browser: Browser, renewed: RenewedCase, tmp_path: Path
) -> None:
    first, second, proofs = (renewed.members[f"{RENEWED}{name}"] for name in ("1.json", "2.json", "proofs.json"))
    path = renewed.members[CONSISTENCY]
    cases = (
        ({}, []),
        ({f"{RENEWED}2.json": first, f"{RENEWED}1.json": second}, [f"{RENEWED}1.json", f"{RENEWED}2.json"]),
        ({CONSISTENCY: path.replace(path[12:14], b"00" if path[12:14] != b"00" else b"11", 1)}, [CONSISTENCY]),
        ({RENEWAL_PROOFS: proofs.replace(b'"position":', b'"position":1')}, [f"{RENEWED}1.json", f"{RENEWED}2.json"]),
        ({RENEWED_CHECKPOINT: renewed.members[CHECKPOINT]}, [CONSISTENCY, f"{RENEWED}1.json"]),
        ({f"{RENEWED}3.json": second}, [f"{RENEWED}3.json"]),
    )
    (tmp_path / CHECK_PAGE).write_bytes(members_of(renewed.exported)[CHECK_PAGE])
    for number, (changes, wrong) in enumerate(cases):
        (tmp_path / f"{number}.asice").write_bytes(renewed.bundle({**renewed.members, **changes}))
        shown = Sheet(browser, tmp_path / CHECK_PAGE)
        shown.choose(tmp_path / f"{number}.asice")
        assert shown.states() == ["pass"] * 5 + ["fail" if wrong else "pass", "open"]
        assert shown.page.eval_on_selector_all("#results > li:nth-child(6) ul li", TEXTS) == wrong
        assert shown.is_quiet()
        shown.close()


def test_a_folder_does_as_well_as_the_file(sheet: Sheet, folder: Path) -> None:
    sheet.page.set_input_files("#folder", folder / "unpacked")
    sheet.wait()
    assert sheet.states() == ["pass", "pass", "pass", "pass", "pass", "open"]


def test_a_bundle_is_dropped_on_the_page(sheet: Sheet, case: Case) -> None:
    sheet.page.evaluate(
        """content => {
            const transfer = new DataTransfer();
            const bytes = Uint8Array.from(atob(content), one => one.charCodeAt(0));
            transfer.items.add(new File([bytes], "contract.asice"));
            document.dispatchEvent(new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true}));
        }""",
        base64.b64encode(case.exported).decode(),
    )
    sheet.wait()
    assert sheet.states() == ["pass", "pass", "pass", "pass", "pass", "open"]


def shown_of(sheet: Sheet, path: Path, content: bytes) -> str:
    path.write_bytes(content)
    sheet.choose(path)
    assert sheet.page.get_attribute("#verdict", "data-state") == "fail"
    return sheet.told()


def test_what_was_changed_added_or_removed_is_named(sheet: Sheet, case: Case, tmp_path: Path) -> None:
    members = members_of(case.exported)
    page = next(name for name in members if name.startswith("pages/"))
    told = shown_of(sheet, tmp_path / "a.asice", container_of({**members, page: b"other"}))
    assert f"{page}（被改动 changed）" in told
    told = shown_of(sheet, tmp_path / "b.asice", container_of({**members, "more.txt": b""}))
    assert "more.txt（多出 added）" in told
    left = {name: content for name, content in members.items() if name != page}
    assert f"{page}（缺少 missing）" in shown_of(sheet, tmp_path / "c.asice", container_of(left))


def test_an_event_that_the_insurer_edited_is_named(sheet: Sheet, case: Case, tmp_path: Path) -> None:
    lines = case.members[EVENTS].splitlines(keepends=True)
    lines[3] = lines[3].replace(b'"version":4', b'"version":5')
    told = shown_of(sheet, tmp_path / "a.asice", case.bundle({**case.members, EVENTS: b"".join(lines)}))
    assert "第 4 行 line 4" in told
    assert "有事件缺失" in told


def test_a_document_that_the_insurer_exchanged_is_named(sheet: Sheet, case: Case, tmp_path: Path) -> None:
    name = next(name for name in case.members if name.endswith("/sealed.pdf"))
    told = shown_of(sheet, tmp_path / "a.asice", case.bundle({**case.members, name: case.members[name] + b"\n"}))
    assert name in told


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\5\6" + bytes(18) + b"\1"])
def test_what_is_no_bundle_is_told_in_words(sheet: Sheet, tmp_path: Path, content: bytes) -> None:
    told = shown_of(sheet, tmp_path / "a.asice", content)
    assert "不是证据包" in told


def test_a_member_that_unpacks_to_more_than_it_says_is_damaged(sheet: Sheet, case: Case, tmp_path: Path) -> None:
    data = bytearray(case.exported)
    place = data.rindex(b"trail/events.jsonl") - 46 + 24  # its entry in the directory, and the size in that
    data[place : place + 4] = (10).to_bytes(4, "little")
    assert "trail/events.jsonl is damaged" in shown_of(sheet, tmp_path / "a.asice", bytes(data))


def test_a_browser_without_ed25519_says_what_it_did_not_check(browser: Browser, case: Case, folder: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script("crypto.subtle.importKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'))")
    page.goto((folder / "unpacked" / CHECK_PAGE).as_uri())
    page.set_input_files("#file", folder / "contract.asice")
    page.wait_for_selector("#verdict:not([hidden])")
    states = page.eval_on_selector_all("#results > li", "all => all.map(one => one.dataset.state)")
    assert states == ["pass", "pass", "pass", "open", "pass", "open"]
    assert "This browser cannot verify Ed25519" in page.inner_text("#results")
    context.close()


def test_handwriting_is_replayed_as_fast_as_it_was_written(
    browser: Browser, case: Case, folder: Path, opened: Path
) -> None:
    context = browser.new_context(viewport={"width": PHONE, "height": 800})
    page = context.new_page()
    page.clock.install(time="2026-01-01T00:00:00Z")
    page.goto((folder / "unpacked" / CHECK_PAGE).as_uri())
    writer = case.envelope.recipients[0]
    files = [folder / "contract.asice", opened / "opening.json", opened / "opened" / writer.id / "handwriting.json"]
    page.set_input_files("#file", files)
    page.wait_for_selector("article canvas")
    title = page.inner_text("article h3")
    assert title == "于文山 (applicant) · 与已签名的证据清单一致 as in the signed manifest of evidence"
    whole = page.evaluate(INK)
    page.clock.pause_at("2026-01-02T00:00:00Z")  # from here on no time passes but what the test lets pass
    page.click("article button")
    page.clock.run_for(1000)
    shown = float(page.inner_text("article output").split("/")[0])
    assert abs(shown - 1.0) <= 0.05
    assert 0 < page.evaluate(INK) < whole
    page.clock.run_for(60_000)
    told = page.inner_text("article output").removesuffix(" s").split(" / ")
    assert told[0] == told[1]
    assert page.evaluate(INK) == whole
    assert page.get_attribute("article button", "aria-pressed") == "false"
    context.close()


def test_handwriting_that_is_not_the_signed_one_is_said_not_to_be_compared(
    sheet: Sheet, case: Case, folder: Path, opened: Path, tmp_path: Path
) -> None:
    handwriting = opened / "opened" / case.envelope.recipients[0].id / "handwriting.json"
    (tmp_path / "handwriting.json").write_bytes(handwriting.read_bytes().replace(b'"pen"', b'"touch"'))
    sheet.choose(folder / "contract.asice", opened / "opening.json", tmp_path / "handwriting.json")
    sheet.page.wait_for_selector("article canvas")
    assert "not compared" in sheet.page.inner_text("article h3")
