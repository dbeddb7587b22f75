"""Scores as they are kept: with inputs and trace, so that they can be explained, made again, and asked what if."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import Final, cast

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from claims.risk.comparing import Input
from claims.risk.errors import broken
from claims.risk.facts import Step
from claims.risk.graph import EndedAs
from claims.risk.models import IndexedClaim, KeptScoreRow
from claims.risk.scoring import Scored
from claims.risk.what_if import KeptScore, PastClaim
from esign.public.rows import new_id, table_of

IN_ORDER: Final[Mapping[EndedAs, bool | None]] = {
    EndedAs.PAID: True,
    EndedAs.REFUSED: False,
    EndedAs.FRAUD: False,
    EndedAs.OPEN: None,
    EndedAs.WITHDRAWN: None,
}
"""Whether a claim was in order, by how it ended: nobody knows of one that was withdrawn."""
_KEEP: Final = insert(table_of(KeptScoreRow))
TRACE_AT_MOST: Final = 1024 * 1024


def keep_score(session: Session, claim: str, scored: Scored, *, amount: int, at: datetime) -> str:
    """Keep the score of a step of a claim, that claims `amount` fen by now. Return the id under which it is kept."""
    kept = new_id("rsk", at)
    row = {
        "id": kept,
        "claim": claim,
        "step": scored.step.value,
        "at": at,
        "score": scored.score,
        "maximum": scored.maximum,
        "hard_stop": scored.hard_stop,
        "amount": amount,
        "points": [one.point for one in scored.fired],
        "inputs": dict(scored.inputs),
        "table_version": scored.table_version,
        "table_digest": scored.table_digest,
        "trace_digest": scored.trace_digest,
        "trace": zlib.compress(scored.trace),
    }
    session.execute(_KEEP, row)
    return kept


def read_kept_trace(session: Session, score: str) -> bytes:
    """Return the trace of a kept score, as it was. Raises `RiskDataBroken` for one that its digest does not fit."""
    row = session.get_one(KeptScoreRow, score)
    reader = zlib.decompressobj()
    try:
        trace = reader.decompress(row.trace, TRACE_AT_MOST)
    except zlib.error as error:
        raise broken("the kept trace of a score cannot be read") from error
    if sha256(trace).hexdigest() != row.trace_digest:
        raise broken("the kept trace of a score is not the one that its digest is of")
    return trace


def past_claims(session: Session, since: datetime) -> Iterator[PastClaim]:
    """Yield the claims that were scored since a moment, each with the newest score of every step."""
    statement = (
        select(KeptScoreRow, IndexedClaim.ended_as)
        .outerjoin(IndexedClaim, IndexedClaim.claim == KeptScoreRow.claim)
        .where(KeptScoreRow.at >= since)
        .order_by(KeptScoreRow.claim, KeptScoreRow.at, KeptScoreRow.id)
        .execution_options(yield_per=1000)
    )
    for claim, rows in groupby(session.execute(statement), key=lambda one: one[0].claim):
        found = list(rows)
        yield PastClaim(
            claim=claim,
            amount=found[-1][0].amount,
            scores={Step(row.step): _kept(row) for row, _ in found},
            in_order=IN_ORDER[EndedAs(found[-1][1] or EndedAs.OPEN.value)],
        )


def _kept(row: KeptScoreRow) -> KeptScore:
    inputs = cast("Mapping[str, Input]", row.inputs)
    return KeptScore(inputs, row.score, tuple(cast("list[str]", row.points)), row.hard_stop)
