"""Sentences of points hold numbers, words that go by them, and parts that are left out where nothing is known."""

from __future__ import annotations

import pytest

from claims.risk.sentences import filled, inputs_in, is_well_formed

PARTS = "{parts} {parts:part is|parts are} new"
APART = "taken elsewhere[, {hours} hours apart][, {km} km away]"


@pytest.mark.parametrize(("parts", "told"), [(1, "1 part is new"), (0, "0 parts are new"), (3, "3 parts are new")])
def test_words_go_by_their_number(parts: int, told: str) -> None:
    assert filled(PARTS, {"parts": parts}, "some") == told


def test_a_number_that_is_whole_is_told_without_a_point() -> None:
    assert filled("{km} km", {"km": 3.0}, "some") == "3 km"
    assert filled("{km} km", {"km": 3.5}, "some") == "3.5 km"


def test_a_part_in_brackets_is_left_out_where_its_input_is_not_known() -> None:
    assert filled(APART, {"hours": 2, "km": None}, "some") == "taken elsewhere, 2 hours apart"
    assert filled(APART, {"hours": 2, "km": 9}, "some") == "taken elsewhere, 2 hours apart, 9 km away"
    assert filled(APART, {}, "some") == "taken elsewhere"


def test_what_is_not_known_and_not_optional_is_said_to_be_unknown() -> None:
    assert filled("{km} km", {}, "unknown") == "unknown km"


def test_the_inputs_of_a_sentence_are_those_in_its_braces() -> None:
    assert inputs_in(PARTS) == {"parts"}
    assert inputs_in(APART) == {"hours", "km"}


@pytest.mark.parametrize("text", [PARTS, APART, "plain"])
def test_a_sentence_of_its_form_is_taken(text: str) -> None:
    assert is_well_formed(text)


@pytest.mark.parametrize("text", ["{parts", "{parts:one}", "{Parts}", "[open", "a | b", "{parts:a|b|c}", "[[a]]"])
def test_a_sentence_of_another_form_is_not(text: str) -> None:
    assert not is_well_formed(text)
