"""Decision tables of a room: what its tables compare and say is a `TableKind`; the rest is the same everywhere.

KIND = TableKind(COLUMNS, Row, ...)
table = table_for(tables_in(FOLDER, KIND), day)
table.evaluate(inputs).rows
"""

from __future__ import annotations

from esign.decisions.columns import Column
from esign.decisions.kind import Problems, TableKind
from esign.decisions.reading import BYTES_AT_MOST, read_table, tables_in
from esign.decisions.table import TRACE_AT_MOST, DecisionTable, Evaluation, table_for

__all__ = [
    "BYTES_AT_MOST",
    "TRACE_AT_MOST",
    "Column",
    "DecisionTable",
    "Evaluation",
    "Problems",
    "TableKind",
    "read_table",
    "table_for",
    "tables_in",
]
