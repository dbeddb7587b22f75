"""The contract as it is issued: long enough to be one, its figures agree, it says how to leave and how to complain."""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from policy.amounts import in_capitals, in_digits
from policy.documents import contract_receipt, policy_contract
from policy.documents.places import RECEIPT_PLACE, SEAL_PLACE
from policy.products.catalogue import Kind
from tests.policy_papers import application, issue
from tests.printed import assert_sound_archive, in_this_order, nothing_breaks_out, pages_of, places_found
from wsgi import find_typeface

KINDS = list(Kind)
PARTS = (
    "致客户",
    "保险单",
    "现金价值表",
    "条款",
    "投保单",
    "健康告知",
    "签署情况",
    "理赔指南",
    "服务与投诉",
    "签收回执",
)


@cache
def contract(kind: Kind) -> bytes:
    return policy_contract(application(kind), issue(application(kind)), find_typeface())


@pytest.mark.parametrize("kind", KINDS)
def test_the_contract_has_at_least_twenty_pages_and_every_part(kind: Kind) -> None:
    pages = pages_of(contract(kind))
    assert len(pages) >= 20
    assert in_this_order(pages[1], PARTS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_seal_goes_on_the_schedule_and_the_receipt_is_the_last_page(kind: Kind) -> None:
    pdf = contract(kind)
    pages = pages_of(pdf)
    found = places_found(pdf, {"seal": SEAL_PLACE, "receipt": RECEIPT_PLACE})
    assert "本保险单是保险合同的组成部分" in pages[found["seal"] - 1]
    assert found["receipt"] == len(pages)


@pytest.mark.parametrize("kind", KINDS)
def test_amounts_on_schedule_and_cash_value_table_agree(kind: Kind) -> None:
    one = application(kind)
    pages = pages_of(contract(kind))
    schedule = next(text for text in pages if "保险利益与保险费" in text)
    for amount in (one.proposal.sum_insured, one.quote.premium, one.quote.total):
        assert f"人民币{in_digits(amount)}元" in schedule
        assert in_capitals(amount) in schedule
    table = "".join(pages)
    for row in one.values:
        assert f"{row.cash_value:,.2f}" in table


@pytest.mark.parametrize("kind", KINDS)
def test_the_hesitation_period_is_that_of_the_product_and_told_conspicuously(kind: Kind) -> None:
    days = application(kind).product.hesitation_days
    pages = pages_of(contract(kind))
    assert f"您有{days}天的犹豫期" in pages[2]
    assert f"有{days}天的犹豫期" in pages[-1]


@pytest.mark.parametrize("kind", KINDS)
def test_every_article_that_another_names_exists(kind: Kind) -> None:
    with pypdfium2.PdfDocument(contract(kind)) as document:
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
    named = set(re.findall(r"(\d\.\d)\s*“([^”]+)”", text.replace("\r\n", "")))
    assert len(named) >= 5
    for number, title in named:
        assert re.search(rf"^{re.escape(number)}\s+{title}", text, re.MULTILINE), (number, title)


@pytest.mark.parametrize("kind", KINDS)
def test_it_names_the_signed_file_and_where_to_complain(kind: Kind) -> None:
    text = "".join(pages_of(contract(kind)))
    assert issue(application(kind)).signed_sha256 in text
    assert "2026-11-2210:15:33（北京时间）" in text
    assert "15日内作出处理决定" in text
    assert "12378" in text


@pytest.mark.parametrize("kind", KINDS)
def test_the_contract_is_a_sound_archive_within_its_margins(kind: Kind, tmp_path: Path) -> None:
    assert_sound_archive(contract(kind), tmp_path)
    nothing_breaks_out(contract(kind))


def test_the_receipt_in_the_contract_can_be_photographed_once_signed_on_paper() -> None:
    pdf = contract(Kind.WHOLE_LIFE)
    pages = pages_of(pdf)
    assert "请亲笔写上日期" in pages[-1]
    picture = pypdfium2.PdfDocument(pdf)[len(pages) - 1].render(scale=4).to_pil()
    assert [one.text for one in zxingcpp.read_barcodes(picture)] == [issue(application(Kind.WHOLE_LIFE)).number]


def test_the_receipt_by_itself_names_the_sealed_contract_and_is_one_page(tmp_path: Path) -> None:
    one, sealed = application(), contract(Kind.WHOLE_LIFE)
    digest, length = sha256(sealed).hexdigest(), len(pages_of(sealed))
    pdf = contract_receipt(one, issue(one), find_typeface(), sealed_sha256=digest, pages=length)
    pages = pages_of(pdf)
    assert places_found(pdf, {"applicant": RECEIPT_PLACE}) == {"applicant": 1}
    assert len(pages) == 1
    assert digest in pages[0]
    assert f"共{length}页，并已核对" in pages[0]
    assert_sound_archive(pdf, tmp_path)
