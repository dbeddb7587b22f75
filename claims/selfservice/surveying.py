"""The customer's own survey: done when every photograph that is wanted is there; the service scores it then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.values import SurveyWay
from claims.pictures.slots import Slot
from claims.pictures.store import KeptPicture, Pictures
from claims.refusals import refused
from claims.rules_in_force import limits_of
from claims.selfservice.filing import ACTOR
from claims.selfservice.standing import by_phone, clear_fault, slots_of
from claims.service.office import Office
from claims.typed import plain_number
from esign.public.events import retried
from esign.public.rows import new_id
from esign.public.values import encode_canonical

RECORD: Final = "srv"
SEEN: Final = "sse"
PLATE_AT_MOST: Final = 12


@dataclass(frozen=True)
class Shots:
    """The photographs that are wanted, those that are there, and the next one; None where all are there."""

    wanted: tuple[Slot, ...]
    there: dict[str, KeptPicture]

    @property
    def next(self) -> Slot | None:
        return next((one for one in self.wanted if one.code not in self.there), None)

    @property
    def left(self) -> Sequence[Slot]:
        return [one for one in self.wanted if one.code not in self.there]


class Surveying:
    """Reads how far the photographs are, and hands in the survey."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._pictures = Pictures(office)

    def shots(self, session: Session, claim: str, state: Claim) -> Shots:
        """Return how far the photographs of a claim are. Raises `RecordErased`."""
        other_car = self._office.report_of(session, state).third_party
        return Shots(slots_of(state, limits_of(state), other_car=other_car), self._pictures.newest(session, claim))

    def hand_in(self, claim: str, plate: str, *, anyway: bool = False) -> None:
        """Hand in the survey, with the plate as the customer reads it on the picture; again changes nothing.

        A plate that is not the policy's is refused once, so that it can be looked at again; `anyway` hands it in, and
        the score counts it. Raises `ClaimRefused` (`plate-empty`, `plate-differs`, `shots-missing`, and what the
        claim's state says), `RecordErased`.
        """

        def work(session: Session) -> None:
            self._office.claims.hold(session, claim)
            state = self._office.get(session, claim)
            survey = state.survey
            if survey is not None and survey.done and survey.way is SurveyWay.SELF_SERVICE:
                return
            if survey is None or not by_phone(state):
                raise refused("survey-by-others")
            shots = self.shots(session, claim, state)
            if shots.next is not None:
                raise refused("shots-missing", [one.code for one in shots.left])
            matches = plain_number(plate) == plain_number(self._office.policy_of(session, state).car.plate)
            if not plain_number(plate):
                raise refused("plate-empty")
            if not matches and not anyway:
                raise refused("plate-differs")
            now, report = self._office.now(session, state), self._office.report_of(session, state)
            pictures = {slot: one.sha256 for slot, one in sorted(shots.there.items())}
            told = encode_canonical({"pictures": pictures, "plate": plate})
            record = new_id(RECORD, now)
            self._office.house.records.keep(session, record, "own-survey", told, at=now)
            done = c.RecordSurvey(
                at=now,
                survey=survey.id,
                record=record,
                digest=sha256(told).hexdigest(),
                fault=clear_fault(state, report.cause, third_party=report.third_party),
            )
            seen = c.TellSurvey(at=now, seen=new_id(SEEN, now), plate_matches=matches)
            self._office.execute(session, claim, done, seen, actor=ACTOR)

        retried(self._office.house.database, work)
