"""One at a time by name: inside a process on both databases, between processes on PostgreSQL."""

from __future__ import annotations

import threading

import pytest

from esign.infra.database import Database, open_database
from esign.infra.exclusive import Exclusive

_END_HOLDERS = """
    SELECT pg_terminate_backend(l.pid, 10000) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE l.locktype = 'advisory' AND d.datname = current_database()
"""


def test_a_name_that_is_held_is_not_had_a_second_time(empty_database: Database) -> None:
    exclusive = Exclusive(empty_database)
    with exclusive.attempt("document one") as first, exclusive.attempt("document one") as second:
        assert (first, second) == (True, False)
    with exclusive.attempt("document one") as again:
        assert again


def test_other_names_are_free_meanwhile(empty_database: Database) -> None:
    exclusive = Exclusive(empty_database)
    with exclusive.attempt("document one") as one, exclusive.attempt("document two") as two:
        assert one
        assert two


def test_a_holder_that_fails_leaves_the_name(empty_database: Database) -> None:
    exclusive = Exclusive(empty_database)
    with pytest.raises(ZeroDivisionError), exclusive.attempt("checkpoint"):
        raise ZeroDivisionError
    with exclusive.attempt("checkpoint") as mine:
        assert mine


def test_of_many_threads_exactly_one_has_the_name(empty_database: Database) -> None:
    exclusive, together, done = Exclusive(empty_database), threading.Barrier(8), threading.Barrier(8)
    had: list[bool] = []

    def attempt() -> None:
        together.wait()
        with exclusive.attempt("checkpoint") as mine:
            had.append(mine)
            done.wait()  # nobody lets go before all have asked

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(had) == [False] * 7 + [True]


def test_on_postgresql_another_process_does_not_have_it_either(postgresql_url: str) -> None:
    here, there = open_database(postgresql_url), open_database(postgresql_url)
    try:
        with Exclusive(here).attempt("checkpoint") as mine, Exclusive(there).attempt("checkpoint") as theirs:
            assert (mine, theirs) == (True, False)
        with Exclusive(there).attempt("checkpoint") as theirs:
            assert theirs
    finally:
        here.close()
        there.close()


def test_on_postgresql_a_lock_goes_with_the_connection_of_its_holder(postgresql_url: str) -> None:
    here, there = open_database(postgresql_url), open_database(postgresql_url)
    try:
        with Exclusive(here).attempt("checkpoint") as mine:
            assert mine
            with there.engine.connect() as connection:
                connection.exec_driver_sql(_END_HOLDERS)
            with Exclusive(there).attempt("checkpoint") as theirs:
                assert theirs
        with Exclusive(here).attempt("checkpoint") as again:  # what was lost is no trouble afterwards
            assert again
    finally:
        here.close()
        there.close()
