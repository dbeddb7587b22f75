"""What the verifier's code can say: found in its source, so that no sentence is ever without its Chinese."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
VERIFIER = ROOT / "esign" / "verify"
REPORTS = VERIFIER / "reports"
OTHERS = (REPORTS, VERIFIER / "acceptance")
CONSTRAINTS = VERIFIER / "trust" / "algorithm_constraints.py"
"""Rooms with words of their own, and a file whose errors are for whoever gives the command other constraints."""
EVIDENCE_SENTENCES = tuple(
    ROOT / "esign" / "evidence" / f"{name}.py" for name in ("manifest", "matching", "strict_json")
)
NOT_SAID = {
    "{0}: repeated or missing, in node {1}",
    "{0}: parent {1}",
    "{0}: {1}, kids {2}, contents {3}",
    "a check is called",
    "the offline path validator waited for something",
    "the report is in another form",
    "the report is not in its form",
    "the report lists more than a report does",
    "{0} expected",
}
"""What no finding says: details of places, and errors of whoever calls."""
_PLACE_OF_A_CHANGE = re.compile(
    r"(page|field|object|reference|page tree node|cross-reference section at) \{0\}(/\w+|/\{1\}|: .*| \{1\})?"
)
_SENTENCE = re.compile(r"[a-z]{2,}[,:]? \(?[a-z{]|\{\d\}: \{\d\}|\} [a-z]{2,}")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SUB_INDICATION = re.compile(r"[A-Z]+(_[A-Z]+)+|REVOKED|EXPIRED|GENERIC")
_MAKERS_OF_CODES = {"Finding", "UnreadableDocument", "_error"}


def verifier_files() -> list[Path]:
    """Return the sources of whatever makes findings."""
    return [path for path in sorted(VERIFIER.rglob("*.py")) if path != CONSTRAINTS and not {*OTHERS} & {*path.parents}]


def sentences(path: Path) -> Iterator[str]:
    """Yield every text in the file that reads as words, its values as {0}, {1}: docstrings aside."""
    tree = ast.parse(path.read_text("utf-8"))
    inside = {
        part
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for part in ast.walk(node)
        if part is not node
    }
    for node in ast.walk(tree):
        if node in inside or not (text := _template(node)) or not _SENTENCE.search(text):
            continue
        if not _PLACE_OF_A_CHANGE.fullmatch(text):
            yield text


def codes(path: Path) -> Iterator[str]:
    """Yield the codes with which the file makes findings, and the sub-indications that it names."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args and getattr(node.func, "id", "") in _MAKERS_OF_CODES:
            yield from (text for one in _choices(node.args[0]) if (text := _template(one)))
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            code, sentence = map(_template, node.elts)
            if code and sentence and _CODE.fullmatch(code) and sentence.endswith("."):
                yield code
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SUB_INDICATION.fullmatch(node.value):
            yield node.value


def _choices(node: ast.expr) -> list[ast.expr]:
    return [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]


def _template(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    values = iter(range(10))
    return "".join(str(part.value) if isinstance(part, ast.Constant) else f"{{{next(values)}}}" for part in node.values)
