"""Files that officers have judged in the console: the form, whose history it is, the report, its erasure by two."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import pytest
from werkzeug.test import Client, TestResponse

from esign.staff.actors import Caller
from esign.staff.domain.roles import Role
from esign.web.console.app import create_console
from tests.tampering import drawn_over
from tests.unit.web.console_room import Member, form_in
from tests.unit.web.envelope_console import EnvelopeConsole
from tests.unit.web.page_room import SAME

HERE = "/console/verifications"


def hand_in(at: Member, content: bytes | None, name: str = "合同.pdf", **headers: str) -> TestResponse:
    fields: dict[str, object] = dict(form_in(at.get(HERE), HERE).fields)
    if content is not None:
        fields["document"] = (io.BytesIO(content), name)
    return at.post(HERE, fields, content_type="multipart/form-data", headers={**SAME, **headers})


def judged(at: Member, content: bytes, name: str = "合同.pdf") -> str:
    """Have a file judged; return the address of the verification."""
    led = hand_in(at, content, name)
    assert led.status_code == 303, led.text
    return str(led.location)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every answer wait until there is a verdict, however slow the machine is."""
    monkeypatch.setattr("esign.web.console.verification_pages.SOON", 600.0)


@pytest.fixture
def second(office: EnvelopeConsole) -> Caller:
    """An officer of the head office, who decides."""
    return office.branch.member("xu.wei", office.branch.head.institution, Role.COMPLIANCE)


@pytest.fixture
def officer(office: EnvelopeConsole, second: Caller) -> Caller:
    return office.branch.member("gu.heng", office.branch.east, Role.COMPLIANCE)


def test_an_officer_sees_who_had_what_judged_and_takes_the_report_along(
    office: EnvelopeConsole, officer: Caller
) -> None:
    branch = office.branch
    envelope = branch.completed()
    document = branch.desk.details.document(branch.lead, envelope.id, envelope.documents[0].plan.id, sealed=True)
    lead, at = office.at(branch.lead), office.at(officer)
    there = judged(lead, drawn_over(document.content), "改过的合同.pdf")
    told = lead.get(there)
    assert "TOTAL-FAILED" in told.text
    picture = re.findall(rf'src="({there}/pictures/[a-z0-9-]+\.png)"', told.text)[0]
    assert lead.get(picture).data.startswith(b"\x89PNG")
    listed = at.get(HERE).text
    assert "改过的合同.pdf" in listed
    assert "不通过" in listed
    report = at.get(f"{there}/report.json")
    assert json.loads(report.data)["document"]["name"] == "改过的合同.pdf"
    assert "attachment" in report.headers["Content-Disposition"]
    assert "改过的合同.pdf" in at.get(f"{there}/report.html").text
    assert at.get(f"{there}/report.xml").data.startswith(b"<?xml")
    assert at.get(f"{there}/report.exe").status_code == 404
    assert at.get(f"{there}/state").status_code == 200
    found = at.send(HERE, f"{HERE}/find", words="改过的合同.pdf").location
    assert "改过" not in found
    assert there in at.get(found).text
    assert there not in at.get(f"{HERE}?show=passed").text
    assert there in at.get(f"{HERE}?show=failed").text


def test_what_is_anothers_is_as_what_is_not_there(office: EnvelopeConsole, officer: Caller) -> None:
    branch = office.branch
    there = judged(office.at(branch.lead), branch.contract)
    nothing = f"{HERE}/ver_{'0' * 26}"
    for who in (branch.stranger, branch.with_role(Role.OPERATIONS)):
        at = office.at(who)
        assert there not in at.get(HERE).text
        token = form_in(at.get(HERE), HERE).fields["form_token"]
        for path in ("", "/state", "/report.json", "/report.html", "/pictures/page-1-before.png"):
            told, missing = at.get(there + path), at.get(nothing + path)
            assert (told.status_code, missing.status_code) == (404, 404), path
            assert told.text.replace(there, "") == missing.text.replace(nothing, "")
        asked = at.post(f"{there}/ask-erasure", {"form_token": token, "words": "x"})
        assert asked.status_code in {403, 404}
    assert office.at(officer).get(there).status_code == 200


def test_a_report_is_erased_early_by_two(office: EnvelopeConsole, officer: Caller, second: Caller) -> None:
    branch = office.branch
    there = judged(office.at(officer), branch.contract, "于文山的合同.pdf")
    at = office.at(officer)
    assert at.send(there, f"{there}/ask-erasure", words=" ").status_code == 422
    asked = at.send(there, f"{there}/ask-erasure", words="当事人要求删除").location
    approval = asked.partition("?")[0]
    branch.approve(approval.rpartition("/")[2], second)
    page = at.get(approval)
    assert "永远打不开" in page.text
    done = at.send(approval, f"{approval}/carry-out", act="0")
    assert done.location.startswith(there)
    told = at.get(there).text
    assert "报告已经删除" in told
    assert "于文山" not in told + at.get(HERE).text
    assert at.get(f"{there}/report.json").status_code == 404


def test_a_form_without_a_file_says_so_and_a_module_is_told_where_to_go_on(office: EnvelopeConsole) -> None:
    at = office.at(office.branch.lead)
    assert "还没有选文件" in hand_in(at, None).text
    module = hand_in(at, office.branch.contract, Accept="application/json").get_json()
    assert at.get(module["next"]).status_code == 200
    assert hand_in(at, b"", Accept="application/json").get_json()["said"]


def test_a_file_is_not_read_from_whom_nobody_knows(office: EnvelopeConsole) -> None:
    nobody = office.room.visitor()
    content = {"form_token": "made-up", "document": (io.BytesIO(b"\n" * 200_000), "a.pdf")}
    led = nobody.post(HERE, content, content_type="multipart/form-data")
    assert (led.status_code, led.location.partition("?")[0]) == (303, "/console/login")


def test_a_file_that_is_too_large_is_not_taken(office: EnvelopeConsole) -> None:
    token = office.at(office.branch.lead).token()
    assert token is not None
    client = Client(create_console(replace(office.room.services, verified_bytes_at_most=64 * 1024)))
    client.set_cookie("__Host-staff", token, domain="sign.example", secure=True, path="/")
    for size in (65 * 1024, 300 * 1024):
        told = hand_in(Member(client), b"%PDF-" + bytes(size))
        assert told.status_code == 413
