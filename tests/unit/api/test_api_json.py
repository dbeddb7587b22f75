from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign.api.errors import ApiError
from esign.api.json_body import DEPTH_AT_MOST, read_body, read_json
from tests.unit.api.invented_api import PARTY, Caller, Party

SECRET = "13800000009"


def issues(body: object) -> dict[str, str]:
    with pytest.raises(ApiError) as caught:
        read_body(Party, json.dumps(body).encode())
    assert caught.value.code == "request-invalid"
    return {issue.pointer: issue.en for issue in caught.value.issues}


def test_a_body_becomes_its_model() -> None:
    assert read_body(Party, json.dumps(PARTY).encode()).people[0].name == "叶小禾"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1e999}',
        b'{"a":9007199254740992}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'"\xff"',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":"\\u0000"}',
        b'{"\\u0000":1}',
        b'{"a":"\\ud800"}',
        b"[" * 33 + b"]" * 33,
        b"[" * 100_000,
    ],
)
def test_json_that_readers_disagree_on_or_that_is_too_deep_is_refused(data: bytes) -> None:
    with pytest.raises(ApiError) as caught:
        read_json(data)
    assert caught.value.code == "json-malformed"


def test_as_deep_as_is_allowed_is_read() -> None:
    assert read_json(b"[" * DEPTH_AT_MOST + b"]" * DEPTH_AT_MOST)


def test_issues_name_the_place_and_never_the_value() -> None:
    person = {"name": SECRET, "phone": "138", SECRET: 1, "nickname": SECRET}
    found = issues({"people": [PARTY["people"][0], person], "number": [SECRET]})
    assert found == {
        "/people/1/name": "must have 10 characters or fewer",
        "/people/1/phone": "is not of the form in the description",
        "/people/1/?": "is not known here",
        "/people/1/nickname": "is not known here",
        "/number": "must be a text",
    }
    assert SECRET not in str(found)


def test_a_missing_member_is_named() -> None:
    assert issues({"people": [{"name": "叶小禾"}]}) == {"/people/0/phone": "is missing"}
    assert issues({}) == {"/people": "is missing"}
    assert issues([]) == {"": "must be an object"}


def test_types_are_not_bent() -> None:
    assert issues({"people": [{"name": 5, "phone": 13800000002}]}) == {
        "/people/0/name": "must be a text",
        "/people/0/phone": "must be a text",
    }


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read_body(Party, data)
    except ApiError as error:
        assert error.code in {"json-malformed", "request-invalid"}


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.dictionaries(st.sampled_from(["people", "number", "x"]), JSON_VALUES))
def test_any_json_is_read_or_refused(value: object) -> None:
    try:
        read_body(Party, json.dumps(value).encode("utf-8", "replace"))
    except ApiError as error:
        assert error.code in {"json-malformed", "request-invalid"}


def test_a_problem_tells_the_places_in_the_callers_language(caller: Caller) -> None:
    for language, message in (("zh-CN", "此项必填"), ("en", "is missing"), ("fr", "is missing")):
        answer = caller.post("/v1/parties", json={}, headers={"Accept-Language": language})
        assert answer.get_json()["errors"] == [{"pointer": "/people", "message": message}]


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/json5"])
def test_another_media_type_is_refused(caller: Caller, media_type: str) -> None:
    answer = caller.post("/v1/parties", data="{}", content_type=media_type)
    assert (answer.status_code, answer.get_json()["code"]) == (415, "media-type-unsupported")


def test_another_charset_is_refused(caller: Caller) -> None:
    latin = caller.post("/v1/parties", data="{}", content_type="application/json; charset=latin-1")
    utf8 = caller.post("/v1/parties", data=json.dumps(PARTY), content_type="application/json; charset=UTF-8")
    assert (latin.status_code, utf8.status_code) == (415, 201)


def test_a_body_over_the_operations_limit_is_refused(caller: Caller) -> None:
    large = caller.post("/v1/parties", json={**PARTY, "number": "x" * 2000})
    assert (large.status_code, large.get_json()["code"]) == (413, "body-too-large")
    assert caller.post("/v1/parties", json={**PARTY, "number": "x" * 1800}).status_code == 201


def test_raw_bodies_are_taken_by_their_media_type(caller: Caller) -> None:
    taken = caller("PUT", "/v1/parties/pty_1/photo", data=b"jpeg", content_type="image/jpeg")
    refused = caller("PUT", "/v1/parties/pty_1/photo", data=b"png", content_type="image/png")
    assert (taken.status_code, taken.data, taken.content_type) == (204, b"", None)
    assert refused.status_code == 415
