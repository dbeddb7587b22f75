"""A file that somebody hands in is looked up by its digest among all revisions, by an index."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_document_pieces_sha256", "document_pieces", ["sha256"])
