"""Ids: what they look like, that they sort by time, and that nothing else passes for one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign.infra.ids import is_id, made_at, new_id

MOMENT = datetime(2026, 11, 2, 9, 30, 0, 123000, tzinfo=UTC)


def test_an_id_tells_what_it_names_and_when_it_was_made() -> None:
    made = new_id("env", MOMENT)
    assert made.startswith("env_")
    assert len(made) == 30
    assert made_at(made) == MOMENT


@given(st.datetimes(datetime(1971, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)), st.integers(1, 10**9))  # noqa: DTZ001  # hypothesis adds the zone
def test_what_is_made_later_sorts_later(moment: datetime, milliseconds: int) -> None:
    assert new_id("env", moment) < new_id("env", moment + timedelta(milliseconds=milliseconds))


def test_no_two_are_the_same() -> None:
    assert len({new_id("rcp", MOMENT) for _ in range(1000)}) == 1000


@pytest.mark.parametrize("prefix", ["", "e", "Env", "toolong", "e_v"])
def test_a_prefix_that_is_none_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        new_id(prefix, MOMENT)


@pytest.mark.parametrize(
    "text", ["", "env_", "env_short", "rcp_01k9x7wz3m5n7p9q1r3s5t7v9w", "env_01K9X7WZ3M5N7P9Q1R3S5T7V9W"]
)
def test_what_has_not_the_form_is_no_id(text: str) -> None:
    assert not is_id("env", text)


def test_a_line_end_does_not_pass_for_the_end_of_an_id() -> None:
    assert not is_id("env", new_id("env", MOMENT) + "\n")


@pytest.mark.parametrize("text", ["env_01k9x7wz3m5n7p9q1r3s5t7v9", "env_01k9x7wz3m5n7p9q1r3s5t7v9u", "nothing"])
def test_no_time_is_read_from_what_is_no_id_of_ours(text: str) -> None:
    with pytest.raises(ValueError, match="id of ours"):
        made_at(text)
