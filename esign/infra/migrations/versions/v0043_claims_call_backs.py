"""Figures of claims tell how soon customers are called back: their rows are made anew from the trail.

What is counted of earlier claims lacks their calls, so the rows go, and the consumer reads from the beginning.
"""

from __future__ import annotations

from alembic import op

revision = "0043"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM claims_courses")
    op.execute("DELETE FROM claims_lots")
    op.execute("DELETE FROM claims_figures_until")
    op.execute("DELETE FROM trail_consumers WHERE name = 'claims-figures'")
