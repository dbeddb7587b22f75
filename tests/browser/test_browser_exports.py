"""An auditor finds a contract by a person's name, exports it, and what is downloaded holds without the service."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import expect

from demo.phones import DESK, Phone
from demo.player import Platform
from demo.service import check_bundle, root_of
from tests.browser.accessibility import violations
from tests.browser.staffing import Staff, salesperson
from tests.browser.walks import YU, order
from tests.faults.running_service import RunningService
from tests.signers import handwriting_json

Phones = Callable[..., Phone]


def test_an_auditor_searches_exports_downloads_and_the_bundle_is_accepted(
    service: RunningService, platform: Platform, phones: Phones, tmp_path: Path
) -> None:
    shen = salesperson(service)
    invited = json.loads(
        service.operate(
            *("staff", "invite", "he.jing", "--name", "何静", "--phone", "13900004029"),
            *("--role", "auditor", "--institution", shen.institution, "--json"),
        )
    )
    signer = replace(YU, handwriting=handwriting_json(4))
    made = order(platform, YU, photo=False, salesperson=shen.id, external_id="CY-26-118204")
    platform.play(made["recipients"][0], signer)
    platform.wait(made["id"], "completed")
    platform.certificate(made["id"])

    desk = phones(viewport=DESK, is_mobile=False, has_touch=False)
    auditor = Staff(desk, "he.jing")
    auditor.take_up(invited["link"])
    desk.open(f"{service.url}/console/account/authenticator")
    auditor.bind()
    page = desk.page
    desk.open(f"{service.url}/console/envelopes")
    page.fill("#words", YU.name)
    page.press("#words", "Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="导出证据包").click()
    expect(page.get_by_text("1 个已结束的信封")).to_be_visible()
    assert not re.search(f"{YU.name}|%E5", page.url)  # no name stands in an address
    assert violations(page) == []
    page.get_by_label("法院、仲裁或公证要求").check()
    desk.press("开始导出")
    expect(page.get_by_role("heading", name="证据包做好了")).to_be_visible(timeout=60_000)  # follows by itself
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="下载证据包").click()
    assert download.value.suggested_filename == f"{made['id']}.asice"
    bundle = tmp_path / download.value.suggested_filename
    download.value.save_as(bundle)
    assert check_bundle(bundle, service.environment, root_of(service.folder)) == "TOTAL-PASSED"

    page.get_by_role("link", name="导出", exact=True).first.click()
    ledger = page.locator("section", has=page.get_by_role("heading", name="谁导出过什么，为什么"))
    expect(ledger).to_contain_text("何静")
    expect(ledger).to_contain_text("法院、仲裁或公证要求")
    expect(ledger).to_contain_text("CY-26-118204")
    assert violations(page) == []
    desk.open(f"{service.url}/console/envelopes/{made['id']}/story")
    expect(page.locator(".seen img").first).to_be_visible()
    assert violations(page) == []
