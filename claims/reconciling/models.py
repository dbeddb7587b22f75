"""The tables of reconciliation: every entry of a statement once with what it was, and payments that a file holds."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from claims.models import CODE, DIGEST, ID
from esign.public.rows import RECORD_ID, Base, UtcDateTime, insert_only, table_of


class StatementEntry(Base):
    """An entry of the bank's statement, once for ever, whatever file brings it again.

    `payment` is its reference where that can be an id of ours, and nothing else that a bank may write there; `found` is
    what it was when it was taken. `owner` (a code) is who sees to it, None where nobody has to, or the claim itself
    says who acts. `measure` and the record `words` are what was done about it.
    """

    __tablename__ = "claims_statement_entries"
    __table_args__ = (
        Index("ix_claims_statement_entries_open", "owner", "settled_at", "institution"),
        Index("ix_claims_statement_entries_statement", "statement", "found"),
    )

    entry: Mapped[str] = mapped_column(ID, primary_key=True)
    statement: Mapped[str] = mapped_column(ID)
    digest: Mapped[str] = mapped_column(DIGEST)
    kind: Mapped[str] = mapped_column(CODE)
    found: Mapped[str] = mapped_column(CODE)
    payment: Mapped[str | None] = mapped_column(ID, index=True)
    claim: Mapped[str | None] = mapped_column(ID, index=True)
    institution: Mapped[str | None] = mapped_column(ID)
    fen: Mapped[int] = mapped_column(BigInteger)
    ours: Mapped[int | None] = mapped_column(BigInteger)
    owner: Mapped[str | None] = mapped_column(CODE)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[str | None] = mapped_column(ID)
    measure: Mapped[str | None] = mapped_column(CODE)
    words: Mapped[str | None] = mapped_column(RECORD_ID)


class PaymentFile(Base):
    """A payment file that was written for a bank; again it is the same, byte by byte. `debtor` is the digest of the
    account that pays."""

    __tablename__ = "claims_payment_files"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    debtor: Mapped[str] = mapped_column(DIGEST)
    pay_on: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FiledPayment(Base):
    """A payment that a file holds: one file, for ever."""

    __tablename__ = "claims_filed_payments"

    payment: Mapped[str] = mapped_column(ID, primary_key=True)
    file: Mapped[str] = mapped_column(ID, index=True)


insert_only(table_of(PaymentFile))
insert_only(table_of(FiledPayment))
