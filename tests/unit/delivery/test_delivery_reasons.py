"""Codes that business people tune: dated, in both languages, and never gone."""

from __future__ import annotations

import json
from datetime import date

import pytest

from delivery.errors import DeliveryDataBroken, DeliveryRefused
from delivery.reasons import ReasonKind, load_reasons, read_reasons

DAY = date(2026, 11, 2)
ONE = {"code": "lost", "zh": "遗失", "en": "Lost", "from": "2026-01-01", "until": "2026-06-30"}


def test_every_kind_has_codes_to_choose_from_in_both_languages() -> None:
    reasons = load_reasons()
    for kind in ReasonKind:
        found = reasons.on(kind, DAY)
        assert len(found) >= 3
        assert all(one.zh and one.en.isascii() and one.en[0].isupper() for one in found)


def test_a_code_that_is_out_of_use_is_understood_and_not_taken() -> None:
    reasons = read_reasons(json.dumps({"late": [ONE]}))
    assert reasons.find(ReasonKind.LATE, "lost") is not None
    assert reasons.require(ReasonKind.LATE, "lost", date(2026, 6, 30)).zh == "遗失"
    for code, day in (("lost", DAY), ("never-was", DAY)):
        with pytest.raises(DeliveryRefused) as refused:
            reasons.require(ReasonKind.LATE, code, day)
        assert refused.value.code == "delivery-no-code"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"other": []}',
        json.dumps({"late": [ONE, ONE]}),
        json.dumps({"late": [ONE | {"zh": ""}]}),
        '{"late": [1]}',
    ],
)
def test_a_table_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(DeliveryDataBroken):
        read_reasons(text)
