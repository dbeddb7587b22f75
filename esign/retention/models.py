"""The tables of retention: what is kept of each envelope, holds, restrictions, and people's requests.

All but `PersonVisit` are projections: they can be dropped and made anew from the trail (`esign.retention.projection`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from esign.infra.database import Base, UtcDateTime
from esign.infra.models import RECORD_ID
from esign.infra.roles import changing_rights

ID: Final = String(80)
CODE: Final = String(64)
DAY: Final = String(10)


class RetainedEnvelope(Base):
    """What is kept of an envelope. Days are written 2026-01-31 and are Beijing's.

    `outcome` and `over_at` are None until it is over. `term` and `ended_on` are what the client told of the contract.
    `counts_from` is the day from which keeping is counted, None where that is not known yet or nothing is left;
    `photos_since` is when the envelope was over, None where no photo is left that the service can show.
    """

    __tablename__ = "retained_envelopes"
    __table_args__ = (
        Index("ix_retained_envelopes_term_counts", "term", "counts_from"),
        Index("ix_retained_envelopes_photos", "outcome", "photos_since"),
        Index("ix_retained_envelopes_institution", "institution"),
        Index("ix_retained_envelopes_proposed", "proposed_at"),
    )

    envelope: Mapped[str] = mapped_column(ID, primary_key=True)
    client: Mapped[str] = mapped_column(ID)
    institution: Mapped[str | None] = mapped_column(ID)
    salesperson: Mapped[str | None] = mapped_column(ID)
    outcome: Mapped[str | None] = mapped_column(CODE)
    over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    term: Mapped[str | None] = mapped_column(CODE)
    ended_on: Mapped[str | None] = mapped_column(DAY)
    counts_from: Mapped[str | None] = mapped_column(DAY)
    photos_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    documents_erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StoredFace(Base):
    """A recipient whose face is stored: as a photo that the service can show, or sealed where a key still opens it."""

    __tablename__ = "stored_faces"

    recipient: Mapped[str] = mapped_column(ID, primary_key=True)
    envelope: Mapped[str] = mapped_column(ID, index=True)


class LegalHold(Base):
    """A hold: what is kept of the subject, an envelope or a matter of a room (`esign.retention.matters`), is not erased
    until two people lift it. `words` is a sealed record; `review_on` is the day on which somebody is to look at it."""

    __tablename__ = "legal_holds"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    subject: Mapped[str] = mapped_column(ID, index=True)
    reason: Mapped[str] = mapped_column(CODE)
    words: Mapped[str | None] = mapped_column(RECORD_ID)
    set_by: Mapped[str] = mapped_column(ID)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by: Mapped[str | None] = mapped_column(ID)
    approved_by: Mapped[str | None] = mapped_column(ID)
    review_on: Mapped[str | None] = mapped_column(DAY)


class PersonRequest(Base):
    """What a person asked for. `person` is the sealed record with name, phone and words, `answer_words` that of the
    answer. `institution` is the lowest that is above all envelopes it concerns, None for the root alone."""

    __tablename__ = "person_requests"
    __table_args__ = (Index("ix_person_requests_state_due", "state", "due_on"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(CODE)
    channel: Mapped[str] = mapped_column(CODE)
    institution: Mapped[str | None] = mapped_column(ID, index=True)
    person: Mapped[str] = mapped_column(RECORD_ID)
    state: Mapped[str] = mapped_column(CODE)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[str] = mapped_column(DAY)
    received_by: Mapped[str | None] = mapped_column(ID)
    outcome: Mapped[str | None] = mapped_column(CODE)
    answer_words: Mapped[str | None] = mapped_column(RECORD_ID)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str | None] = mapped_column(ID)
    collected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ConcernedRecipient(Base):
    """A recipient whom a request concerns. `restricted` tells that the answer left storing alone; `corrected` that
    the request's words are noted beside what was signed."""

    __tablename__ = "concerned_recipients"

    request: Mapped[str] = mapped_column(ID, primary_key=True)
    recipient: Mapped[str] = mapped_column(ID, primary_key=True, index=True)
    envelope: Mapped[str] = mapped_column(ID, index=True)
    restricted: Mapped[bool] = mapped_column(default=False)
    corrected: Mapped[bool] = mapped_column(default=False)


class ConcernedMatter(Base):
    """A matter of a room that a request concerns, as `ConcernedRecipient` is for somebody in an envelope."""

    __tablename__ = "concerned_matters"

    request: Mapped[str] = mapped_column(ID, primary_key=True)
    matter: Mapped[str] = mapped_column(ID, primary_key=True, index=True)
    restricted: Mapped[bool] = mapped_column(default=False)
    corrected: Mapped[bool] = mapped_column(default=False)


class PersonVisit(Base):
    """Somebody at the page for people's own data, known or not: the rows differ in nothing that shows outside.

    `id` is the digest of the address that the visitor's browser has. `told` is the sealed name and phone; `matched`
    is whether a code was sent, None until a worker has looked.
    """

    __tablename__ = "person_visits"

    id: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    told: Mapped[bytes] = mapped_column(LargeBinary)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    code: Mapped[str] = mapped_column(ID)
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    matched: Mapped[bool | None]
    tries: Mapped[int]
    entered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def role_statements(role: str) -> Sequence[str]:
    """Return the PostgreSQL DDL that lets the service's role work with these tables (`esign.infra.roles`)."""
    models = (RetainedEnvelope, StoredFace, LegalHold, PersonRequest, ConcernedRecipient, ConcernedMatter, PersonVisit)
    return changing_rights(role, models)
