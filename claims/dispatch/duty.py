"""Surveyors go on duty, say where they are, and go off duty; where anybody was is erased with that.

A place of a member of staff is personal data: it is kept for the duty alone, sealed, one place at a time, and seen by
whoever sends surveyors as a distance from a loss, never on a map.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.dispatch.files import load_places, load_rules
from claims.dispatch.models import SurveyorOnDuty
from claims.domain.values import day_of
from claims.refusals import refused
from claims.risk.places import Place
from claims.sheets import in_force
from esign.public.console import Caller
from esign.public.house import House
from esign.public.rows import new_id
from esign.public.values import encode_canonical

KIND: Final = "surveyor-place"
HOURS: Final = (2, 4, 8, 12)
"""How long a duty can be, as the page offers it."""
CLEANED_AT_ONCE: Final = 500


@dataclass(frozen=True)
class Duty:
    """A duty as whoever has it sees it."""

    seen_at: datetime
    until: datetime


class DutyDesk:
    """Begins and ends duties."""

    def __init__(self, house: House) -> None:
        self._house = house

    def of(self, member: str) -> Duty | None:
        """Return the duty that a surveyor has now, None where they are off duty."""
        with self._house.database.reading() as session:
            row = session.get(SurveyorOnDuty, member)
            return None if row is None or row.until <= self._house.clock() else Duty(row.seen_at, row.until)

    def check_in(self, who: Caller, place: Place, hours: int | None) -> None:
        """Take down where a surveyor is; with `hours` the duty begins, or is so long from now.

        Raises `ClaimRefused` (`duty-too-long`, `not-on-duty` without hours where there is no duty).
        """
        now = self._house.clock()
        rules = in_force(load_rules(), day_of(now))
        if hours is not None and not 1 <= hours <= rules.duty_hours_at_most:
            raise refused("duty-too-long")
        with self._house.database.transaction() as session:
            row = session.get(SurveyorOnDuty, who.member, with_for_update=True)
            if row is not None and row.until <= now:
                self._forget(session, row, now)
                row = None
            if row is None and hours is None:
                raise refused("not-on-duty")
            if row is None:
                record = new_id("spl", now)
                self._house.records.keep(session, record, KIND, encode_place(place), at=now)
                row = SurveyorOnDuty(member=who.member, institution=who.institution, place=record, until=now)
                session.add(row)
            else:
                self._house.records.rewrite(session, row.place, encode_place(place))
            row.institution, row.seen_at = who.institution, now
            if hours is not None:
                row.until = now + timedelta(hours=hours)

    def check_out(self, who: Caller) -> None:
        """End the duty, and erase where the surveyor was. Again changes nothing."""
        with self._house.database.transaction() as session:
            row = session.get(SurveyorOnDuty, who.member, with_for_update=True)
            if row is not None:
                self._forget(session, row, self._house.clock())

    def clean(self, session: Session, now: datetime) -> int:
        """Erase the places of duties that are over, in the caller's transaction; return how many."""
        over = select(SurveyorOnDuty).where(SurveyorOnDuty.until <= now).limit(CLEANED_AT_ONCE)
        rows = list(session.scalars(over))
        for row in rows:
            self._forget(session, row, now)
        return len(rows)

    def _forget(self, session: Session, row: SurveyorOnDuty, now: datetime) -> None:
        record = row.place
        session.delete(row)
        session.flush()
        self._house.records.erase(session, record, at=now)


def encode_place(place: Place) -> bytes:
    """Return a place as canonical JSON in millionths of a degree, for a sealed record."""
    latitude, longitude = place.millionths
    return encode_canonical({"latitude": latitude, "longitude": longitude})


def parse_place(data: bytes) -> Place:
    """Return a place as `encode_place` wrote it."""
    kept = json.loads(data)
    return Place.of_millionths(kept["latitude"], kept["longitude"])


def place_typed(code: str, typed: str, now: datetime) -> Place:
    """Return the place that was chosen of the list, or typed as `30.2741, 120.1551`.

    Raises `ClaimRefused` (`place-unclear`) for neither.
    """
    parts = typed.replace("，", ",").split(",")
    if typed.strip():
        try:
            latitude, longitude = (float(part) for part in parts)
            return Place(latitude, longitude)
        except ValueError:
            raise refused("place-unclear") from None
    found = in_force(load_places(), day_of(now)).find(code)
    if found is None:
        raise refused("place-unclear")
    return found
