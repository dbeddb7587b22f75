"""Make the decision tables of every version of the risk points.

    python claims/data/risk/make_tables.py

A version by which claims were scored keeps its tables: write a new version of points and rules, and try its tables over
past claims with `esign claims what-if` before its day comes.
"""

from __future__ import annotations

from claims.risk.facts import Step
from claims.risk.rules import rule_files
from claims.risk.tables import path_of, table_text


def main() -> None:
    """Write the tables of every version that has rules."""
    for rules, points in rule_files():
        for step in Step:
            path = path_of(step, rules.version)
            path.parent.mkdir(exist_ok=True)
            path.write_text(table_text(step, points, rules.effective_from), encoding="utf-8")


if __name__ == "__main__":
    main()
