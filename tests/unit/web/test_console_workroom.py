"""Outbox, jobs and keys in the console."""

from __future__ import annotations

import re
from dataclasses import replace

from esign.api.keys import Clients
from esign.ceremony.creation import Owner
from esign.service import assemble
from esign.staff.domain.roles import Role
from esign.trail.log import read_stream
from tests.service import YE, YU
from tests.unit.web.console_room import Member, console_over, form_in
from tests.unit.web.envelope_console import EnvelopeConsole


def head_admin(office: EnvelopeConsole) -> Member:
    return office.room.log_in("lin.qiushi")


def test_the_outbox_shows_what_a_customer_would_get_with_a_code_for_a_phone(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.envelope(YU, YE)
    branch.envelope(YU, owner=Owner(branch.west, None))
    told = office.at(branch.shen).get("/console/outbox")
    link = branch.ceremonies.link(envelope, 0)
    assert f"https://sign.example/s/{link}" in told.text
    assert told.text.count('<svg class="qr"') == 2
    assert told.text.count("签署邀请") == 2
    assert office.at(branch.stranger).get(f"/console/outbox?envelope={envelope.id}").status_code == 404


def test_in_live_mode_there_is_no_outbox(office: EnvelopeConsole) -> None:
    ports = replace(office.branch.service.ports, live=True)
    room = console_over(assemble(ports), messages=office.branch.messages)
    room.office.now, room.office.secrets = office.branch.office.now, office.branch.office.secrets
    member = room.log_in("lin.qiushi")
    assert member.get("/console/outbox").status_code == 404
    assert "outbox" not in member.get("/console").text


def test_work_that_failed_says_why_and_is_tried_again(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.envelope(YU)
    branch.ceremonies.play(envelope, 0, YU)
    task = branch.ceremonies.tasks()[0]
    with branch.service.ports.database.transaction() as session:
        branch.service.tasks.put_off(session, task.id, "tsa-unreachable", now=branch.office.now)
    operations = office.at(branch.with_role(Role.OPERATIONS))
    told = operations.get("/console/jobs")
    assert "时间戳服务连不上" in told.text
    assert "生成签名" in told.text
    before = branch.ceremonies.tasks()[0].due_at
    assert operations.send("/console/jobs", "/console/jobs/hurry").status_code == 303
    assert branch.ceremonies.tasks()[0].due_at != before
    assert office.at(branch.shen).get("/console/jobs").status_code == 403
    token = form_in(office.at(branch.stranger).get("/console"), "/console/logout")
    assert token
    elsewhere = office.at(branch.stranger)
    assert task.id not in elsewhere.get("/console/jobs").text
    fields = form_in(elsewhere.get("/console"), "/console/logout").fields
    assert elsewhere.post("/console/jobs/hurry", {**fields, "task": task.id}).status_code == 404


def test_with_nothing_to_do_the_page_says_so(office: EnvelopeConsole) -> None:
    told = office.at(office.branch.with_role(Role.OPERATIONS)).get("/console/jobs")
    assert "没有等着的，也没有没做成的" in told.text


def test_a_key_is_shown_once_and_stands_in_the_trail_without_its_secret(office: EnvelopeConsole) -> None:
    branch, member = office.branch, head_admin(office)
    assert member.send("/console/keys", "/console/keys/clients", name="销售系统").status_code == 303
    chosen = {"name": "销售系统测试", "scopes": ["envelopes:read", "envelopes:write"], "days": "90"}
    client = re.search(r'value="(cli_[0-9a-z]+)"', member.get("/console/keys").text)
    assert client is not None
    made = member.send("/console/keys", "/console/keys", **chosen, client=client[1])
    assert made.status_code == 200
    token = re.search(r"esk_test_[0-9a-z]+\.[A-Za-z0-9_-]+", made.text)
    assert token is not None
    assert made.headers["Cache-Control"] == "no-store"
    assert "esk_test_" not in member.get("/console/keys").text
    with branch.service.ports.database.reading() as session:
        assert Clients().verify(session, token[0], at=branch.office.now) is not None
        events = read_stream(session, client[1])
    assert [one.type for one in events] == ["api-client.made", "api-key.made"]
    assert {one.actor for one in events} == {f"staff:{branch.head.member}"}
    assert token[0].partition(".")[2] not in str(events[1].payload)
    assert member.send("/console/keys", "/console/keys/revoke").status_code == 303
    assert "已停用" in member.get("/console/keys").text
    with branch.service.ports.database.reading() as session:
        assert Clients().verify(session, token[0], at=branch.office.now) is None
        assert [one.type for one in read_stream(session, client[1])][2:] == ["api-key.revoked"]


def test_no_key_that_opens_evidence_is_made_by_one_person(office: EnvelopeConsole) -> None:
    member = head_admin(office)
    member.send("/console/keys", "/console/keys/clients", name="销售系统")
    client = re.search(r'value="(cli_[0-9a-z]+)"', member.get("/console/keys").text)
    assert client is not None
    assert "evidence:read" not in member.get("/console/keys").text
    asked = {"name": "看照片", "scopes": ["evidence:read"], "days": "30", "client": client[1]}
    assert member.send("/console/keys", "/console/keys", **asked).status_code == 403
    for wrong in ({"scopes": []}, {"days": "9999"}, {"name": ""}, {"client": "cli_nobody"}):
        filled = {**asked, "scopes": ["envelopes:read"], **wrong}
        assert member.send("/console/keys", "/console/keys", **filled).status_code == 422, wrong


def test_a_branch_sees_certificates_and_no_keys(office: EnvelopeConsole) -> None:
    branch = office.branch
    with branch.service.ports.database.transaction() as session:
        client = Clients().create_client(session, "销售系统", "test", at=branch.office.now)
    member = office.at(branch.with_role(Role.OPERATIONS))
    told = member.get("/console/keys")
    assert told.status_code == 200
    assert client.id not in told.text
    assert "销售系统" not in told.text
    fields = form_in(member.get("/console"), "/console/logout").fields
    assert member.post("/console/keys/revoke", {**fields, "client": client.id, "key": "key_x"}).status_code == 403
    assert member.post("/console/keys/clients", {**fields, "name": "别的系统"}).status_code == 403
    assert office.at(branch.shen).get("/console/keys").status_code == 403
