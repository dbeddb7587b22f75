"""Who comes by a room's link: four characters, few tries, and how long a browser is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.wrappers import Response

from esign.api.rates import Rates
from esign.infra.database import Database, open_database
from esign.infra.keystore import create_key_store
from esign.infra.schema import upgrade
from esign.web.cookies import LINKED
from esign.web.linked_identity import KNOWN_SECONDS, LinkedIdentity, Told

NUMBER = "11010519491231002X"
SUBJECT, OTHER = "vis_01k9x7m2qv8w3c5t6r4n0b1d2e", "vis_01k9x7m2qv8w3c5t6r4n0b1d2f"


class Moment:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    opened = open_database(f"sqlite:///{tmp_path_factory.mktemp('linked')}/esign.db")
    upgrade(opened)
    return opened


@pytest.fixture
def identity(database: Database, tmp_path: Path, moment: Moment) -> LinkedIdentity:
    with database.transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM rate_leases")
    return LinkedIdentity(create_key_store(tmp_path / "keys"), Rates(database, moment), moment, "policy")


def tell(identity: LinkedIdentity, told: str, number: str | None = NUMBER, subject: str = SUBJECT) -> Told:
    with Flask("test").test_request_context("/", environ_base={"REMOTE_ADDR": "192.0.2.7"}):
        return identity.tell(subject, number, told)


def kept(identity: LinkedIdentity, link: str = "a-link", subject: str = SUBJECT) -> str:
    with Flask("test").test_request_context("/"):
        response = Response()
        identity.remember(response, subject, link)
    return response.headers["Set-Cookie"]


def knows(identity: LinkedIdentity, value: str, link: str = "a-link", subject: str = SUBJECT) -> bool:
    with Flask("test").test_request_context("/", headers={"Cookie": f"{LINKED}{subject}={value}"}):
        return identity.knows(subject, link)


@pytest.mark.parametrize("told", ["002X", "002x", " 002X ", "００２Ｘ"])
def test_the_last_four_are_right_however_they_are_typed(identity: LinkedIdentity, told: str) -> None:
    assert tell(identity, told) is Told.RIGHT


@pytest.mark.parametrize("told", ["", "0021", "02X", NUMBER, "姓名", "\ud800"])
def test_nothing_else_is(identity: LinkedIdentity, told: str) -> None:
    assert tell(identity, told) is Told.WRONG


@pytest.mark.parametrize("number", [None, "", "02X"])
def test_nobody_is_right_about_a_person_without_a_number(identity: LinkedIdentity, number: str | None) -> None:
    assert tell(identity, number or "", number) is Told.WRONG


def test_a_link_is_tried_five_times_an_hour_and_ten_times_a_day_and_others_are_not_held_up(
    identity: LinkedIdentity, moment: Moment
) -> None:
    tries = [tell(identity, "0000") for _ in range(5)]
    assert tries == [Told.WRONG] * 5
    assert tell(identity, "002X") is Told.TOO_OFTEN
    assert tell(identity, "002X", subject=OTHER) is Told.RIGHT
    moment.now += timedelta(hours=1)
    assert [tell(identity, "0000") for _ in range(4)] == [Told.WRONG] * 4
    moment.now += timedelta(hours=1)
    assert tell(identity, "002X") is Told.TOO_OFTEN
    moment.now += timedelta(days=1)
    assert tell(identity, "002X") is Told.RIGHT


def test_a_link_is_tried_twenty_times_in_a_month_and_cleaning_up_forgets_none_of_them(
    identity: LinkedIdentity, database: Database, moment: Moment
) -> None:
    moment.now = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)  # no window of thirty days ends meanwhile
    tried = 0
    for _day in range(12):
        for _hour in range(3):
            tried += sum(tell(identity, "0000") is Told.WRONG for _ in range(4))
            moment.now += timedelta(hours=1)
        moment.now += timedelta(hours=21)
        with database.transaction() as session:
            Rates(database, moment).forget_old(session, moment.now)
    assert tried == 20
    assert tell(identity, "002X") is Told.TOO_OFTEN
    assert tell(identity, "002X", subject=OTHER) is Told.RIGHT
    moment.now += timedelta(days=30)
    assert tell(identity, "002X") is Told.RIGHT
    with database.transaction() as session:
        Rates(database, moment).forget_old(session, moment.now + timedelta(days=32))
        assert session.connection().exec_driver_sql("SELECT count(*) FROM rate_leases").scalar() == 0


def test_a_browser_is_known_for_some_hours_and_at_that_link_alone(identity: LinkedIdentity, moment: Moment) -> None:
    cookie = kept(identity)
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    value = cookie.partition("=")[2].partition(";")[0]
    assert knows(identity, value)
    assert not knows(identity, value, link="another-link")
    until, _, proof = value.partition(".")
    assert not knows(identity, f"{int(until) + 1}.{proof}")
    assert not any(knows(identity, odd) for odd in ("", ".", "x." + proof, f"{'9' * 40}.{proof}", until))
    moment.now += timedelta(seconds=KNOWN_SECONDS)
    assert not knows(identity, value)
