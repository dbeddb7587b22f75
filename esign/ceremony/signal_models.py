"""Tables of signals: those that were raised, and the traces by which devices and networks are compared.

`SignalRow` is a projection, as the envelope's own row. Traces are keyed digests, kept for `traces.KEPT` and gone sooner
where the record they came with is erased; nothing is made from them again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from esign.infra.database import Base, UtcDateTime
from esign.infra.models import RECORD_ID

ID: Final = String(80)
CODE: Final = String(64)
KEYED: Final = LargeBinary(32)


class SignalRow(Base):
    """A signal as it stands. `holds` is whether the envelope's policy names it; open is what was not cleared."""

    __tablename__ = "signals"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    envelope: Mapped[str] = mapped_column(ID, index=True)
    recipient: Mapped[str] = mapped_column(ID)
    finding: Mapped[str] = mapped_column(CODE)
    strength: Mapped[str] = mapped_column(CODE)
    holds: Mapped[bool]
    with_recipient: Mapped[str | None] = mapped_column(ID)
    with_envelope: Mapped[str | None] = mapped_column(ID)
    with_member: Mapped[str | None] = mapped_column(ID)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    cleared_by: Mapped[str | None] = mapped_column(ID)


class SessionTrace(Base):
    """Where a recipient was identified: keyed digests of the browser's own mark and of the network address.

    `record` is the one of the identification; what is erased with it goes from here.
    """

    __tablename__ = "session_traces"

    device: Mapped[str] = mapped_column(ID, primary_key=True)
    record: Mapped[str] = mapped_column(RECORD_ID, index=True)
    envelope: Mapped[str] = mapped_column(ID, index=True)
    recipient: Mapped[str] = mapped_column(ID)
    browser: Mapped[bytes | None] = mapped_column(KEYED, index=True)
    network: Mapped[bytes | None] = mapped_column(KEYED)
    in_person: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class StaffTrace(Base):
    """A browser or a network that a member of staff logged in from, and when last."""

    __tablename__ = "staff_traces"

    digest: Mapped[bytes] = mapped_column(KEYED, primary_key=True)
    member: Mapped[str] = mapped_column(ID, primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
