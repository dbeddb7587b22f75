"""Alembic runs this file. The connection, with its transaction, comes from `esign.infra.schema.upgrade`."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,  # SQLite can, if the transaction is begun before the first statement, as ours are
)
with context.begin_transaction():
    context.run_migrations()
