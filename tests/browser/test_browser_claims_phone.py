"""The customer at the roadside: a report without a connection, the live camera, a small loss paid in one go."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect

from demo.cars import photo
from demo.phones import Phone, chromium, face_film, phone
from esign.public.codes import TEST_CODE
from tests.browser.accessibility import violations
from tests.browser.claims_phone_site import ClaimsPhoneSite, claims_phone_site

REFUSED = "Failed to load resource: the server responded with a status of 422 (UNPROCESSABLE ENTITY)"
"""What the browser writes of a picture that was refused: the page says why."""
PLAYING = "film => new Promise(done => film.videoWidth ? done() : (film.onloadeddata = () => done()))"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClaimsPhoneSite]:
    with claims_phone_site(tmp_path_factory.mktemp("claims-phone")) as opened:
        yield opened


@pytest.fixture(scope="module")
def roadside(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser before whose camera a car stands."""
    film = face_film(tmp_path_factory.mktemp("car"), photo(900), "car")
    with chromium(playwright, film) as found:
        yield found


def test_a_customer_reports_without_a_connection_photographs_and_is_paid(
    site: ClaimsPhoneSite, roadside: Browser
) -> None:
    one = phone(roadside)
    policy = site.claims.register()
    claim, home = reported(site, one, policy)
    photographed(one, home, policy)
    site.claims.advance(claim)
    settled(site, one, home, claim)
    with site.claims.house.database.reading() as session:
        report = site.claims.office.report_of(session, site.claims.state(claim))
        assert report.located == (31_230_416, 121_473_701)  # it waited on the phone with the rest
    told = site.claims.house.events(claim)
    assert told.count("claim.reported") == 1
    assert told.count("claim.picture-added") == 3
    assert told[-1] == "claim.rated"
    complaints = [said for said in one.complaints if said != REFUSED and "ERR_INTERNET_DISCONNECTED" not in said]
    one.close()
    assert complaints == []


def reported(site: ClaimsPhoneSite, one: Phone, policy: str) -> tuple[str, str]:
    """Report where there is no connection: it is kept, and goes once there is one. Return the claim and its page."""
    page = one.page
    one.open(f"{site.url}/r/claims/report")
    assert not violations(page)
    page.fill("#policy", policy)
    one.press("发验证码")
    page.wait_for_url("**/report/code")
    site.send_codes()
    page.fill("#code", TEST_CODE)
    one.press("继续报案")
    page.wait_for_selector("#report")
    assert not violations(page)
    page.check("input[value=scratch]")
    page.fill("#place", "栖霞路地下车库 B2")
    page.check("input[name=estimate][value=little]")
    assert page.input_value("[name=located]") == ""  # nothing is found before the person asks for it
    one.context.set_geolocation({"latitude": 31.230416, "longitude": 121.473701})
    one.context.grant_permissions(["geolocation"])
    one.press("我在现场，记下手机的位置（可不点）")
    expect(page.locator("#here")).to_contain_text("已记下手机的位置")
    one.context.set_offline(True)
    one.press("报案")
    expect(page.locator("#kept")).to_contain_text("已存在这台手机上")
    one.context.set_offline(False)
    page.wait_for_url("**/clm_*")
    found = re.search(r"clm_[0-9a-z]+", page.url)
    assert found is not None
    assert page.evaluate("Object.keys(localStorage).length") == 0
    site.claims.advance(found.group())
    return found.group(), page.url.split("?")[0]


def photographed(one: Phone, home: str, policy: str) -> None:
    """Take the photographs: one too dark, one by the live camera, one where the connection is lost."""
    page = one.page
    one.open(f"{home}/shots")
    assert not violations(page)
    chosen(one, photo(7001, light=0.08))
    page.wait_for_selector("#said:not([hidden])")
    assert "太暗" in page.locator("#said").inner_text()
    one.press("打开相机")
    page.locator("#video").evaluate(PLAYING)
    page.locator("#shutter").click()
    expect(page.locator("h1")).to_contain_text("车牌")
    one.context.set_offline(True)
    chosen(one, photo(7002))
    expect(page.locator("#sending")).to_contain_text("连上网会自动再传")
    one.context.set_offline(False)
    expect(page.locator("h1")).to_contain_text("撞痕")
    chosen(one, photo(7003))
    expect(page.locator("h1")).to_contain_text("照片拍齐了")
    assert not violations(page)
    page.fill("#plate", f"栖B{policy[-5:]}")
    one.press("交照片，开始定损")
    page.wait_for_url(home)


def settled(site: ClaimsPhoneSite, one: Phone, home: str, claim: str) -> None:
    """Say what is damaged, agree, be paid, and tell how it was."""
    page = one.page
    one.open(f"{home}/damage")
    page.locator("summary").first.click()
    page.select_option("#front-bumper", "scratched")
    assert not violations(page)
    one.press("选好了，算赔款")
    page.wait_for_url(home)
    site.claims.advance(claim)
    one.open(f"{home}/offer")
    assert not violations(page)
    page.select_option("#bank", "102100099996")
    page.fill("#account", "6222 0212 3456 7890")
    one.press("同意 300.00 元，发验证码")
    page.wait_for_selector("#agree")
    page.fill("#code", TEST_CODE)
    one.press("确认，同意赔付")
    page.wait_for_url(home)
    site.claims.advance(claim)
    one.open(home)
    assert one.heading() == "赔款已付出"
    one.press("很好")
    expect(page.locator(".note.pass").last).to_contain_text("谢谢您的评价")


def chosen(one: Phone, picture: bytes) -> None:
    """Choose a picture as from the phone's album."""
    one.page.set_input_files("#pick", {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture})
