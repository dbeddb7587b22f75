"""Signals as they are found in ceremonies: each with what raises it, and with what looks like it and is harmless."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ca.authority import EmbeddedAuthority
from esign.ceremony.creation import EnvelopeRequest, RecipientRequest
from esign.ceremony.domain import Envelope, commands
from esign.ceremony.domain.state import Signal
from esign.ceremony.domain.values import EnvelopeMode, RecipientRole
from esign.ceremony.entrance import Answer
from esign.ceremony.near_captures import ALIKE
from esign.ceremony.people import Person
from esign.ceremony.projection import envelope_projection
from esign.ceremony.signal_models import SessionTrace, SignalRow, StaffTrace
from esign.ceremony.tokens import TEST_CODE, Tokens
from esign.ceremony.traces import KEPT
from esign.evidence.handwriting import Handwriting, encode_handwriting
from esign.evidence.likeness import likeness, stroke_fingerprint
from esign.infra.database import Database
from esign.pades.typeface import Typeface
from esign.service import assemble
from esign.trail.consumers import rebuild
from esign.trail.sequencer import Sequencer
from tests.authority import SettableClock
from tests.databases import *  # noqa: F403
from tests.service import YE, YU, Desk, ports_for, short_request, system_now
from tests.signers import handwriting

BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PHONE, TABLET = "browser-of-a-phone-0001", "browser-of-a-tablet-002"
HOME, ELSEWHERE = "198.41.0.4", "199.9.14.201"
SON = Person("于小山", "13800000007")
AUNT = Person("于二姑", "13800000008")


@pytest.fixture
def desk(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Desk:
    return Desk(assemble(ports_for(database, tmp_path, authority, typeface)))


def enter(
    desk: Desk, envelope: Envelope, number: int, person: Person, browser: str | None, address: str, **told: str
) -> str:
    entrance, link = desk.service.entrance, desk.link(envelope, number)
    entrance.open(link)
    entrance.send_code(link)
    four = person.id_number[-4:] if person.id_number else None
    answer = Answer(TEST_CODE, person.name, four, device={"address": address}, browser=browser, **told)
    return entrance.identify(link, answer)


def found(desk: Desk, envelope: Envelope) -> list[tuple[str, str]]:
    """Return what was found, and how strongly."""
    return [(one.finding, one.strength.value) for one in signals(desk, envelope)]


def signals(desk: Desk, envelope: Envelope) -> Sequence[Signal]:
    return desk.envelope(envelope.id).signals


def handed_over(desk: Desk, envelope: Envelope, number: int) -> str:
    """Hand the salesperson's tablet to the recipient; return what its browser has of that."""
    handovers = desk.service.handovers
    with desk.service.ports.database.transaction() as session:
        begun = handovers.begin(
            session,
            envelope=envelope.id,
            recipient=desk.recipient(envelope, number).id,
            member="usr_sales",
            staff_session="ses_sales",
        )
    return handovers.token(begun.id)


def log_in(desk: Desk, member: str, browser: str | None, address: str, at: datetime | None = None) -> None:
    traces = desk.service.signals.traces
    with desk.service.ports.database.transaction() as session:
        traces.note_staff(session, member, traces.place(browser, address), at=at or system_now())


# phones


@BOTH
def test_a_phone_of_two_names_is_told_weakly_and_of_three_strongly(desk: Desk, contract: bytes) -> None:
    first = desk.create(short_request(contract, YU))
    second = desk.create(short_request(contract, replace(SON, phone=YU.phone)))
    third = desk.create(short_request(contract, replace(AUNT, phone=f"+86{YU.phone}")))
    assert found(desk, first) == []
    assert found(desk, second) == [("shared-phone", "weak")]
    assert found(desk, third) == [("shared-phone", "strong")]
    (signal,) = signals(desk, second)
    assert (signal.with_envelope, signal.with_recipient) == (first.id, first.recipients[0].id)


@ON_SQLITE
def test_a_couple_with_one_phone_is_told_of_both(desk: Desk, contract: bytes) -> None:
    envelope = desk.create(short_request(contract, YU, replace(YE, phone=YU.phone)))
    assert found(desk, envelope) == [("shared-phone", "weak")] * 2


@ON_SQLITE
def test_the_same_person_again_is_no_signal(desk: Desk, contract: bytes) -> None:
    desk.create(short_request(contract, YU))
    again = desk.create(short_request(contract, YU))
    spelled = desk.create(short_request(contract, replace(YU, name="于文珊")))  # the same ID number
    assert found(desk, again) == found(desk, spelled) == []


@ON_SQLITE
def test_a_draft_and_what_was_voided_compare_with_nobody(desk: Desk, contract: bytes) -> None:
    desk.create(short_request(contract, YU, send=False))
    voided = desk.create(short_request(contract, YU))
    void = commands.Void(at=system_now(), by="usr_sales", reason="mistyped")
    desk.service.envelopes.change(voided.id, lambda _session, _state: void, actor="user:usr_sales")
    assert found(desk, desk.create(short_request(contract, replace(SON, phone=YU.phone)))) == []


# devices and networks


@BOTH
def test_one_browser_for_two_people_is_told_weakly_and_for_three_strongly(desk: Desk, contract: bytes) -> None:
    envelopes = [desk.create(short_request(contract, person)) for person in (YU, SON, AUNT)]
    for number, (envelope, person) in enumerate(zip(envelopes, (YU, SON, AUNT), strict=True)):
        enter(desk, envelope, 0, person, PHONE, f"198.41.0.{number + 1}")
    assert [found(desk, one) for one in envelopes] == [[], [("shared-device", "weak")], [("shared-device", "strong")]]


@ON_SQLITE
def test_a_browser_that_the_agent_signed_on_tells_strongly(desk: Desk, contract: bytes) -> None:
    people = [RecipientRequest(RecipientRole.AGENT, SON), RecipientRequest(RecipientRole.APPLICANT, YU)]
    envelope = desk.create(short_request(contract, recipients=people))
    enter(desk, envelope, 0, SON, PHONE, HOME)
    enter(desk, envelope, 1, YU, PHONE, HOME)
    assert found(desk, envelope) == [("shared-device", "strong")]


@ON_SQLITE
def test_the_same_person_on_the_same_phone_and_a_second_code_there_are_no_signals(desk: Desk, contract: bytes) -> None:
    first, second = (desk.create(short_request(contract, YU)) for _ in range(2))
    for envelope in (first, second, second):
        enter(desk, envelope, 0, YU, PHONE, HOME)
    assert found(desk, first) == found(desk, second) == []


@ON_SQLITE
def test_a_tablet_that_is_handed_around_in_person_tells_nothing(desk: Desk, contract: bytes) -> None:
    log_in(desk, "usr_sales", TABLET, HOME)
    envelope = desk.create(short_request(contract, YU, YE))
    for number, person in enumerate((YU, YE)):
        enter(desk, envelope, number, person, TABLET, HOME, handover=handed_over(desk, envelope, number))
    assert found(desk, envelope) == []
    later = desk.create(short_request(contract, SON))
    enter(desk, later, 0, SON, TABLET, ELSEWHERE)  # and does tell where nobody said so
    assert found(desk, later) == [("staff-device", "strong")]
    assert signals(desk, later)[0].with_member == "usr_sales"


@BOTH
def test_a_browser_that_staff_logged_in_with_is_told_for_so_long(desk: Desk, contract: bytes) -> None:
    log_in(desk, "usr_sales", PHONE, HOME, at=system_now() - KEPT - timedelta(days=1))
    early = desk.create(short_request(contract, YU))
    enter(desk, early, 0, YU, PHONE, ELSEWHERE)
    assert found(desk, early) == []
    log_in(desk, "usr_sales", PHONE, HOME)
    log_in(desk, "usr_sales", PHONE, HOME)  # every login
    late = desk.create(short_request(contract, YU))
    enter(desk, late, 0, YU, PHONE, ELSEWHERE)
    assert found(desk, late) == [("staff-device", "strong")]


@ON_SQLITE
@pytest.mark.parametrize("order", [(0, 1, 1), (1, 0)])
def test_a_program_where_others_come_by_browsers_is_told(desk: Desk, contract: bytes, order: Sequence[int]) -> None:
    envelope, own = desk.create(short_request(contract, YU, YE)), ((YU, PHONE, HOME), (YE, None, ELSEWHERE))
    for number in order:
        enter(desk, envelope, number, *own[number])
    assert found(desk, envelope) == [("no-browser", "weak")]
    assert signals(desk, envelope)[0].recipient == envelope.recipients[1].id


@ON_SQLITE
def test_programs_for_all_or_for_the_agent_are_no_signal(desk: Desk, contract: bytes) -> None:
    people = [RecipientRequest(RecipientRole.AGENT, SON), RecipientRequest(RecipientRole.APPLICANT, YU)]
    for browser in (None, PHONE):
        envelope = desk.create(short_request(contract, recipients=people))
        enter(desk, envelope, 0, SON, None, HOME)
        enter(desk, envelope, 1, YU, browser, ELSEWHERE)
        assert found(desk, envelope) == []


@ON_SQLITE
def test_the_agents_own_device_is_where_an_agent_signs(desk: Desk, contract: bytes) -> None:
    log_in(desk, "usr_agent", PHONE, HOME)
    people = [RecipientRequest(RecipientRole.AGENT, SON), RecipientRequest(RecipientRole.APPLICANT, YU)]
    envelope = desk.create(short_request(contract, recipients=people))
    enter(desk, envelope, 0, SON, PHONE, HOME)
    assert found(desk, envelope) == []


@ON_SQLITE
@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (HOME, HOME, True),
        (HOME, ELSEWHERE, False),
        ("2400:3200::1", "2400:3200::ffff:2", True),
        ("2400:3200::1", "2400:3200:0:1::1", False),
        ("::ffff:198.41.0.4", HOME, True),
        ("192.168.1.7", "192.168.1.7", False),  # a private network: everybody has one
        ("127.0.0.1", "127.0.0.1", False),
        ("", "", False),
        ("nowhere", "nowhere", False),
    ],
)
def test_one_network_in_one_envelope_is_told_weakly(
    desk: Desk, contract: bytes, first: str, second: str, same: bool
) -> None:
    envelope = desk.create(short_request(contract, YU, YE))
    enter(desk, envelope, 0, YU, PHONE, first)
    enter(desk, envelope, 1, YE, TABLET, second)
    assert found(desk, envelope) == ([("shared-network", "weak")] if same else [])


@ON_SQLITE
def test_strangers_behind_one_address_are_no_signal(desk: Desk, contract: bytes) -> None:
    one, other = desk.create(short_request(contract, YU)), desk.create(short_request(contract, SON))
    enter(desk, one, 0, YU, PHONE, HOME)
    enter(desk, other, 0, SON, TABLET, HOME)
    assert found(desk, one) == found(desk, other) == []


@ON_SQLITE
def test_a_network_that_staff_just_logged_in_from_is_told_weakly_and_for_a_day(desk: Desk, contract: bytes) -> None:
    log_in(desk, "usr_old", None, ELSEWHERE, at=system_now() - timedelta(days=2))
    log_in(desk, "usr_sales", None, HOME)
    one, other = desk.create(short_request(contract, YU)), desk.create(short_request(contract, SON))
    enter(desk, one, 0, YU, PHONE, HOME)
    enter(desk, other, 0, SON, TABLET, ELSEWHERE)
    assert found(desk, one) == [("shared-network", "weak")]
    assert found(desk, other) == []


@ON_SQLITE
@pytest.mark.parametrize("mark", [None, "", "short", "x" * 500, "名字名字名字名字名字名字名字名字名字名字名字名字"])
def test_what_is_no_mark_of_ours_compares_with_nothing(desk: Desk, contract: bytes, mark: str | None) -> None:
    one, other = desk.create(short_request(contract, YU)), desk.create(short_request(contract, SON))
    enter(desk, one, 0, YU, mark, HOME)
    enter(desk, other, 0, SON, mark, ELSEWHERE)
    assert found(desk, other) == []


# strokes and pace: in live mode, where people sign


@pytest.fixture
def live(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Desk:
    clock = SettableClock(system_now())
    ports = ports_for(database, tmp_path, authority, typeface)
    ports = replace(ports, live=True, trust_services=replace(ports.trust_services, clock=clock))
    return Desk(assemble(ports), now=clock)


def live_request(contract: bytes, *people: Person) -> EnvelopeRequest:
    return short_request(contract, *people, mode=EnvelopeMode.LIVE)


def code_of(desk: Desk, envelope: Envelope, number: int) -> str:
    code = desk.recipient(envelope, number).open_code
    assert code is not None
    return Tokens(desk.service.ports.keys).code(code.id, test_mode=False)


def write(desk: Desk, envelope: Envelope, number: int, person: Person, written: Handwriting, seconds: int = 60) -> str:
    """Enter, read and write; time goes on in between."""
    entrance, link = desk.service.entrance, desk.link(envelope, number)
    entrance.open(link)
    entrance.send_code(link)
    four = person.id_number[-4:] if person.id_number else None
    token = entrance.identify(link, Answer(code_of(desk, envelope, number), person.name, four))
    desk.read(token)
    assert isinstance(desk.now, SettableClock)
    desk.now.move(seconds=seconds)
    desk.service.ceremony.draw(token, encode_handwriting(written))
    return token


def shaken(hw: Handwriting, size: float) -> Handwriting:
    """The same movement with so many pixels of trembling, one point up and the next one down."""
    strokes = tuple(
        replace(
            stroke,
            points=tuple(
                point._replace(x=round(point.x + size * (-1) ** n, 2), y=round(point.y + size * (-1) ** (n // 2), 2))
                for n, point in enumerate(stroke.points)
            ),
        )
        for stroke in hw.strokes
    )
    return replace(hw, strokes=strokes)


@BOTH
def test_strokes_that_are_nearly_another_persons_are_told(live: Desk, contract: bytes) -> None:
    envelope = live.create(live_request(contract, YU, YE))
    first = handwriting(3)
    again = shaken(first, 2.0)
    assert ALIKE <= likeness(stroke_fingerprint(first), stroke_fingerprint(again)) < 0.5
    write(live, envelope, 0, YU, first)
    write(live, envelope, 1, YE, again)
    assert found(live, envelope) == [("near-identical-strokes", "strong")]
    (signal,) = signals(live, envelope)
    assert (signal.recipient, signal.with_recipient) == (envelope.recipients[1].id, envelope.recipients[0].id)


@ON_SQLITE
def test_two_hands_and_ones_own_second_try_are_no_signal(live: Desk, contract: bytes) -> None:
    envelope = live.create(live_request(contract, YU, YE))
    write(live, envelope, 0, YU, handwriting(3))
    token = write(live, envelope, 1, YE, handwriting(4))
    live.service.ceremony.draw(token, encode_handwriting(shaken(handwriting(4), 2.0)))
    assert found(live, envelope) == []


@ON_SQLITE
@pytest.mark.parametrize(("seconds", "quick"), [(5, True), (60, False)])
def test_a_ceremony_that_nobody_can_have_read_is_told(live: Desk, contract: bytes, seconds: int, quick: bool) -> None:
    envelope = live.create(live_request(contract, YU))
    live.service.ceremony.confirm(write(live, envelope, 0, YU, handwriting(3), seconds))
    assert found(live, envelope) == ([("too-fast", "weak")] if quick else [])


# what is kept, and for how long


@BOTH
def test_traces_are_digests_and_go_with_the_record_or_with_time(desk: Desk, contract: bytes) -> None:
    envelope = desk.create(short_request(contract, YU, YE))
    enter(desk, envelope, 0, YU, PHONE, HOME)
    enter(desk, envelope, 1, YE, TABLET, ELSEWHERE)
    log_in(desk, "usr_sales", PHONE, HOME)
    database, service = desk.service.ports.database, desk.service
    with database.reading() as session:
        trace = session.scalars(select(SessionTrace).order_by(SessionTrace.device)).first()
    assert trace is not None
    assert trace.browser is not None
    assert len(trace.browser) == 32
    assert PHONE.encode() not in trace.browser
    with database.transaction() as session:
        service.records.erase(session, trace.record, at=system_now())
        assert session.scalar(select(func.count()).select_from(SessionTrace)) == 1
        assert service.signals.traces.forget_old(session, system_now()) == 0
        assert service.signals.traces.forget_old(session, system_now() + KEPT + timedelta(hours=1)) == 3
        assert session.scalar(select(func.count()).select_from(StaffTrace)) == 0


@BOTH
def test_the_rows_of_signals_are_made_again_from_the_trail(desk: Desk, contract: bytes) -> None:
    desk.create(short_request(contract, YU))
    envelope = desk.create(short_request(contract, replace(SON, phone=YU.phone), hold_on=("shared-phone",)))
    desk.play(envelope, 0, replace(SON, phone=YU.phone))
    desk.work()
    assert desk.envelope(envelope.id).held
    (signal,) = signals(desk, envelope)

    def clear(_session: object, _state: Envelope) -> commands.ClearSignal:
        return commands.ClearSignal(at=system_now(), signal=signal.id, by="usr_lead", reason="family")

    before = rows(desk)
    assert [(holds, cleared) for _id, _finding, holds, cleared in before] == [(True, None)]
    desk.service.envelopes.change(envelope.id, clear, actor="staff:usr_lead")
    after = rows(desk)
    assert after[0][3] is not None
    with desk.service.ports.database.transaction() as session:
        Sequencer().run_once(session)
    rebuild(desk.service.ports.database, envelope_projection())
    assert rows(desk) == after
    desk.work()
    assert desk.envelope(envelope.id).state.value == "completed"


def rows(desk: Desk) -> list[tuple[str, str, bool, datetime | None]]:
    with desk.service.ports.database.reading() as session:
        return [
            (row.id, row.finding, row.holds, row.cleared_at)
            for row in session.scalars(select(SignalRow).order_by(SignalRow.id))
        ]
