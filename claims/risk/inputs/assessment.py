"""Inputs of the assessment: each line against the catalogue, the whole against model, tiers and value."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from claims.risk.comparing import Input, percent
from claims.risk.facts import Facts, Line, LineKind


def assessment_inputs(facts: Facts) -> dict[str, Input]:
    """Return what the tables of the assessment compare."""
    assessment, lines = facts.assessment, facts.assessment.lines
    total = None if lines is None else sum(one.amount for one in lines)
    return {
        "estimate_to_model_percent": percent(total, assessment.model),
        "part_price_percent": _dearest(lines, LineKind.PART),
        "labour_percent": _dearest(lines, LineKind.LABOUR),
        "replaced_repairable": _counted(lines, lambda one: one.repairable if one.kind is LineKind.PART else False),
        "included_items": None if lines is None else _included(lines),
        "hidden_share_percent": percent(_hidden(lines), total),
        "prior_damage_zones": _shared(_zones(lines), facts.history.unrepaired_zones),
        "old_parts_missing": _counted(lines, _is_missing),
        "substituted_parts": _counted(lines, _is_substituted),
        "share_of_tier_percent": _share_of_tier(total, assessment.tiers),
        "share_of_value_percent": percent(total, facts.vehicle.value),
        "supplements": assessment.supplements,
        "panels_beyond_zone": _beyond(lines, facts.survey.zones),
        "towing_percent": _dearest(lines, LineKind.TOWING),
    }


def _dearest(lines: Iterable[Line] | None, kind: LineKind) -> int | None:
    """The largest price in percent of its reference; unknown where no line of the kind has one."""
    if lines is None:
        return None
    found = [percent(one.amount, one.reference) for one in lines if one.kind is kind]
    return max((one for one in found if one is not None), default=None)


def _counted(lines: Iterable[Line] | None, of: Callable[[Line], bool | None]) -> int | None:
    """How many lines are so, of those that it is known of; unknown where it is known of none."""
    if lines is None:
        return None
    known = [found for found in map(of, lines) if found is not None]
    return sum(known) if known else None


def _is_missing(line: Line) -> bool | None:
    return None if line.kind is not LineKind.PART or line.returned is None else not line.returned


def _is_substituted(line: Line) -> bool | None:
    return None if line.original is None or line.fitted_original is None else line.original and not line.fitted_original


def _included(lines: tuple[Line, ...]) -> int | None:
    """How many items are part of another one; unknown where the catalogue does not say of any what it includes."""
    said = [one.includes for one in lines if one.includes is not None]
    return len({one.code for one in lines} & frozenset[str]().union(*said)) if said or not lines else None


def _hidden(lines: Iterable[Line] | None) -> int | None:
    return None if lines is None else sum(one.amount for one in lines if one.hidden)


def _zones(lines: Iterable[Line] | None) -> frozenset[str] | None:
    return None if lines is None else frozenset(one.zone for one in lines if one.zone is not None)


def _shared(one: frozenset[str] | None, other: frozenset[str] | None) -> int | None:
    return None if one is None or other is None else len(one & other)


def _share_of_tier(total: int | None, tiers: tuple[int, ...] | None) -> int | None:
    """The estimate in percent of the lowest tier that takes it; of the highest where it is above them all."""
    if total is None or not tiers:
        return None
    return percent(total, min((one for one in tiers if total <= one), default=max(tiers)))


def _beyond(lines: Iterable[Line] | None, damaged: frozenset[str] | None) -> int | None:
    if lines is None or damaged is None:
        return None
    return sum(one.kind is LineKind.PAINT and one.zone is not None and one.zone not in damaged for one in lines)
