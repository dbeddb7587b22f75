"""The room in a whole service, on both databases: a small loss from the report to the payment within minutes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.claims_shell import ClaimsHouse, claims_house
from tests.databases import _fresh


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClaimsHouse]:
    if request.param == "sqlite":
        yield request.getfixturevalue("claims")
    else:
        folder = tmp_path_factory.mktemp("claims-postgresql")
        with _fresh("template0") as url, claims_house(folder, ESIGN_DATABASE_URL=url) as opened:
            yield opened


def test_a_small_loss_is_paid_by_the_tasks_alone_once_the_customer_agreed(both: ClaimsHouse) -> None:
    claim = both.report()
    both.house.work()
    both.survey(claim).assess(claim)
    both.house.work()
    both.agree(claim).payee(claim)
    both.house.work()
    shown = both.house.call("GET", f"/v1/claims/{claim}").get_json()
    assert (shown["state"], shown["lane"], shown["tier"]) == ("closed", "express", "document-free")
    assert shown["paid"] == "390.00"
    assert shown["simulated"] is True
    assert shown["settlement"] == [{"cover": "vehicle", "amount": "390.00"}]
    assert both.house.events(claim) == [
        f"claim.{name}"
        for name in (
            *("reported", "scored", "scored", "scored", "triaged", "surveyed", "assessed", "scored", "verified"),
            *("adjudicated", "offer-made", "agreed", "payee-set", "scored", "scored"),
            *("payment-ordered", "payment-made", "closed"),
        )
    ]


def test_clocks_are_told_of_in_batches(both: ClaimsHouse) -> None:
    claims = [both.report() for _ in range(3)]
    for claim in claims:
        both.advance(claim)
    client = both.state(claims[0]).client or ""
    clocks = both.office.house.clocks
    with both.house.database.transaction() as session:
        clocks.advance(session, client, timedelta(days=3))
    assert both.tracking.sweep() >= len(claims)
    assert both.tracking.sweep() == 0
    assert all(both.house.events(claim)[-1] == "claim.clock-broken" for claim in claims)
