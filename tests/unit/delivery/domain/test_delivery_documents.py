"""docs/delivery-states.md says what the tables say; the domain imports what it may."""

from __future__ import annotations

import ast
from pathlib import Path

from delivery.domain import Owner
from delivery.domain import commands as c
from delivery.domain.next_actor import WAITS
from delivery.domain.table import MOVES, OPEN, TABLE
from delivery.domain.values import DeliveryState

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs" / "delivery-states.md").read_text("utf-8")


def rows_of_states() -> list[str]:
    rows = []
    for state, row in TABLE.items():
        beside = [kind.__name__ for kind in c.COMMANDS if kind in row.accepts and kind not in OPEN]
        named = ", ".join(beside) or "nothing"
        owner = "nobody" if row.owner is Owner.NOBODY else f"{row.owner}: {row.act}"
        rows.append(f"| `{state.value}` | {owner} | {named} | {'yes' if row.accepts >= OPEN else 'no'} |")
    return rows


def test_the_page_has_the_row_of_every_state() -> None:
    assert [row for row in rows_of_states() if row not in PAGE] == []


def test_the_page_names_every_move_and_no_other() -> None:
    """A table and not a drawing: trouble leads from everywhere to everywhere, and nobody reads that as arrows."""
    rows = []
    for state in DeliveryState:
        after = [f"`{other.value}`" for other in DeliveryState if (state, other) in MOVES]
        rows.append(f"| `{state.value}` | {', '.join(after) or 'nothing'} |")
    assert [row for row in rows if row not in PAGE] == []


def test_the_page_names_who_acts_while_a_proposal_waits() -> None:
    rows = [f"| `{waits.value}` | {owner}: {act} |" for waits, (owner, act) in WAITS.items()]
    assert [row for row in rows if row not in PAGE] == []


def test_the_page_names_every_command() -> None:
    assert [kind.__name__ for kind in c.COMMANDS if f"| `{kind.__name__}` |" not in PAGE] == []


def test_the_domain_imports_the_form_of_an_event_and_nothing_else_of_esign() -> None:
    found = set()
    for path in (ROOT / "delivery" / "domain").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
            elif isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
    ours = {name for name in found if name.split(".")[0] in {"esign", "ca", "delivery", "pydantic", "flask"}}
    assert {name for name in ours if not name.startswith("delivery.domain")} == {"esign.trail.event", "delivery.errors"}
