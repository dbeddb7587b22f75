from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from esign.api.app import ApiApp, create_api
from esign.api.models import RateLease
from esign.api.rates import Allowance, RateLimits, Rates, TooManyRequests, address_subject
from esign.api.services import ApiServices
from esign.ceremony.tokens import Tokens
from esign.infra.database import Database, open_database
from esign.infra.keystore import FileKeyStore
from tests.unit.api.invented_api import NOON, Acts, Caller, Moment, invented

LIMIT = Allowance("key", 40)


@pytest.fixture
def second(database: Database) -> Iterator[Database]:
    """The same database as another process sees it."""
    opened = open_database(database.engine.url.render_as_string(hide_password=False))
    yield opened
    opened.close()


def passed(rates: Rates, times: int, allowance: Allowance = LIMIT, subject: str = "key_1") -> int:
    return sum(rates.take(allowance, subject).allowed for _ in range(times))


def test_one_process_passes_exactly_what_is_allowed(database: Database, moment: Moment) -> None:
    assert passed(Rates(database, moment), 100) == 40


def test_what_is_given_back_is_never_more_than_was_taken(database: Database, second: Database, moment: Moment) -> None:
    one, other = Rates(database, moment), Rates(second, moment)
    assert passed(one, 10) == 10
    for _ in range(100):
        one.give_back(LIMIT, "key_1")
        other.give_back(LIMIT, "key_1")  # which took nothing
    assert passed(one, 100) + passed(other, 100) <= LIMIT.limit
    one.give_back(LIMIT, "key_1")
    assert passed(one, 2) == 1


def test_threads_of_two_processes_never_pass_more_than_the_limit(
    database: Database, second: Database, moment: Moment
) -> None:
    processes = [Rates(database, moment), Rates(second, moment)]
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda rates=rates: counts.append(passed(rates, 20)))
        for rates in processes
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # What one process holds and the other would need is less than one part; both have asked for more than all.
    assert LIMIT.limit - LIMIT.part < sum(counts) <= LIMIT.limit


def test_what_a_dead_process_held_is_not_handed_out_again(database: Database, second: Database, moment: Moment) -> None:
    assert passed(Rates(database, moment), 1) == 1
    assert passed(Rates(second, moment), 100) == 36


def test_the_next_window_begins_anew_and_an_earlier_clock_gives_nothing_back(
    database: Database, moment: Moment
) -> None:
    rates = Rates(database, moment)
    assert passed(rates, 50) == 40
    moment.pass_by(seconds=55)
    assert passed(rates, 50) == 40
    moment.pass_by(seconds=-55)
    assert passed(rates, 50) == 0


def test_a_thread_that_read_the_clock_before_the_window_ended_is_not_refused(
    database: Database, moment: Moment
) -> None:
    rates = Rates(database, moment)
    moment.pass_by(seconds=55)
    assert passed(rates, 10) == 10
    moment.pass_by(seconds=-1)
    assert passed(rates, 50) == 30


def test_a_clock_that_is_set_back_goes_on_with_the_leases_of_that_time(database: Database, moment: Moment) -> None:
    rates = Rates(database, moment)
    assert passed(rates, 1) == 1
    moment.pass_by(hours=1)
    assert passed(rates, 50) == 40
    moment.pass_by(hours=-1)
    assert passed(rates, 50) == 36


def test_subjects_and_allowances_are_counted_apart(database: Database, moment: Moment) -> None:
    rates = Rates(database, moment)
    assert passed(rates, 50) == 40
    assert passed(rates, 50, subject="key_2") == 40
    assert passed(rates, 50, Allowance("address", 5)) == 5


def test_a_window_may_be_longer_than_a_minute(database: Database, moment: Moment) -> None:
    rates, hourly = Rates(database, moment), Allowance("codes", 3, minutes=60)
    assert passed(rates, 5, hourly) == 3
    moment.pass_by(minutes=59)
    standing = rates.take(hourly, "key_1")
    assert (standing.allowed, standing.reset) == (False, 55)
    moment.pass_by(minutes=1)
    assert rates.take(hourly, "key_1").allowed


def test_the_database_is_asked_once_for_a_part(database: Database, moment: Moment) -> None:
    rates = Rates(database, moment)
    passed(rates, 5)
    with database.reading() as session:
        assert session.scalars(select(RateLease.granted)).all() == [8]


def test_old_leases_are_forgotten(database: Database, moment: Moment) -> None:
    rates = Rates(database, moment)
    passed(rates, 1)
    with database.transaction() as session:
        assert rates.forget_old(session, NOON + timedelta(hours=1)) == 0
        assert rates.forget_old(session, NOON + timedelta(hours=26)) == 1


def test_standing_is_told_in_header_fields(database: Database, moment: Moment) -> None:
    rates = Rates(database, moment)
    assert rates.take(LIMIT, "key_1").headers == {
        "RateLimit-Policy": '"key";q=40;w=60',
        "RateLimit": '"key";r=39;t=55',
    }
    passed(rates, 39)
    with pytest.raises(TooManyRequests) as caught:
        rates.require(LIMIT, "key_1")
    assert caught.value.retry_after == 55


def test_addresses_are_named_by_a_keyed_digest_and_ipv6_by_its_network(keys: FileKeyStore, database: Database) -> None:
    same = {address_subject(keys, address) for address in ("2001:db8::1", "2001:db8::ffff", "2001:db8:0:0:1::")}
    assert len(same) == 1
    assert address_subject(keys, "::ffff:192.0.2.1") == address_subject(keys, "192.0.2.1")
    assert address_subject(keys, "192.0.2.1") != address_subject(keys, "192.0.2.2")
    assert address_subject(keys, "") == address_subject(keys, "unix:")


Build = Callable[..., ApiApp]


@pytest.fixture
def limited(services: ApiServices, acts: Acts) -> Build:
    def build(**limits: Allowance) -> ApiApp:
        object.__setattr__(services, "limits", RateLimits(**limits))
        return create_api(services, [invented(services, acts)])

    return build


def test_a_key_that_asks_too_often_is_told_when_to_come_back(caller: Caller, limited: Build, moment: Moment) -> None:
    often = Caller(limited(key=Allowance("key", 3)), caller.token)
    answers = [often.get("/v1/parties") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit"] for answer in answers] == [f'"key";r={n};t=55' for n in (2, 1, 0, 0)]
    assert answers[-1].headers["Retry-After"] == "55"
    assert answers[-1].get_json()["code"] == "too-many-requests"
    moment.pass_by(seconds=55)
    assert often.get("/v1/parties").status_code == 200


def test_a_recipient_is_limited_by_session_and_by_address(limited: Build, keys: FileKeyStore) -> None:
    api = limited(recipient=Allowance("recipient", 2), address=Allowance("address", 3))
    one, other = (Caller(api, Tokens(keys).session(f"rcp_{n * 16}", f"dev_{'a' * 16}")) for n in "12")
    assert [one.post("/v1/dance").status_code for _ in range(3)] == [200, 200, 429]
    assert other.post("/v1/dance").status_code == 429
    assert other.post("/v1/dance", environ_overrides={"REMOTE_ADDR": "192.0.2.9"}).status_code == 200


def test_guessing_keys_is_limited_by_address(limited: Build) -> None:
    guesser = Caller(limited(refused=Allowance("refused", 2)), f"esk_test_{'0' * 26}.{'x' * 43}")
    assert [guesser.get("/v1/parties").status_code for _ in range(3)] == [401, 401, 429]


def test_an_address_is_not_readable_in_the_database(stranger: Caller, database: Database) -> None:
    stranger.post("/v1/knock", environ_overrides={"REMOTE_ADDR": "192.0.2.77"})
    with database.reading() as session:
        assert "192.0.2" not in str(session.execute(text("SELECT * FROM rate_leases")).all())


@pytest.mark.parametrize(("limit", "minutes"), [(0, 1), (1, 0), (-1, 1)])
def test_an_allowance_of_nothing_is_refused(limit: int, minutes: int) -> None:
    with pytest.raises(ValueError, match="or more"):
        Allowance("key", limit, minutes)
