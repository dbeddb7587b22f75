"""Exports in the console: from what was found to the file, who may, what is told meanwhile, and who took what."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

from werkzeug.test import TestResponse

from esign.ceremony.creation import Owner
from esign.ceremony.domain import Envelope, commands
from esign.exports.exports import KEPT_FOR, MADE_WITHIN
from esign.staff.domain.roles import Role
from tests.service import YU, system_now
from tests.unit.desk.branch_events import command, keep_trail
from tests.unit.desk.desk_office import JIANG, Branch
from tests.unit.desk.restricted_people import restrict
from tests.unit.web.console_room import Member
from tests.unit.web.envelope_console import EnvelopeConsole

HOME = "/console/exports"


def voided(branch: Branch, **changes: Owner) -> Envelope:
    """Return an envelope that is over."""
    made = branch.envelope(JIANG, **changes)
    command(branch, made, commands.Void(at=system_now(), by="cli_test", reason="test"))
    return made


def auditor(office: EnvelopeConsole) -> Member:
    return office.at(office.branch.with_role(Role.AUDITOR))


def start(office: EnvelopeConsole, member: Member, asked: str) -> str:
    """Start what the page asks for, over a trail with a checkpoint; return the address of the export."""
    keep_trail(office.branch)
    told = member.send(f"{HOME}/new?{asked}", HOME, reason="court-request")
    assert told.status_code == 303, told.text
    return str(told.location)


def test_one_envelope_is_asked_for_followed_fetched_and_told_of(office: EnvelopeConsole) -> None:
    envelope, member = voided(office.branch), auditor(office)
    assert f"{HOME}/new?envelope={envelope.id}" in member.get(f"/console/envelopes/{envelope.id}").text
    export = start(office, member, f"envelope={envelope.id}")
    waiting = member.get(export).text
    assert "共 1 个，已做 0 个" in waiting and 'http-equiv="refresh"' in waiting and "waiting.js" in waiting
    assert member.get(f"{export}/state").get_json() == {"state": "running 0"}
    assert member.get(f"{export}/file").status_code == 409
    office.branch.ceremonies.work()
    done = member.get(export).text
    assert "下载证据包" in done and "文件保存到" in done and "refresh" not in done
    file = member.get(f"{export}/file")
    assert (file.status_code, file.mimetype) == (200, "application/vnd.etsi.asic-e+zip")
    assert file.headers["Content-Disposition"] == f'attachment; filename="{envelope.id}.asice"'
    assert "META-INF/signature.p7s" in zipfile.ZipFile(io.BytesIO(file.data)).namelist()
    told = member.get(HOME).text
    assert "法院、仲裁或公证要求" in told and "孙小梅" in told and envelope.id in told
    table = member.get(f"{HOME}/ledger.csv?envelope={envelope.id}")
    assert (table.mimetype, table.text.count(envelope.id)) == ("text/csv", 1)


def test_what_was_found_is_exported_as_a_set_and_the_words_stay_out_of_addresses(office: EnvelopeConsole) -> None:
    first, second, member = voided(office.branch), voided(office.branch), auditor(office)
    office.branch.envelope(JIANG)
    command(office.branch, office.branch.envelope(YU), commands.Void(at=system_now(), by="cli_test", reason="test"))
    today = system_now().date()
    asked = {"words": "江一舟", "since": (today - timedelta(days=2)).isoformat(), "until": "9999-99-99"}
    listed = str(member.send("/console/envelopes", "/console/envelopes", **asked).location)
    assert "since=" in listed and "until" not in listed and "%" not in listed.partition("find=")[2]
    found = member.get(listed).text
    assert first.id in found and second.id in found
    form = member.get(f"{HOME}/new?{listed.partition('?')[2]}").text
    assert "2 个已结束的信封" in form and "另有 1 个还没有结束" in form and "江一舟" in form
    export = start(office, member, listed.partition("?")[2])
    office.branch.ceremonies.work()
    archive = zipfile.ZipFile(io.BytesIO(member.get(f"{export}/file").data))
    assert set(archive.namelist()) == {f"{first.id}.asice", f"{second.id}.asice", "index.csv", "index.jsonl"}


def test_a_day_is_a_whole_day_in_beijing(office: EnvelopeConsole) -> None:
    envelope, member = office.branch.envelope(), office.at(office.branch.lead)
    day = (office.branch.row(envelope.id).updated_at + timedelta(hours=8)).date()

    def found(since: int | None, until: int | None) -> bool:
        given = {"since": since, "until": until}
        days = {name: (day + timedelta(days=more)).isoformat() for name, more in given.items() if more is not None}
        return envelope.id in member.get("/console/envelopes", query_string=days).text

    assert found(0, 0) and found(0, None) and found(None, 0)
    assert not found(1, None) and not found(None, -1)


def test_an_export_needs_a_reason_and_something_to_export(office: EnvelopeConsole) -> None:
    going, member = office.branch.envelope(), auditor(office)
    assert "还没有结束" in member.get(f"{HOME}/new?envelope={going.id}").text
    assert "这里没有已经结束的信封" in member.get(f"{HOME}/new").text
    token = {"form_token": member.form(HOME, "/console/logout").fields["form_token"]}

    def told(**given: str) -> TestResponse:
        return member.post(HOME, {**token, **given})

    assert (told().status_code, told(reason="curiosity").status_code) == (422, 422)
    assert "还没有选导出的原因" in told(reason="curiosity").text
    assert told(reason="court-request").status_code == 409
    assert told(reason="court-request", envelope=going.id).status_code == 409
    assert told(reason="court-request", envelope="env_x").status_code == 404


def test_another_members_export_and_another_institutions_envelope_are_not_there(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope, member = voided(branch), auditor(office)
    export = start(office, member, f"envelope={envelope.id}")
    west = office.at(branch.member("west.auditor", branch.west, Role.AUDITOR))
    colleague = office.at(branch.member("east.officer", branch.east, Role.COMPLIANCE))
    branch.ceremonies.work()
    for somebody in (west, colleague):
        assert [somebody.get(f"{export}{path}").status_code for path in ("", "/state", "/file")] == [404] * 3
    assert west.get(f"{HOME}/new?envelope={envelope.id}").status_code == 404
    assert envelope.id not in west.get(HOME).text and envelope.id not in west.get(f"{HOME}/ledger.csv").text
    assert envelope.id in colleague.get(HOME).text


def test_a_file_whose_time_is_over_is_told_to_be_gone(office: EnvelopeConsole) -> None:
    envelope, member = voided(office.branch), auditor(office)
    export = start(office, member, f"envelope={envelope.id}")
    office.branch.ceremonies.work()
    service = office.branch.service
    with service.ports.database.transaction() as session:
        assert service.exports.forget_gone(session, system_now() + max(KEPT_FOR, MADE_WITHIN)) == 1
    assert "文件已过期" in member.get(export).text
    assert member.get(f"{export}/file").status_code == 410
    assert "已过期" in member.get(HOME).text


def test_who_may_not_export_is_offered_nothing_of_it(office: EnvelopeConsole) -> None:
    envelope, member = voided(office.branch), office.at(office.branch.lead)
    for path in ("/console", "/console/envelopes", f"/console/envelopes/{envelope.id}"):
        assert "/console/exports" not in member.get(path).text


def test_what_is_only_stored_is_exported_once_two_people_opened_it_and_the_page_says_how(
    office: EnvelopeConsole,
) -> None:
    branch = office.branch
    envelope = voided(branch)
    restrict(branch, envelope)
    officer = branch.member("gu.heng", branch.head.institution, Role.COMPLIANCE)
    second = branch.member("xu.wei", branch.head.institution, Role.COMPLIANCE)
    member, form, there = office.at(officer), f"{HOME}/new?envelope={envelope.id}", f"/console/envelopes/{envelope.id}"
    closed = member.get(form).text
    assert "申请开启证据" in closed and there in closed and "开始导出" not in closed
    refused = member.send(form, HOME, reason="court-request")
    assert (refused.status_code, "开启的半小时内可以单独导出" in refused.text) == (409, True)
    asked = branch.desk.evidence.ask(officer, envelope.id, "法院要求")
    branch.approve(asked, second)
    branch.desk.evidence.open(officer, envelope.id, asked)
    export = start(office, member, f"envelope={envelope.id}")
    branch.ceremonies.work()
    assert member.get(f"{export}/file").status_code == 200
