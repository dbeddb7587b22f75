"""The table of completion certificates: one for an envelope, for ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from esign.infra.database import Base, UtcDateTime
from esign.infra.models import RECORD_ID
from esign.infra.roles import adding_rights


class CompletionCertificate(Base):
    """A sealed certificate: its blob, sealed under the data key of `record`, and the digest of the PDF in it."""

    __tablename__ = "completion_certificates"

    envelope: Mapped[str] = mapped_column(String(80), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int]
    blob: Mapped[str] = mapped_column(String(100), unique=True)
    record: Mapped[str] = mapped_column(RECORD_ID, unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


def role_statements(role: str) -> Sequence[str]:
    """Return the PostgreSQL DDL that lets the service's role add certificates and read them (`esign.infra.roles`)."""
    return adding_rights(role, (CompletionCertificate,))
