"""Institutions as they are kept: changed by administrators from above, one at a time, and rebuilt from the trail."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select, text

from esign.infra.database import Database
from esign.staff.actors import Caller
from esign.staff.domain.roles import Role
from esign.staff.errors import StaffRefused
from esign.staff.models import PROJECTED
from esign.staff.projection import staff_projection
from esign.trail.consumers import rebuild
from esign.trail.sequencer import Sequencer
from tests.databases import asked_of
from tests.unit.staff.staff_office import OPERATOR, Office, person


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(StaffRefused) as caught:
        act()
    return caught.value.code


@pytest.fixture
def lin(office: Office) -> Caller:
    return office.leadership()[0]


def test_the_tree_is_shown_from_the_top_with_names(office: Office, lin: Caller) -> None:
    institutions, top = office.room.institutions, lin.institution
    east = institutions.open(lin, " 华东分公司 ", top, now=office.now)
    pudong = institutions.open(lin, "浦东支公司", east, now=office.now)
    institutions.rename(lin, east, "华东区", now=office.now)
    shown = [(one.id, one.name, one.level) for one in institutions.visible(lin)]
    assert shown == [(top, "青禾人寿保险股份有限公司", 0), (east, "华东区", 1), (pudong, "浦东支公司", 2)]
    assert [one.id for one in institutions.visible(OPERATOR)] == [top, east, pudong]


def test_hundreds_of_institutions_are_named_with_one_question(office: Office, lin: Caller) -> None:
    institutions = office.room.institutions
    for branch in range(3):
        place = institutions.open(lin, f"分公司{branch}", lin.institution, now=office.now)
        for point in range(20):
            institutions.open(lin, f"营业部{branch}-{point}", place, now=office.now)

    def asked() -> int:
        with asked_of(office.database) as made:
            seen = institutions.visible(lin)
        assert [one.level for one in seen].count(2) == 60
        return len(made)

    asked()
    assert asked() < 10
    first = institutions.visible(lin)[1]
    institutions.rename(lin, first.id, "另一个名字", now=office.now)
    assert "另一个名字" in {one.name for one in institutions.visible(lin)}


def test_a_move_changes_who_sees_whom(office: Office, lin: Caller) -> None:
    institutions, top = office.room.institutions, lin.institution
    east, north = (institutions.open(lin, name, top, now=office.now) for name in ("华东", "华北"))
    office.accept(office.room.accounts.invite(lin, person("wu.ke"), north, [Role.SALES], now=office.now))
    caller = office.log_in("wu.ke").caller
    assert [one.id for one in institutions.visible(caller)] == [north]
    institutions.move(lin, east, north, now=office.now)
    assert [one.id for one in institutions.visible(caller)] == [north, east]


def test_two_moves_at_once_make_no_cycle(office: Office, lin: Caller) -> None:
    institutions, top = office.room.institutions, lin.institution
    east, north = (institutions.open(lin, name, top, now=office.now) for name in ("华东", "华北"))
    together, results = threading.Barrier(2), []

    def run(one: str, below: str) -> None:
        together.wait()
        try:
            institutions.move(lin, one, below, now=office.now)
            results.append("done")
        except StaffRefused as error:
            results.append(error.code)

    threads = [threading.Thread(target=run, args=pair) for pair in ((east, north), (north, east))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["done", "institution-in-itself"]
    assert {one.id for one in institutions.visible(lin)} == {top, east, north}


def test_only_an_administrator_of_what_is_above_changes_an_institution(office: Office, lin: Caller) -> None:
    institutions, top, now = office.room.institutions, lin.institution, office.now
    east = institutions.open(lin, "华东", top, now=now)
    office.accept(office.room.accounts.invite(lin, person("wu.ke"), east, [Role.SALES], now=now))
    sales = office.log_in("wu.ke").caller
    assert refused(lambda: institutions.open(sales, "新机构", east, now=now)) == "not-allowed"
    assert refused(lambda: institutions.rename(sales, top, "新名称", now=now)) == "no-institution"
    assert refused(lambda: institutions.close(sales, east, now=now)) == "not-allowed"
    assert refused(lambda: institutions.move(lin, east, "ins_none", now=now)) == "no-institution"
    assert refused(lambda: institutions.move(OPERATOR, "ins_none", top, now=now)) == "no-institution"


def test_what_people_are_in_is_not_closed_and_nobody_gets_into_what_is(office: Office, lin: Caller) -> None:
    institutions, now = office.room.institutions, office.now
    east = institutions.open(lin, "华东", lin.institution, now=now)
    member = office.room.accounts.invite(lin, person("wu.ke"), east, [Role.SALES], now=now).member
    assert refused(lambda: institutions.close(lin, east, now=now)) == "institution-not-empty"
    office.room.accounts.transfer(lin, member, lin.institution, now=now)
    institutions.close(lin, east, now=now)
    assert refused(lambda: office.room.accounts.transfer(lin, member, east, now=now)) == "institution-closed"
    assert (
        refused(lambda: office.room.accounts.invite(lin, person(), east, [Role.SALES], now=now)) == "institution-closed"
    )


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "\u202e东", "东" * 121])
def test_a_name_that_is_none_opens_nothing(office: Office, lin: Caller, name: str) -> None:
    act = lambda: office.room.institutions.open(lin, name, lin.institution, now=office.now)  # noqa: E731
    assert refused(act) == "institution-name"
    assert office.types("institutions") == ["institution.opened"]


def rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as session:
        return {
            table.name: sorted(tuple(row) for row in session.execute(select(table)))
            for table in (model.__table__ for model in PROJECTED)
        }


def test_the_rows_come_again_from_the_trail(office: Office, lin: Caller) -> None:
    institutions, now = office.room.institutions, office.now
    east = institutions.open(lin, "华东", lin.institution, now=now)
    north = institutions.open(lin, "华北", lin.institution, now=now)
    institutions.move(lin, north, east, now=now)
    member = office.room.accounts.invite(lin, person("wu.ke"), north, [Role.SALES], now=now).member
    office.room.accounts.suspend(lin, member, reason="left", now=now)
    for _ in range(5):
        office.refused("lin.qiushi", totp="000000")
    before = rows(office.database)
    assert all(before[table] for table in ("staff", "staff_roles", "institutions"))
    with office.database.transaction() as session:
        Sequencer().run_once(session, limit=500)
        session.execute(text("UPDATE staff SET state = 'active', institution = 'ins_none'"))
        session.execute(text("DELETE FROM institutions"))
        session.execute(text("INSERT INTO staff_roles VALUES ('usr_nobody', 'admin')"))
    assert rebuild(office.database, staff_projection()) > 10
    assert rows(office.database) == before
    office.wait(minutes=15)
    assert office.log_in("lin.qiushi", totp=office.code(lin.member)).caller.roles == {Role.ADMIN}
