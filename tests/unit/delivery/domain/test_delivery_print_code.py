"""Each print of a policy has a code of its own: it says the number, and tells an earlier print from what counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.domain import commands as c
from delivery.domain.events import DeliveryPrinted
from delivery.domain.print_code import LETTERS, CodeRead, mark_of, print_code, read_code, require_current
from delivery.errors import DeliveryRefused
from delivery.service.streams import FORMS
from esign.trail.event import Event
from tests.unit.delivery.delivery_play import ISSUED, NOON, POLICY, UNDERWAY, Play, at

NUMBERS = st.from_regex(r"[A-Z]{2}[0-9]{6,18}", fullmatch=True)
COPIES = st.integers(1, 20)


def refused(play: Play, mark: str | None, *, is_at_hand: bool = True) -> str | None:
    try:
        require_current(play.delivery, mark, is_at_hand=is_at_hand)
    except DeliveryRefused as refusal:
        return refusal.code
    return None


def printed_twice() -> Play:
    """Return a policy on paper that was lost on its way and printed once more."""
    play = at(*ISSUED).go(c.Print, copy=1).go(c.Bind, c.Check, c.Pack, c.Dispatch)
    return play.go(c.Reprint).go(c.Print, copy=2)


@given(NUMBERS, COPIES)
def test_a_code_says_the_number_and_the_print(number: str, copy: int) -> None:
    assert read_code(print_code(number, copy)) == CodeRead(number, mark=mark_of(number, copy))
    assert read_code(f" {print_code(number, copy).lower().replace('-', ' ')} ") == read_code(print_code(number, copy))
    assert set(mark_of(number, copy)[:-1]) <= set("0123456789")
    assert mark_of(number, copy)[-1] in LETTERS


@given(NUMBERS, COPIES, st.data())
def test_a_digit_that_is_misread_or_two_that_change_places_make_another_letter(
    number: str, copy: int, data: st.DataObject
) -> None:
    place = data.draw(st.integers(2, len(number) - 1))
    other = data.draw(st.sampled_from("0123456789").filter(lambda one: one != number[place]))
    assert mark_of(number[:place] + other + number[place + 1 :], copy) != mark_of(number, copy)
    swapped = number[: place - 1] + number[place] + number[place - 1] + number[place + 1 :]
    if place > 2 and swapped != number:
        assert mark_of(swapped, copy) != mark_of(number, copy)
    assert len({mark_of(number, one)[-1] for one in range(1, 10)}) == 9


@pytest.mark.parametrize("code", ["", "CY", "PCL-01", "CY2611000001-K", "CY2611000001-123K", "http://x/"])
def test_what_is_no_code_of_a_policy_says_nothing(code: str) -> None:
    assert read_code(code) is None


def test_a_number_as_people_type_it_is_of_the_policy_alone() -> None:
    for typed in ("CY2611000001", " cy2611 0000 01", "CY-2611-000001"):
        assert read_code(typed) == CodeRead("CY2611000001")


def test_the_code_behind_a_qr_code_tells_the_print_too_and_an_older_one_tells_none() -> None:
    link = "https://sign.example/r/delivery/dlv_01.abc"
    assert read_code(f"{link}#2K") == CodeRead(None, "dlv_01.abc", "2K")
    assert read_code(link) == CodeRead(None, "dlv_01.abc")


def test_the_print_that_counts_is_taken_and_the_earlier_one_is_not() -> None:
    play = printed_twice()
    assert refused(play, mark_of(POLICY, 2)) is None
    assert refused(play, mark_of(POLICY, 1)) == "scan-earlier-print"
    assert refused(play, None) == "scan-which-print"
    assert refused(play, None, is_at_hand=False) is None, "what is lost is reported by its number"


def test_an_earlier_print_is_known_as_such_while_the_next_waits_to_be_printed() -> None:
    play = at(*ISSUED).go(c.Print, copy=1).go(c.Reprint)
    assert refused(play, mark_of(POLICY, 1)) == "scan-earlier-print"


@pytest.mark.parametrize("mark", ["3K", "2", "K", "0A", "²K", "-1K", "99Z", "1é", ""])
def test_a_mark_that_no_print_of_the_policy_bears_was_misread(mark: str) -> None:
    assert refused(printed_twice(), mark) == "scan-misread"


def test_a_mark_with_another_letter_was_misread() -> None:
    right = mark_of(POLICY, 2)
    for letter in LETTERS:
        assert (refused(printed_twice(), f"2{letter}") is None) is (f"2{letter}" == right)


def test_what_was_printed_before_prints_had_codes_is_still_read_by_its_number() -> None:
    play = at(*UNDERWAY).go(c.Reprint).go(c.Print)
    assert play.delivery.copy.number == 2
    assert refused(play, None) is None


def test_the_first_print_is_known_by_the_number_alone() -> None:
    assert refused(at(*ISSUED).go(c.Print, copy=1), None) is None


def test_a_file_that_was_made_for_another_print_is_not_taken_for_this_one() -> None:
    play = at(*ISSUED).go(c.Print, copy=1).go(c.Reprint)
    assert play.refused(c.Print, copy=1) == "print-other-copy"
    assert play.go(c.Print, copy=2).delivery.copy.coded


def test_an_event_of_a_print_from_before_is_read_as_one_without_a_code() -> None:
    old = Event("evt_0123456789abcdef", "dlv_1", 3, "delivery.printed", 1, "system", NOON, {"run": "run_1", "copy": 1})
    assert FORMS.event_of(old) == DeliveryPrinted(at=NOON, run="run_1", copy=1, coded=False)
