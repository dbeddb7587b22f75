from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign.ceremony.people import Person, encode_person, parse_person
from esign.errors import EvidenceError

YU = Person("于文山", "+8613900010001", "11010119900101123X", "yu@example.cn", "zh-CN")
SHORT = Person("Ann Li", "13900010002", locale="en")

printable = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=16)


def as_json(**changes: object) -> bytes:
    return json.dumps({**asdict(YU), **changes}).encode()


@pytest.mark.parametrize("person", [YU, SHORT])
def test_a_person_comes_back_as_written(person: Person) -> None:
    assert parse_person(encode_person(person)) == person


@given(name=printable, digits=st.text("0123456789", min_size=5, max_size=15).filter(lambda digits: digits.strip("0")))
def test_whatever_is_a_person_comes_back_as_written(name: str, digits: str) -> None:
    person = Person(name, digits)
    assert parse_person(encode_person(person)) == person


def test_two_equal_persons_are_the_same_bytes() -> None:
    assert encode_person(YU) == encode_person(replace(YU)) == encode_person(parse_person(as_json()))


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "person-name"),
        ("name", " 于文山", "person-name"),
        ("name", "于文山\n", "person-name"),
        ("name", "于\u202e文山", "person-name"),
        ("name", "\ud800", "person-name"),
        ("name", "于" * 22, "person-name"),
        ("phone", "1234", "person-phone"),
        ("phone", "000000", "person-phone"),
        ("phone", "1" * 16, "person-phone"),
        ("phone", "139 0001 0001", "person-phone"),
        ("phone", "١٣٩٠٠٠١٠٠٠١", "person-phone"),
        ("phone", "13900010001\n", "person-phone"),
        ("id_number", "", "person-id-number"),
        ("id_number", "1" * 33, "person-id-number"),
        ("id_number", "110101 19900101", "person-id-number"),
        ("email", "yu", "person-email"),
        ("email", "yu@example.cn\nBcc: all@example.cn", "person-email"),
        ("email", f"yu@{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 63}", "person-email"),
        ("locale", "fr-CH", "person-locale"),
    ],
)
def test_what_is_no_person_is_refused_and_not_quoted(field: str, value: str, code: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        replace(YU, **{field: value})  # type: ignore[arg-type]
    assert caught.value.code == code
    assert not value or value not in str(caught.value)


def test_the_longest_name_is_a_name() -> None:
    assert replace(YU, name="于" * 21).name == "于" * 21


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "person-json"),
        (b"[]", "person-form"),
        (b"{}", "person-form"),
        (as_json(nickname="x"), "person-form"),
        (as_json(phone=13900010001), "person-form"),
        (as_json(name=None), "person-form"),
        (as_json(email=""), "person-form"),
        (as_json(name="\ud800"), "person-form"),
        (as_json(locale="fr"), "person-locale"),
        (as_json().replace(b'"zh-CN"', b'"zh-CN","locale":"en"'), "person-json"),
        (as_json() + b" " * 4096, "person-size"),
    ],
)
def test_bytes_that_are_no_person_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        parse_person(data)
    assert caught.value.code == code
