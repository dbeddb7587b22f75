"""Inputs of the car and its policy: age, value, owner, identity, use."""

from __future__ import annotations

from datetime import date

from claims.risk.comparing import Input, day, days, days_since_last, differ, percent, told
from claims.risk.facts import Facts

DAYS_IN_YEAR = 365.25


def vehicle_policy_inputs(facts: Facts) -> dict[str, Input]:
    """Return what the tables of vehicle and policy compare. Amounts in yuan."""
    vehicle, policy, occurred = facts.vehicle, facts.policy, day(facts.report.occurred_at)
    elsewhere = facts.history.plate_elsewhere
    vin, plate = differ(policy.vin, vehicle.seen_vin), differ(policy.plate, vehicle.seen_plate)
    return {
        "car_age_years": _years(vehicle.first_registered_on, occurred),
        "list_price": None if vehicle.list_price is None else vehicle.list_price // 100,
        "sum_to_value_percent": percent(policy.sum_insured, vehicle.value),
        "days_since_transfer": days_since_last(vehicle.transferred_on, occurred),
        "vin_matches": told(vehicle.vin_matches, None if vin is None else not vin),
        "plate_matches": told(vehicle.plate_matches, None if plate is None else not plate),
        "used_beyond_policy": _used_beyond(vehicle.carried_for_money, policy.commercial),
        "modified": vehicle.modified,
        "days_inspection_lapsed": days(vehicle.inspection_until, occurred),
        "had_salvage": vehicle.had_salvage,
        "pre_cover_photos": vehicle.pre_cover_photos,
        "cover_gap_days": _gap(policy.earlier_cover_ended_on, day(policy.starts_at)),
        "plate_elsewhere_hours": None if elsewhere is None else elsewhere[0],
        "plate_elsewhere_km": None if elsewhere is None else elsewhere[1],
    }


def _years(start: date | None, end: date | None) -> int | None:
    found = days(start, end)
    return None if found is None else int(found / DAYS_IN_YEAR)


def _used_beyond(for_money: bool | None, commercial: bool | None) -> bool | None:
    return None if for_money is None or commercial is None else for_money and not commercial


def _gap(ended: tuple[date, ...] | None, starts: date | None) -> int | None:
    """Days without cover before this policy; none for a car that had none before, which is new to cover, not lapsed."""
    if ended is None or starts is None:
        return None
    return max(0, min(((starts - one).days for one in ended), default=0))
