"""docs/proposal-states.md says what the tables say; the domain imports what it may."""

from __future__ import annotations

import ast
from pathlib import Path

from policy.domain import Actor
from policy.domain import commands as c
from policy.domain.requests import REQUEST_COMMANDS, REQUEST_MOVES, REQUEST_TABLE
from policy.domain.table import MOVES, TABLE
from policy.domain.values import ProposalState

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs" / "proposal-states.md").read_text("utf-8")


def drawn_moves(heading: str) -> set[tuple[str, str]]:
    diagram = PAGE.partition(heading)[2].partition("```mermaid")[2].partition("```")[0]
    arrows = [line.partition(":")[0].split(" --> ") for line in diagram.splitlines() if " --> " in line]
    return {(source.strip(), target.strip()) for source, target in arrows if "[*]" not in source + target}


def test_the_page_has_the_row_of_every_state() -> None:
    rows = []
    for state, row in TABLE.items():
        accepted = ", ".join(kind.__name__ for kind in c.COMMANDS if kind in row.accepts)
        actor = "nobody" if row.actor is Actor.NOBODY else f"{row.actor}: {row.act}"
        rows.append(f"| `{state.value}` | {actor} | {accepted} |")
    for request_state, accepts in REQUEST_TABLE.items():
        accepted = ", ".join(kind.__name__ for kind in REQUEST_COMMANDS if kind in accepts) or "nothing"
        rows.append(f"| `{request_state.value}` | {accepted} |")
    assert [row for row in rows if row not in PAGE] == []


def test_the_diagrams_draw_every_move_and_no_other() -> None:
    moves = {(one.value, other.value) for one, other in MOVES if other is not ProposalState.WITHDRAWN}
    drawn = drawn_moves("## Proposal")
    assert drawn == {(one.replace("-", "_"), other.replace("-", "_")) for one, other in moves}
    assert drawn_moves("## Service request") == {(one.value, other.value) for one, other in REQUEST_MOVES}


def test_the_page_names_every_command() -> None:
    assert [kind.__name__ for kind in c.COMMANDS if f"| `{kind.__name__}` |" not in PAGE] == []


def test_the_domain_imports_the_form_of_an_event_and_nothing_else_of_esign() -> None:
    found = set()
    for path in (ROOT / "policy" / "domain").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
            elif isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
    ours = {name for name in found if name.split(".")[0] in {"esign", "ca", "policy", "pydantic", "zen", "flask"}}
    assert {name for name in ours if not name.startswith("policy.domain")} == {"esign.trail.event", "policy.errors"}
