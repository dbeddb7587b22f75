"""The tables of the policy room: what people query, and what is kept apart from the trail.

`ProposalRow`, `EnvelopeOf`, `VisitOf`, `MoneyOf`, `CaseOf`, `RecordingOf` and `RequestRow` are projections: they can be
dropped and rebuilt from the trail (`policy.service.projection`), as can `JourneyRow` (`policy.figures.projecting`). The
others hold what events name by id or digest only.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import BigInteger, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from esign.public.rows import RECORD_ID, Base, JsonText, JsonValue, KeptFile, UtcDateTime, insert_only, table_of

ID: Final = String(80)
CODE: Final = String(64)
DIGEST: Final = String(64)
NUMBER: Final = String(20)


class ProposalRow(Base):
    """A proposal as it stands. `version` is that of its stream; `due_on` is the first day by which somebody has to act.

    `actor` and `act` are who acts next, doing what (codes); `is_ours` tells that the service itself has something to
    do. `fen` is what the first debit takes; `failure` is the code of the last debit that failed, None where none did or
    it was made since.
    """

    __tablename__ = "policy_proposals"
    __table_args__ = (
        Index("ix_policy_proposals_client_id", "client", "id"),
        Index("ix_policy_proposals_institution_due", "institution", "due_on"),
        Index("ix_policy_proposals_salesperson_due", "salesperson", "due_on"),
        Index("ix_policy_proposals_actor_due", "actor", "due_on"),
        Index("ix_policy_proposals_state_updated", "state", "updated_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    client: Mapped[str | None] = mapped_column(ID)
    institution: Mapped[str] = mapped_column(ID)
    salesperson: Mapped[str] = mapped_column(ID)
    product: Mapped[str] = mapped_column(CODE)
    product_version: Mapped[str] = mapped_column(CODE)
    content: Mapped[str] = mapped_column(RECORD_ID, index=True)
    state: Mapped[str] = mapped_column(CODE)
    version: Mapped[int]
    actor: Mapped[str] = mapped_column(CODE)
    act: Mapped[str] = mapped_column(CODE)
    is_ours: Mapped[bool] = mapped_column(index=True)
    due_on: Mapped[date | None]
    holds_until: Mapped[date]
    fen: Mapped[int] = mapped_column(BigInteger)
    failure: Mapped[str | None] = mapped_column(CODE)
    policy: Mapped[str | None] = mapped_column(NUMBER, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EnvelopeOf(Base):
    """What an envelope was sent for: a proposal or its offer (`prp_...`), or a service request (`srq_...`)."""

    __tablename__ = "policy_envelopes"

    envelope: Mapped[str] = mapped_column(ID, primary_key=True)
    subject: Mapped[str] = mapped_column(ID, index=True)


class VisitOf(Base):
    """A return visit as it stands: of which proposal, until when the hesitation period runs, what came of it.

    `in_time` and `way` are None until it is answered. `concerns` are codes with a space between them, empty where there
    are none; `seen_at` is when somebody said what was done about them.
    """

    __tablename__ = "policy_visits"
    __table_args__ = (
        Index("ix_policy_visits_answered_ends", "answered_at", "ends_on"),
        Index("ix_policy_visits_seen_concerns", "seen_at", "concerns"),
    )

    visit: Mapped[str] = mapped_column(ID, primary_key=True)
    proposal: Mapped[str] = mapped_column(ID, index=True)
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_on: Mapped[date]
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    in_time: Mapped[bool | None]
    way: Mapped[str | None] = mapped_column(CODE)
    concerns: Mapped[str] = mapped_column(String(4200))
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MoneyOf(Base):
    """The proposal that a debit or refund belongs to."""

    __tablename__ = "policy_money"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    proposal: Mapped[str] = mapped_column(ID, index=True)


class CaseOf(Base):
    """A case that a person decides; `decided_at` is None until they did."""

    __tablename__ = "policy_cases"
    __table_args__ = (Index("ix_policy_cases_decided_referred", "decided_at", "referred_at"),)

    case: Mapped[str] = mapped_column(ID, primary_key=True)
    proposal: Mapped[str] = mapped_column(ID, index=True)
    referred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecordingOf(Base):
    """A recording of a sale (双录); `reviewed_at` is None until somebody did."""

    __tablename__ = "policy_recordings"
    __table_args__ = (Index("ix_policy_recordings_reviewed_added", "reviewed_at", "added_at"),)

    recording: Mapped[str] = mapped_column(ID, primary_key=True)
    proposal: Mapped[str] = mapped_column(ID, index=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RequestRow(Base):
    """A service request as it stands."""

    __tablename__ = "policy_requests"
    __table_args__ = (Index("ix_policy_requests_state_updated", "state", "updated_at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    proposal: Mapped[str] = mapped_column(ID, index=True)
    policy: Mapped[str] = mapped_column(NUMBER)
    kind: Mapped[str] = mapped_column(CODE)
    state: Mapped[str] = mapped_column(CODE)
    version: Mapped[int]
    asked_on: Mapped[date]
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class JourneyRow(Base):
    """The way of a proposal, for figures: what the trail tells of it and of its envelopes, joined.

    Times are whole seconds since 1970-01-01 UTC; `sent_at` is None until it was sent. `told` is what the next event is
    folded into; the other columns follow from it.
    """

    __tablename__ = "policy_journeys"
    __table_args__ = (
        Index("ix_policy_journeys_sent", "sent_at"),
        Index("ix_policy_journeys_institution_sent", "institution", "sent_at"),
    )

    proposal: Mapped[str] = mapped_column(ID, primary_key=True)
    institution: Mapped[str] = mapped_column(ID)
    salesperson: Mapped[str] = mapped_column(ID)
    product: Mapped[str] = mapped_column(CODE)
    channel: Mapped[str] = mapped_column(CODE)
    holds_until: Mapped[str] = mapped_column(String(10))
    sent_at: Mapped[int | None] = mapped_column(BigInteger)
    signed_at: Mapped[int | None] = mapped_column(BigInteger)
    issued_at: Mapped[int | None] = mapped_column(BigInteger)
    latest_at: Mapped[int] = mapped_column(BigInteger)
    step: Mapped[str | None] = mapped_column(CODE)
    ending: Mapped[str | None] = mapped_column(CODE)
    delivery: Mapped[str | None] = mapped_column(CODE)
    remote: Mapped[int]
    assisted: Mapped[int]
    in_person: Mapped[int]
    told: Mapped[JsonValue] = mapped_column(JsonText)


class ExternalId(Base):
    """The name that a client gave a proposal: a retried call finds what the first one made.

    `request` is the digest of all that was asked for, so that another request under the same name is told apart.
    """

    __tablename__ = "policy_external_ids"

    client: Mapped[str] = mapped_column(ID, primary_key=True)
    external_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    proposal: Mapped[str] = mapped_column(ID, unique=True)
    request: Mapped[str] = mapped_column(DIGEST)


class RequestName(Base):
    """The name that a client gave a service request, as `ExternalId` is that of a proposal."""

    __tablename__ = "policy_request_names"

    client: Mapped[str] = mapped_column(ID, primary_key=True)
    external_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    request: Mapped[str] = mapped_column(ID, unique=True)
    asked: Mapped[str] = mapped_column(DIGEST)


class PersonOf(Base):
    """The record by which messages reach a person of a proposal, in the part that they have there.

    A service request that changed where the applicant is reached keeps the record of before, under its own id.
    """

    __tablename__ = "policy_people"

    proposal: Mapped[str] = mapped_column(ID, primary_key=True)
    part: Mapped[str] = mapped_column(CODE, primary_key=True)
    person: Mapped[str] = mapped_column(RECORD_ID, index=True)


class DraftRow(Base):
    """A proposal that a salesperson is still writing. What was typed is in `record`, sealed; `step` is where they were.

    A draft goes when the proposal is entered, when its salesperson throws it away, and thirty days after it was last
    written at.
    """

    __tablename__ = "policy_drafts"
    __table_args__ = (Index("ix_policy_drafts_salesperson_updated", "salesperson", "updated_at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    salesperson: Mapped[str] = mapped_column(ID)
    record: Mapped[str] = mapped_column(RECORD_ID, unique=True)
    step: Mapped[str] = mapped_column(CODE)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class VisitDraft(Base):
    """What somebody has answered of a return visit so far, sealed in `record`. The row goes when it is handed in: from
    then on the event names the record."""

    __tablename__ = "policy_visit_drafts"

    visit: Mapped[str] = mapped_column(ID, primary_key=True)
    record: Mapped[str] = mapped_column(RECORD_ID, unique=True)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class TakenNumber(Base):
    """A number that people read, for good: of a proposal (投保单号), a policy, a service request or an endorsement.

    A policy's is taken before its contract is set in type, since it stands on every page. `proposal` is what has the
    number: a proposal, or a service request.
    """

    __tablename__ = "policy_numbers"
    __table_args__ = (UniqueConstraint("proposal", "kind"),)

    number: Mapped[str] = mapped_column(NUMBER, primary_key=True)
    kind: Mapped[str] = mapped_column(CODE)
    proposal: Mapped[str] = mapped_column(ID)


class Contract(KeptFile, Base):
    """The issued contract: sealed by the insurer, kept so that it can be erased."""

    __tablename__ = "policy_contracts"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    proposal: Mapped[str] = mapped_column(ID, unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EndorsementOf(KeptFile, Base):
    """The endorsement (批单) by which a request was done: sealed by the insurer, kept so that it can be erased."""

    __tablename__ = "policy_endorsements"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    request: Mapped[str] = mapped_column(ID, unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BankEntry(Base):
    """A line in the books of the simulated bank (`policy.bank.books`): nobody's money.

    `kind` is a debit, a refund, the answer to a debit given again, or its correction; `order` is a digest of what was
    asked for.
    """

    __tablename__ = "policy_bank_entries"
    __table_args__ = (UniqueConstraint("id", "kind"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(ID)
    kind: Mapped[str] = mapped_column(CODE)
    debit: Mapped[str] = mapped_column(ID, index=True)
    order: Mapped[bytes] = mapped_column("ordered", LargeBinary(32))
    fen: Mapped[int] = mapped_column(BigInteger)
    outcome: Mapped[str] = mapped_column(CODE)
    reason: Mapped[str | None] = mapped_column(CODE)


insert_only(table_of(BankEntry))
