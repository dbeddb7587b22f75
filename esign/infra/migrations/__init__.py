"""Steps of the schema, each written out in full: a step never changes once it is released.

A step works with the code that is already running (add first, use in the next version, remove in the one after),
runs in one transaction with the others, and is the same on SQLite and PostgreSQL but for triggers. SQLite alters
little: add columns and tables, or use `op.batch_alter_table`, which rebuilds the table and drops its triggers.
"""
