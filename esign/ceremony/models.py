"""The tables of envelopes: what people query, what is kept apart from the trail, and what waits to be done.

`EnvelopeRow`, `RecipientRow` and `DocumentRow` are projections: they can be dropped and rebuilt from the trail and
the records (`esign.ceremony.projection`). The others hold what the trail names by id or digest only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from esign.ceremony.signal_models import SessionTrace, SignalRow, StaffTrace
from esign.infra.database import Base, JsonText, JsonValue, UtcDateTime
from esign.infra.models import RECORD_ID
from esign.infra.roles import changing_rights

ID: Final = String(80)
CODE: Final = String(64)
DIGEST: Final = String(64)


class EnvelopeRow(Base):
    """An envelope as it stands. `version` is that of its stream; `due_at` is when a sweep has to look at it next."""

    __tablename__ = "envelopes"
    __table_args__ = (
        UniqueConstraint("client", "external_id"),
        Index("ix_envelopes_client_created", "client", "id"),
        Index("ix_envelopes_institution_updated", "institution", "updated_at"),
        Index("ix_envelopes_institution_state", "institution", "state", "updated_at"),
        Index("ix_envelopes_salesperson_updated", "salesperson", "updated_at"),
        Index("ix_envelopes_state_updated", "state", "updated_at"),
        Index("ix_envelopes_updated", "updated_at"),
        Index("ix_envelopes_external", "external_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    client: Mapped[str] = mapped_column(ID)
    external_id: Mapped[str | None] = mapped_column(String(128))
    institution: Mapped[str | None] = mapped_column(ID)
    salesperson: Mapped[str | None] = mapped_column(ID)
    mode: Mapped[str] = mapped_column(CODE)
    state: Mapped[str] = mapped_column(CODE)
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class RecipientRow(Base):
    """A recipient as it stands. `number` is the place in the envelope; `person` names the personal record."""

    __tablename__ = "recipients"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    envelope: Mapped[str] = mapped_column(ID, index=True)
    number: Mapped[int]
    role: Mapped[str] = mapped_column(CODE)
    group: Mapped[int] = mapped_column("signing_group")
    state: Mapped[str] = mapped_column(CODE)
    person: Mapped[str] = mapped_column(RECORD_ID, index=True)
    device: Mapped[str | None] = mapped_column(ID, index=True)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DocumentRow(Base):
    """A document of an envelope; digests are of the document as handed in, as people read it, and as sealed."""

    __tablename__ = "documents"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    envelope: Mapped[str] = mapped_column(ID, index=True)
    number: Mapped[int]
    pages: Mapped[int]
    original: Mapped[str] = mapped_column(DIGEST)
    prepared: Mapped[str] = mapped_column(DIGEST)
    current: Mapped[str] = mapped_column(DIGEST)
    sealed: Mapped[str | None] = mapped_column(DIGEST, index=True)


class DocumentPiece(Base):
    """One revision's bytes: what it appends to the pieces before it. `sha256` is that of the document up to here.

    Pieces are sealed blobs, each under the data key of `record`. Number 0 is the document as it was handed in, 1
    makes it the prepared revision. A number is taken once: two workers cannot both append.
    """

    __tablename__ = "document_pieces"

    document: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(DIGEST, index=True)
    size: Mapped[int]
    blob: Mapped[str] = mapped_column(String(100), unique=True)
    record: Mapped[str] = mapped_column(RECORD_ID, unique=True)


class PageImage(Base):
    """The picture of a page that people read, by the digest of the revision that it was drawn from."""

    __tablename__ = "page_images"

    revision: Mapped[str] = mapped_column(DIGEST, primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(DIGEST)
    width: Mapped[int]
    height: Mapped[int]
    blob: Mapped[str] = mapped_column(String(100), unique=True)
    record: Mapped[str] = mapped_column(RECORD_ID, unique=True)


class ShownScreen(Base):
    """A screen that a recipient was shown; its content is the sealed record. `actions` is None until it is recorded.

    `edition` is the digest of the style that it was shown with, `digest` that of the content.
    """

    __tablename__ = "shown_screens"
    __table_args__ = (Index("ix_shown_screens_shown_at", "shown_at"),)

    record: Mapped[str] = mapped_column(RECORD_ID, primary_key=True)
    envelope: Mapped[str] = mapped_column(ID, index=True)
    recipient: Mapped[str] = mapped_column(ID, index=True)
    screen: Mapped[str] = mapped_column(CODE)
    edition: Mapped[str] = mapped_column(DIGEST)
    digest: Mapped[str] = mapped_column(DIGEST)
    device: Mapped[str | None] = mapped_column(ID)
    shown_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    actions: Mapped[JsonValue] = mapped_column(JsonText, nullable=True)


class HandoverRow(Base):
    """A tablet in a signer's hands (`esign.ceremony.handovers`). `session` is the staff session that is locked.

    `ended_at` is when the signer's time on it was over, `unlocked_at` when the salesperson had it again.
    """

    __tablename__ = "handovers"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    envelope: Mapped[str] = mapped_column(ID)
    recipient: Mapped[str] = mapped_column(ID, index=True)
    member: Mapped[str] = mapped_column(ID)
    session: Mapped[str] = mapped_column(ID, index=True)
    device: Mapped[str | None] = mapped_column(ID, index=True)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unlocked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int]


class EnvelopeKeyRow(Base):
    """The envelope's key pair: the public half, and the private half wrapped for the custodian.

    Deleting the row, and its backups, erases everything that was sealed to it, wherever copies are.
    """

    __tablename__ = "envelope_keys"

    envelope: Mapped[str] = mapped_column(ID, primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class ConsentTextRow(Base):
    """A consent's exact text by its digest: what was shown to everybody who agreed to it."""

    __tablename__ = "consent_texts"

    digest: Mapped[str] = mapped_column(DIGEST, primary_key=True)
    text: Mapped[bytes] = mapped_column(LargeBinary)


class HandwritingKey(Base):
    """The invariant digest of an accepted capture, keyed, by which an exact replay is found among all of them."""

    __tablename__ = "handwriting_keys"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    record: Mapped[str] = mapped_column(RECORD_ID, index=True)


class SigningAct(Base):
    """One act of signing after a confirmation: what one step made before the next is taken (SIGNING.md, Sign).

    Nothing is here until the CMS is: key, certificate and CMS are one step. A second act for the same manifest
    follows only after the first was abandoned, so the certificate is part of the key. `certificate`, `increment` and
    `cms` are sealed under the key of the document's columns (`esign.ceremony.acts`).
    """

    __tablename__ = "signing_acts"

    recipient: Mapped[str] = mapped_column(ID, primary_key=True)
    manifest: Mapped[str] = mapped_column(DIGEST, primary_key=True)
    certificate_serial: Mapped[str] = mapped_column(String(40), primary_key=True)
    document: Mapped[str] = mapped_column(ID)
    base: Mapped[str] = mapped_column(DIGEST)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    certificate: Mapped[bytes] = mapped_column(LargeBinary)
    chain: Mapped[bytes] = mapped_column(LargeBinary)
    increment: Mapped[bytes] = mapped_column(LargeBinary)
    contents_at: Mapped[int]
    capacity: Mapped[int]
    cms: Mapped[bytes] = mapped_column(LargeBinary)
    """The CMS without, and once it was had with, its timestamp."""
    timestamped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    abandoned: Mapped[bool] = mapped_column(default=False)


class AcceptedSignature(Base):
    """The one accepted signature of a recipient, with what proves it later. The key makes a second one impossible.

    `validation_data` is sealed as acts are, and empty once the document was erased.
    """

    __tablename__ = "accepted_signatures"

    recipient: Mapped[str] = mapped_column(ID, primary_key=True)
    document: Mapped[str] = mapped_column(ID, index=True)
    certificate_serial: Mapped[str] = mapped_column(String(40), unique=True)
    cms_sha256: Mapped[str] = mapped_column(DIGEST, unique=True)
    validation_data: Mapped[bytes] = mapped_column(LargeBinary)


class SealedRelease(Base):
    """A document's sealed revision and our verifier's report on it, as it was when it was released.

    `report` is sealed under the key of the document's columns (`esign.ceremony.releases`).
    """

    __tablename__ = "sealed_releases"

    document: Mapped[str] = mapped_column(ID, primary_key=True)
    sha256: Mapped[str] = mapped_column(DIGEST, unique=True)
    report: Mapped[bytes] = mapped_column(LargeBinary)


class Task(Base):
    """Work of ours that must be done: it is here from the transaction that makes it due until the one that does it.

    `due_at` is when it may be tried (next); whoever takes it moves that forward first, so that it comes up again if
    they fall. `kind` is the job that does it, `subject` what it is about. `failure` is the code of the last try.
    """

    __tablename__ = "tasks"

    id: Mapped[str] = mapped_column(String(160), primary_key=True)
    kind: Mapped[str] = mapped_column(CODE)
    subject: Mapped[str] = mapped_column(ID)
    envelope: Mapped[str | None] = mapped_column(ID, index=True)  # no foreign key: those rows can be made anew
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None] = mapped_column(CODE)
    job: Mapped[str | None] = mapped_column(String(200))
    """The key of the job that was put for it last."""


def role_statements(role: str) -> Sequence[str]:
    """Return the PostgreSQL DDL that lets the service's role work with these tables (`esign.infra.roles`)."""
    return changing_rights(
        role,
        (
            EnvelopeRow,
            RecipientRow,
            DocumentRow,
            DocumentPiece,
            PageImage,
            ShownScreen,
            HandoverRow,
            EnvelopeKeyRow,
            ConsentTextRow,
            HandwritingKey,
            SigningAct,
            AcceptedSignature,
            SealedRelease,
            Task,
            SignalRow,
            SessionTrace,
            StaffTrace,
        ),
    )
