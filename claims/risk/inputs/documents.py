"""Inputs of the papers: licence, registration, certificate, times, liability."""

from __future__ import annotations

from datetime import date, datetime

from claims.risk.comparing import Input, day, days
from claims.risk.facts import DocumentFacts, Facts

FULL = 100


def documents_inputs(facts: Facts) -> dict[str, Input]:
    """Return what the tables of the papers compare."""
    papers, occurred = facts.documents, facts.report.occurred_at
    return {
        "licence_valid": _licence_valid(papers, day(occurred)),
        "registration_days_over": days(facts.vehicle.registration_until, day(occurred)),
        "certificate_of_other_event": facts.history.certificate_of_other_event,
        "times_apart_minutes": _apart(papers.stated_times, occurred),
        "originals_missing": _missing(papers.originals_needed, papers.originals_seen),
        "same_text_claims": facts.history.same_text_claims,
        "full_liability": None if papers.our_share is None else papers.our_share == FULL,
        "liability_explained": papers.liability_explained,
        "counterparties": facts.report.counterparties,
    }


def _licence_valid(papers: DocumentFacts, occurred: date | None) -> bool | None:
    if papers.licence_until is None or papers.licence_classes is None or papers.needed_class is None:
        return None
    if occurred is None:
        return None
    return occurred <= papers.licence_until and papers.needed_class in papers.licence_classes


def _apart(stated: tuple[datetime, ...] | None, occurred: datetime | None) -> int | None:
    """Minutes between the first and the last of the times named, with the time that was reported."""
    if not stated or occurred is None:
        return None
    named = (*stated, occurred)
    return int((max(named) - min(named)).total_seconds() // 60)


def _missing(needed: int | None, seen: int | None) -> int | None:
    return None if needed is None or seen is None else max(0, needed - seen)
