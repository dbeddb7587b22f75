"""The tablet in a signer's hands: locked on the server, kept to the signer, and taken back by PIN."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from werkzeug.test import Client

from esign.api.rates import Allowance, RateLimits
from esign.ceremony.domain.values import Presence
from esign.ceremony.handovers import LIFE, PIN_TRIES
from esign.ceremony.records import CeremonyRecords
from esign.evidence.manifest import parse_manifest
from esign.infra.secret import Secret
from esign.staff.sessions import IDLE
from esign.trail.log import read_stream
from esign.web.console.app import create_console
from tests.unit.staff.staff_office import OPERATOR
from tests.unit.web.console_room import ConsoleRoom
from tests.unit.web.live_room import PIN, YE, YU, LiveRoom, live_room, tablet_browser
from tests.unit.web.page_room import SITE, Visitor, pages_over, written

TABLET = "/console/tablet"


@pytest.fixture
def room(console: ConsoleRoom, contract: bytes) -> LiveRoom:
    return live_room(console, contract)


def presence(room: LiveRoom, number: int = 0) -> Presence | None:
    identity = room.desk.recipient(room.envelope, number).session.identity
    return None if identity is None else identity.presence


def test_handing_over_locks_every_page_of_the_console(room: LiveRoom) -> None:
    told = room.hand_over()
    assert told.status_code == 303
    assert told.location == f"/s/{room.desk.link(room.envelope, 0)}"
    document = room.envelope.documents[0].plan.id
    paths = [rule.rule for rule in room.console.console.url_map.iter_rules() if "GET" in (rule.methods or ())]
    assert len(paths) > 8
    for rule in paths:
        path = rule.replace("<envelope>", room.envelope.id).replace("<recipient>", room.recipient())
        path = path.replace("<document>", document)
        told = room.sales.get(path)
        if path == TABLET:
            assert told.status_code == 200
            assert "沈知秋" not in told.text
            assert "于文山" not in told.text
        else:
            assert (told.status_code, told.location) == (303, TABLET), path


def test_no_address_that_is_no_page_and_no_wrong_method_shows_the_console_either(room: LiveRoom) -> None:
    room.hand_over()
    for answer in (
        room.sales.get("/console/nothing-here"),
        room.sales.get(f"{room.base}/nothing"),
        room.sales.post("/console/account", {}),
        room.sales.client.put("/console/tablet", base_url=SITE),
    ):
        assert (answer.status_code, answer.location) == (303, TABLET)
        assert "沈知秋" not in answer.text
    room.take_back()
    assert room.sales.get("/console/nothing-here").status_code == 404


def test_a_locked_session_that_asks_too_much_is_told_so_and_names_nobody(room: LiveRoom) -> None:
    room.hand_over()
    limits = RateLimits(staff=Allowance("few", 2))
    narrow = Client(create_console(replace(room.console.services, limits=limits)))
    token = room.sales.token()
    assert token is not None
    narrow.set_cookie("__Host-staff", token, domain="sign.example", secure=True, path="/")
    answers = [narrow.get(TABLET, base_url=SITE) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert "沈知秋" not in answers[-1].text
    assert "/console/envelopes" not in answers[-1].text


def test_the_pages_of_a_tablet_are_counted_by_themselves(room: LiveRoom) -> None:
    room.hand_over()
    narrow = pages_over(room.desk.service, RateLimits(address=Allowance("address", 5)))
    cookie = room.sales.client.get_cookie("__Host-handover", domain="sign.example")
    assert cookie is not None
    tablet, office = Client(narrow.app), Client(narrow.app)
    tablet.set_cookie("__Host-handover", cookie.value, domain="sign.example", secure=True, path="/")
    link = f"/s/{room.desk.link(room.envelope, 0)}"
    other = f"/s/{room.desk.link(room.envelope, 1)}"
    assert [office.get(other, base_url=SITE).status_code for _ in range(6)] == [200] * 5 + [429]
    assert [tablet.get(link, base_url=SITE).status_code for _ in range(6)] == [200] * 5 + [429]


def test_no_form_of_the_locked_session_does_anything(room: LiveRoom) -> None:
    form = room.sales.form(f"{room.base}/void", f"{room.base}/void")
    out = room.sales.form(room.base, "/console/logout")
    room.hand_over()
    assert room.sales.post(form.action, {**form.fields, "reason": "other"}).location == TABLET
    assert room.sales.post(out.action, out.fields).location == TABLET
    assert room.desk.envelope(room.envelope.id).state.value == "in_progress"


def test_the_lock_is_the_sessions_and_not_a_cookies(room: LiveRoom) -> None:
    room.hand_over()
    other = tablet_browser(room.sales.client, room.console, room.pages)  # without the cookie of the handover
    told = other.get(room.base, base_url=SITE)
    assert (told.status_code, told.location) == (303, TABLET)


def test_what_is_signed_on_it_is_in_person_and_every_page_says_where_it_goes_back(room: LiveRoom) -> None:
    room.hand_over()
    signer = room.on_tablet()
    landing = signer.get(f"/s/{signer.link}").text
    assert "业务员把平板交给了您" in landing
    signer.until_confirming()
    assert presence(room) is Presence.IN_PERSON
    for page in ("/confirm", "/sign", "/photo", "/decline", "/help"):
        assert f'href="{TABLET}"' in signer.get(signer.home + page).text, page
    signer.confirm()
    room.desk.step("sign")
    assert "请把平板交还给业务员" in signer.get(f"{signer.home}/done").text


def test_without_a_photo_whoever_handed_over_assists_and_is_recorded(room: LiveRoom) -> None:
    at_home = room.phone()
    at_home.until_signing()
    at_home.draw()
    assert "不拍照，由业务员协助，继续" not in at_home.get(f"{at_home.home}/help").text
    path = f"{at_home.home}/without-photo"
    token = at_home.form(f"{at_home.home}/consents", f"{at_home.home}/consents").fields
    at_home.post(path, {**token, "reason": "declined-photo"})
    assert at_home.stand() == "/consents"  # nobody is there to assist
    room.hand_over()
    signer = room.on_tablet()
    signer.enter()
    if signer.stand() == "/sign":
        signer.draw()
    assert signer.stand() == "/consents"
    assert signer.send(f"{signer.home}/help", path).status_code == 422
    assert signer.send(f"{signer.home}/help", path, reason="declined-photo").status_code == 303
    assert "不拍照，由业务员当面协助" in signer.get(f"{signer.home}/confirm").text
    signer.confirm()
    room.desk.step("sign")
    state = room.desk.envelope(room.envelope.id).recipients[0]
    member = room.console.id_of("shen.zhiqiu")
    assert (state.session.assisted_by, state.session.photo, state.state.value) == (member, None, "signed")
    with room.desk.service.ports.database.reading() as session:
        given = [one for one in read_stream(session, room.envelope.id) if one.type == "recipient.face-not-given"]
    assert [(one.payload["reason"], one.payload["assisted_by"]) for one in given] == [("declined-photo", member)]


def test_a_session_in_person_goes_on_nowhere_but_on_the_tablet(room: LiveRoom) -> None:
    room.hand_over()
    signer = room.on_tablet()
    signer.until_reading()
    elsewhere = room.phone()
    for name in (f"__Host-session-{signer.recipient}", "__Host-browser"):
        cookie = room.sales.client.get_cookie(name, domain="sign.example")
        assert cookie is not None
        elsewhere.client.set_cookie(name, cookie.value, domain="sign.example", secure=True, path="/")
    assert elsewhere.get(f"{elsewhere.home}/consents").status_code == 401
    assert signer.get(f"{signer.home}/pages/1").status_code == 200
    room.sales.client.delete_cookie("__Host-handover", domain="sign.example", path="/")
    assert signer.get(f"{signer.home}/pages/1").status_code == 401


def test_the_pin_takes_it_back_and_ends_the_signers_session(room: LiveRoom) -> None:
    room.hand_over()
    signer = room.on_tablet()
    signer.until_reading()
    cookies = {cookie: room.sales.client.get_cookie(cookie, domain="sign.example") for cookie in ("__Host-handover",)}
    assert all(cookies.values())
    told = room.take_back()
    assert (told.status_code, told.location) == (303, room.base)
    assert room.sales.get(room.base).status_code == 200
    left = [name for (_domain, _path, name) in room.sales.client._cookies or ()]  # all there are
    assert set(left) == {"__Host-staff", "__Host-language", "__Host-browser"}
    assert signer.get(f"{signer.home}/consents").status_code == 401


def test_what_was_made_at_home_is_made_anew_on_the_tablet_and_the_signer_reads_why(room: LiveRoom) -> None:
    room.phone().until_confirming()
    asking = room.sales.get(f"{room.base}/{room.recipient()}/hand-over").text
    assert "要在平板上重新做一次" in asking
    room.hand_over()
    signer = room.on_tablet()
    signer.enter()
    assert signer.stand() == "/sign"
    page = signer.get(f"{signer.home}/sign").text
    assert "您改在业务员的平板上当面签，手写签名和照片要在这里重新做一次。" in page
    assert signer.draw(written(4)).status_code == 200
    assert "手写签名和照片要在这里重新做一次" not in signer.get(f"{signer.home}/sign").text
    assert signer.stand() == "/photo"
    signer.photograph()
    signer.confirm()
    made = room.desk.recipient(room.envelope, 0)
    with room.desk.service.ports.database.reading() as session:
        kept = CeremonyRecords(room.desk.service.records).confirmation(session, str(made.confirmation))
    assert made.session.captured is Presence.IN_PERSON
    assert parse_manifest(kept.evidence.manifest).identity.presence.value == "in-person"


def test_what_was_made_on_the_tablet_is_made_anew_at_home(room: LiveRoom) -> None:
    room.hand_over()
    room.on_tablet().until_confirming()
    room.take_back()
    phone = room.phone()
    phone.enter()
    assert phone.stand() == "/sign"
    assert "您改在自己的设备上签" in phone.get(f"{phone.home}/sign").text


def test_a_wrong_pin_is_counted_and_the_fifth_ends_the_session(room: LiveRoom) -> None:
    room.hand_over()
    for left in range(PIN_TRIES - 1, 0, -1):
        told = room.take_back("999999")
        assert told.status_code == 422
        assert f"还可以试 {left} 次" in told.text
    told = room.take_back("999999")
    assert told.location == "/console/login?note=guessed"
    assert "/console/login" in room.sales.get(room.base).location
    # The signer is out, too: whoever guessed has the tablet. After a login the browser is nobody's tablet any more.
    assert room.on_tablet().get(f"/s/{room.on_tablet().link}").status_code == 401
    again = room.console.log_in("shen.zhiqiu")
    token = again.token()
    assert token is not None
    room.sales.client.set_cookie("__Host-staff", token, domain="sign.example", secure=True, path="/")
    assert room.sales.get(room.base).status_code == 200
    assert room.sales.client.get_cookie("__Host-handover", domain="sign.example") is None


def test_a_weak_pin_is_refused_and_two_that_differ(room: LiveRoom) -> None:
    for pin, again in (("123456", "123456"), ("000000", "000000"), ("40296", "40296"), (PIN, "402968"), ("", "")):
        told = room.hand_over(pin=pin, again=again)
        assert told.status_code == 422, pin
        assert 'role="alert"' in told.text
    assert room.sales.get(room.base).status_code == 200


def test_the_pin_that_was_set_is_asked_for_no_more(room: LiveRoom) -> None:
    room.hand_over()
    room.take_back()
    assert room.hand_over(pin="", again="").status_code == 303
    room.take_back()
    assert room.hand_over(pin="730518", again="730518").status_code == 303
    assert room.take_back(PIN).status_code == 422
    assert room.take_back("730518").status_code == 303


def test_on_the_tablet_nobody_elses_pages_open(room: LiveRoom) -> None:
    mother = room.on_tablet(1, YE)
    mother.until_reading()  # she began in this browser before
    room.hand_over()
    home = f"/s/{room.desk.link(room.envelope, 0)}"
    for path in (mother.home, f"{mother.home}/consents", f"{mother.home}/document.pdf", f"/s/{mother.link}"):
        told = mother.get(path)
        assert (told.status_code, told.location) == (303, home), path
    assert mother.get(f"{mother.home}/state", headers={"Accept": "application/json"}).status_code == 401
    room.take_back()
    assert mother.get(f"{mother.home}/consents").status_code in {200, 303}


def test_elsewhere_the_signer_is_told_that_it_is_on_the_tablet(room: LiveRoom) -> None:
    phone = room.phone()
    room.hand_over()
    told = phone.get(f"/s/{phone.link}")
    assert told.status_code == 409
    assert "正在平板上当面签署" in told.text
    # The cookie of a handover that nobody made, or of another's, claims nothing.
    for claimed in ("hnd_" + "0" * 26 + ".AAAA", room.desk.service.handovers.token("hnd_" + "1" * 26)):
        phone.client.set_cookie("__Host-handover", claimed, domain="sign.example", secure=True, path="/")
        assert phone.get(f"/s/{phone.link}").status_code == 409
    room.take_back()
    phone.until_reading()
    assert presence(room) is Presence.REMOTE


def test_without_its_cookie_the_tablet_takes_nobody_in(room: LiveRoom) -> None:
    room.hand_over()
    bare = Visitor(Client(room.pages.app), room.desk.link(room.envelope, 0), YU)
    assert bare.get(f"/s/{bare.link}/identify").status_code == 409


@pytest.mark.parametrize("end", ["suspended", "moved", "logged-out-elsewhere"])
def test_when_the_salespersons_session_ends_the_signers_does(room: LiveRoom, end: str) -> None:
    second = room.console.log_in("shen.zhiqiu")  # the same person at a desk
    room.hand_over()
    signer = room.on_tablet()
    signer.until_reading()
    office, member = room.console.office, room.console.id_of("shen.zhiqiu")
    if end == "suspended":
        office.room.accounts.suspend(OPERATOR, member, reason="left", now=office.now)
    elif end == "moved":
        elsewhere = office.room.institutions.open(OPERATOR, "宁波", room.institution, now=office.now)
        office.room.accounts.transfer(OPERATOR, member, elsewhere, now=office.now)
    else:
        who = office.room.sessions.caller(Secret(second.token() or ""), at=office.now)
        own = office.room.sessions.own(who, at=office.now)
        office.room.sessions.end_own(who, next(one.id for one in own if not one.is_own))
    assert signer.get(f"{signer.home}/pages/1").status_code == 401
    assert "/console/login" in room.sales.get(TABLET).location
    room.phone().enter()
    assert presence(room) is Presence.REMOTE


def test_the_pin_is_asked_for_as_long_as_a_signer_may_have_the_tablet_and_a_session_lasts(room: LiveRoom) -> None:
    room.hand_over()
    room.console.office.now += LIFE
    assert room.sales.get(TABLET).status_code == 200
    room.console.office.now += IDLE - timedelta(seconds=1)
    assert room.sales.get(TABLET).status_code == 200
    assert room.sales.get(room.base).location == TABLET
    assert room.take_back().location == room.base
    room.console.office.now += IDLE  # from here on as any other session
    assert "/console/login" in room.sales.get(room.base).location


def test_a_tablet_that_nobody_takes_back_leads_to_the_login_in_the_end(room: LiveRoom) -> None:
    room.hand_over()
    room.console.office.now += LIFE + IDLE
    assert "/console/login" in room.sales.get(TABLET).location


def test_whoever_forgot_the_pin_logs_in_again(room: LiveRoom) -> None:
    room.hand_over()
    told = room.sales.send(TABLET, f"{TABLET}/leave")
    assert told.location == "/console/login?note=out"
    assert "/console/login" in room.sales.get(room.base).location
    room.phone().until_reading()
    assert presence(room) is Presence.REMOTE


def test_where_nothing_was_handed_over_there_is_nothing_to_take_back(room: LiveRoom) -> None:
    assert room.sales.get(TABLET).location == "/console"
    assert room.sales.get("/console/awake").status_code == 204


def test_the_live_page_of_a_colleague_tells_that_the_tablet_is_out(room: LiveRoom) -> None:
    second = room.console.log_in("shen.zhiqiu")  # the same person at a desk
    room.hand_over()
    assert "平板在签署人手里" in second.get(room.base).text
    assert LIFE.total_seconds() == 1800
