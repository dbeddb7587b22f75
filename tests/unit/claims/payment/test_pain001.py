"""Payment files: valid by the official schema of pain.001.001.09, and refused here where they would not be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from lxml import etree

from claims.errors import ClaimDataBroken, PaymentFileRefused
from claims.payment.pain001 import NAMESPACE, SCHEMA, Debtor, payment_file, read_schema
from claims.payment.port import PaymentOrder

MADE = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
INSURER = Debtor("栖川财产保险股份有限公司", "102331000018", "33001616 1234 5678")
ORDER = PaymentOrder("pay_01k9x7m2qv8w3c5t6r4n0b1d2e", 39_000, "江一帆", "103331000027", "6200 0000 0000 5183")
OTHER = replace(ORDER, payment="pay_01k9x7m2qv8w3c5t6r4n0b1d2f", fen=1)


def made(*orders: PaymentOrder, **changes: Any) -> bytes:
    told = {"id": "CLM-20261127-1", "debtor": INSURER, "made_at": MADE, "pay_on": date(2026, 11, 27), **changes}
    return payment_file(told.pop("id"), told.pop("debtor"), orders or (ORDER, OTHER), **told)


def texts(data: bytes, path: str) -> list[str]:
    steps = "/".join(f"p:{step}" for step in path.split("/"))
    return [str(one.text) for one in etree.fromstring(data).findall(f".//{steps}", {"p": NAMESPACE})]


def test_a_file_is_valid_by_the_official_schema() -> None:
    etree.XMLSchema(etree.fromstring(SCHEMA.read_bytes())).assertValid(etree.fromstring(made()))


def test_a_schema_that_is_not_the_one_we_have_read_is_not_used() -> None:
    with pytest.raises(ClaimDataBroken, match="not the one that is known here"):
        read_schema(SCHEMA.read_bytes().replace(b"Max140Text", b"Max70Text"))


def test_it_pays_each_claim_by_its_own_id_with_counts_and_sums() -> None:
    data = made()
    assert texts(data, "PmtId/EndToEndId") == [ORDER.payment, OTHER.payment]
    assert texts(data, "Amt/InstdAmt") == ["390.00", "0.01"]
    assert texts(data, "GrpHdr/CtrlSum") == texts(data, "PmtInf/CtrlSum") == ["390.01"]
    assert texts(data, "GrpHdr/NbOfTxs") == ["2"]
    assert texts(data, "CdtrAcct/Id/Othr/Id") == ["6200000000005183"] * 2
    assert texts(data, "Cdtr/Nm") == ["江一帆"] * 2


def test_the_same_payments_make_the_same_bytes() -> None:
    assert made() == made()


@pytest.mark.parametrize(
    "order",
    [
        replace(ORDER, fen=0),
        replace(ORDER, name=""),
        replace(ORDER, name="江" * 141),
        replace(ORDER, name="江\x00一帆"),
        replace(ORDER, account="6" * 35),
        replace(ORDER, bank_code=""),
        replace(ORDER, payment="p" * 36),
    ],
)
def test_what_the_bank_would_not_take_is_refused_without_repeating_it(order: PaymentOrder) -> None:
    with pytest.raises(PaymentFileRefused) as refused:
        made(order)
    assert not order.name or order.name not in str(refused.value)


def test_no_payment_is_there_twice_and_no_file_is_empty() -> None:
    with pytest.raises(PaymentFileRefused):
        made(ORDER, ORDER)
    with pytest.raises(PaymentFileRefused):
        payment_file("X", INSURER, (), made_at=MADE, pay_on=date(2026, 11, 27))
