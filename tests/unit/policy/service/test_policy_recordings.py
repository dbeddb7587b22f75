"""Recordings of sales: filed by the API, reviewed by somebody else, and nothing is taken before one has passed."""

from __future__ import annotations

import pytest

from policy.errors import PolicyDataBroken
from policy.products.checklists import load_checklists, read_checklist
from tests.unit.policy.insurer import Insurer
from tests.unit.web.console_room import form_in

HERE = "/console/policy/recordings"


def test_a_sale_that_must_be_recorded_is_issued_once_a_recording_passed(house: Insurer) -> None:
    proposal = house.sell(age=62)
    assert house.state(proposal) == "accepted"
    first = house.record(proposal)
    assert (first.status_code, first.get_json()["passed"]) == (201, None)
    assert house.record(proposal).get_json() == first.get_json()
    other = house.record(proposal, seconds=12)
    assert (other.status_code, other.get_json()["code"]) == (409, "recording-differs")
    page = f"{HERE}/{first.get_json()['id']}"
    assert page in house.operations.get(HERE).text
    shown = house.operations.get(page).text
    for said in ("12 分 34 秒", "ab" * 32, "没有勾选", "对免除保险人责任的条款作了明确说明"):
        assert said in shown
    for filled in ({}, {"verdict": "failed"}):
        assert house.operations.send(page, f"{page}/review", **filled).status_code == 422
    failed = house.operations.send(page, f"{page}/review", verdict="failed", fault="sound-unclear")
    assert failed.status_code == 303
    house.work()
    assert house.state(proposal) == "accepted"
    assert "声音听不清" in house.operations.get(page).text
    assert "唐仪" in house.operations.get(page).text
    second = f"{HERE}/{house.record(proposal, 'cd' * 32).get_json()['id']}"
    assert house.operations.send(second, f"{second}/review", verdict="passed").status_code == 303
    house.work()
    assert house.state(proposal) == "issued"


def test_nobody_reviews_their_own_sale(house: Insurer) -> None:
    own, other = house.sell_on_paper(age=63, by="xu.an"), house.sell_on_paper(age=64)
    seller = house.staff["xu.an"]
    page, elsewhere = (f"{HERE}/{house.record(one).get_json()['id']}" for one in (own, other))
    shown = seller.get(page).text
    assert "不能由您质检" in shown
    assert f"{page}/review" not in shown
    token = form_in(seller.get(elsewhere), f"{elsewhere}/review").fields
    answer = seller.post(f"{page}/review", {**token, "verdict": "passed"})
    assert (answer.status_code, "不能质检自己录制或销售的" in answer.text) == (409, True)
    assert house.state(own) == "accepted"
    assert house.underwriter.get(page).status_code == 403


def test_what_no_checklist_has_and_what_is_anothers_is_refused(house: Insurer) -> None:
    proposal = house.sell_on_paper(age=65)
    for changes in ({"checklist": "1999-1"}, {"done": ["no-such-item"]}):
        refused = house.record(proposal, **changes)
        assert (refused.status_code, refused.get_json()["code"]) == (422, "no-checklist")
    assert house.record(proposal, digest="xy").status_code == 422
    assert house.record("prp_0").status_code == 404
    assert house.house.events(proposal).count("recording.added") == 0
    assert house.operations.get(f"{HERE}/rec_0").status_code == 404


def test_a_checklist_that_is_broken_is_no_checklist() -> None:
    assert len(load_checklists()[0].items) >= 6
    item = '{"id": "a", "text": {"zh": "甲", "en": "A"}}'
    twice = f'{{"version": "1", "items": [{item}, {item}]}}'
    for data in (b"", b"[]", twice.encode(), b" " * 70_000):
        with pytest.raises(PolicyDataBroken):
            read_checklist(data)
