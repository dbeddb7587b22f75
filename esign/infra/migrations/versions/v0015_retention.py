"""Keeping and erasing: what is kept of each envelope, legal holds, and requests of persons.

The rows of envelopes from before are made by the consumer `retention`, which reads the trail from its beginning.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.String(80)
CODE = sa.String(64)
DAY = sa.String(10)


def upgrade() -> None:
    op.create_table(
        "retained_envelopes",
        sa.Column("envelope", ID, nullable=False),
        sa.Column("client", ID, nullable=False),
        sa.Column("institution", ID, nullable=True),
        sa.Column("salesperson", ID, nullable=True),
        sa.Column("outcome", CODE, nullable=True),
        sa.Column("over_at", UtcDateTime, nullable=True),
        sa.Column("term", CODE, nullable=True),
        sa.Column("ended_on", DAY, nullable=True),
        sa.Column("counts_from", DAY, nullable=True),
        sa.Column("photos_since", UtcDateTime, nullable=True),
        sa.Column("proposed_at", UtcDateTime, nullable=True),
        sa.Column("erased_at", UtcDateTime, nullable=True),
        sa.Column("documents_erased_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("envelope", name="pk_retained_envelopes"),
    )
    op.create_index("ix_retained_envelopes_term_counts", "retained_envelopes", ["term", "counts_from"])
    op.create_index("ix_retained_envelopes_photos", "retained_envelopes", ["outcome", "photos_since"])
    op.create_index("ix_retained_envelopes_institution", "retained_envelopes", ["institution"])
    op.create_index("ix_retained_envelopes_proposed", "retained_envelopes", ["proposed_at"])
    op.create_table(
        "stored_faces",
        sa.Column("recipient", ID, nullable=False),
        sa.Column("envelope", ID, nullable=False),
        sa.PrimaryKeyConstraint("recipient", name="pk_stored_faces"),
    )
    op.create_index("ix_stored_faces_envelope", "stored_faces", ["envelope"])
    op.create_table(
        "legal_holds",
        sa.Column("id", ID, nullable=False),
        sa.Column("envelope", ID, nullable=False),
        sa.Column("reason", CODE, nullable=False),
        sa.Column("words", ID, nullable=True),
        sa.Column("set_by", ID, nullable=False),
        sa.Column("set_at", UtcDateTime, nullable=False),
        sa.Column("lifted_at", UtcDateTime, nullable=True),
        sa.Column("lifted_by", ID, nullable=True),
        sa.Column("approved_by", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_legal_holds"),
    )
    op.create_index("ix_legal_holds_envelope", "legal_holds", ["envelope"])
    _requests()


def _requests() -> None:
    op.create_table(
        "person_requests",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("channel", CODE, nullable=False),
        sa.Column("institution", ID, nullable=True),
        sa.Column("person", ID, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("due_on", DAY, nullable=False),
        sa.Column("received_by", ID, nullable=True),
        sa.Column("outcome", CODE, nullable=True),
        sa.Column("answer_words", ID, nullable=True),
        sa.Column("answered_at", UtcDateTime, nullable=True),
        sa.Column("answered_by", ID, nullable=True),
        sa.Column("collected_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_person_requests"),
    )
    op.create_index("ix_person_requests_state_due", "person_requests", ["state", "due_on"])
    op.create_index("ix_person_requests_institution", "person_requests", ["institution"])
    op.create_table(
        "concerned_recipients",
        sa.Column("request", ID, nullable=False),
        sa.Column("recipient", ID, nullable=False),
        sa.Column("envelope", ID, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("corrected", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("request", "recipient", name="pk_concerned_recipients"),
    )
    op.create_index("ix_concerned_recipients_recipient", "concerned_recipients", ["recipient"])
    op.create_index("ix_concerned_recipients_envelope", "concerned_recipients", ["envelope"])
    op.create_table(
        "person_visits",
        sa.Column("id", sa.LargeBinary(32), nullable=False),
        sa.Column("told", sa.LargeBinary, nullable=False),
        sa.Column("begun_at", UtcDateTime, nullable=False),
        sa.Column("code", ID, nullable=False),
        sa.Column("looked_at", UtcDateTime, nullable=True),
        sa.Column("matched", sa.Boolean, nullable=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("entered_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_person_visits"),
    )
    op.create_index("ix_person_visits_begun_at", "person_visits", ["begun_at"])
    op.create_index("ix_person_visits_looked_at", "person_visits", ["looked_at"])
