"""Inputs of the report: when, where, who, and whether that fits the policy."""

from __future__ import annotations

from datetime import datetime

from claims.risk.comparing import Input, day, days, days_since_last, differ, hours, km
from claims.risk.facts import Facts

NIGHT_FROM, NIGHT_TO = 20, 6


def report_inputs(facts: Facts) -> dict[str, Input]:
    """Return what the tables of the report compare."""
    report, policy = facts.report, facts.policy
    occurred = report.occurred_at
    return {
        "days_since_start": days(day(policy.starts_at), day(occurred)),
        "days_to_end": days(day(occurred), day(policy.ends_at)),
        "days_since_cover_increase": days_since_last(policy.cover_increased_on, day(occurred)),
        "minutes_since_effect": _minutes(policy.effective_at, occurred),
        "hours_to_report": hours(occurred, report.reported_at),
        "at_night": None if occurred is None else not NIGHT_TO <= occurred.hour < NIGHT_FROM,
        "police_informed": report.police_informed,
        "reporter_is_driver": report.reporter_is_driver,
        "called_from_shop": report.called_from_shop,
        "phone_other_insureds": facts.history.phone_insureds,
        "gps_distance_km": km(report.stated_place, report.located_at),
        "story_edits": report.edits,
        "is_holiday": None if occurred is None or report.holidays is None else occurred.date() in report.holidays,
        "out_of_province": differ(policy.province, report.province),
        "driver_changed": _driver_changed(report.driver, policy.usual_drivers),
    }


def _minutes(start: datetime | None, end: datetime | None) -> int | None:
    return None if start is None or end is None else int((end - start).total_seconds() // 60)


def _driver_changed(driver: str | None, usual: frozenset[str] | None) -> bool | None:
    """A policy that names nobody is open to every driver."""
    return None if driver is None or usual is None else bool(usual) and driver not in usual
