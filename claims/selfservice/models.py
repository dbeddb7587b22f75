"""The tables of the customer's phone: whom links reach, invitations to report, entrances by code, codes to agree by."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from esign.public.rows import RECORD_ID, Base, UtcDateTime

ID: Final = String(80)
CODE: Final = String(64)
NUMBER: Final = String(20)


class CustomerOf(Base):
    """Whom the link about a claim reaches: the record of the insured, as the policy had them when it was reported."""

    __tablename__ = "claims_customers"

    claim: Mapped[str] = mapped_column(ID, primary_key=True)
    person: Mapped[str] = mapped_column(RECORD_ID, index=True)


class InvitationToReport(Base):
    """A link by which a loss on a policy can be reported, once: `claim` is what came of it.

    `way` is how it came about: a link that was sent, or policy number and code. `by` is who of the staff sent it.
    """

    __tablename__ = "claims_invitations"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    client: Mapped[str] = mapped_column(ID)
    policy: Mapped[str] = mapped_column(NUMBER)
    person: Mapped[str] = mapped_column(RECORD_ID, index=True)
    way: Mapped[str] = mapped_column(CODE)
    claim: Mapped[str | None] = mapped_column(ID)
    by: Mapped[str | None] = mapped_column("sent_by", ID)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Entrance(Base):
    """Somebody at the page to report by policy number, until they told the code. `id` is the digest of the address that
    their browser alone has. `person` is whom the code went to, None where there is nobody: the page does not tell."""

    __tablename__ = "claims_entrances"

    id: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    policy: Mapped[str] = mapped_column(NUMBER)
    code: Mapped[str] = mapped_column(ID)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    client: Mapped[str | None] = mapped_column(ID)
    person: Mapped[str | None] = mapped_column(RECORD_ID)
    tries: Mapped[int]


class SentCode(Base):
    """A one-time code by which an offer is agreed to, or an account named: `about` is what it is for (an id, or the
    digest of what was typed), so that a code for one thing is none for another."""

    __tablename__ = "claims_codes"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    claim: Mapped[str] = mapped_column(ID, index=True)
    about: Mapped[str] = mapped_column(ID)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int]
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
