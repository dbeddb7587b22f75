"""What one claim keeps on the insured, as files for the copy that they ask for.

What staff wrote for one another (why a block was released, an alarm) is not in it: it is about the work, and can be
about others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.models import ClaimRow
from claims.pictures.models import PictureRow
from claims.refusing.models import NoticeRow
from esign.public.events import plain_payload, read_stream
from esign.public.keeping import ReadDocument
from esign.public.people import HeldFile, PersonalRecords, RecordErased

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


def claim_files(
    session: Session, records: PersonalRecords, row: ClaimRow, state: Claim, read: ReadDocument
) -> Iterator[HeldFile]:
    """Yield the files of a claim, each once in a copy: where it stands, records, pictures, notices; None stands for
    what was erased. Raises `BlobError`, `SealedDataError`."""
    folder = row.id
    yield HeldFile(f"{folder}/claim.json", _json(_told(row, state)), once=True)
    numbers: dict[str, int] = {}
    for event in read_stream(session, row.id):
        member, name = RECORDS.get(event.type, ("", ""))
        record = plain_payload(event).get(member)
        if record is not None:
            numbers[name] = numbers.get(name, 0) + 1
            content = _record(session, records, str(record))
            yield HeldFile(f"{folder}/{_numbered(name, numbers[name])}", content, once=True)
    pictures = select(PictureRow).where(PictureRow.claim == row.id).order_by(PictureRow.made_at, PictureRow.id)
    for number, picture in enumerate(session.scalars(pictures), 1):
        name = f"{folder}/picture-{number}-{picture.slot}.jpg"
        yield HeldFile(name, _document(session, read, picture.blob, picture.record), once=True)
    notices = select(NoticeRow).where(NoticeRow.claim == row.id).order_by(NoticeRow.made_at, NoticeRow.id)
    for number, notice in enumerate(session.scalars(notices), 1):
        name = f"{folder}/{_numbered('notice.pdf', number)}"
        yield HeldFile(name, _document(session, read, notice.blob, notice.record), once=True)


def _record(session: Session, records: PersonalRecords, record: str) -> bytes | None:
    try:
        return records.read(session, record)
    except RecordErased:
        return None


def _document(session: Session, read: ReadDocument, blob: str, record: str) -> bytes | None:
    try:
        return read(session, blob, record)
    except RecordErased:
        return None


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
