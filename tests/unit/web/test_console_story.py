"""The story of an envelope for officers and auditors: pages as they were seen, and recorded screens once two agree."""

from __future__ import annotations

import re
from datetime import timedelta

from esign.ceremony.screens import Screen, new_screen_id
from esign.desk.exports import ExportReason
from esign.retention.usual_eraser import usual_eraser
from esign.staff.domain.roles import Role
from esign.trail.log import read_stream
from esign.web.assets import assets
from esign.web.shown_screens import keep_edition
from tests.service import YU
from tests.unit.desk.branch_events import keep_trail
from tests.unit.desk.desk_office import Branch
from tests.unit.desk.restricted_people import restrict
from tests.unit.web.console_room import form_in
from tests.unit.web.envelope_console import EnvelopeConsole

CONTENT = b'<!doctype html><link rel="icon" href="/x"><p>\xe5\x90\x8c\xe6\x84\x8f</p><img src="/c/rcp_0/pages/1.jpg">'


def shown(branch: Branch, envelope: str, recipient: str) -> str:
    """Have the recipient shown a screen that they leave after two seconds; return its record."""
    service, now = branch.service, branch.ceremonies.now()
    keep_edition(service.ports.blobs)
    record, screen = new_screen_id(now), Screen("consents", assets().edition, CONTENT)
    with service.ports.database.transaction() as session:
        about = {"envelope": envelope, "recipient": recipient, "device": None}
        assert service.screens.keep(session, screen, record=record, at=now, **about)
        late, pressed = timedelta(seconds=2), ["agree"]
        left = {"after": late, "actions": pressed, "now": now + late}
        assert service.screens.leave(session, record, recipient=recipient, **left)
    return record


def test_pages_are_shown_as_they_were_seen_and_screens_with_what_was_pressed(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.completed(YU)
    shown(branch, envelope.id, envelope.recipients[0].id)
    auditor, home = office.at(branch.with_role(Role.AUDITOR)), f"/console/envelopes/{envelope.id}"
    assert f"{home}/story" in auditor.get(home).text
    story = auditor.get(f"{home}/story").text
    for words in ("于文山阅读文件", "于文山看到画面：同意的内容", "停留 2.0 秒", "agree", "要两个人同意才能看"):
        assert words in story, words
    pictures = re.findall(rf'src="({home}/recipients/[^"]+/pages/[^"]+\.jpg)"', story)
    assert pictures
    for path in pictures:
        told = auditor.get(path)
        assert (told.status_code, told.mimetype, told.data[:3]) == (200, "image/jpeg", b"\xff\xd8\xff")
    other = pictures[0].replace(pictures[0][-12:], "00000000.jpg")
    assert auditor.get(other).status_code == 404
    assert auditor.get(re.sub(r"/pages/\d+/", "/pages/9/", pictures[0])).status_code == 404
    west = office.at(branch.member("west.auditor", branch.west, Role.AUDITOR))
    assert {west.get(path).status_code for path in (f"{home}/story", pictures[0])} == {404}
    assert office.at(branch.lead).get(f"{home}/story").status_code == 403


def test_a_screen_opens_after_two_agreed_and_each_look_is_an_event(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.completed(YU)
    record = shown(branch, envelope.id, envelope.recipients[0].id)
    who, officer = branch.with_role(Role.AUDITOR), branch.with_role(Role.COMPLIANCE)
    auditor, home = office.at(who), f"/console/envelopes/{envelope.id}"
    token = {"form_token": form_in(auditor.get(home), "/console/logout").fields["form_token"]}
    assert auditor.post(f"{home}/screens/{record}", token).status_code == 409
    approval = branch.desk.evidence.ask(who, envelope.id, "客户投诉")
    branch.approve(approval, officer)
    branch.desk.evidence.open(who, envelope.id, approval)
    told = auditor.send(f"{home}/story", f"{home}/screens/{record}")
    assert told.status_code == 200
    assert "同意" in told.text and "data:image/jpeg;base64," in told.text
    assert told.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert told.headers["X-Frame-Options"] == "DENY"
    assert auditor.post(f"{home}/screens/scn_none", token).status_code == 404
    with branch.service.ports.database.reading() as session:
        (event,) = read_stream(session, "openings")
    assert (event.payload["by"], event.payload["approved_by"]) == (who.member, officer.member)
    assert (event.payload["envelope"], event.payload["screens"]) == (envelope.id, 1)
    assert "script-src 'self'" in auditor.get(f"{home}/story").headers["Content-Security-Policy"]


def test_the_story_goes_on_with_exports_and_erasure_without_pictures_of_what_is_gone(
    office: EnvelopeConsole,
) -> None:
    branch = office.branch
    envelope, kept = branch.completed(YU), branch.completed(YU)
    who, officer = branch.with_role(Role.AUDITOR), branch.with_role(Role.COMPLIANCE)
    branch.desk.exports.ask_one(who, envelope.id, ExportReason.COURT)
    keep_trail(branch)
    branch.ceremonies.step("export")
    eraser = usual_eraser(branch.service.ports.database, branch.service.records)
    eraser.erase(
        envelope.id, by=who.member, approved_by=officer.member, reason="customer-request", now=branch.office.now
    )
    auditor, home = office.at(who), f"/console/envelopes/{envelope.id}"
    story, page = auditor.get(f"{home}/story").text, auditor.get(home).text
    for told in (
        "证据包导出",
        "法院、仲裁或公证要求",
        "签署证据已删除",
        "申请，",
        "（姓名已删除）阅读文件",
        "笔迹已删除",
    ):
        assert told in story, told
    assert story.index("完成") < story.index("证据包导出") < story.index("<b>签署证据已删除")
    assert (
        "handwriting.png" not in story + page and "handwriting.png" in auditor.get(f"/console/envelopes/{kept.id}").text
    )
    assert "证据包导出" not in auditor.get(f"/console/envelopes/{kept.id}/story").text


def test_what_is_only_stored_is_told_so_until_two_people_open_it(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.completed(YU)
    restrict(branch, envelope)
    who, officer = branch.with_role(Role.AUDITOR), branch.with_role(Role.COMPLIANCE)
    auditor, home = office.at(who), f"/console/envelopes/{envelope.id}"
    closed = auditor.get(f"{home}/story").text + auditor.get(home).text
    assert "只保存，不查看" in closed and "handwriting.png" not in closed and "/pages/" not in closed
    approval = branch.desk.evidence.ask(who, envelope.id, "客户投诉")
    branch.approve(approval, officer)
    branch.desk.evidence.open(who, envelope.id, approval)
    opened = auditor.get(f"{home}/story").text
    assert "只保存，不查看" not in opened and "handwriting.png" in opened and "/pages/" in opened
    assert "证据对您开启到" in auditor.get(f"/console/exports/new?envelope={envelope.id}").text
