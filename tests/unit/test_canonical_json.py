"""Canonical JSON: what Python's own encoder writes and what the library for RFC 8785 writes are the same bytes."""

from __future__ import annotations

import enum
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from esign.canonical_json import CanonicalizationError, encode_canonical

_numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
_values = st.recursive(
    st.none() | st.booleans() | _numbers | st.text(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
)


class _Colour(enum.StrEnum):
    RED = "red"


@settings(deadline=None)
@given(_values)
def test_every_value_is_written_as_the_library_writes_it(value: Any) -> None:
    assert encode_canonical(value) == rfc8785.dumps(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_written_as_the_library_writes_it(number: float) -> None:
    assert encode_canonical([number]) == rfc8785.dumps([number])


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1.0, b"1"),
        (-0.0, b"0"),
        (0.0001, b"0.0001"),
        (0.00001, b"0.00001"),
        (1e-7, b"1e-7"),
        (9007199254740991.0, b"9007199254740991"),
        (9007199254740992.0, b"9007199254740992"),
        (1e21, b"1e+21"),
        (5e-324, b"5e-324"),
        ('\x7f\x1f\u2028"/\\\n', b'"\x7f\\u001f\xe2\x80\xa8\\"/\\\\\\n"'),
        ({"\U0001f600": 1, "\ufb33": 2}, '{"\U0001f600":1,"\ufb33":2}'.encode()),
        ({"b": 1, "a": {"d": True, "c": None}}, b'{"a":{"c":null,"d":true},"b":1}'),
        (_Colour.RED, b'"red"'),
        ([], b"[]"),
        ({}, b"{}"),
    ],
)
def test_what_is_written_in_an_unusual_way_is_written_as_the_standard_says(value: Any, written: bytes) -> None:
    assert encode_canonical(value) == written


@pytest.mark.parametrize(
    "value", [2**53, -(2**53), float("nan"), float("inf"), "\ud800", {1: 2}, {"a": {None: 1}}, object(), b"bytes"]
)
def test_what_json_cannot_carry_is_refused(value: Any) -> None:
    with pytest.raises(CanonicalizationError):
        encode_canonical(value)


def test_a_lone_surrogate_in_a_key_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        encode_canonical({"\ud800": 1})
