"""docs/envelope-states.md says what the tables say; the domain imports what it may."""

from __future__ import annotations

import ast
from pathlib import Path

from esign.ceremony.domain import Actor
from esign.ceremony.domain import commands as c
from esign.ceremony.domain.table import ENVELOPE_MOVES, ENVELOPE_TABLE, RECIPIENT_MOVES, RECIPIENT_TABLE, Row
from esign.ceremony.domain.values import EnvelopeState, RecipientState

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "envelope-states.md").read_text("utf-8")
DOMAIN = ROOT / "esign" / "ceremony" / "domain"


def row_of(state: EnvelopeState | RecipientState, row: Row) -> str:
    accepted = ", ".join(kind.__name__ for kind in c.COMMANDS if kind in row.accepts)
    actor = "nobody" if row.actor is Actor.NOBODY else f"{row.actor}: {row.act}"
    return f"| `{state.value}` | {actor} | {accepted} |"


def drawn_moves(heading: str) -> set[tuple[str, str]]:
    diagram = PAGE.partition(heading)[2].partition("```mermaid")[2].partition("```")[0]
    arrows = [line.partition(":")[0].split(" --> ") for line in diagram.splitlines() if " --> " in line]
    return {(source.strip(), target.strip()) for source, target in arrows if "[*]" not in source + target}


def test_the_page_has_the_row_of_every_state() -> None:
    rows = [row_of(state, row) for state, row in ENVELOPE_TABLE.items()]
    rows += [row_of(state, row) for state, row in RECIPIENT_TABLE.items()]
    missing = [row for row in rows if row not in PAGE]
    assert missing == []


def test_the_envelopes_diagram_draws_every_move_and_no_other() -> None:
    assert drawn_moves("## Envelope") == {(one.value, other.value) for one, other in ENVELOPE_MOVES}


def test_the_recipients_diagram_draws_every_move_along_the_way() -> None:
    ends = {RecipientState.EXPIRED, RecipientState.REPLACED, RecipientState.PENDING}
    moves = {(one.value, other.value) for one, other in RECIPIENT_MOVES if other not in ends}
    assert drawn_moves("## Recipient") == moves


def test_the_page_names_every_command() -> None:
    missing = [kind.__name__ for kind in c.COMMANDS if f"`{kind.__name__}`" not in PAGE]
    assert missing == []


def test_the_domain_imports_events_and_errors_and_nothing_else_of_ours() -> None:
    allowed = {"esign.errors", "esign.trail.event", "esign.trail.vocabulary"}
    found = set()
    for path in DOMAIN.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
            elif isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
    ours = {name for name in found if name.split(".")[0] in {"esign", "ca", "policy", "delivery", "claims"}}
    assert {name for name in ours if not name.startswith("esign.ceremony.domain")} == allowed
    standard = {"__future__", "collections", "dataclasses", "datetime", "enum", "functools", "itertools", "re"}
    assert {name.split(".")[0] for name in found - ours} <= standard | {"types", "typing"}


def test_the_domain_asks_no_clock() -> None:
    for path in DOMAIN.glob("*.py"):
        assert ".now(" not in path.read_text("utf-8")
        assert ".today(" not in path.read_text("utf-8")
