"""Scores are kept with their inputs and trace, cannot be changed, and are what a new table is tried on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from claims.risk.errors import RiskDataBroken
from claims.risk.facts import Facts, HistoryFacts, Step
from claims.risk.graph import EndedAs
from claims.risk.index import ClaimIndex
from claims.risk.keeping import keep_scores, past_claims, read_kept_trace
from claims.risk.models import KeptScoreRow
from claims.risk.what_if import KeptScore, PastClaim
from esign.infra.database import Database
from tests.databases import sqlite_with_tables
from tests.unit.claims.risk.earlier import claim
from tests.unit.claims.risk.firing import NOON, scored

RING = scored(Step.HISTORY_NETWORK, Facts(history=HistoryFacts(community=8)))
QUIET = scored(Step.HISTORY_NETWORK, Facts(history=HistoryFacts(community=0)))


def test_a_kept_trace_is_the_trace_and_nobody_changes_it(database: Database) -> None:
    with database.transaction() as session:
        [score] = keep_scores(session, "clm_a", [RING], amount=500_00, at=NOON)
    with database.reading() as session:
        assert read_kept_trace(session, score) == RING.trace
    with pytest.raises(DBAPIError, match="insert-only"), database.transaction() as session:
        session.execute(update(KeptScoreRow).values(score=0))


def test_a_trace_that_is_not_the_one_of_its_digest_is_refused(tmp_path: Path) -> None:
    database = sqlite_with_tables(tmp_path / "esign.db")
    with database.transaction() as session:
        [score] = keep_scores(session, "clm_a", [RING], amount=500_00, at=NOON)
        [other] = keep_scores(session, "clm_b", [QUIET], amount=500_00, at=NOON)
    with database.transaction() as session:
        session.execute(text("DROP TRIGGER claims_risk_scores_no_update"))
        swapped = "UPDATE claims_risk_scores SET trace = (SELECT trace FROM claims_risk_scores WHERE id = :b)"
        session.execute(text(swapped), {"b": other})
    with database.reading() as session, pytest.raises(RiskDataBroken, match="not the one that its digest is of"):
        read_kept_trace(session, score)
    database.close()


def test_past_claims_have_the_newest_score_of_each_step_and_how_they_ended(database: Database) -> None:
    with database.transaction() as session:
        ClaimIndex(session).enter(claim("a", 9), NOON)
        ClaimIndex(session).tell_end("clm_a", EndedAs.PAID)
        keep_scores(session, "clm_old", [RING], amount=1, at=NOON - timedelta(days=40))
        keep_scores(session, "clm_a", [RING], amount=500_00, at=NOON)
        keep_scores(session, "clm_a", [QUIET], amount=600_00, at=NOON + timedelta(hours=1))
        keep_scores(session, "clm_b", [RING], amount=700_00, at=NOON)
    with database.reading() as session:
        found = list(past_claims(session, NOON - timedelta(days=1)))
    quiet = KeptScore(dict(QUIET.inputs), 0, (), hard_stop=False)
    ring = KeptScore(dict(RING.inputs), 20, ("R101",), hard_stop=False)
    assert found == [
        PastClaim("clm_a", 600_00, {Step.HISTORY_NETWORK: quiet}, in_order=True),
        PastClaim("clm_b", 700_00, {Step.HISTORY_NETWORK: ring}, in_order=None),
    ]
