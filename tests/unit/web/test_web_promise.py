"""What the pages promise: minutes for a quick and an elderly person, fewer with every step, more with every page."""

from __future__ import annotations

import pytest

from esign.ceremony.domain.values import RecipientRole
from esign.web import promise
from esign.web.promise import ELDERLY, QUICK, minutes_left
from tests.service import YU, request, short_request
from tests.unit.web.page_room import Pages

BOTH = (RecipientRole.APPLICANT, RecipientRole.INSURED)


def test_the_elderly_get_more_time_than_the_quick_at_every_step() -> None:
    for step in range(1, 5):
        for pages in (1, 4, 60):
            assert ELDERLY.left(step, pages) > QUICK.left(step, pages)


@pytest.mark.parametrize("pages", [0, 1, 12, 500])
def test_what_is_left_never_grows_with_the_steps(pages: int) -> None:
    for pace in (QUICK, ELDERLY):
        left = [pace.left(step, pages) for step in range(1, 5)]
        assert left == sorted(left, reverse=True)
    assert minutes_left(4, pages) == minutes_left(4, 0)


def test_a_range_is_told_and_where_both_need_as_much_one_number(monkeypatch: pytest.MonkeyPatch) -> None:
    low, high = (int(one) for one in minutes_left(1, 4).split("–"))
    assert 60 * (low - 1) < QUICK.left(1, 4) <= 60 * low
    assert 60 * (high - 1) < ELDERLY.left(1, 4) <= 60 * high
    monkeypatch.setattr(promise, "ELDERLY", QUICK)
    assert minutes_left(1, 4) == str(low)


def test_the_landing_page_promises_what_the_document_takes(pages: Pages, contract: bytes) -> None:
    visitor = pages.visitor(pages.desk.create(request(contract)))
    told = visitor.get(f"/s/{visitor.link}").text
    assert f"四步，约 {minutes_left(1, 2)} 分钟" in told


@pytest.mark.parametrize(
    ("roles", "named", "not_named"), [((), "核对确认", "拍照确认"), (BOTH, "拍照确认", "核对确认")]
)
def test_who_is_not_photographed_is_not_told_of_a_photo(
    pages: Pages, contract: bytes, roles: tuple[RecipientRole, ...], named: str, not_named: str
) -> None:
    visitor = pages.visitor(pages.desk.create(short_request(contract, YU, photo_roles=roles)))
    landing = visitor.get(f"/s/{visitor.link}").text
    visitor.send(f"/s/{visitor.link}", f"/s/{visitor.link}/open")
    identify = visitor.get(f"/s/{visitor.link}/identify").text
    assert named in landing
    assert named in identify
    assert not_named not in landing + identify
