"""The daily list of a sub-branch: made once a day, the same ever after, without a name in it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select

from delivery.lists.daily import DailyLists, list_id
from delivery.models import DailyList
from delivery.service.deliveries import Deliveries
from tests.unit.delivery.delivery_play import HANDED
from tests.unit.delivery.insured import Delivering

DAWN = datetime(2026, 11, 26, 22, 30, tzinfo=UTC)
"""Half past six in China."""


def make(sold: Delivering) -> bool:
    lists = DailyLists(sold.deliveries)
    with sold.house.database.transaction() as session:
        return lists.make_one(sold.insurer.institution, session)


def stored(sold: Delivering) -> DailyList:
    with sold.house.database.reading() as session:
        return session.scalars(select(DailyList)).one()


def test_a_list_that_is_made_twice_in_a_day_is_the_same_list(sold: Delivering) -> None:
    delivery = sold.on_paper(*HANDED[1:])
    supervisor = sold.supervisor
    assert make(sold)
    first = stored(sold)
    later = sold.on_paper(*HANDED[1:])
    assert not make(sold)
    again = stored(sold)
    assert (again.id, again.lines) == (first.id, first.lines)
    assert sold.told("delivery-list") == 1
    assert sold.applicant.name not in json.dumps(first.lines, ensure_ascii=False)

    page = f"/console/delivery/lists/{first.id}"
    told = supervisor.get(page).text
    assert delivery in told
    assert later not in told
    csv = supervisor.get(f"{page}/csv")
    assert csv.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert csv.get_data(as_text=True).splitlines()[0].startswith("\ufeff保险合同号")
    assert sold.applicant.name in csv.get_data(as_text=True)
    assert first.id in supervisor.get("/console/delivery/lists").text


def test_no_list_is_made_before_seven_in_the_morning(sold: Delivering) -> None:
    assert DailyLists(Deliveries(replace(sold.house, clock=lambda: DAWN))).make() == 0


def test_a_list_is_named_by_institution_and_day() -> None:
    assert list_id("ins_01m8", datetime(2026, 11, 2, tzinfo=UTC).date()) == "lst_01m8_20261102"
