"""Requests, visits and totals over both databases: received, due, answered, forgotten, and counted by kind and year."""

from __future__ import annotations

from datetime import timedelta

import pytest

from esign.infra.errors import RecordErased
from esign.infra.search_index import SearchField
from esign.retention.errors import RetentionRefused
from esign.retention.models import ConcernedRecipient, PersonRequest
from esign.retention.people import Concerned, Told, common_institution, find_recipients
from esign.retention.periods import day_of
from esign.retention.projection import retention_projection
from esign.retention.report import Total, totals_csv
from esign.retention.requests import Channel, Outcome, RequestKind, is_restricted, notes_on
from esign.retention.rules import Term
from esign.retention.visits import Visits, forget_visits
from esign.staff.domain.institutions import Institution, Tree
from esign.staff.reach import Reach
from esign.trail.consumers import rebuild
from esign.trail.log import read_stream
from tests.service import YE, YU, Desk
from tests.unit.retention.retention_office import Office

COPY = RequestKind.COPY
EVERYTHING = Reach(None, frozenset(), unowned=True)


@pytest.fixture
def office(desk_on_both: Desk, contract: bytes) -> Office:
    return Office.over(desk_on_both, contract)


def test_a_request_goes_from_received_to_answered_to_forgotten_and_its_rows_can_be_made_anew(office: Office) -> None:
    envelope = office.voided()
    database, requests, records = office.desk.service.ports.database, office.room.requests, office.room.records

    def receive(kind: RequestKind) -> str:
        with database.transaction() as session:
            rows = find_recipients(session, records, name=YE.name, phone=YE.phone)
            concerned = [Concerned(row.id, row.envelope) for row in rows]
            told = Told(YE.name, YE.phone, "请改地址")
            return requests.receive(
                session, kind, told, concerned, channel=Channel.PAGE, by=None, actor="person", now=office.now
            )

    made = receive(RequestKind.CORRECTION)
    with pytest.raises(RetentionRefused, match="not answered"):
        receive(RequestKind.CORRECTION)
    with database.transaction() as session:
        (asked,) = requests.of(session, YE.name, YE.phone)
        assert requests.of(session, YE.name, YU.phone) == []
        assert asked.due_on == office.room.rules.promise.due_on(day_of(office.now))
        assert [one.envelope for one in asked.concerned] == [envelope.id]
        recipient = asked.concerned[0].recipient
        with pytest.raises(RetentionRefused, match="no words"):
            requests.answer(session, asked, Outcome.GRANTED, " ", by="usr_1", actor="staff:usr_1", now=office.now)
        requests.answer(
            session,
            asked,
            Outcome.GRANTED,
            "已记下。",
            by="usr_1",
            actor="staff:usr_1",
            now=office.now,
            corrected=[recipient],
            restricted=[recipient],
        )
        assert [words for _at, words in notes_on(session, records, recipient)] == ["请改地址"]
        assert is_restricted(session, recipient)
        with pytest.raises(RetentionRefused, match="answered already"):
            again = requests.get(session, made)
            requests.answer(session, again, Outcome.REFUSED, "x", by="usr_1", actor="staff:usr_1", now=office.now)
    office.wait(days=3 * 366 + 30)
    with database.transaction() as session:
        assert requests.forget_old(session, office.now) == 1
        assert requests.forget_old(session, office.now) == 0
        assert requests.get(session, made).told is None
        with pytest.raises(RecordErased):
            records.read(session, session.get_one(PersonRequest, made).person)
    office.follow()
    rows = office.rows(PersonRequest, ConcernedRecipient)
    rebuild(database, retention_projection())
    assert office.rows(PersonRequest, ConcernedRecipient) == rows
    with database.reading() as session:
        told = [event.type.partition(".")[2] for event in read_stream(session, made)]
    assert told == ["received", "answered", "forgotten"]


def test_one_open_request_of_a_kind_is_for_each_person_however_the_name_is_written(office: Office) -> None:
    database, requests = office.desk.service.ports.database, office.room.requests
    none: list[Concerned] = []
    one, other = [Concerned("rcp_one", "env_one")], [Concerned("rcp_other", "env_other")]

    def receive(name: str, phone: str, tail: str = "", concerned: list[Concerned] = none) -> str:
        told = Told(name, phone, tail=tail)
        with database.transaction() as session:
            return requests.receive(
                session, COPY, told, concerned, channel=Channel.PAGE, by=None, actor="person", now=office.now
            )

    def is_open(*asked: object) -> bool:
        with pytest.raises(RetentionRefused) as refused:
            receive(*asked)  # type: ignore[arg-type]
        return refused.value.code == "request-open"

    receive("Wang Yu", "138 0000 7001")
    for name, phone in (("ＷａｎｇＹｕ", "13800007001"), (" wang  yu ", "＋86 138-0000-7001")):
        assert is_open(name, phone)
    assert is_open("WangYu", "13800007001", "123X")  # a number was given once alone: that tells nobody apart
    receive("王雨", "13800007002", "123X", one)
    assert is_open("王　雨", "13800007002", "１２３ｘ", other)
    assert is_open("王雨", "13800007002", "9999", one)  # the same records, in which no number is
    receive("王雨", "13800007002", "9999", other)


def test_a_request_is_found_among_however_many_people_of_the_same_name(office: Office) -> None:
    database, requests, index = office.desk.service.ports.database, office.room.requests, office.room.records.index
    with database.transaction() as session:
        for number in range(201):
            index.enter(session, f"per_{number:04}", SearchField.NAME, "王伟")
        told = Told("王伟", "13800007003")
        made = requests.receive(
            session, RequestKind.COPY, told, [], channel=Channel.PAGE, by=None, actor="person", now=office.now
        )
        assert [one.id for one in requests.of(session, told.name, told.phone)] == [made]


def test_a_visit_is_looked_after_by_a_worker_and_opens_once(office: Office) -> None:
    office.voided()
    ports = office.desk.service.ports
    visits = Visits(ports.database, ports.keys, office.room.records, ports.messages, lambda: office.now, live=True)
    address = visits.begin(Told(YE.name, YE.phone))
    assert visits.enter(address, "246810", "") is None  # nobody looked yet, and that is no code of live mode
    assert visits.send_codes() == 1
    assert visits.send_codes() == 0
    kind, _person, facts = office.desk.messages.put_so_far[-1]
    assert kind == "data-code"
    code = office.desk.service.tokens.code(str(facts["code"]), test_mode=False)
    opened = visits.enter(address, code, "")
    assert opened is not None
    assert visits.enter(address, code, "") is None
    visit = visits.find(opened)
    assert visit is not None
    with ports.database.reading() as session:
        assert len(visits.recipients(session, visit)) == 1
    office.now += timedelta(minutes=31)
    assert visits.find(opened) is None
    late = visits.begin(Told(YE.name, YE.phone))
    visits.send_codes()
    office.now += timedelta(minutes=6)
    assert visits.enter(late, code, "") is None
    with ports.database.transaction() as session:
        assert forget_visits(session, office.now + timedelta(hours=2)) == 2


def test_totals_tell_how_much_of_each_kind_is_kept_until_which_year(office: Office) -> None:
    office.voided()
    office.voided()
    told = office.completed(photos=True)
    office.end(told, day_of(office.now), Term.UP_TO_ONE_YEAR)
    database = office.desk.service.ports.database
    with database.reading() as session:
        totals = office.room.reports.totals(session, EVERYTHING, now=office.now)
        nothing = office.room.reports.totals(session, Reach(None, frozenset(), unowned=False), now=office.now)
        held = office.room.reports.on_person(session, EVERYTHING, name=YU.name, phone=None, now=office.now)
    this_year = day_of(office.now).year
    assert totals == [
        Total("documents", str(this_year + 1), 2),
        Total("documents", str(this_year + 5), 1),
        Total("evidence", str(this_year + 1), 2),
        Total("evidence", str(this_year + 5), 1),
        Total("photo", str(this_year + 2), 1),
    ]
    assert nothing == []
    assert [one.kept.envelope for one in held.envelopes] == [told.id]
    assert totals_csv(totals).decode("utf-8-sig").splitlines()[2] == f"documents,{this_year + 5},1"


def test_a_request_belongs_to_the_lowest_institution_above_all_that_it_concerns() -> None:
    tree = Tree(
        {
            "ins_root": Institution("ins_root", None, "a"),
            "ins_east": Institution("ins_east", "ins_root", "b"),
            "ins_hangzhou": Institution("ins_hangzhou", "ins_east", "c"),
            "ins_ningbo": Institution("ins_ningbo", "ins_east", "d"),
        }
    )
    assert common_institution(tree, ["ins_hangzhou", "ins_ningbo"]) == "ins_east"
    assert common_institution(tree, ["ins_hangzhou", "ins_hangzhou"]) == "ins_hangzhou"
    assert common_institution(tree, ["ins_hangzhou", None]) == "ins_root"
    assert common_institution(tree, []) == "ins_root"
    assert common_institution(Tree(), []) is None
