"""The tables of the claims room: what people query, and what is kept apart from the trail.

`ClaimRow`, `PaymentOf` and `AgreementOf` are projections: they can be dropped and rebuilt from the trail
(`claims.service.projection`). The others hold what events name by id or digest only.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import BigInteger, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from esign.public.rows import RECORD_ID, Base, UtcDateTime, insert_only, table_of

ID: Final = String(80)
CODE: Final = String(64)
DIGEST: Final = String(64)
NUMBER: Final = String(20)


class ClaimRow(Base):
    """A claim as it stands. `version` is that of its stream; `since` is when it came to its state.

    `actor` and `act` are who acts next, doing what (codes); `is_ours` tells that the service itself has something to
    do. `next_due` is when the first clock ends, `look_at` when somebody has to be told of one; `callback_since` is
    since when the customer waits to be called. `fen` is what was adjudicated, or assessed before that, or else the
    estimate; `paid` is what the bank paid; all in fen.
    """

    __tablename__ = "claims_claims"
    __table_args__ = (
        Index("ix_claims_claims_client_id", "client", "id"),
        Index("ix_claims_claims_handler_due", "handler", "next_due"),
        Index("ix_claims_claims_surveyor_due", "surveyor", "next_due"),
        Index("ix_claims_claims_actor_due", "actor", "next_due"),
        Index("ix_claims_claims_institution_due", "institution", "next_due"),
        Index("ix_claims_claims_state_since", "state", "since"),
        Index("ix_claims_claims_policy_occurred", "policy", "occurred_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    client: Mapped[str | None] = mapped_column(ID)
    institution: Mapped[str | None] = mapped_column(ID)
    policy: Mapped[str] = mapped_column(NUMBER)
    state: Mapped[str] = mapped_column(CODE)
    lane: Mapped[str] = mapped_column(CODE)
    tier: Mapped[str | None] = mapped_column(CODE)
    version: Mapped[int]
    handler: Mapped[str | None] = mapped_column(ID)
    surveyor: Mapped[str | None] = mapped_column(ID)
    actor: Mapped[str] = mapped_column(CODE)
    act: Mapped[str] = mapped_column(CODE)
    is_ours: Mapped[bool] = mapped_column(index=True)
    clock: Mapped[str | None] = mapped_column(CODE)
    next_due: Mapped[datetime | None] = mapped_column(UtcDateTime)
    callback_since: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    look_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    fen: Mapped[int] = mapped_column(BigInteger)
    paid: Mapped[int] = mapped_column(BigInteger)
    score: Mapped[int]
    injured: Mapped[bool]
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaymentOf(Base):
    """The claim that a payment belongs to."""

    __tablename__ = "claims_payments"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    claim: Mapped[str] = mapped_column(ID, index=True)


class AgreementOf(Base):
    """The claim whose agreement an envelope has to be signed."""

    __tablename__ = "claims_agreements"

    envelope: Mapped[str] = mapped_column(ID, primary_key=True)
    claim: Mapped[str] = mapped_column(ID, index=True)


class ClaimName(Base):
    """The name that a client gave a report: a retried call finds what the first one made.

    `request` is the digest of all that was asked for, so that another request under the same name is told apart.
    """

    __tablename__ = "claims_external_ids"

    client: Mapped[str] = mapped_column(ID, primary_key=True)
    external_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    claim: Mapped[str] = mapped_column(ID, unique=True)
    request: Mapped[str] = mapped_column(DIGEST)


class MotorPolicyRow(Base):
    """A motor policy as its client registered it last. Who is insured, and which car it is, is in `record`, sealed."""

    __tablename__ = "claims_motor_policies"
    __table_args__ = (Index("ix_claims_motor_policies_client_number", "client", "number"),)

    number: Mapped[str] = mapped_column(NUMBER, primary_key=True)
    client: Mapped[str] = mapped_column(ID)
    record: Mapped[str] = mapped_column(RECORD_ID, unique=True)
    digest: Mapped[str] = mapped_column(DIGEST)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MotorPolicyVersion(Base):
    """A version of a motor policy: a claim names the record of the one that it was reported on."""

    __tablename__ = "claims_motor_policy_versions"

    record: Mapped[str] = mapped_column(RECORD_ID, primary_key=True)
    number: Mapped[str] = mapped_column(NUMBER, index=True)
    digest: Mapped[str] = mapped_column(DIGEST)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaymentEntry(Base):
    """A line in the books of the simulated bank (`claims.payment.books`): nobody's money.

    `kind` is a payment, the answer to it given again, its correction, or its return; `order` is a digest of what was
    asked for.
    """

    __tablename__ = "claims_bank_entries"
    __table_args__ = (UniqueConstraint("id", "kind"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(ID)
    kind: Mapped[str] = mapped_column(CODE)
    order: Mapped[bytes] = mapped_column("ordered", LargeBinary(32))
    fen: Mapped[int] = mapped_column(BigInteger)
    outcome: Mapped[str] = mapped_column(CODE)
    reason: Mapped[str | None] = mapped_column(CODE)


insert_only(table_of(PaymentEntry))
insert_only(table_of(MotorPolicyVersion))
