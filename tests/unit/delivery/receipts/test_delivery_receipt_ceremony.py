"""The customer opens the link, reads the contract, and signs the receipt in a ceremony of its own."""

from __future__ import annotations

import pytest

from delivery.domain.values import DeliveryState, ReceiptWay
from tests.unit.delivery.insured import Delivering


@pytest.fixture(scope="module")
def delivery(sold: Delivering) -> str:
    return sold.sell()


def test_the_link_shows_nothing_of_the_contract_before_the_four_characters(sold: Delivering, delivery: str) -> None:
    link = sold.link(delivery)
    told = sold.get(link)
    assert "身份证号码，最后四位" in told.text
    assert sold.applicant.name not in told.text
    assert sold.get(f"{link}/contract").status_code == 303
    assert sold.state(delivery).state is DeliveryState.LINK_SENT


def test_a_wrong_number_opens_nothing(sold: Delivering, delivery: str) -> None:
    link = sold.link(delivery)
    told = sold.send(link, f"{link}/identify", tail="0000")
    assert told.status_code == 422
    assert f'name="back" value="{link}"' in told.text, "switching the language leads to a page that there is"
    assert sold.state(delivery).state is DeliveryState.LINK_SENT


def test_who_is_known_reads_the_sealed_contract_and_signs_for_it(sold: Delivering, delivery: str) -> None:
    link = sold.link(delivery)
    assert sold.send(link, f"{link}/identify", tail=sold.tail).status_code == 303
    assert sold.state(delivery).state is DeliveryState.LINK_OPENED
    contract = sold.get(f"{link}/contract")
    assert contract.data.startswith(b"%PDF-")
    assert contract.headers["Cache-Control"] == "private, no-store"
    begun = sold.send(link, f"{link}/sign")
    assert begun.status_code == 303
    assert "/s/" in begun.location
    again = sold.send(link, f"{link}/sign")
    assert again.location == begun.location, "there is one envelope at a time"

    sold.sign(delivery)
    state = sold.state(delivery)
    assert (state.state, state.receipt and state.receipt.way) == (DeliveryState.RETURNED, ReceiptWay.SELF)
    events = sold.insurer.house.events(state.application.proposal)
    assert "policy.received" in events
    assert "已经签收" in sold.get(link).text


def test_what_is_sealed_names_policy_digest_and_period(sold: Delivering, delivery: str) -> None:
    with sold.house.database.reading() as session:
        sealed = sold.house.envelopes.sealed(session, sold.envelopes(delivery)[-1])
    state = sold.state(delivery)
    assert state.receipt is not None
    assert state.receipt.digest == sealed.sha256
    assert sealed.content.startswith(b"%PDF-")
