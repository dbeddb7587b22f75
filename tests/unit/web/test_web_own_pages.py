"""An address that a form or a link names is followed where it leads to a page of ours, and nowhere else."""

from __future__ import annotations

import pytest
from flask import Flask

from esign.web.own_pages import is_own_page, page_asked_for


@pytest.mark.parametrize(
    "address",
    ["/", "/console", "/console/envelopes?state=sent&find=%E6%9E%97&after=2026.env_1", "/s/link?as=text", "/x?"],
)
def test_a_page_of_ours_is_one_with_and_without_what_is_asked_of_it(address: str) -> None:
    assert is_own_page(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "console",
        "//evil.example",
        "//evil.example?a=b",
        "/\\evil.example",
        "https://evil.example/",
        "/console/../s/link",
        "/console?next=https://evil.example",
        "/console?a=b#c",
        "/console?a=\r\nSet-Cookie: x",
        "/console?a=林",
        "/console?a=%0D%0Ab",
        "/console?a=%2",
        "/console?" + "a" * 1001,
        "/" + "a" * 301,
    ],
)
def test_whatever_a_browser_may_read_otherwise_is_none(address: str) -> None:
    assert not is_own_page(address)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("/list?state=sent&page=2", "/list?state=sent&page=2"),
        ("/list?find=%E6%9E%97", "/list?find=%E6%9E%97"),
        ("/list", "/list"),
        ("/list?", "/list"),
        ("/list?find=<script>", "/list"),
    ],
)
def test_the_page_that_is_asked_for_keeps_its_filters_unless_they_are_of_no_form(asked: str, told: str) -> None:
    with Flask(__name__).test_request_context(asked):
        assert page_asked_for() == told
