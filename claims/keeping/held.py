"""What the room keeps on an insured person, for the copy that they ask for: theirs, and nobody else's.

All claims on their policies, whether they were signed for or agreed to by a code: any envelope of theirs leads there,
and a copy holds each file once. What no envelope leads to is in the copy as a matter (`claims.keeping.matters`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.keeping.files import claim_files
from claims.models import ClaimRow, MotorPolicyVersion
from claims.motor_policy import parse_motor_policy
from claims.service.office import Office
from esign.public.people import HeldFile, Person, RecordErased, SearchField, parse_person

CLAIMS_AT_MOST: Final = 200


class Held:
    """Reads what is kept on the insured."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house

    def held(self, session: Session, envelope: str, recipient: str) -> Sequence[HeldFile]:
        """Return the claims of a recipient who is insured here by name and ID number, or name and phone where there is
        none: where each stands, what they reported, pictures, settlement, payee, notice. None stands for what was
        erased. Whoever is insured nowhere has nothing here."""
        found = self._house.envelopes.get(session, envelope).find(recipient)
        if found is None:
            return ()
        try:
            person = parse_person(self._house.records.read(session, found.plan.person))
        except RecordErased:
            return ()
        return self.of_person(session, person)

    def of_person(self, session: Session, person: Person) -> Sequence[HeldFile]:
        """Return the claims of a person, as `held` does."""
        house = self._house
        return [
            one
            for claim in self._claims(session, person)
            for one in claim_files(
                session, house.records, claim, self._office.get(session, claim.id), house.documents.read
            )
        ]

    def _claims(self, session: Session, person: Person) -> Sequence[ClaimRow]:
        """Return the claims on policies whose insured this is, the newest first."""
        index, sure = self._house.records.index, (SearchField.ID_NUMBER, person.id_number)
        if person.id_number is None:
            sure = (SearchField.PHONE, person.phone)
        records = set(index.find(session, *_asked(sure))) & set(index.find(session, SearchField.NAME, person.name))
        versions = select(MotorPolicyVersion).where(MotorPolicyVersion.record.in_(sorted(records)))
        numbers = {one.number for one in session.scalars(versions) if self._is_theirs(session, one.record, person)}
        chosen = select(ClaimRow).where(ClaimRow.policy.in_(sorted(numbers))).order_by(ClaimRow.id.desc())
        rows = session.scalars(chosen.limit(CLAIMS_AT_MOST)).all()
        return [one for one in rows if self._is_theirs(session, self._cover(session, one.id), person)]

    def _cover(self, session: Session, claim: str) -> str:
        return self._office.get(session, claim).reported.cover

    def _is_theirs(self, session: Session, record: str, person: Person) -> bool:
        """Tell whether a version of a policy insures this person: a policy can pass to somebody else."""
        try:
            insured = parse_motor_policy(self._house.records.read(session, record)).insured
        except RecordErased:
            return False
        if person.id_number is None:
            return (insured.name, insured.phone) == (person.name, person.phone)
        return (insured.name, insured.id_number) == (person.name, person.id_number)


def _asked(sure: tuple[SearchField, str | None]) -> tuple[SearchField, str]:
    kind, value = sure
    return kind, value or ""
