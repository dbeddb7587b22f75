"""A receipt on paper: photographed by the salesperson, compared by a clerk, accepted or sent back."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from werkzeug.test import TestResponse

from delivery.domain.clocks import day_of
from delivery.domain.values import DeliveryState, ReceiptWay
from delivery.errors import DeliveryRefused
from delivery.paper.receipts import Barcode, barcode_of
from tests.service import system_now
from tests.unit.delivery.delivery_play import HANDED
from tests.unit.delivery.insured import Delivering
from tests.unit.delivery.pictures import receipt_photo

TODAY = day_of(system_now())


def photograph(sold: Delivering, delivery: str, picture: bytes, day: date = TODAY) -> TestResponse:
    page = f"/console/delivery/open/{delivery}/photo"
    return sold.seller.send(page, page, day=day.isoformat(), picture=(io.BytesIO(picture), "receipt.jpg"))


@pytest.fixture
def delivery(sold: Delivering) -> str:
    return sold.on_paper(*HANDED[1:])


def number(sold: Delivering, delivery: str) -> str:
    issued = sold.state(delivery).issued
    assert issued is not None
    return issued.policy


def test_a_clerk_accepts_what_the_salesperson_photographed(sold: Delivering, delivery: str) -> None:
    assert photograph(sold, delivery, receipt_photo(number(sold, delivery))).status_code == 303
    state = sold.state(delivery)
    assert state.state is DeliveryState.PHOTOGRAPHED
    assert state.photo is not None
    page = f"/console/delivery/open/{delivery}/compare"
    told = sold.clerk.get(page)
    assert "条码相符" in told.text
    assert sold.applicant.name in told.text
    picture = sold.clerk.get(f"/console/delivery/open/{delivery}/pictures/{state.photo.id}")
    assert picture.data.startswith(b"\xff\xd8\xff")
    done = sold.clerk.post(page, {**sold.clerk.form(page, page).fields, "verdict": "accept", "picture": state.photo.id})
    assert done.status_code == 303
    after = sold.state(delivery)
    assert (after.state, after.receipt and after.receipt.way) == (DeliveryState.RETURNED, ReceiptWay.PAPER)


def test_what_somebody_else_signed_is_sent_back_with_the_reason(sold: Delivering, delivery: str) -> None:
    photograph(sold, delivery, receipt_photo(None, shade=240))
    state = sold.state(delivery)
    assert state.photo is not None
    page = f"/console/delivery/open/{delivery}/compare"
    assert "条码没有读出" in sold.clerk.get(page).text
    fields = sold.clerk.form(page, page).fields
    told = {**fields, "verdict": "reject", "picture": state.photo.id, "reason": "signed-by-other"}
    assert sold.clerk.post(page, told).status_code == 303
    assert sold.state(delivery).state is not DeliveryState.PHOTOGRAPHED
    assert "回执照片退回" in sold.seller.get(f"/console/delivery/open/{delivery}").text


def test_another_policys_bar_code_is_refused(sold: Delivering, delivery: str) -> None:
    told = photograph(sold, delivery, receipt_photo("CY330126119999"))
    assert told.status_code == 422
    assert "照片上的条码是另一份保单的" in told.text


@pytest.mark.parametrize(
    ("days", "said"), [(1, "签收日期在今天之后"), (-30, "签收日期早于保单到达的日期")], ids=["tomorrow", "before"]
)
def test_a_day_that_cannot_be_is_refused(sold: Delivering, delivery: str, days: int, said: str) -> None:
    told = photograph(sold, delivery, receipt_photo(None), TODAY + timedelta(days=days))
    assert told.status_code == 409
    assert said in told.text


def test_what_is_no_picture_is_refused(sold: Delivering, delivery: str) -> None:
    told = photograph(sold, delivery, b"%PDF-1.7 no picture")
    assert told.status_code == 422
    assert "照片不能使用" in told.text


def test_the_salesperson_does_not_compare_pictures(sold: Delivering, delivery: str) -> None:
    photograph(sold, delivery, receipt_photo(None, shade=230))
    assert sold.seller.get(f"/console/delivery/open/{delivery}/compare").status_code == 403


def test_only_what_looks_like_a_policy_number_says_something_of_the_policy() -> None:
    assert barcode_of(["https://sign.example/r/delivery/x", "CY330126112200"], "CY330126112200") is Barcode.MATCHES
    assert barcode_of(["https://sign.example/r/delivery/x"], "CY330126112200") is Barcode.NONE
    with pytest.raises(DeliveryRefused, match="another policy"):
        barcode_of(["CY330126110000"], "CY330126112200")
