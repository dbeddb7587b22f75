"""What is known of a claim when a step is scored. A member that is None was not observed: nobody knows it yet.

Nothing is made out of what is missing: an empty tuple or zero is something that was looked at and found empty. Amounts
are in fen; times are aware, in the offset of the scene. People, devices, shops and accounts are named by opaque ids or
keyed digests, never by what they are. Where each comes from is in the file of the points.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from claims.risk.places import Place


class Step(StrEnum):
    """The steps that are scored, in the order of a claim."""

    REPORT = "report"
    VEHICLE_POLICY = "vehicle-policy"
    SURVEY = "survey"
    ASSESSMENT = "assessment"
    INJURY = "injury"
    REPAIR_SHOP = "repair-shop"
    DOCUMENTS = "documents"
    HISTORY_NETWORK = "history-network"
    PAYMENT = "payment"


@dataclass(frozen=True, kw_only=True)
class ReportFacts:
    """What was reported. `located_at` is where the phone was; `province` is a code; `edits` counts changed stories."""

    occurred_at: datetime | None = None
    reported_at: datetime | None = None
    stated_place: Place | None = None
    located_at: Place | None = None
    province: str | None = None
    driver: str | None = None
    reporter_is_driver: bool | None = None
    called_from_shop: bool | None = None
    police_informed: bool | None = None
    edits: int | None = None
    people_in_car: int | None = None
    counterparties: int | None = None
    holidays: frozenset[date] | None = None
    """The public holidays of the calendar that was asked."""


@dataclass(frozen=True, kw_only=True)
class PolicyFacts:
    """The policy as the register has it. `usual_drivers` are those it names, none where it is open to everybody."""

    starts_at: datetime | None = None
    effective_at: datetime | None = None
    ends_at: datetime | None = None
    cover_increased_on: tuple[date, ...] | None = None
    earlier_cover_ended_on: tuple[date, ...] | None = None
    province: str | None = None
    usual_drivers: frozenset[str] | None = None
    sum_insured: int | None = None
    vin: str | None = None
    plate: str | None = None
    commercial: bool | None = None


@dataclass(frozen=True, kw_only=True)
class VehicleFacts:
    """The car. `seen_vin` and `seen_plate` are read from the pictures; `value` is what it is worth now."""

    first_registered_on: date | None = None
    list_price: int | None = None
    value: int | None = None
    transferred_on: tuple[date, ...] | None = None
    seen_vin: str | None = None
    seen_plate: str | None = None
    vin_matches: bool | None = None
    plate_matches: bool | None = None
    carried_for_money: bool | None = None
    modified: bool | None = None
    inspection_until: date | None = None
    registration_until: date | None = None
    had_salvage: bool | None = None
    pre_cover_photos: int | None = None


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What a photograph tells of itself, and of the others.

    `km_off` is how far from the place that was named, where that is told instead of the place. `edited` tells whether a
    program for editing pictures saved it last; `distance` is in bits to the nearest picture of another claim, 64 where
    none is near.
    """

    taken_at: datetime | None = None
    taken_in: Place | None = None
    km_off: float | None = None
    edited: bool | None = None
    distance: int | None = None


@dataclass(frozen=True, kw_only=True)
class SurveyFacts:
    """What was seen. Heights in cm, angles in degrees, speed in km/h; `zones` are those that are damaged.

    `km_from_scene` is told instead of the place of the survey, `driver_differs` instead of who the driver was.
    """

    surveyed_in: Place | None = None
    km_from_scene: float | None = None
    moved_before_photos: bool | None = None
    debris_seen: bool | None = None
    brake_marks_seen: bool | None = None
    heights_cm: tuple[int, int] | None = None
    stated_angle: int | None = None
    seen_angle: int | None = None
    airbags_opened: bool | None = None
    speed_kmh: int | None = None
    zones: frozenset[str] | None = None
    old_damage_signs: bool | None = None
    driver: str | None = None
    driver_differs: bool | None = None
    driver_refuses: bool | None = None
    alcohol_tested: bool | None = None
    pictures: tuple[Picture, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the assessment. `reference` is the catalogue's price for it, None where it has none.

    `code` names the part or work; `includes` the codes that are part of it, None where the
    catalogue does not say; `original` is as billed, `fitted_original`
    as seen; `returned` tells of the old part.
    """

    code: str
    kind: LineKind
    amount: int
    reference: int | None = None
    zone: str | None = None
    repairable: bool | None = None
    includes: frozenset[str] | None = frozenset()
    hidden: bool = False
    original: bool | None = None
    fitted_original: bool | None = None
    returned: bool | None = None


class LineKind(StrEnum):
    PART = "part"
    LABOUR = "labour"
    PAINT = "paint"
    TOWING = "towing"


@dataclass(frozen=True, kw_only=True)
class AssessmentFacts:
    """The estimate. `model` is what the catalogue expects for the damage; `tiers` are the limits of the tiers."""

    lines: tuple[Line, ...] | None = None
    model: int | None = None
    tiers: tuple[int, ...] | None = None
    supplements: int | None = None


@dataclass(frozen=True, kw_only=True)
class InjuryFacts:
    """An injury, with the references of its diagnosis. Grades count upwards with what was suffered.

    `income` and `reference_income` are by month. Lists that were not asked are None; where a form tells the answer
    instead of what it rests on, that holds (`hospital_listed`, `drugs_off_list`, `working_age`, `same_part_before`).
    """

    grade: int | None = None
    reference_grade: int | None = None
    people_injured: int | None = None
    treated_at: datetime | None = None
    hospital: str | None = None
    hospital_listed: bool | None = None
    designated_hospitals: frozenset[str] | None = None
    bed_days: int | None = None
    reference_bed_days: int | None = None
    drugs: frozenset[str] | None = None
    drugs_off_list: int | None = None
    listed_drugs: frozenset[str] | None = None
    fee: int | None = None
    reference_fee: int | None = None
    income: int | None = None
    reference_income: int | None = None
    income_loss_claimed: bool | None = None
    age: int | None = None
    working_age: bool | None = None
    body_parts: frozenset[str] | None = None
    body_parts_before: frozenset[str] | None = None
    same_part_before: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ShopFacts:
    """The repair shop as the register has it. Counts are of a year; `like` are the shops of its kind and town.

    `keys` and `people_keys` are the keyed digests of phones, accounts and addresses: the shop's, and those of the
    insured and the driver; `related` and distances are told instead, where a form tells them.
    """

    blocked: bool | None = None
    place: Place | None = None
    km_from_scene: float | None = None
    km_from_report: float | None = None
    claims: int | None = None
    like_claims: int | None = None
    average: int | None = None
    like_average: int | None = None
    luxury_claims: int | None = None
    surveyor_claims: int | None = None
    surveyor_claims_here: int | None = None
    keys: frozenset[int] | None = None
    people_keys: frozenset[int] | None = None
    related: bool | None = None
    collects: bool | None = None


@dataclass(frozen=True, kw_only=True)
class DocumentFacts:
    """The papers. `stated_times` are the times of the accident that they name; classes are of driving licences."""

    licence_until: date | None = None
    licence_classes: frozenset[str] | None = None
    needed_class: str | None = None
    stated_times: tuple[datetime, ...] | None = None
    originals_needed: int | None = None
    originals_seen: int | None = None
    our_share: int | None = None
    """The share of the liability that is accepted for the insured, in percent."""
    liability_explained: bool | None = None


@dataclass(frozen=True, kw_only=True)
class HistoryFacts:
    """What earlier claims tell (`claims.risk.history`). All of it is None where the index was not asked.

    `account_known_days` is how long ago the account was first paid to, `plate_elsewhere` another accident of
    the same plate, the one nearest in time: hours and km.
    """

    claims_6m: int | None = None
    drivers_year: int | None = None
    refusals: int | None = None
    frauds: int | None = None
    withdrawn: int | None = None
    litigations: int | None = None
    complaints_90d: int | None = None
    same_counterparty: int | None = None
    pair_collisions: int | None = None
    shared_contacts: int | None = None
    phone_insureds: int | None = None
    cars_of_driver: int | None = None
    community: int | None = None
    account_payees: int | None = None
    account_known_days: int | None = None
    agent_claims: int | None = None
    doctor_claims: int | None = None
    receipts_seen: int | None = None
    same_text_claims: int | None = None
    certificate_of_other_event: bool | None = None
    unrepaired_zones: frozenset[str] | None = None
    plate_elsewhere: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class PaymentFacts:
    """The payment. `payee` and `insured` are ids of people; `approved_account` is the account when it was approved."""

    payee: str | None = None
    insured: str | None = None
    account: str | None = None
    approved_account: str | None = None
    payee_is_shop: bool | None = None
    payments_asked: int | None = None
    urgings: int | None = None
    third_party_paid: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything known of a claim at one moment. Nothing is known at first."""

    report: ReportFacts = field(default_factory=ReportFacts)
    policy: PolicyFacts = field(default_factory=PolicyFacts)
    vehicle: VehicleFacts = field(default_factory=VehicleFacts)
    survey: SurveyFacts = field(default_factory=SurveyFacts)
    assessment: AssessmentFacts = field(default_factory=AssessmentFacts)
    injury: InjuryFacts = field(default_factory=InjuryFacts)
    shop: ShopFacts = field(default_factory=ShopFacts)
    documents: DocumentFacts = field(default_factory=DocumentFacts)
    history: HistoryFacts = field(default_factory=HistoryFacts)
    payment: PaymentFacts = field(default_factory=PaymentFacts)
