"""The files in `claims/data/limits/`, read strictly."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Final

from pydantic import BaseModel, Field

from claims.domain.values import Agreement
from claims.limits.catalogue import Limits, Tier
from claims.sheets import CODE_PATTERN, DATA, STRICT, VERSION_PATTERN, broken, parse_sheet, versions_in
from claims.wording import Words

FOLDER: Final = DATA / "limits"
FEN: Final = 100


class _TierRow(BaseModel):
    model_config = STRICT

    code: str = Field(pattern=CODE_PATTERN)
    upto_yuan: int | None = Field(ge=1)
    papers: bool
    pay_within_minutes: int = Field(ge=1, le=10 * 24 * 60)
    agreement: Agreement
    approvals: int = Field(ge=0, le=2)
    words: Words


class _Sheet(BaseModel):
    model_config = STRICT

    version: str = Field(pattern=VERSION_PATTERN)
    effective_from: date
    tiers: tuple[_TierRow, ...] = Field(min_length=1)
    injury_document_free_yuan: int = Field(ge=0)
    express_upto_yuan: int = Field(ge=0)
    self_service_upto_yuan: int = Field(ge=0)
    express_causes: tuple[str, ...] = Field(min_length=1)
    second_above_yuan: int = Field(ge=0)


@cache
def load_limits() -> tuple[Limits, ...]:
    """Return every version of the limits. Raises `ClaimDataBroken` (`claim-data`)."""
    return versions_in(FOLDER, read_limits)


def read_limits(data: bytes, name: str = "the file of limits") -> Limits:
    """Read a file of limits. Raises `ClaimDataBroken` (`claim-data`)."""
    sheet = parse_sheet(_Sheet, data, name)
    problem = next((words for words, found in _problems(sheet) if found), None)
    if problem is not None:
        raise broken(f"limits {sheet.version}: {problem}")
    tiers = tuple(
        Tier(
            one.code,
            None if one.upto_yuan is None else one.upto_yuan * FEN,
            one.papers,
            one.pay_within_minutes,
            one.agreement,
            one.approvals,
            one.words,
        )
        for one in sheet.tiers
    )
    return Limits(
        version=sheet.version,
        effective_from=sheet.effective_from,
        tiers=tiers,
        injury_document_free=sheet.injury_document_free_yuan * FEN,
        express_upto=sheet.express_upto_yuan * FEN,
        self_service_upto=sheet.self_service_upto_yuan * FEN,
        express_causes=frozenset(sheet.express_causes),
        second_above=sheet.second_above_yuan * FEN,
    )


def _problems(sheet: _Sheet) -> Iterable[tuple[str, bool]]:
    bounds = [one.upto_yuan for one in sheet.tiers]
    yield "the last tier alone has no bound", bounds[-1] is not None or None in bounds[:-1]
    yield "tiers do not rise", any(a is None or (b is not None and a >= b) for a, b in pairwise(bounds))
    yield "a tier is there twice", len({one.code for one in sheet.tiers}) < len(sheet.tiers)
    yield "a higher tier needs fewer approvals", any(a.approvals > b.approvals for a, b in pairwise(sheet.tiers))
    yield "a higher tier needs no papers", any(a.papers and not b.papers for a, b in pairwise(sheet.tiers))
    yield "express goes above self-service", sheet.express_upto_yuan > sheet.self_service_upto_yuan
