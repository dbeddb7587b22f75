"""What was seen of a claim and the tables of risk compare: in pictures, at the car, of injuries, shop and papers.

All of it is optional: what a form did not ask, or nobody answered, is None, and is not observed. No member names a
person or a place: distances are told instead of places, answers instead of names. What was seen later adds to what was
seen before; a member that is told again holds as it was told last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from claims.domain.event import Event
from claims.domain.forms import Amount, Bits, Code, Count, Degrees, Grade, Id, Metres, Percent
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class PictureChecked(Event):
    """What a picture tells of itself: when it was taken, how far from the place that was named, whether a program that
    changes pictures saved it. `distance` is in bits to the nearest picture of another claim, 64 where none is near."""

    type: ClassVar[EventType] = EventType("claim.picture-checked")
    picture: Id
    taken_at: datetime | None = None
    metres_off: Metres | None = None
    edited: bool | None = None
    distance: Bits | None = None


@dataclass(frozen=True, kw_only=True)
class SurveySeen(Event):
    """What whoever surveyed saw. Heights are in cm, of the damage and of what it is said to have met; angles in
    degrees. `zones` are those that are damaged; `same_driver` tells whether the driver is the one who was reported."""

    type: ClassVar[EventType] = EventType("claim.survey-seen")
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
class InjurySeen(Event):
    """An injury beside the references of its diagnosis. Amounts are in fen, incomes by month; grades count upwards with
    what was suffered; `drugs_off_list` counts those that the list does not have."""

    type: ClassVar[EventType] = EventType("claim.injury-seen")
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
class ShopSeen(Event):
    """The repair shop, as the register of shops has it. Counts are of a year, averages in fen; `like` are the shops of
    its kind and town. `related` tells whether it shares an account, phone or address with the insured or driver."""

    type: ClassVar[EventType] = EventType("claim.shop-seen")
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
class PapersSeen(Event):
    """What the papers say. Classes are of driving licences, in lower case; `stated_times` are the times of the accident
    that papers name; `our_share` is the share of the liability that is accepted for the insured."""

    type: ClassVar[EventType] = EventType("claim.papers-seen")
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
