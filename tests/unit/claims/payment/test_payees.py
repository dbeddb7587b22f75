"""Who may be paid: the insured, by name and ID number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from claims.payment.payees import Payee, encode_payee, matches, parse_payee

PAYEE = Payee("江一帆", "990106198807152213", "102331000018", "6200 0000-0000 5183")


@pytest.mark.parametrize(
    ("name", "id_number", "same"),
    [
        ("江一帆", "990106198807152213", True),
        ("江 一帆", "990106198807152213", True),
        ("江一凡", "990106198807152213", False),
        ("江一帆", "990106198807152214", False),
        ("江一帆", None, False),
        ("江一帆", "", False),
    ],
)
def test_the_insured_is_told_by_name_and_id_number(name: str, id_number: str | None, same: bool) -> None:
    assert matches(PAYEE, name, id_number) is same


def test_the_digest_is_of_the_account_however_it_is_written() -> None:
    assert PAYEE.digest == replace(PAYEE, account="6200000000005183").digest
    assert PAYEE.digest != replace(PAYEE, account="6200000000005184").digest
    assert PAYEE.digest != replace(PAYEE, name="江一凡").digest


def test_a_payee_is_kept_whole_and_shows_nobody() -> None:
    assert parse_payee(encode_payee(PAYEE)) == PAYEE
    assert "江一帆" not in repr(PAYEE) and "5183" not in repr(PAYEE)
