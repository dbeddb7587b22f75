"""What can be told of what was seen of a claim; the members are those of the events (`claims.domain.seen_events`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from claims.domain.command import Command
from claims.domain.forms import Amount, Bits, Code, Count, Degrees, Grade, Id, Metres, Percent


@dataclass(frozen=True, kw_only=True)
class CheckPicture(Command):
    """What a picture of the claim tells of itself, once it was looked at."""

    picture: Id
    taken_at: datetime | None = None
    metres_off: Metres | None = None
    edited: bool | None = None
    distance: Bits | None = None


@dataclass(frozen=True, kw_only=True)
class TellSurvey(Command):
    """What was seen at the car and at the scene."""

    seen: Id
    metres_from_scene: Metres | None = None
    moved_before_photos: bool | None = None
    counterparties: Count | None = None
    debris: bool | None = None
    brake_marks: bool | None = None
    height_cm: Count | None = None
    other_height_cm: Count | None = None
    stated_angle: Degrees | None = None
    seen_angle: Degrees | None = None
    airbags_opened: bool | None = None
    speed_kmh: Count | None = None
    zones: tuple[Code, ...] | None = None
    old_damage: bool | None = None
    same_driver: bool | None = None
    driver_refuses: bool | None = None
    alcohol_tested: bool | None = None
    vin_matches: bool | None = None
    plate_matches: bool | None = None
    modified: bool | None = None
    carried_for_money: bool | None = None
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class TellInjury(Command):
    """An injury, beside what its diagnosis usually comes to."""

    seen: Id
    grade: Grade | None = None
    reference_grade: Grade | None = None
    people_injured: Count | None = None
    people_in_car: Count | None = None
    treated_at: datetime | None = None
    hospital_listed: bool | None = None
    bed_days: Count | None = None
    reference_bed_days: Count | None = None
    drugs_off_list: Count | None = None
    fee: Amount | None = None
    reference_fee: Amount | None = None
    income: Amount | None = None
    reference_income: Amount | None = None
    income_loss_claimed: bool | None = None
    working_age: bool | None = None
    same_part_before: bool | None = None
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class TellShop(Command):
    """The shop that repairs the car."""

    seen: Id
    shop: Id
    blocked: bool | None = None
    metres_from_scene: Metres | None = None
    metres_from_report: Metres | None = None
    claims: Count | None = None
    like_claims: Count | None = None
    average: Amount | None = None
    like_average: Amount | None = None
    luxury_claims: Count | None = None
    surveyor_claims: Count | None = None
    surveyor_claims_here: Count | None = None
    related: bool | None = None
    collects: bool | None = None
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class TellPapers(Command):
    """What the papers say."""

    seen: Id
    licence_until: date | None = None
    licence_classes: tuple[Code, ...] | None = None
    needed_class: Code | None = None
    registration_until: date | None = None
    stated_times: tuple[datetime, ...] | None = None
    originals_needed: Count | None = None
    originals_seen: Count | None = None
    our_share: Percent | None = None
    liability_explained: bool | None = None
    by: Id | None = None
