"""On which timestamping unit each sealed document rests: kept, counted by year, and what of it ends soon.

Until when a unit holds is worked out each time it is asked, from its certificates, the constraints on algorithms and
the roots as they are then: new dates need no migration.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from ca.trust import TrustStore
from esign.ceremony.models import DocumentRow, SealedRelease, Task
from esign.infra.columns import canonical_json
from esign.infra.statements import insert_if_absent
from esign.renewal.models import DocumentTimestamp, TimestampUnit
from esign.renewal.units import Unit, unit_of
from esign.verify.trust.algorithm_constraints import AlgorithmConstraints

_ADD_UNIT = insert_if_absent(TimestampUnit, "id", "token", "chain")


@dataclass(frozen=True)
class Due:
    """What falls due of one unit: when it ends, how many documents rest on it, and when the first was stamped."""

    unit: str
    name: str
    certificate_sha256: str
    ends_at: datetime
    documents: int
    first_stamped_at: datetime | None

    @property
    def year(self) -> int:
        return self.ends_at.year


def rest_on(
    session: Session, document: str, envelope: str, stamp: tuple[Unit, bytes, datetime] | None
) -> DocumentTimestamp:
    """Record on which timestamp the document rests: its unit, the token (DER), its time; None where it has none."""
    row = session.get(DocumentTimestamp, document)
    if row is None:
        row = DocumentTimestamp(document=document, envelope=envelope)
        session.add(row)
    if stamp is not None:
        unit, token, at = stamp
        keep_unit(session, unit, token)
        row.unit, row.stamped_at = unit.id, at
    return row


def keep_unit(session: Session, unit: Unit, token: bytes) -> None:
    """Keep a unit, told by one of its tokens (DER). Keeping it again changes nothing."""
    chain = canonical_json([base64.b64encode(one).decode("ascii") for one in unit.chain])
    session.execute(_ADD_UNIT, {"id": unit.id, "token": token, "chain": chain})


def units(session: Session) -> Mapping[str, Unit]:
    """Return every unit that any document or checkpoint rests on or once did, by id."""
    found = {}
    for row in session.scalars(select(TimestampUnit)):
        found[row.id] = unit_of(row.token, [base64.b64decode(one) for one in json.loads(row.chain)])
    return found


def look_again(session: Session, document: str) -> None:
    """Forget on what the document rests: the next sweep reads it anew, if it is there."""
    session.execute(delete(DocumentTimestamp).where(DocumentTimestamp.document == document))


def unknown_documents(session: Session, *, after: str, limit: int) -> Sequence[tuple[str, str, str]]:
    """Return sealed documents behind this id of which nobody knows on what they rest: id, envelope, digest."""
    found = session.execute(
        select(DocumentRow.id, DocumentRow.envelope, DocumentRow.sealed)
        .join(SealedRelease, SealedRelease.document == DocumentRow.id)
        .where(
            DocumentRow.id > after,
            DocumentRow.sealed.is_not(None),
            ~exists().where(DocumentTimestamp.document == DocumentRow.id),
        )
        .order_by(DocumentRow.id)
        .limit(limit)
    )
    return [(row[0], row[1], str(row[2])) for row in found]


def unknown_count(session: Session) -> int:
    """Return how many sealed documents no sweep has looked at yet: nobody knows on what they rest."""
    told = select(func.count()).select_from(DocumentRow).join(SealedRelease, SealedRelease.document == DocumentRow.id)
    unknown = told.where(DocumentRow.sealed.is_not(None), ~exists().where(DocumentTimestamp.document == DocumentRow.id))
    return session.execute(unknown).scalar_one()


def dues(session: Session, trust: TrustStore, constraints: AlgorithmConstraints) -> list[Due]:
    """Return what falls due, the earliest end first. Documents that were erased are not counted."""
    known = units(session)
    counted = session.execute(
        select(DocumentTimestamp.unit, func.count(), func.min(DocumentTimestamp.stamped_at))
        .join(SealedRelease, SealedRelease.document == DocumentTimestamp.document)
        .where(DocumentTimestamp.unit.is_not(None))
        .group_by(DocumentTimestamp.unit)
    )
    found = []
    for id_, documents, first in counted:
        unit = known[str(id_)]
        found.append(
            Due(str(id_), unit.name, unit.certificate_sha256, unit.ends_at(trust, constraints), documents, first)
        )
    return sorted(found, key=lambda due: (due.ends_at, due.unit))


def resting_on(session: Session, unit: str, *, without: str, limit: int) -> Sequence[tuple[str, str]]:
    """Return documents that rest on the unit, with their envelopes, those stamped first first: none that are erased,
    and none that have a task of this kind already."""
    found = session.execute(
        select(DocumentTimestamp.document, DocumentTimestamp.envelope)
        .join(SealedRelease, SealedRelease.document == DocumentTimestamp.document)
        .where(
            DocumentTimestamp.unit == unit,
            ~exists().where(Task.kind == without, Task.subject == DocumentTimestamp.document),
        )
        .order_by(DocumentTimestamp.stamped_at, DocumentTimestamp.document)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in found]
