"""What forms and pictures told, as facts for the tables of risk: of each member what was told last. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from claims.domain import events as e
from claims.domain.event import Event
from claims.risk.facts import DocumentFacts, InjuryFacts, Picture, ShopFacts, SurveyFacts, VehicleFacts

METRES_PER_KM = 1000


def last_told(events: Sequence[Event], kind: type[Event], member: str) -> Any:
    """Return what the events of a kind told of a member last, None where none did."""
    told = (getattr(one, member) for one in reversed(events) if isinstance(one, kind))
    return next((one for one in told if one is not None), None)


def survey_facts(events: Sequence[Event], kept: Sequence[Picture] | None = None) -> SurveyFacts:
    """Return what was seen at the scene, and what the pictures tell of themselves: those `kept`, or else the events."""
    told = _Told(events, e.SurveySeen)
    heights, same_driver = (told.of("height_cm"), told.of("other_height_cm")), told.of("same_driver")
    pictures = [_picture(one) for one in events if isinstance(one, e.PictureChecked)]
    return SurveyFacts(
        km_from_scene=told.km("metres_from_scene"),
        moved_before_photos=told.of("moved_before_photos"),
        debris_seen=told.of("debris"),
        brake_marks_seen=told.of("brake_marks"),
        heights_cm=None if None in heights else heights,
        stated_angle=told.of("stated_angle"),
        seen_angle=told.of("seen_angle"),
        airbags_opened=told.of("airbags_opened"),
        speed_kmh=told.of("speed_kmh"),
        zones=_set(told.of("zones")),
        old_damage_signs=told.of("old_damage"),
        driver_differs=None if same_driver is None else not same_driver,
        driver_refuses=told.of("driver_refuses"),
        alcohol_tested=told.of("alcohol_tested"),
        pictures=tuple(kept or pictures) or None,
    )


def vehicle_facts(events: Sequence[Event]) -> VehicleFacts:
    """Return what the survey told of the car."""
    told = _Told(events, e.SurveySeen)
    return VehicleFacts(
        vin_matches=told.of("vin_matches"),
        plate_matches=told.of("plate_matches"),
        modified=told.of("modified"),
        carried_for_money=told.of("carried_for_money"),
        registration_until=last_told(events, e.PapersSeen, "registration_until"),
    )


def injury_facts(events: Sequence[Event]) -> InjuryFacts:
    """Return what was told of an injury."""
    told = _Told(events, e.InjurySeen)
    same = (
        *("grade", "reference_grade", "people_injured", "treated_at", "hospital_listed", "bed_days"),
        *("reference_bed_days", "drugs_off_list", "fee", "reference_fee", "income", "reference_income"),
        *("income_loss_claimed", "working_age", "same_part_before"),
    )
    return InjuryFacts(**{name: told.of(name) for name in same})


def shop_facts(events: Sequence[Event]) -> ShopFacts:
    """Return what was told of the repair shop."""
    told = _Told(events, e.ShopSeen)
    same = (
        *("blocked", "claims", "like_claims", "average", "like_average", "luxury_claims"),
        *("surveyor_claims", "surveyor_claims_here", "related", "collects"),
    )
    return ShopFacts(
        km_from_scene=told.km("metres_from_scene"),
        km_from_report=told.km("metres_from_report"),
        **{name: told.of(name) for name in same},
    )


def document_facts(events: Sequence[Event]) -> DocumentFacts:
    """Return what the papers told."""
    told = _Told(events, e.PapersSeen)
    same = ("licence_until", "needed_class", "stated_times", "originals_needed", "originals_seen", "our_share")
    return DocumentFacts(
        licence_classes=_set(told.of("licence_classes")),
        liability_explained=told.of("liability_explained"),
        **{name: told.of(name) for name in same},
    )


class _Told:
    """What the events of one kind told."""

    def __init__(self, events: Sequence[Event], kind: type[Event]) -> None:
        self._events = [one for one in events if isinstance(one, kind)]
        self._kind = kind

    def of(self, member: str) -> Any:
        return last_told(self._events, self._kind, member) if self._events else None

    def km(self, member: str) -> float | None:
        metres = self.of(member)
        return None if metres is None else metres / METRES_PER_KM


def _picture(event: e.PictureChecked) -> Picture:
    return Picture(
        taken_at=event.taken_at,
        km_off=None if event.metres_off is None else event.metres_off / METRES_PER_KM,
        edited=event.edited,
        distance=event.distance,
    )


def _set(told: Iterable[str] | None) -> frozenset[str] | None:
    return None if told is None else frozenset(told)
