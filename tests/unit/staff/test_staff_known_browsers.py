"""Marks by which a browser is known: whose they are, for which password, and that nobody makes one up."""

from __future__ import annotations

from pathlib import Path

import pytest

from esign.infra.keystore import create_key_store
from esign.staff.known_browsers import MARKS_AT_MOST, KnownBrowsers


@pytest.fixture
def browsers(tmp_path: Path) -> KnownBrowsers:
    return KnownBrowsers(create_key_store(tmp_path / "keys"))


def test_a_mark_is_of_one_member_and_of_the_password_that_they_had(browsers: KnownBrowsers) -> None:
    mark = browsers.new("usr_sun", "crd_1")
    assert browsers.knows(mark, "usr_sun", "crd_1")
    assert not browsers.knows(mark, "usr_wu", "crd_1")
    assert not browsers.knows(mark, "usr_sun", "crd_2")
    assert not browsers.knows(mark, "usr_sun", None)
    assert "usr_sun" not in mark


@pytest.mark.parametrize("made_up", ["", "x", "A" * 43, "é" * 43, "A" * 10_000, "\ud800"])
def test_a_mark_that_was_made_up_is_none(browsers: KnownBrowsers, made_up: str) -> None:
    assert not browsers.knows(made_up, "usr_sun", "crd_1")
    assert browsers.kept([made_up], "usr_sun", "crd_1")[1:] in {(), (made_up,)}


def test_a_browser_is_known_by_the_last_members_who_logged_in_there(browsers: KnownBrowsers) -> None:
    marks: tuple[str, ...] = ()
    for member in [f"usr_{number}" for number in range(MARKS_AT_MOST + 1)] * 2:
        marks = browsers.kept(marks, member, "crd_1")
    assert len(marks) == MARKS_AT_MOST
    known = [any(browsers.knows(one, f"usr_{number}", "crd_1") for one in marks) for number in range(MARKS_AT_MOST + 1)]
    assert known == [False] + [True] * MARKS_AT_MOST
