"""Scores as they are kept: with inputs and trace, so that they can be explained, made again, and asked what if."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from itertools import groupby
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.risk.comparing import Input
from claims.risk.errors import broken
from claims.risk.facts import Step
from claims.risk.graph import EndedAs
from claims.risk.models import IndexedClaim, KeptScoreRow
from claims.risk.scoring import Scored
from claims.risk.what_if import KeptScore, PastClaim
from esign.public.rows import gather, insert_rows, new_id, table_of

IN_ORDER: Final[Mapping[EndedAs, bool | None]] = {
    EndedAs.PAID: True,
    EndedAs.REFUSED: False,
    EndedAs.FRAUD: False,
    EndedAs.OPEN: None,
    EndedAs.WITHDRAWN: None,
}
"""Whether a claim was in order, by how it ended: nobody knows of one that was withdrawn."""
_KEPT: Final = table_of(KeptScoreRow)
_COLUMNS: Final = (
    *("id", "claim", "step", "at", "score", "maximum", "hard_stop", "amount", "points", "inputs"),
    *("table_version", "table_digest", "trace_digest", "trace"),
)
COMPRESSED_LATELY: Final = 2048
TRACE_AT_MOST: Final = 1024 * 1024


def keep_scores(session: Session, claim: str, scores: Sequence[Scored], *, amount: int, at: datetime) -> list[str]:
    """Keep the scores of steps of a claim, that claims `amount` fen by now. Return under which ids they are kept."""
    kept = [new_id("rsk", at) for _ in scores]
    rows = [
        (
            *(id, claim, one.step.value, at, one.score, one.maximum, one.hard_stop, amount),
            *([fired.point for fired in one.fired], dict(one.inputs)),
            *(one.table_version, one.table_digest, one.trace_digest, _compressed(one.trace)),
        )
        for id, one in zip(kept, scores, strict=True)
    ]
    gather(session, _enter, rows)
    return kept


def _enter(session: Session, rows: Sequence[tuple[object, ...]]) -> None:
    insert_rows(session, _KEPT, _COLUMNS, rows)


@lru_cache(COMPRESSED_LATELY)
def _compressed(trace: bytes) -> bytes:
    """Most claims lead the same few ways through a table, which are the same bytes."""
    return zlib.compress(trace)


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
