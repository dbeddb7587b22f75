"""The service's tables: clients and keys, envelopes and their parts, acts of signing, tasks, webhooks, messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import JsonText, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.String(80)


def upgrade() -> None:
    _clients()
    _envelopes()
    _work()
    _telling()


def _clients() -> None:
    op.create_table(
        "api_clients",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("mode", sa.String(8), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_api_clients"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", ID, nullable=False),
        sa.Column("client", ID, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("scopes", JsonText, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=True),
        sa.Column("revoked_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.ForeignKeyConstraint(["client"], ["api_clients.id"], name="fk_api_keys_client_api_clients"),
    )
    op.create_index("ix_api_keys_client", "api_keys", ["client"])
    op.create_table(
        "first_answers",
        sa.Column("client", ID, nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("begun_at", UtcDateTime, nullable=False),
        sa.Column("status", sa.Integer, nullable=True),
        sa.Column("record", ID, nullable=True),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("client", "key", name="pk_first_answers"),
    )
    op.create_index("ix_first_answers_begun_at", "first_answers", ["begun_at"])
    op.create_table(
        "rate_leases",
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("window_start", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("granted", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("subject", "window_start", name="pk_rate_leases"),
    )


def _envelopes() -> None:
    op.create_table(
        "envelopes",
        sa.Column("id", ID, nullable=False),
        sa.Column("client", ID, nullable=False),
        sa.Column("external_id", sa.String(128), nullable=True),
        sa.Column("mode", sa.String(64), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_envelopes"),
        sa.UniqueConstraint("client", "external_id", name="uq_envelopes_client_external_id"),
    )
    op.create_index("ix_envelopes_client_created", "envelopes", ["client", "id"])
    op.create_index("ix_envelopes_due_at", "envelopes", ["due_at"])
    op.create_index("ix_envelopes_state", "envelopes", ["state"])
    op.create_table(
        "recipients",
        sa.Column("id", ID, nullable=False),
        sa.Column("envelope", ID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("signing_group", sa.Integer, nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("device", ID, nullable=True),
        sa.Column("signed_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_recipients"),
    )
    op.create_index("ix_recipients_device", "recipients", ["device"])
    op.create_index("ix_recipients_envelope", "recipients", ["envelope"])
    op.create_index("ix_recipients_person", "recipients", ["person"])
    op.create_table(
        "documents",
        sa.Column("id", ID, nullable=False),
        sa.Column("envelope", ID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("original", sa.String(64), nullable=False),
        sa.Column("prepared", sa.String(64), nullable=False),
        sa.Column("current", sa.String(64), nullable=False),
        sa.Column("sealed", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
    )
    op.create_index("ix_documents_envelope", "documents", ["envelope"])
    op.create_index("ix_documents_sealed", "documents", ["sealed"])
    op.create_table(
        "document_pieces",
        sa.Column("document", ID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("blob", sa.String(100), nullable=False),
        sa.Column("record", ID, nullable=False),
        sa.PrimaryKeyConstraint("document", "number", name="pk_document_pieces"),
        sa.UniqueConstraint("blob", name="uq_document_pieces_blob"),
        sa.UniqueConstraint("record", name="uq_document_pieces_record"),
    )
    op.create_table(
        "page_images",
        sa.Column("revision", sa.String(64), nullable=False),
        sa.Column("page", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("blob", sa.String(100), nullable=False),
        sa.Column("record", ID, nullable=False),
        sa.PrimaryKeyConstraint("revision", "page", name="pk_page_images"),
        sa.UniqueConstraint("blob", name="uq_page_images_blob"),
        sa.UniqueConstraint("record", name="uq_page_images_record"),
    )
    op.create_table(
        "envelope_keys",
        sa.Column("envelope", ID, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("envelope", name="pk_envelope_keys"),
    )
    op.create_table(
        "consent_texts",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_consent_texts"),
    )
    op.create_table(
        "handwriting_keys",
        sa.Column("key", sa.LargeBinary(32), nullable=False),
        sa.Column("record", ID, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_handwriting_keys"),
    )
    op.create_index("ix_handwriting_keys_record", "handwriting_keys", ["record"])


def _work() -> None:
    op.create_table(
        "signing_acts",
        sa.Column("recipient", ID, nullable=False),
        sa.Column("manifest", sa.String(64), nullable=False),
        sa.Column("certificate_serial", sa.String(40), nullable=False),
        sa.Column("document", ID, nullable=False),
        sa.Column("base", sa.String(64), nullable=False),
        sa.Column("claimed_at", UtcDateTime, nullable=False),
        sa.Column("certificate", sa.LargeBinary, nullable=False),
        sa.Column("chain", sa.LargeBinary, nullable=False),
        sa.Column("increment", sa.LargeBinary, nullable=False),
        sa.Column("contents_at", sa.Integer, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("cms", sa.LargeBinary, nullable=False),
        sa.Column("timestamped_at", UtcDateTime, nullable=True),
        sa.Column("abandoned", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("recipient", "manifest", "certificate_serial", name="pk_signing_acts"),
    )
    op.create_table(
        "accepted_signatures",
        sa.Column("recipient", ID, nullable=False),
        sa.Column("document", ID, nullable=False),
        sa.Column("certificate_serial", sa.String(40), nullable=False),
        sa.Column("cms_sha256", sa.String(64), nullable=False),
        sa.Column("validation_data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("recipient", name="pk_accepted_signatures"),
        sa.UniqueConstraint("certificate_serial", name="uq_accepted_signatures_certificate_serial"),
        sa.UniqueConstraint("cms_sha256", name="uq_accepted_signatures_cms_sha256"),
    )
    op.create_index("ix_accepted_signatures_document", "accepted_signatures", ["document"])
    op.create_table(
        "sealed_releases",
        sa.Column("document", ID, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("report", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("document", name="pk_sealed_releases"),
        sa.UniqueConstraint("sha256", name="uq_sealed_releases_sha256"),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(160), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("subject", ID, nullable=False),
        sa.Column("envelope", ID, nullable=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("failure", sa.String(64), nullable=True),
        sa.Column("job", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
    )
    op.create_index("ix_tasks_due_at", "tasks", ["due_at"])
    op.create_index("ix_tasks_envelope", "tasks", ["envelope"])


def _telling() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", ID, nullable=False),
        sa.Column("client", ID, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("event_types", JsonText, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("failing_since", UtcDateTime, nullable=True),
        sa.Column("disabled_at", UtcDateTime, nullable=True),
        sa.Column("disabled_because", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_endpoints"),
    )
    op.create_index("ix_webhook_endpoints_client", "webhook_endpoints", ["client"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("endpoint", ID, nullable=False),
        sa.Column("event", sa.String(44), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("last_status", sa.Integer, nullable=True),
        sa.Column("last_failure", sa.String(64), nullable=True),
        sa.Column("delivered_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_deliveries"),
        sa.UniqueConstraint("endpoint", "event", name="uq_webhook_deliveries_endpoint_event"),
        sa.ForeignKeyConstraint(
            ["endpoint"],
            ["webhook_endpoints.id"],
            name="fk_webhook_deliveries_endpoint_webhook_endpoints",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_webhook_deliveries_due", "webhook_deliveries", ["due_at", "endpoint"])
    op.create_table(
        "messages",
        sa.Column("id", ID, nullable=False),
        sa.Column("dedupe", sa.String(160), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("envelope", ID, nullable=True),
        sa.Column("facts", JsonText, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("last_failure", sa.String(64), nullable=True),
        sa.Column("sent_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("dedupe", name="uq_messages_dedupe"),
    )
    op.create_index("ix_messages_due_at", "messages", ["due_at"])
    op.create_index("ix_messages_envelope", "messages", ["envelope"])
    op.create_index("ix_messages_person", "messages", ["person"])
