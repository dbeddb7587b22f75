from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign.api.errors import ApiError
from esign.api.pagination import PageQuery, cut, read_cursor, write_cursor
from tests.unit.api.invented_api import Caller


def test_pages_hold_everything_once_and_the_last_has_no_cursor(caller: Caller) -> None:
    seen, cursor = [], ""
    for _ in range(3):
        page = caller.get(f"/v1/parties?limit=3{cursor}").get_json()
        seen += [item["count"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [1, 2, 3, 4, 5, 6, 7]
    assert page["next_cursor"] is None


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "many", ""])
def test_a_limit_outside_its_bounds_is_refused_at_its_place(caller: Caller, limit: str) -> None:
    answer = caller.get(f"/v1/parties?limit={limit}")
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, "?limit")


@pytest.mark.parametrize("cursor", ["x", "%00", "bm9uc2Vuc2U", "1%0A2", "5Lq6"])
def test_a_cursor_that_is_not_ours_is_refused(caller: Caller, cursor: str) -> None:
    answer = caller.get(f"/v1/parties?cursor={cursor}")
    assert answer.status_code in {400, 422}
    assert answer.get_json()["code"] in {"cursor-refused", "request-invalid"}


def test_a_cursor_of_another_list_is_refused(caller: Caller) -> None:
    answer = caller.get(f"/v1/keys?cursor={write_cursor('parties', '3')}")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "cursor-refused")


def test_an_unknown_or_doubled_parameter_is_refused(caller: Caller) -> None:
    assert caller.get("/v1/parties?limits=3").get_json()["errors"] == [
        {"pointer": "?limits", "message": "is not known here"}
    ]
    assert caller.get("/v1/parties?limit=3&limit=4").get_json()["errors"][0]["pointer"] == "?limit"


@given(after=st.from_regex(r"[A-Za-z0-9_.:-]{1,100}", fullmatch=True))
def test_a_cursor_says_after_what_to_go_on(after: str) -> None:
    cursor = write_cursor("envelopes", after)
    assert read_cursor("envelopes", cursor) == after
    assert PageQuery(cursor=cursor).after("envelopes") == after


@given(cursor=st.text(max_size=200))
def test_any_other_text_is_refused_as_a_cursor(cursor: str) -> None:
    with pytest.raises(ApiError) as caught:
        read_cursor("nothing", cursor)
    assert caught.value.code == "cursor-refused"


def test_a_page_that_ends_with_the_list_is_the_last() -> None:
    query = PageQuery(limit=2)
    assert cut(["a", "b"], query, "list", str) == (["a", "b"], None)
    shown, cursor = cut(["a", "b", "c"], query, "list", str)
    assert (shown, cursor and read_cursor("list", cursor)) == (["a", "b"], "b")
