"""The live page: what has arrived, what can be done, who may do it, and what nobody else sees."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from esign.ceremony.domain.values import PhotoPlacement
from esign.ceremony.models import EnvelopeRow
from esign.ceremony.reactions import SEAL, SIGN
from esign.staff.domain.roles import Role
from esign.staff.sessions import IDLE
from esign.trail.event import plain_payload
from esign.trail.log import read_stream
from tests.service import request as service_request
from tests.service import settings
from tests.unit.web.console_room import ConsoleRoom
from tests.unit.web.live_room import YE, YU, LiveRoom, live_room, tablet_browser
from tests.unit.web.page_room import drawn_face

VERSION = re.compile(r'data-version="([0-9a-f]+)"')


@pytest.fixture
def room(console: ConsoleRoom, contract: bytes) -> LiveRoom:
    return live_room(console, contract, settings=settings(face_statement=True))


def events(room: LiveRoom) -> list[tuple[str, dict[str, object]]]:
    with room.desk.service.ports.database.reading() as session:
        found = read_stream(session, room.envelope.id)
    return [(event.type, dict(plain_payload(event))) for event in found]


def seen(room: LiveRoom) -> str:
    told = room.sales.get(room.base)
    assert told.status_code == 200, told.text
    return told.text


def test_it_follows_a_signer_step_by_step(room: LiveRoom) -> None:
    page = seen(room)
    assert "共 2 位签署人，0 位已签好" in page
    assert page.count("已发链接，还没打开") >= 2
    assert "138****0001" in page
    assert YU.phone not in page
    phone = room.phone()
    phone.until_reading()
    assert "读到第 1 页，共 2 页" in seen(room)
    phone.read(1)
    assert "读到第 2 页，共 2 页" in seen(room)
    phone.read(2)
    assert "正在签名" in seen(room)
    phone.draw()
    assert f"{room.base}/{room.recipient()}/handwriting.png" in seen(room)
    phone.consent()
    phone.photograph()
    page = seen(room)
    assert "照片里的人，是您面前的客户本人吗？" in page
    phone.confirm()
    room.desk.step(SIGN)
    page = seen(room)
    assert "共 2 位签署人，1 位已签好" in page
    assert "已签" in page


def test_what_is_left_to_read_is_measured(console: ConsoleRoom, contract: bytes) -> None:
    room = live_room(console, contract, settings=settings(minimum_reading_seconds=60))
    phone = room.phone()
    phone.until_reading()
    assert "至少还要读 60 秒" in seen(room)


def test_asked_again_it_answers_only_when_something_changed(room: LiveRoom) -> None:
    found = VERSION.search(seen(room))
    assert found is not None
    now = f"{room.base}/now?seen={found[1]}"
    assert room.sales.get(now).status_code == 204
    room.phone().enter()
    told = room.sales.get(now)
    assert told.status_code == 200
    assert "<html" not in told.text
    changed = VERSION.search(told.text)
    assert changed is not None
    assert changed[1] != found[1]


def test_a_page_that_asks_by_itself_keeps_no_session_open(room: LiveRoom) -> None:
    for _ in range(3):
        room.console.office.now += IDLE / 3 - IDLE / 100
        assert room.sales.get(f"{room.base}/now").status_code == 200
    room.console.office.now += IDLE / 10
    assert "/console/login" in room.sales.get(f"{room.base}/now").location


def test_the_pictures_are_for_who_sells_or_leads_and_every_look_is_logged(
    room: LiveRoom, capsys: pytest.CaptureFixture[str]
) -> None:
    room.phone().until_confirming()
    base = f"{room.base}/{room.recipient()}"
    assert room.sales.get(f"{base}/photo.jpg").data.startswith(b"\xff\xd8")
    assert room.sales.get(f"{base}/handwriting.png").data.startswith(b"\x89PNG")
    assert room.sales.get(f"{room.base}/{room.recipient(1)}/photo.jpg").status_code == 404
    auditor = room.console.member("gu.an", Role.AUDITOR, institution=room.institution)
    assert auditor.get(f"{base}/photo.jpg").status_code == 403
    page = auditor.get(room.base)
    assert page.status_code == 200
    assert "photo.jpg" not in page.text
    assert "改在本机签" not in page.text


def test_another_salesperson_finds_nothing_there(room: LiveRoom) -> None:
    stranger = room.console.member("wei.ran", Role.SALES, institution=room.institution)
    for path in ("", "/now", f"/{room.recipient()}/photo.jpg", f"/{room.recipient()}/hand-over", "/void"):
        assert stranger.get(room.base + path).status_code == 404
    nothing = stranger.get(f"/console/envelopes/{'env_' + '0' * 26}/live")
    there = stranger.get(room.base)
    assert nothing.text.replace("env_" + "0" * 26, "") == there.text.replace(room.envelope.id, "")


def test_a_draft_is_sent_with_one_tap(console: ConsoleRoom, contract: bytes) -> None:
    room = live_room(console, contract, send=False)
    assert "还没有发送" in seen(room)
    assert room.sales.send(room.base, f"{room.base}/send").status_code == 303
    assert events(room)[-1][0] == "recipient.sent"
    assert ("envelope.sent", {"by": room.console.id_of("shen.zhiqiu")}) in events(room)
    assert f'action="{room.base}/send"' not in seen(room)


def test_the_link_is_sent_again_after_an_hour(room: LiveRoom) -> None:
    again = f"{room.base}/{room.recipient()}/remind"
    page = seen(room)
    assert f'action="{again}"' not in page
    assert "以后可以再发一次" in page
    room.pages.pass_by(hours=1)
    assert room.sales.send(room.base, again).status_code == 303
    assert room.desk.messages.kinds()[-1] == "reminder"
    assert f'action="{again}"' not in seen(room)


def test_the_salesperson_states_the_face_and_it_is_labelled_so(room: LiveRoom) -> None:
    room.phone().until_confirming()
    face = f"{room.base}/{room.recipient()}/face"
    assert room.sales.send(room.base, face).status_code == 303
    page = seen(room)
    assert "业务员陈述：是客户本人" in page
    assert "这是业务员说的，不是系统核验。" in page
    (stated,) = [payload for kind, payload in events(room) if kind == "recipient.face-stated"]
    assert (stated["is_customer"], stated["by"]) == (True, room.console.id_of("shen.zhiqiu"))


def test_not_the_customer_is_asked_once_more_and_stops_everything(room: LiveRoom) -> None:
    room.phone().until_confirming()
    asked = f"{room.base}/{room.recipient()}/not-the-customer"
    assert f'href="{asked}"' in seen(room)
    assert room.sales.send(asked, asked).status_code == 422
    assert room.sales.send(asked, asked, reason="another-person", words="像他哥哥").status_code == 303
    kind, voided = events(room)[-1]
    assert (kind, voided["reason"]) == ("envelope.voided", "face-not-the-customers")
    assert "业务员说照片不是客户本人" in seen(room)
    with room.desk.service.ports.database.reading() as session:
        note = room.desk.service.records.read(session, str(voided["note"]))
    assert note.decode() == "照片里是另一个人\n像他哥哥"


def test_a_photo_that_was_taken_anew_meanwhile_is_looked_at_first(room: LiveRoom) -> None:
    phone = room.phone()
    phone.until_confirming()
    form = room.sales.form(room.base, f"{room.base}/{room.recipient()}/face")
    page = f"{phone.home}/photo"
    phone.photograph(drawn_face(9))
    assert phone.get(page).status_code == 200
    assert room.sales.post(form.action, form.fields).status_code == 409
    assert not [kind for kind, _payload in events(room) if kind == "recipient.face-stated"]


def test_a_supervisor_sees_and_reminds_and_states_no_face(room: LiveRoom) -> None:
    room.phone().until_confirming()
    lead = room.console.member("su.wan", Role.SUPERVISOR, institution=room.institution)
    page = lead.get(room.base).text
    assert "照片已密封" in page
    assert "photo.jpg" not in page
    assert lead.get(f"{room.base}/{room.recipient()}/photo.jpg").status_code == 409
    assert "是客户本人" not in page
    form = room.sales.form(room.base, f"{room.base}/{room.recipient()}/face")
    assert lead.post(form.action, form.fields).status_code == 403


def test_a_sealed_photo_is_closed_to_the_salesperson_too_once_they_have_said_whose_face_it_is(room: LiveRoom) -> None:
    room.phone().until_confirming()
    photo = f"{room.base}/{room.recipient()}/photo.jpg"
    assert room.sales.get(photo).status_code == 200
    room.sales.send(room.base, f"{room.base}/{room.recipient()}/face")
    assert room.sales.get(photo).status_code == 409
    page = seen(room)
    assert "照片已密封" in page
    assert "photo.jpg" not in page
    assert "handwriting.png" in page


def test_a_sealed_photo_is_closed_when_the_envelope_goes_no_further(room: LiveRoom) -> None:
    room.phone().until_confirming()
    room.sales.send(f"{room.base}/void", f"{room.base}/void", reason="other")
    assert room.sales.get(f"{room.base}/{room.recipient()}/photo.jpg").status_code == 409
    assert "photo.jpg" not in seen(room)


def test_a_photo_that_everybody_sees_in_the_document_stays_on_the_page(console: ConsoleRoom, contract: bytes) -> None:
    room = live_room(console, contract, settings=settings(face_statement=True, photo_placement=PhotoPlacement.VISIBLE))
    room.phone().until_confirming()
    room.sales.send(room.base, f"{room.base}/{room.recipient()}/face")
    lead = room.console.member("su.wan", Role.SUPERVISOR, institution=room.institution)
    for member in (room.sales, lead):
        assert "photo.jpg" in member.get(room.base).text
        assert member.get(f"{room.base}/{room.recipient()}/photo.jpg").status_code == 200


def test_faces_and_tablets_are_for_the_salesperson_of_the_envelope_alone(room: LiveRoom) -> None:
    """Somebody who sells elsewhere and leads here reaches the envelope, and sits beside nobody of it."""
    room.phone().until_confirming()
    both = room.console.member("wei.ran", Role.SALES, Role.SUPERVISOR, institution=room.institution)
    page = both.get(room.base).text
    base = f"{room.base}/{room.recipient()}"
    assert "是客户本人" not in page
    assert "改在本机签" not in page
    assert "photo.jpg" not in page
    out = both.form("/console", "/console/logout").fields
    photo = room.sales.form(room.base, f"{base}/face").fields["photo"]
    for path in ("face", "hand-over"):
        assert both.post(f"{base}/{path}", {**out, "photo": photo}).status_code == 403, path
    assert both.post(f"{base}/not-the-customer", {**out, "photo": photo, "reason": "other"}).status_code == 403
    assert both.get(f"{base}/hand-over").status_code == 403
    assert both.get(f"{base}/not-the-customer").status_code == 303
    assert not [kind for kind, _payload in events(room) if kind == "recipient.face-stated"]


def test_an_envelope_that_nobody_sells_is_anybodys_who_sells_and_reaches_it(
    console: ConsoleRoom, contract: bytes
) -> None:
    room = live_room(console, contract, settings=settings(face_statement=True))
    room.envelope = room.desk.create(service_request(contract, settings=settings(face_statement=True)))
    room.phone().until_confirming()
    assert room.sales.get(room.base).status_code == 404
    both = console.member("wei.ran", Role.SALES, Role.SUPERVISOR, institution=room.institution)
    assert both.send(room.base, f"{room.base}/{room.recipient()}/face").status_code == 303


def test_who_looks_after_accounts_takes_no_contract_away(room: LiveRoom) -> None:
    for number, person in enumerate((YU, YE)):
        room.desk.play(room.envelope, number, person)
        room.desk.step(SIGN)
        room.sales.send(room.base, f"{room.base}/{room.recipient(number)}/face")
    room.desk.step(SEAL)
    admin = room.console.member("he.wei", Role.ADMIN, institution=room.institution)
    page = admin.get(room.base)
    assert page.status_code == 200
    assert "sealed.pdf" not in page.text
    document = room.envelope.documents[0].plan.id
    assert admin.get(f"{room.base}/{document}/sealed.pdf").status_code == 404
    assert admin.get(f"/console/envelopes/{room.envelope.id}/documents/{document}/sealed.pdf").status_code == 403


def test_it_is_voided_with_a_reason(room: LiveRoom) -> None:
    page = f"{room.base}/void"
    assert room.sales.send(page, page).status_code == 422
    assert room.sales.send(page, page, reason="customer-asked", words="改天再签").status_code == 303
    assert events(room)[-1][1]["reason"] == "customer-asked"
    told = seen(room)
    assert "文件已撤回，谁都不能再签。原因：客户要求停止" in told
    assert "改天再签" not in told
    assert room.sales.get(page).status_code == 303


def test_who_declines_is_shown_with_the_reason(room: LiveRoom) -> None:
    phone = room.phone()
    phone.until_reading()
    page = f"{phone.home}/decline"
    phone.send(page, page, reason="changed-mind")
    told = seen(room)
    assert "不签的原因：改主意了，暂时不买" in told
    assert "决定不签" in told


def test_when_all_have_signed_the_sealed_document_is_there(room: LiveRoom) -> None:
    for number, person in enumerate((YU, YE)):
        room.desk.play(room.envelope, number, person)
        room.desk.step(SIGN)
        room.sales.send(room.base, f"{room.base}/{room.recipient(number)}/face")
    assert "正在盖章封存" in seen(room)
    room.desk.step(SEAL)
    page = seen(room)
    assert "全部签好，已盖章" in page
    document = room.desk.envelope(room.envelope.id).documents[0]
    path = f"/console/envelopes/{room.envelope.id}/documents/{document.plan.id}/sealed.pdf"
    assert f'href="{path}"' in page
    told = room.sales.get(path)
    assert told.data.startswith(b"%PDF")
    assert told.headers["ETag"] == f'"{document.sealed}"'


def test_in_english_it_is_english(room: LiveRoom) -> None:
    room.phone().until_confirming()
    page = room.sales.get(room.base, headers={"Accept-Language": "en"}).text
    assert "0 of 2 have signed" in page
    assert "Is the person in the photo the customer in front of you?" in page


def test_an_envelope_belongs_to_whom_it_was_made_for(room: LiveRoom) -> None:
    with room.desk.service.ports.database.reading() as session:
        row = session.scalars(select(EnvelopeRow)).one()
    assert row.salesperson == room.console.id_of("shen.zhiqiu")
    other = tablet_browser(room.sales.client, room.console, room.pages)
    assert other.get("/console", base_url="https://sign.example").status_code == 200
