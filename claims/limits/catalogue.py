"""A version of the limits: which tier an amount is in, how a claim is triaged, who approves a payment. Pure.

Amounts are in fen, in the files in whole yuan. A version that decided something never changes: what changes is a new
one, in force from a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from claims.domain.values import Agreement, Lane, SurveyWay
from claims.wording import Words


@dataclass(frozen=True)
class Tier:
    """Vehicle damage up to and including `upto` fen (None: all above). `papers` tells whether papers are asked for,
    `pay_within` in how many minutes from the agreement it is paid; `approvals` people approve the payment."""

    code: str
    upto: int | None
    papers: bool
    pay_within: int
    agreement: Agreement
    approvals: int
    words: Words


@dataclass(frozen=True)
class Limits:
    """`injury_document_free` is the injury, in fen, up to which no papers are asked for. `express_upto` is the
    estimate, in fen, up to which a clear claim goes express. Above `second_above` fen a second person is needed."""

    version: str
    effective_from: date
    tiers: tuple[Tier, ...]
    injury_document_free: int
    express_upto: int
    self_service_upto: int
    express_causes: frozenset[str]
    second_above: int


@dataclass(frozen=True)
class TriageFacts:
    """What a triage goes by. `blocked` is what the score says, `above_express` that it is too high for the express
    lane; `third_party` tells whether others were damaged."""

    estimate: int
    injured: bool
    third_party: bool
    vip: bool
    blocked: bool
    person_asked: bool
    cause: str
    above_express: bool = False


@dataclass(frozen=True)
class Triaged:
    """The lane, how the loss is surveyed, and why (codes)."""

    lane: Lane
    way: SurveyWay
    reasons: tuple[str, ...]


def tier_of(limits: Limits, vehicle: int) -> Tier:
    """Return the tier of a vehicle damage in fen."""
    return next(one for one in limits.tiers if one.upto is None or vehicle <= one.upto)


def papers_free(limits: Limits, vehicle: int, injury: int) -> bool:
    """Tell whether nobody asks for papers: vehicle damage and injury are both small."""
    return not tier_of(limits, vehicle).papers and injury <= limits.injury_document_free


def triage(limits: Limits, facts: TriageFacts) -> Triaged:
    """Return lane and survey. A score blocks and refuses nothing; a VIP has the same checks as everybody."""
    small, clear = facts.estimate <= limits.express_upto, facts.cause in limits.express_causes
    alone = not facts.injured and not facts.third_party
    by_phone = facts.estimate <= limits.self_service_upto and not facts.injured and not facts.person_asked
    way = SurveyWay.SELF_SERVICE if by_phone and not facts.blocked else SurveyWay.SURVEYOR
    reasons = tuple(
        code
        for code, holds in (
            ("score-blocks", facts.blocked),
            ("score-above-express", facts.above_express and not facts.blocked),
            ("person-asked", facts.person_asked),
            ("injured", facts.injured),
            ("third-party", facts.third_party),
            ("small", small),
            ("above-express", not small),
            ("clear", clear),
            ("liability-unclear", not clear),
        )
        if holds
    )
    if facts.blocked:
        return Triaged(Lane.BLOCKED, way, reasons)
    if facts.vip:
        return Triaged(Lane.VIP, way, ("vip", *reasons))
    if small and clear and alone and not facts.person_asked and not facts.above_express:
        return Triaged(Lane.EXPRESS, way, reasons)
    return Triaged(Lane.ORDINARY, way, reasons)
