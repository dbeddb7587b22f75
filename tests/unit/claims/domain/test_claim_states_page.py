"""docs/claim-states.md says what the tables say; the domain imports what it may."""

from __future__ import annotations

import ast
from pathlib import Path

from claims.domain import Actor
from claims.domain import commands as c
from claims.domain.table import ALWAYS, DRAWN_MOVES, TABLE

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs" / "claim-states.md").read_text("utf-8")


def test_the_page_has_the_row_of_every_state() -> None:
    rows = []
    for state, row in TABLE.items():
        accepted = ", ".join(kind.__name__ for kind in c.COMMANDS if kind in row.accepts and kind not in ALWAYS)
        actor = "nobody" if row.actor is Actor.NOBODY else f"{row.actor}: {row.act}"
        rows.append(f"| `{state.value}` | {actor} | {accepted or 'nothing more'} |")
    assert [row for row in rows if row not in PAGE] == []
    assert ", ".join(kind.__name__ for kind in c.COMMANDS if kind in ALWAYS) in PAGE


def test_the_diagram_draws_every_move_and_no_other() -> None:
    arrows = [line.partition(":")[0].split(" --> ") for line in PAGE.splitlines() if " --> " in line]
    drawn = {(one.strip(), other.strip()) for one, other in arrows if "[*]" not in one + other}
    assert drawn == {(one.replace("-", "_"), other.replace("-", "_")) for one, other in DRAWN_MOVES}


def test_the_page_names_every_command() -> None:
    assert [kind.__name__ for kind in c.COMMANDS if f"| `{kind.__name__}` |" not in PAGE] == []


def test_the_domain_imports_the_form_of_an_event_and_nothing_else_of_esign() -> None:
    found = set()
    for path in (ROOT / "claims" / "domain").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
            elif isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
    ours = {name for name in found if name.split(".")[0] in {"esign", "ca", "claims", "pydantic", "zen", "flask"}}
    assert {name for name in ours if not name.startswith("claims.domain")} == {"esign.trail.event", "claims.errors"}
