"""An envelope that is over and not known to be keeps a delivery waiting: doctor finds it, an operator sets it free."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from delivery.commands import delivery_commands
from delivery.models import ReceiptEnvelope
from delivery.receipts import releasing
from delivery.receipts.ceremony import ReceiptCeremony
from delivery.receipts.releasing import stuck_receipts, told_of_receipts
from esign.public.errors import EsignError
from tests.service import system_now
from tests.unit.delivery.insured import Delivering
from tests.unit.delivery.receipts.test_delivery_receipt_ends import signed_by_stranger


def command(sold: Delivering, *arguments: str) -> Result:
    house = sold.insurer.house
    asked = ["receipts", *arguments, "--json"]
    return CliRunner().invoke(delivery_commands, asked, obj=house.builders, env=dict(house.environment))


@pytest.fixture
def heard_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of an envelope may be ahead of us: its client's clock was moved while people read."""
    monkeypatch.setattr(releasing, "HEARD_WITHIN", -timedelta(hours=1))


@pytest.mark.usefixtures("heard_at_once")
def test_a_stranger_signed_before_the_mend_and_the_applicant_signs_after_the_release(sold: Delivering) -> None:
    delivery = sold.sell()
    ReceiptCeremony(sold.deliveries).begin(delivery)
    envelope = signed_by_stranger(sold, delivery)
    assert told_of_receipts(sold.house.database, sold.house.records).startswith("every receipt")
    assert command(sold, "release", envelope, "--by", "usr_lin", "--reason", "signed-by-stranger").exit_code != 0
    with sold.house.database.transaction() as session:
        session.get_one(ReceiptEnvelope, envelope).over_at = None  # as a build of before left it
    assert ReceiptCeremony(sold.deliveries).begin(delivery) == envelope, "it is led to for good"
    with pytest.raises(EsignError, match=envelope) as found:
        told_of_receipts(sold.house.database, sold.house.records)
    assert found.value.code == "receipts-stuck"
    (shown,) = json.loads(command(sold, "show").output)["receipts"]
    assert (shown["envelope"], shown["delivery"], shown["ended"]) == (envelope, delivery, "envelope.completed")

    refused = command(sold, "release", envelope, "--by", "usr_lin", "--reason", "因为 客户 张三")
    assert (refused.exit_code != 0, "张三" in refused.output) == (True, False), "a reason is a code"
    assert json.loads(command(sold, "release", envelope, "--by", "usr_lin", "--reason", "stranger").output)["new"]
    again = command(sold, "release", envelope, "--by", "usr_lin", "--reason", "stranger")
    assert not json.loads(again.output)["new"]
    assert sold.insurer.house.events(delivery).count("delivery.receipt-released") == 1
    assert told_of_receipts(sold.house.database, sold.house.records).startswith("every receipt")
    assert ReceiptCeremony(sold.deliveries).begin(delivery) != envelope
    sold.sign(delivery)
    assert sold.state(delivery).receipt is not None
    page = sold.supervisor.get(f"/console/delivery/open/{delivery}").text
    assert "已结束的回执签署已放开" in page


def test_an_end_that_may_not_be_heard_yet_is_not_called_stuck(sold: Delivering) -> None:
    delivery = sold.sell()
    ReceiptCeremony(sold.deliveries).begin(delivery)
    envelope = signed_by_stranger(sold, delivery)
    with sold.house.database.transaction() as session:
        session.get_one(ReceiptEnvelope, envelope).over_at = None
    with sold.house.database.reading() as session:
        assert envelope not in {one.envelope for one in stuck_receipts(session, system_now())}
        assert envelope in {one.envelope for one in stuck_receipts(session, system_now() + timedelta(hours=2))}
