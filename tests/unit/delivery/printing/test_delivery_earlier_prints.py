"""A policy that is printed anew: the earlier print, wherever it turns up, is not taken for the one that counts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pypdfium2
import pytest

from delivery.domain.print_code import mark_of, print_code
from delivery.printing.acts import Act
from delivery.printing.asking import Scan
from delivery.printing.scanning import Scanned, Tone
from esign.public.console import Caller, Role
from esign.staff.actors import Factor
from tests.print_shop import PrintShop
from tests.unit.delivery.printing.test_delivery_paper_pages import HERE, packed, printed, scan


@pytest.fixture(scope="module")
def number(shop: PrintShop) -> Iterator[str]:
    """A policy whose first print failed its check, and whose second is printed."""
    (number,) = printed(shop, 1)
    assert scan(shop, "printer", "bind", print_code(number, 1))["tone"] == "done"
    assert scan(shop, "printer", "fail", print_code(number, 1), reason="pages-missing")["tone"] == "done"
    shop.runs.make(shop.runs.begin(shop.centre, by=shop.printer_id))
    yield number


def test_the_earlier_print_is_to_be_destroyed_and_it_says_who_gave_it_up_and_when(shop: PrintShop, number: str) -> None:
    told = scan(shop, "printer", "bind", print_code(number, 1))
    assert (told["tone"], told["title"], told["code"]) == ("no", "旧件，已作废", number)
    assert re.fullmatch(
        r"第 1 次打印的旧件：请收起销毁，不要送出。因质检不通过重印，温青 .+，以第 2 次打印为准。", told["text"]
    )
    assert shop.state(number) == "printed"


def test_its_qr_code_tells_the_prints_apart_too(shop: PrintShop, number: str) -> None:
    with shop.house.database.reading() as session:
        delivery = shop.deliveries.find(session, number)
    link = f"https://sign.example/r/delivery/{shop.house.links.link(delivery, 'person')}"
    assert scan(shop, "printer", "bind", f"{link}#{mark_of(number, 1)}")["title"] == "旧件，已作废"
    assert "分不出新旧" in scan(shop, "printer", "bind", link)["text"]
    assert "读错或者输错" in scan(shop, "printer", "bind", f"{link}#1?")["text"]


def test_the_number_alone_does_not_tell_which_print_it_is(shop: PrintShop, number: str) -> None:
    for act in ("bind", "damaged"):
        told = taken(shop, act, number)
        assert told.refused is not None, act
        assert told.refused.code == "scan-which-print"
    assert "读错或者输错" in scan(shop, "printer", "bind", f"{number}-2I")["text"]


def test_the_print_that_counts_goes_on_and_lists_bear_its_code(shop: PrintShop, number: str) -> None:
    code = print_code(number, 2)
    for act in (Act.BIND, Act.PASS):
        assert taken(shop, act, code).tone is Tone.DONE
    parcel = shop.parcels.open(shop.centre, shop.outlet, by=shop.printer_id, actor="tests")
    told = scan(shop, "printer", "pack", print_code(number, 1), parcel=parcel)
    assert told["title"] == "旧件，已作废"
    assert scan(shop, "printer", "pack", code.lower(), parcel=parcel)["tone"] == "done"
    with shop.house.database.reading() as session:
        assert [one.code for one in shop.lists.of_parcel(session, parcel)] == [code]
        assert code in words_of(shop.lists.parcel_pdf(session, parcel))


def test_a_lost_policy_is_reported_by_its_number_and_its_run_bore_the_earlier_code(shop: PrintShop) -> None:
    (number,) = printed(shop, 1)
    packed(shop, [number])
    assert taken(shop, Act.LOST, number).tone is Tone.DONE
    again = shop.runs.begin(shop.centre, by=shop.printer_id)
    shop.runs.make(again)
    assert taken(shop, Act.LOST, number).tone is Tone.DONE
    with shop.house.database.reading() as session:
        assert [one.code for one in shop.lists.of_run(session, again)] == [print_code(number, 2)]
    assert taken(shop, Act.BIND, print_code(number, 2)).earlier is not None


def test_the_page_says_it_in_english_too(shop: PrintShop, number: str) -> None:
    page = f"{HERE}/scan"
    fields = shop.printer.form(page, page).fields
    told = shop.printer.post(
        page, {**fields, "act": "bind", "code": print_code(number, 1)}, headers={"Accept-Language": "en"}
    )
    assert "Earlier print: void" in told.text
    assert "destroy it" in told.text


def taken(shop: PrintShop, act: str, code: str) -> Scanned:
    who = Caller(shop.printer_id, shop.centre, frozenset({Role.PRINTER}), "ses_tests", Factor.TOTP)
    return shop.scanning.take(who, Scan(Act(act), code))


def words_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return str(document[0].get_textpage().get_text_range())
