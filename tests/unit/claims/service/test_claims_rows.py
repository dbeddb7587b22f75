"""The rows of claims: made anew from the trail, and the same whether one or many were changed at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from claims.domain import commands as c
from claims.models import AgreementOf, ClaimRow, PaymentOf
from claims.rules_in_force import deadlines_of
from claims.service.projection import clear_claims
from esign.public.events import rebuild
from tests.claims_shell import HANDLER, ClaimsHouse
from tests.service import system_now


def rows(claims: ClaimsHouse) -> list[Any]:
    with claims.house.database.reading() as session:
        found: list[Any] = []
        for model in (ClaimRow, PaymentOf, AgreementOf):
            for row in session.scalars(select(model)):
                found.append(sorted((name, repr(value)) for name, value in vars(row).items() if name[0] != "_"))
        return sorted(found)


def test_the_rows_made_anew_are_the_rows_that_were(claims: ClaimsHouse) -> None:
    offered, closed, together = claims.report(), claims.report(), claims.report()
    claims.to_offer(offered).advancing.advance_many([together])  # several steps, and its row written once
    claims.to_offer(closed).agree(closed).payee(closed).advance(closed)
    claims.give(offered, lambda _state: c.Take(at=system_now(), by=HANDLER))
    claims.house.worker._keeper.place()
    before = rows(claims)
    assert rebuild(claims.house.database, claims.office.claims.projection("claims-claims", clear_claims)) > 0
    assert rows(claims) == before


def test_a_row_tells_who_acts_next_until_when_and_about_how_much(claims: ClaimsHouse) -> None:
    claim = claims.report()
    claims.to_offer(claim)
    with claims.house.database.reading() as session:
        row = session.get_one(ClaimRow, claim)
    first = deadlines_of(claims.state(claim))[0]
    assert (row.actor, row.act, row.is_ours) == ("customer", "agree", False)
    assert (row.tier, row.fen, row.paid) == ("document-free", 39_000, 0)
    assert (row.clock, row.next_due) == (first.clock, first.due)
    assert row.look_at is not None
    assert row.look_at < first.due


def test_many_changed_at_once_have_the_rows_that_each_alone_would_have(claims: ClaimsHouse) -> None:
    ids = [claims.report() for _ in range(3)]
    now = system_now()
    wanted = {claim: (c.Take(at=now, by=HANDLER), c.AskCallBack(at=now, callback="cbk_1")) for claim in ids}
    claims.office.claims.change_many(claims.house.database, wanted, actor="tests")
    with claims.house.database.reading() as session:
        found = session.scalars(select(ClaimRow).where(ClaimRow.id.in_(ids))).all()
    assert {(row.handler, row.clock) for row in found} == {(HANDLER, "call-back")}
    assert {row.version for row in found} == {3}


def test_a_claim_that_awaits_the_service_is_found_though_its_task_was_lost(claims: ClaimsHouse) -> None:
    claim = claims.report()
    with claims.house.database.transaction() as session:
        claims.office.house.tasks.end(session, "advance", claim)
    assert claims.advancing.sweep() >= 1
    claims.house.work()
    assert claims.state(claim).state.value == "surveying"
