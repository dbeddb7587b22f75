"""The table of notices."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from esign.public.rows import Base, KeptFile, UtcDateTime, insert_only, table_of

ID: Final = String(80)
NOTICE_TASK: Final = "notice"
"""The kind of the task that makes the notice of a refusal."""


class NoticeRow(KeptFile, Base):
    """The notice of a refusal as it was sealed by the insurer; a claim that is refused again has another."""

    __tablename__ = "claims_notices"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    claim: Mapped[str] = mapped_column(ID, index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


insert_only(table_of(NoticeRow))
