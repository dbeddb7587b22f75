"""Signals in the console: who sees them, what they say, and how an envelope is released or voided."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from esign.ceremony.creation import Owner
from esign.ceremony.domain import Envelope, commands
from esign.ceremony.domain.values import SignalStrength
from esign.ceremony.people import Person
from esign.infra.ids import new_id
from esign.staff.domain.roles import Role
from esign.staff.errors import StaffRefused
from esign.web.console.signal_review import SignalReview
from tests.service import YE, YU, Desk, short_request, system_now
from tests.unit.staff.staff_office import OPERATOR
from tests.unit.staff.staff_office import person as staff_person
from tests.unit.web.console_room import ConsoleRoom, Member

SON = Person("于小山", YU.phone)


@dataclass
class Desks:
    """An insurer with two branches, a supervisor and a salesperson in the first, and envelopes there."""

    console: ConsoleRoom
    desk: Desk
    branch: str
    other_branch: str
    supervisor: Member
    seller: str

    def envelope(self, contract: bytes, *people: Person, **changes: object) -> Envelope:
        wanted = short_request(contract, *people, **changes)
        return self.desk.create(replace(wanted, owner=Owner(self.branch, self.seller)))

    def raise_signal(self, envelope: Envelope, finding: str, **about: str) -> str:
        """Raise a signal of the first recipient, and return its id."""
        now = system_now()
        command = commands.RaiseSignal(
            at=now,
            recipient=envelope.recipients[0].id,
            signal=new_id("sig", now),
            finding=finding,
            strength=SignalStrength.STRONG,
            **about,
        )
        self.desk.service.envelopes.change(envelope.id, lambda _session, _state: command, actor="system:signals")
        return command.signal

    def held(self, contract: bytes) -> tuple[Envelope, str]:
        """Return an envelope that everybody has signed and whose seal waits, with the signal."""
        envelope = self.envelope(contract, YU, hold_on=("staff-device",))
        signal = self.raise_signal(envelope, "staff-device")
        self.desk.play(envelope, 0, YU)
        self.desk.work()
        assert self.desk.envelope(envelope.id).held
        return envelope, signal


@pytest.fixture
def desks(console: ConsoleRoom) -> Desks:
    root = console.begin()
    office = console.office
    branch, other = (office.room.institutions.open(OPERATOR, name, root, now=office.now) for name in ("杭州", "宁波"))
    supervisor = console.member("zhou.lan", Role.SUPERVISOR, institution=branch, name="周明岚")
    console.member("sun.mei", Role.SALES, institution=branch)
    return Desks(console, Desk(console.services.service), branch, other, supervisor, console.id_of("sun.mei"))


def test_a_supervisor_sees_what_was_found_why_and_how_many(desks: Desks, contract: bytes) -> None:
    assert "现在没有要您查看的提示" in desks.supervisor.get("/console/signals").text
    desks.envelope(contract, YU)
    desks.envelope(contract, SON)
    page = desks.supervisor.get("/console/signals")
    assert page.status_code == 200
    for told in ("手机号与他人相同", "于小山", "弱", "待查看", "条待查看"):
        assert told in page.text, told
    assert "条待查看" in desks.supervisor.get("/console").text
    signal = page.text.partition('href="/console/signals/sig_')[2].partition('"')[0]
    one = desks.supervisor.get(f"/console/signals/sig_{signal}").text
    for told in ("家人共用一个号码", "于文山", "不影响盖章", "放行这条提示"):
        assert told in one, told
    assert YU.phone not in one


def test_releasing_lets_the_seal_go_on_and_stands_in_the_trail(desks: Desks, contract: bytes) -> None:
    envelope, signal = desks.held(contract)
    assert "暂缓盖章" in desks.supervisor.get("/console/signals?show=holding").text
    path = f"/console/signals/{signal}"
    assert "正等着您的决定才盖章" in desks.supervisor.get(path).text
    done = desks.supervisor.send(path, f"{path}/release", reason="spoken-to", words="已致电，\r\n本人在场")
    assert (done.status_code, done.location) == (303, "/console/signals")
    (found,) = desks.desk.envelope(envelope.id).signals
    assert found.cleared is not None
    assert found.cleared.by == desks.console.id_of("zhou.lan")
    assert found.cleared.note is not None
    with desks.desk.service.ports.database.reading() as session:
        assert desks.desk.service.records.read(session, found.cleared.note).decode() == "已致电，\n本人在场"
    desks.desk.work()
    assert desks.desk.envelope(envelope.id).state.value == "completed"
    assert "已电话联系本人" in desks.supervisor.get(path).text
    assert "已放行" in desks.supervisor.get("/console/signals?show=cleared").text
    assert "现在没有要您查看的提示" in desks.supervisor.get("/console/signals").text


def test_a_release_needs_a_reason_and_other_needs_words(desks: Desks, contract: bytes) -> None:
    envelope, signal = desks.held(contract)
    path = f"/console/signals/{signal}"
    for reason, said in (("", "请选择放行的理由"), ("other", "请写明放行的理由")):
        told = desks.supervisor.send(path, f"{path}/release", reason=reason, words="  ")
        assert told.status_code == 422
        assert said in told.text
    told = desks.supervisor.send(path, f"{path}/void", reason="")
    assert (told.status_code, "请选择作废的理由" in told.text) == (422, True)
    assert desks.desk.envelope(envelope.id).held


def test_voiding_ends_the_envelope(desks: Desks, contract: bytes) -> None:
    envelope, signal = desks.held(contract)
    path = f"/console/signals/{signal}"
    assert desks.supervisor.send(path, f"{path}/void", reason="signed-for-another").status_code == 303
    ended = desks.desk.envelope(envelope.id)
    assert (ended.state.value, ended.ending and ended.ending.reason) == ("voided", "signed-for-another")
    assert "这份信封已经结束" in desks.supervisor.get(path).text


def test_whom_it_concerns_is_told_to_let_another_decide(desks: Desks, contract: bytes) -> None:
    """Somebody may sell and supervise: their own envelope is another's to judge."""
    envelope = desks.envelope(contract, YU)
    own = desks.console.id_of("zhou.lan")
    signal = desks.raise_signal(envelope, "staff-device", with_member=own)
    path = f"/console/signals/{signal}"
    page = desks.supervisor.get(path).text
    assert "请另一位主管或合规人员决定" in page
    assert "release" not in page
    other = desks.raise_signal(envelope, "shared-phone")
    form = desks.supervisor.form(f"/console/signals/{other}", f"/console/signals/{other}/release")
    told = desks.supervisor.post(f"{path}/release", {**form.fields, "reason": "family"})
    assert told.status_code == 409
    assert "与您有关" in told.text
    assert desks.desk.envelope(envelope.id).signals[0].cleared is None


def test_who_is_not_in_reach_meets_what_is_not_there(desks: Desks, contract: bytes) -> None:
    _envelope, signal = desks.held(contract)
    stranger = desks.console.member("he.yuan", Role.SUPERVISOR, institution=desks.other_branch, name="何远")
    path = f"/console/signals/{signal}"
    assert signal not in stranger.get("/console/signals").text
    missing = stranger.get("/console/signals/sig_01k9x7m2qv8w3c5t6r4n0b1d2e")
    seen = stranger.get(path)
    assert (seen.status_code, missing.status_code) == (404, 404)
    assert seen.text.replace(signal, "") == missing.text.replace("sig_01k9x7m2qv8w3c5t6r4n0b1d2e", "")
    form = desks.supervisor.form(path, f"{path}/release")
    own = stranger.get("/console").text.partition('name="form_token" value="')[2].partition('"')[0]
    for act in ("release", "void", "captures"):
        told = stranger.post(f"{path}/{act}", {**form.fields, "form_token": own, "reason": "family"})
        assert told.status_code in {403, 404}, act


def test_salespeople_have_no_page_of_signals(desks: Desks, contract: bytes) -> None:
    _envelope, signal = desks.held(contract)
    seller = desks.console.log_in("sun.mei")
    assert "代签提示" not in seller.get("/console").text
    for path in ("/console/signals", f"/console/signals/{signal}"):
        assert seller.get(path).status_code == 403


def test_both_handwritings_are_shown_on_record_and_only_so(desks: Desks, contract: bytes) -> None:
    envelope = desks.envelope(contract, YU, YE)
    for number, person in enumerate((YU, YE)):
        desks.desk.play(envelope, number, person)
    second = envelope.recipients[1]
    signal = desks.raise_signal(envelope, "near-identical-strokes", with_recipient=second.id, with_envelope=envelope.id)
    path = f"/console/signals/{signal}"
    assert 'class="strokes"' not in desks.supervisor.get(path).text
    shown = desks.supervisor.send(path, f"{path}/captures")
    assert shown.status_code == 200
    assert shown.text.count('class="strokes"') == 2
    for told in ("于文山", YE.name, "已记录在案"):
        assert told in shown.text
    assert desks.desk.events(envelope).count("signal.captures-shown") == 1
    capture = desks.desk.recipient(envelope, 1).session.handwriting
    assert capture is not None
    with desks.desk.service.ports.database.transaction() as session:
        desks.desk.service.records.erase(session, capture.record, at=system_now())
    again = desks.supervisor.send(path, f"{path}/captures")
    assert "已按规定删除" in again.text
    phone = desks.raise_signal(envelope, "shared-phone")
    form = desks.supervisor.form(path, f"{path}/captures")
    assert desks.supervisor.post(f"/console/signals/{phone}/captures", form.fields).status_code == 404


def test_handwriting_of_two_envelopes_is_for_who_reaches_both_and_recorded_in_both(
    desks: Desks, contract: bytes
) -> None:
    here = desks.envelope(contract, YU)
    there = desks.desk.create(replace(short_request(contract, YE), owner=Owner(desks.other_branch, None)))
    for envelope, person in ((here, YU), (there, YE)):
        desks.desk.play(envelope, 0, person)
    about = {"with_recipient": there.recipients[0].id, "with_envelope": there.id}
    signal = desks.raise_signal(here, "near-identical-strokes", **about)
    path = f"/console/signals/{signal}"
    page = desks.supervisor.get(path)
    assert "另一幅笔迹在您看不到的信封里" in page.text
    assert "/captures" not in page.text
    form = desks.supervisor.form(path, f"{path}/release")
    told = desks.supervisor.post(f"{path}/captures", form.fields)
    assert told.status_code == 403
    assert 'class="strokes"' not in told.text
    assert [one for one in (here, there) if "signal.captures-shown" in desks.desk.events(one)] == []
    above = desks.console.log_in("zhao.min")  # compliance of the head office
    shown = above.send(path, f"{path}/captures")
    assert shown.text.count('class="strokes"') == 2
    assert YE.name in shown.text
    assert [desks.desk.events(one).count("signal.captures-shown") for one in (here, there)] == [1, 1]


def test_handwriting_of_an_envelope_that_led_to_nothing_is_not_looked_at(desks: Desks, contract: bytes) -> None:
    here, there = (desks.envelope(contract, person) for person in (YU, YE))
    for envelope, person in ((here, YU), (there, YE)):
        desks.desk.play(envelope, 0, person)
    about = {"with_recipient": there.recipients[0].id, "with_envelope": there.id}
    signal = desks.raise_signal(here, "near-identical-strokes", **about)
    void = commands.Void(at=system_now(), by=desks.seller, reason="other")
    desks.desk.service.envelopes.change(there.id, lambda _session, _state: void, actor="system")
    page = desks.supervisor.get(f"/console/signals/{signal}").text
    assert "另一幅笔迹所在的信封没有签成" in page
    assert "/captures" not in page


def test_without_a_second_factor_nobody_decides_or_looks_at_handwriting(desks: Desks, contract: bytes) -> None:
    """The role of a supervisor alone needs no authenticator: reading what waits is theirs, and nothing more."""
    envelope, signal = desks.held(contract)
    office = desks.console.office
    invited = office.room.accounts.invite(
        OPERATOR, staff_person("li.si", "李四"), desks.branch, [Role.SALES], now=office.now
    )
    office.accept(invited)
    lin, zhao = (desks.console.caller(one) for one in ("lin.qiushi", "zhao.min"))
    office.give(invited.member, Role.SUPERVISOR, by=lin, and_by=zhao)
    bare = desks.console.log_in("li.si")
    path = f"/console/signals/{signal}"
    page = bare.get(path)
    assert page.status_code == 200
    assert "都要先绑定身份验证器" in page.text
    assert f"{path}/release" not in page.text
    token = bare.form("/console", "/console/logout").fields
    alike = desks.raise_signal(
        envelope, "near-identical-strokes", with_recipient=envelope.recipients[0].id, with_envelope=envelope.id
    )
    for act, filled in (("release", "family"), ("void", "not-verified")):
        told = bare.post(f"{path}/{act}", {**token, "reason": filled})
        assert told.status_code == 403, act
        assert "请先绑定身份验证器" in told.text
    assert bare.post(f"/console/signals/{alike}/captures", token).status_code == 403
    assert desks.desk.envelope(envelope.id).held
    assert "signal.captures-shown" not in desks.desk.events(envelope)


def test_who_was_suspended_a_moment_ago_judges_nothing_any_more(desks: Desks, contract: bytes) -> None:
    envelope, signal = desks.held(contract)
    office = desks.console.office
    review, gone = SignalReview(desks.console.services.desk.sight), desks.console.caller("zhou.lan")
    office.room.accounts.suspend(OPERATOR, gone.member, reason="left", now=office.now)
    for act in (review.clear, review.void):
        with pytest.raises(StaffRefused, match="session"):
            act(gone, signal, "family", "")
    assert desks.desk.envelope(envelope.id).held


def test_a_browser_that_staff_log_in_with_is_remembered(desks: Desks, contract: bytes) -> None:
    mark = desks.supervisor.client.get_cookie("__Host-browser", domain="sign.example")
    assert mark is not None
    traces = desks.desk.service.signals.traces
    with desks.desk.service.ports.database.reading() as session:
        digest = traces.place(mark.value, None).browser
        found = traces.staff_at(session, digest, since=desks.console.office.now.replace(year=2000))
    assert found == desks.console.id_of("zhou.lan")


def test_the_pages_speak_english_too(desks: Desks, contract: bytes) -> None:
    _envelope, signal = desks.held(contract)
    english = {"Accept-Language": "en"}
    page = desks.supervisor.client.get(
        f"/console/signals/{signal}", base_url="https://sign.example", headers=english
    ).text
    assert "Signed on a device of the staff" in page
    assert "Release it, and seal" in page
