"""What the room keeps on an insured person, for the copy that they ask for: theirs, and nobody else's.

All claims on their policies, whether they were signed for or agreed to by a code: any envelope of theirs leads there,
and a copy holds each file once. What staff wrote for one another (why a block was released, an alarm) is
not in it: it is about the work, and can be about others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.models import ClaimRow, MotorPolicyVersion
from claims.motor_policy import parse_motor_policy
from claims.pictures.models import PictureRow
from claims.refusing.models import NoticeRow
from claims.service.office import Office
from esign.public.events import plain_payload, read_stream
from esign.public.people import HeldFile, Person, RecordErased, SearchField, parse_person

CLAIMS_AT_MOST: Final = 200
RECORDS: Final[Mapping[str, tuple[str, str]]] = {
    "claim.reported": ("record", "report.json"),
    "claim.surveyed": ("record", "survey.json"),
    "claim.adjudicated": ("trace", "settlement.json"),
    "claim.price-disputed": ("record", "objection.json"),
    "claim.papers-received": ("record", "paper.json"),
    "claim.payee-set": ("payee", "payee.json"),
    "claim.refused": ("words", "refusal.txt"),
    "claim.reopened": ("words", "reopened.txt"),
}
"""Events that name records on the customer: the member, and what the file is called."""


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
        return [one for claim in self._claims(session, person) for one in self._files(session, claim)]

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

    def _files(self, session: Session, row: ClaimRow) -> Iterator[HeldFile]:
        state, folder = self._office.get(session, row.id), row.id
        yield HeldFile(f"{folder}/claim.json", _json(_told(row, state)), once=True)
        numbers: dict[str, int] = {}
        for event in read_stream(session, row.id):
            member, name = RECORDS.get(event.type, ("", ""))
            record = plain_payload(event).get(member)
            if record is not None:
                numbers[name] = numbers.get(name, 0) + 1
                yield HeldFile(
                    f"{folder}/{_numbered(name, numbers[name])}", self._read(session, str(record)), once=True
                )
        pictures = select(PictureRow).where(PictureRow.claim == row.id).order_by(PictureRow.made_at, PictureRow.id)
        for number, picture in enumerate(session.scalars(pictures), 1):
            name = f"{folder}/picture-{number}-{picture.slot}.jpg"
            yield HeldFile(name, self._document(session, picture.blob, picture.record), once=True)
        notices = select(NoticeRow).where(NoticeRow.claim == row.id).order_by(NoticeRow.made_at, NoticeRow.id)
        for number, notice in enumerate(session.scalars(notices), 1):
            name = f"{folder}/{_numbered('notice.pdf', number)}"
            yield HeldFile(name, self._document(session, notice.blob, notice.record), once=True)

    def _read(self, session: Session, record: str) -> bytes | None:
        try:
            return self._house.records.read(session, record)
        except RecordErased:
            return None

    def _document(self, session: Session, blob: str, record: str) -> bytes | None:
        try:
            return self._house.documents.read(session, blob, record)
        except RecordErased:
            return None


def _asked(sure: tuple[SearchField, str | None]) -> tuple[SearchField, str]:
    kind, value = sure
    return kind, value or ""


def _numbered(name: str, number: int) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"{stem}-{number}.{suffix}"


def _told(row: ClaimRow, state: Claim) -> dict[str, object]:
    """Where a claim stands; amounts in fen. What a score says is explained in words on the claim's page."""
    return {
        "claim": row.id,
        "policy": row.policy,
        "state": row.state,
        "occurred_at": row.occurred_at.isoformat(),
        "reported_at": row.reported_at.isoformat(),
        "settled_fen": None if state.settlement is None else state.settlement.fen,
        "paid_fen": state.paid,
        "looked_at_by_people": state.lane.value == "blocked",
    }


def _json(told: dict[str, object]) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=2).encode()
