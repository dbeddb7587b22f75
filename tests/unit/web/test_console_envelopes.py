"""The pages about envelopes: what each role finds there and does there, and that a stranger finds nothing."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from datetime import timedelta

import pytest

from esign.ceremony.domain.values import EnvelopeState, PhotoPlacement, RecipientRole
from esign.ceremony.people import parse_person
from esign.staff.domain.roles import Role
from esign.staff.reach import OVERSEERS
from tests.service import YE, YU
from tests.unit.desk.desk_office import JIANG
from tests.unit.web.console_room import Member, form_in
from tests.unit.web.envelope_console import EnvelopeConsole
from tests.unit.web.page_room import read_page


def home(envelope: str) -> str:
    return f"/console/envelopes/{envelope}"


def posted(member: Member, path: str, **filled: str) -> int:
    token = form_in(member.get("/console"), "/console/logout").fields["form_token"]
    return member.post(path, {"form_token": token, **filled}).status_code


def test_the_list_says_where_each_stands_and_who_is_next(office: EnvelopeConsole) -> None:
    branch = office.branch
    branch.envelope(title="岁安终身寿险投保单", external_id="CY-26-118377")
    told = office.at(branch.shen).get("/console/envelopes")
    assert told.status_code == 200
    for words in ("岁安终身寿险投保单", "CY-26-118377", "于文山", "未打开", "进行中", "等于文山、叶小禾"):
        assert words in told.text
    assert "13800000001" not in told.text


def test_what_is_looked_for_is_in_no_address(office: EnvelopeConsole) -> None:
    branch = office.branch
    wanted, other = branch.envelope(JIANG, title="江家的"), branch.envelope(title="于家的")
    member = office.at(branch.lead)
    led = member.send("/console/envelopes", "/console/envelopes", words="江一舟")
    assert led.status_code == 303
    assert not re.search("江|%E6|13800000009", led.location)
    found = member.get(led.location)
    assert wanted.id in found.text
    assert other.id not in found.text
    assert 'value="江一舟"' in found.text
    chips = [str(one["href"]) for tag, one in read_page(found.text).attributes if tag == "a" and "state=" in str(one)]
    assert chips
    assert all("find=" in chip for chip in chips)
    colleague = office.at(branch.shen).get(led.location)
    assert "江一舟" not in re.sub("<table.*</table>", "", colleague.text, flags=re.DOTALL)


def test_a_page_leads_to_the_next_one(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelopes = [branch.envelope(YU).id for _ in range(22)]
    member = office.at(branch.shen)
    first = member.get("/console/envelopes").text
    following = next(
        str(one["href"]) for tag, one in read_page(first).attributes if tag == "a" and "after=" in str(one.get("href"))
    )
    second = member.get(following).text
    assert [one in first for one in envelopes] == [False] * 2 + [True] * 20
    assert [one in second for one in envelopes] == [True] * 2 + [False] * 20
    assert member.get("/console/envelopes?after=nonsense&state=nothing&find=@@").status_code == 200


def test_whether_somebody_is_there_elsewhere_is_told_by_no_address(office: EnvelopeConsole) -> None:
    branch = office.branch
    recipient = branch.envelope(YU).recipients[0].id
    nobody = f"{recipient[:-1]}{'0' if recipient[-1] != '0' else '1'}"
    stranger, own = office.at(branch.stranger), office.at(branch.shen)
    there, nowhere = (stranger.get(f"/console/envelopes/of/{one}") for one in (recipient, nobody))
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert there.text.replace(recipient, "") == nowhere.text.replace(nobody, "")
    assert own.get(f"/console/envelopes/of/{recipient}").status_code == 303


@pytest.mark.parametrize("role", sorted(OVERSEERS))
def test_every_overseer_reads_an_envelope_and_sees_only_its_own_buttons(office: EnvelopeConsole, role: Role) -> None:
    branch = office.branch
    envelope = branch.envelope()
    told = office.at(branch.with_role(role)).get(home(envelope.id))
    assert told.status_code == 200
    assert ("作废</a>" in told.text) == (role in {Role.SUPERVISOR, Role.COMPLIANCE})
    assert ("/remind" in told.text) == (role in {Role.SUPERVISOR, Role.OPERATIONS})
    assert ("/ask-evidence" in told.text) == (role in {Role.COMPLIANCE, Role.AUDITOR})
    assert ("original.pdf" in told.text) == (role is not Role.ADMIN)
    assert "138****0001" in told.text


@pytest.mark.parametrize("role", [Role.HANDLER, Role.CLAIMS_MANAGER])
def test_whoever_handles_claims_sees_no_envelope(office: EnvelopeConsole, role: Role) -> None:
    told = office.at(office.branch.with_role(role)).get(home(office.branch.envelope().id))
    assert told.status_code == 404


def test_a_stranger_finds_nothing_at_any_address_of_an_envelope(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.completed(YU)
    known = {
        "envelope": envelope.id,
        "recipient": envelope.recipients[0].id,
        "document": envelope.documents[0].plan.id,
        "number": "1",
        "image": "0" * 64,
        "screen": "scn_none",
    }
    stranger = office.at(branch.stranger)
    version = branch.row(envelope.id).version
    asked = 0
    for rule in office.room.console.url_map.iter_rules():
        if "<envelope>" not in rule.rule and "of/<recipient>" not in rule.rule:
            continue
        path = re.sub(r"<(\w+)>", lambda found: known[found[1]], rule.rule)
        if branch.stranger.roles.isdisjoint(office.room.console.access[rule.endpoint].roles or ()):
            continue  # by their role alone they are turned away, whatever stands in the address
        if "POST" in (rule.methods or set()):
            filled = {"reason": "other", "phone": "13800000077", "name": "江一舟", "words": "x"}
            assert posted(stranger, path, **filled) == 404, path
        else:
            assert stranger.get(path).status_code == 404, path
        asked += 1
    assert asked >= 18
    assert branch.row(envelope.id).version == version


def test_a_reminder_that_comes_too_soon_says_why_and_a_later_one_is_sent(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.envelope()
    member, path = office.at(branch.shen), f"{home(envelope.id)}/recipients/{envelope.recipients[0].id}/remind"
    told = member.send(home(envelope.id), path)
    assert told.status_code == 409
    assert "没有改动任何内容" in told.text
    with branch.service.ports.database.transaction() as session:
        branch.service.clocks.advance(session, envelope.client, timedelta(hours=2))
    assert member.send(home(envelope.id), path).status_code == 303
    told = member.get(f"{home(envelope.id)}?done=reminded")
    assert "提醒已发出" in told.text
    assert "第 1 次" in told.text


def test_an_envelope_is_withdrawn_only_with_a_reason(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.envelope()
    member, path = office.at(branch.shen), f"{home(envelope.id)}/void"
    told = member.send(path, path, note="客户想再想想")
    assert told.status_code == 422
    assert "客户想再想想" in told.text
    assert member.send(path, path, reason="customer-asked").status_code == 303
    assert branch.ceremonies.envelope(envelope.id).state is EnvelopeState.VOIDED
    assert "客户要求停止" in member.get(home(envelope.id)).text


def test_a_draft_is_sent_from_its_page(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.envelope(draft=True)
    member = office.at(branch.shen)
    assert member.send(home(envelope.id), f"{home(envelope.id)}/send").status_code == 303
    assert branch.ceremonies.envelope(envelope.id).state is EnvelopeState.IN_PROGRESS


def test_a_phone_is_corrected_by_two_people_at_their_pages(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.envelope()
    recipient = envelope.recipients[1].id
    shen, lead, path = (
        office.at(branch.shen),
        office.at(branch.lead),
        f"{home(envelope.id)}/recipients/{recipient}/phone",
    )
    told = shen.send(path, path, phone="12", words="停用了")
    assert told.status_code == 422
    assert "停用了" in told.text
    assert shen.send(path, path, phone="13900007730", words="停用了").status_code == 303
    asked = lead.get(home(envelope.id))
    assert "13900007730" in asked.text
    approval = re.search(r"/console/approvals/(apr_[0-9a-z]+)", asked.text)
    assert approval is not None
    page = f"/console/approvals/{approval[1]}"
    decided = lead.get(page)
    assert "13900007730" in decided.text
    assert "停用了" in decided.text
    assert lead.send(page, f"{page}/approve").status_code == 303
    assert "您的申请已获同意，等您办理：1 项" in shen.get("/console").text
    told = shen.send(home(envelope.id), f"{home(envelope.id)}/carry-out")
    assert told.status_code == 303
    with branch.service.ports.database.reading() as session:
        state = branch.service.envelopes.get(session, envelope.id)
        assert (
            parse_person(branch.service.records.read(session, state.recipients[1].plan.person)).phone == "13900007730"
        )
    timeline = shen.get(home(envelope.id)).text
    assert "更正叶小禾的手机号" in timeline
    assert "从身份核验重新开始" in timeline
    assert "13900007730" not in timeline


def test_another_person_is_named_and_carried_out_from_the_page_of_the_approval(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.envelope()
    shen, lead = office.at(branch.shen), office.at(branch.lead)
    path = f"{home(envelope.id)}/recipients/{envelope.recipients[1].id}/person"
    filled = {"name": "江一舟", "phone": "13800000009", "id_number": "110105194912310038", "words": "填错了人"}
    assert shen.send(path, path, **{**filled, "name": " ", "id_number": ""}).status_code == 422
    assert shen.send(path, path, **filled).status_code == 303
    approval = branch.waiting(branch.lead)[0]
    page = f"/console/approvals/{approval}"
    told = lead.get(page).text
    for change in ("姓名：叶小禾 → 江一舟", "手机号：13800000002 → 13800000009", "证件号码尾号：无 → 0038"):
        assert change in told
    assert lead.send(page, f"{page}/approve").status_code == 303
    assert shen.send(page, f"{page}/carry-out").status_code == 303
    assert len(branch.ceremonies.envelope(envelope.id).recipients) == 3


def test_every_look_at_ink_is_logged_and_not_for_every_role(
    office: EnvelopeConsole, caplog: pytest.LogCaptureFixture
) -> None:
    branch = office.branch
    envelope = branch.envelope(YU, photo_roles=(RecipientRole.APPLICANT,), photo_placement=PhotoPlacement.VISIBLE)
    branch.ceremonies.play(envelope, 0, YU)
    of_yu = f"{home(envelope.id)}/recipients/{envelope.recipients[0].id}"
    shen, admin = office.at(branch.shen), office.at(branch.with_role(Role.ADMIN))
    with caplog.at_level(logging.INFO, logger="esign"):
        ink, face = shen.get(f"{of_yu}/handwriting.png"), shen.get(f"{of_yu}/photo.jpg")
    assert (ink.status_code, ink.data[:4]) == (200, b"\x89PNG")
    assert (face.status_code, face.data[:2]) == (200, b"\xff\xd8")
    assert ink.headers["Cache-Control"] == "no-store"
    assert sum("evidence was looked at" in one.getMessage() for one in caplog.records) == 2
    assert admin.get(f"{of_yu}/handwriting.png").status_code == 403
    assert admin.get(f"{of_yu}/photo.jpg").status_code == 403
    assert "handwriting.png" not in admin.get(home(envelope.id)).text


def test_sealed_evidence_opens_when_two_people_agree_and_closes_by_itself(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.envelope(YU, photo_roles=(RecipientRole.APPLICANT,))
    branch.ceremonies.play(envelope, 0, YU)
    page, face = home(envelope.id), f"{home(envelope.id)}/recipients/{envelope.recipients[0].id}/photo.jpg"
    auditor, officer = branch.with_role(Role.AUDITOR), branch.with_role(Role.COMPLIANCE)
    at = office.at(auditor)
    assert "照片已密封" in at.get(page).text
    assert at.get(face).status_code == 409
    assert posted(at, f"{page}/screens") == 409
    assert at.send(page, f"{page}/ask-evidence", words="客户投诉").status_code == 303
    approval = branch.waiting(officer)[0]
    branch.approve(approval, officer)
    assert at.send(page, f"{page}/open-evidence").status_code == 303
    assert at.get(face).status_code == 200
    packed = at.send(page, f"{page}/screens")
    assert packed.mimetype == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(packed.data)).testzip() is None
    assert office.at(branch.shen).get(face).status_code == 409
    branch.office.wait(minutes=29)
    later = office.at(auditor)
    branch.office.wait(minutes=2)
    assert later.get(face).status_code == 409


def test_documents_manifest_and_proof_are_taken_away(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.completed(YU)
    member, document = office.at(branch.shen), envelope.documents[0].plan.id
    told = member.get(home(envelope.id)).text
    assert "核验通过" in told
    sealed = member.get(f"{home(envelope.id)}/documents/{document}/sealed.pdf")
    original = member.get(f"{home(envelope.id)}/documents/{document}/original.pdf")
    assert sealed.data[:5] == original.data[:5] == b"%PDF-"
    assert sealed.data.startswith(original.data) or len(sealed.data) > len(original.data)
    manifest = member.get(f"{home(envelope.id)}/recipients/{envelope.recipients[0].id}/manifest.json")
    assert manifest.get_json()
    assert member.get(f"{home(envelope.id)}/documents/doc_nothing/sealed.pdf").status_code == 404
    admin = office.at(branch.with_role(Role.ADMIN))
    assert admin.get(f"{home(envelope.id)}/documents/{document}/sealed.pdf").status_code == 403
    assert member.get(f"{home(envelope.id)}/proof").status_code == 409


def test_a_document_that_is_not_sealed_yet_is_no_error_of_ours(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.envelope(YU, YE)
    path = f"{home(envelope.id)}/documents/{envelope.documents[0].plan.id}/sealed.pdf"
    assert office.at(branch.shen).get(path).status_code == 409


def test_what_is_no_envelope_or_not_there_yet_is_no_error_of_ours(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.envelope()
    shen, recipient = office.at(branch.shen), envelope.recipients[0].id
    for act in ("send", "void", "retry-seal"):
        assert posted(shen, f"/console/envelopes/institutions/{act}", reason="other") == 404, act
    assert shen.get(f"{home(envelope.id)}/recipients/{recipient}/manifest.json").status_code == 404
    assert shen.get(f"/console/envelopes?after=00010101T000000000000.{envelope.id}").status_code == 200


def test_opening_evidence_is_not_asked_for_without_a_reason(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope, at = branch.envelope(), office.at(branch.with_role(Role.AUDITOR))
    assert posted(at, f"{home(envelope.id)}/ask-evidence", words=" ") == 409
    assert branch.waiting(branch.with_role(Role.COMPLIANCE)) == []


def test_the_timeline_tells_what_happened_with_its_names(office: EnvelopeConsole) -> None:
    branch = office.branch
    envelope = branch.envelope(YU, YE)
    branch.ceremonies.play(envelope, 0, YU)
    told = office.at(branch.lead).get(home(envelope.id)).text
    for words in (
        "于文山确认签署",
        "于文山手写签名到达",
        "于文山阅读文件",
        "2 页，共 2 次",
        "于文山身份核验通过",
        "发给叶小禾",
        "创建",
    ):
        assert words in told
    assert told.index("于文山确认签署") < told.index("于文山身份核验通过") < told.index("创建")
    assert told.count("recipient.page-read") == 1


def test_names_with_markup_in_them_are_shown_and_not_obeyed(office: EnvelopeConsole) -> None:
    branch = office.branch
    hostile = "<b>于</b>&\"'"
    envelope = branch.envelope(title=hostile)
    for page in ("/console/envelopes", home(envelope.id), f"{home(envelope.id)}/void"):
        told = office.at(branch.shen).get(page)
        assert "<b>于</b>" not in told.text
        assert "&lt;b&gt;于" in told.text
