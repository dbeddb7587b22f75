"""Figures call a product as its policies do, and by its code where none of them tells any more."""

from __future__ import annotations

from delivery.domain.clocks import day_of
from delivery.figures.product_names import product_names
from esign.public.figures import Month
from tests.service import system_now
from tests.unit.delivery.delivery_play import HANDED
from tests.unit.delivery.insured import Delivering

CODE, NAME = "whole-life-suian", "遂安终身寿险"


def test_a_product_has_the_name_of_its_latest_policies(sold: Delivering) -> None:
    delivery = sold.on_paper(*HANDED[1:], days_ago=0)
    month, note = Month(f"{day_of(system_now()):%Y-%m}"), sold.state(delivery).issued
    assert note is not None and note.note is not None
    asked = [(CODE, month), ("sold-by-nobody", month), (CODE + "-x", Month("1999-12"))]
    with sold.house.database.reading() as session:
        assert product_names(session, sold.house.records, asked) == {CODE: NAME}


def test_the_page_names_it_in_its_table_and_where_it_is_chosen(sold: Delivering) -> None:
    sold.on_paper(*HANDED[1:], days_ago=0)
    sold.insurer.work()
    told = sold.insurer.operations.get("/console/delivery/figures").text
    assert f'<option value="{CODE}">{NAME}</option>' in told
    assert CODE not in told.partition('aria-labelledby="by-product"')[2]
