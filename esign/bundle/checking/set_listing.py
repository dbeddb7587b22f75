"""Compares the index of a set with what lies in the set: what is missing, added, doubled, of another size or place.

The bundles themselves are not opened here: `check_set_member` judges each, and compares it with its row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from esign.bundle.checking.container import Buffer
from esign.bundle.checking.errors import ContainerRefused
from esign.bundle.checking.set_container import (
    USUAL,
    SetLimits,
    StoredMember,
    open_set,
    part,
    require_whole,
)
from esign.bundle.checking.verdict import BundleFinding, Findings, Step
from esign.bundle.layout import EXTENSION
from esign.bundle.set_index import INDEX_LINES, INDEX_TABLE, IndexRow, index_table, parse_index_line
from esign.errors import EvidenceError
from esign.verify.report import Severity

_INDEX: Final = (INDEX_TABLE, INDEX_LINES)


@dataclass(frozen=True)
class SetBundle:
    """A bundle of a set: its member, and where in the file its line of `index.jsonl` lies (0 bytes: it has none)."""

    member: StoredMember
    line_start: int
    line_bytes: int


@dataclass(frozen=True)
class SetListing:
    """What is in a set. `index_sha256` is of `index.jsonl`, lower-case hex; `rows` counts its lines.

    `readable` is False where the archive could not be read; then there are no bundles.
    """

    bytes: int
    findings: tuple[BundleFinding, ...] = ()
    readable: bool = True
    bundles: tuple[SetBundle, ...] = ()
    rows: int = 0
    index_sha256: str = ""


@dataclass(frozen=True)
class _Line:
    start: int
    bytes: int
    row: IndexRow


def list_set(data: Buffer, limits: SetLimits = USUAL) -> SetListing:
    """Return what is in a set, and every way in which archive and index disagree. Whatever is hostile is a finding."""
    findings = Findings()
    try:
        members = open_set(data, limits)
        for member in members:
            if member.name in _INDEX:
                require_whole(data, member)
    except ContainerRefused as error:
        findings.add(Step.CONTAINER, error.code, error.member, reason=error.reason)
        return SetListing(len(data), findings.all(), readable=False)
    by_name = {member.name: member for member in members}
    lines = _lines(data, by_name.get(INDEX_LINES), limits, findings)
    _check_table(data, by_name.get(INDEX_TABLE), lines, findings)
    bundles = _check_files(members, lines, findings)
    _check_order(members, lines, findings)
    if not bundles:
        findings.add(Step.MEMBERS, "set-empty", severity=Severity.WARNING)
    index = by_name.get(INDEX_LINES)
    digest = "" if index is None else hashlib.sha256(part(data, index)).hexdigest()
    return SetListing(len(data), findings.all(), True, bundles, 0 if lines is None else len(lines), digest)


def _lines(data: Buffer, index: StoredMember | None, limits: SetLimits, findings: Findings) -> tuple[_Line, ...] | None:
    """Read `index.jsonl`; None where it is missing or cannot be read."""
    if index is None:
        findings.add(Step.MEMBERS, "member-missing", INDEX_LINES)
        return None
    content = bytes(part(data, index))
    if content and not content.endswith(b"\n"):
        findings.add(Step.FACTS, "set-index-malformed", INDEX_LINES, line=content.count(b"\n") + 1, reason="it is cut")
        return None
    if content.count(b"\n") > limits.members:
        reason = f"at most {limits.members} lines are read"
        findings.add(Step.FACTS, "set-index-malformed", INDEX_LINES, line=limits.members + 1, reason=reason)
        return None
    found: list[_Line] = []
    start = index.start
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        try:
            found.append(_Line(start, len(line), parse_index_line(line)))
        except EvidenceError as error:
            findings.add(Step.FACTS, "set-index-malformed", INDEX_LINES, line=number, reason=error.cause)
            return None
        start += len(line) + 1
    return tuple(found)


def _check_table(data: Buffer, table: StoredMember | None, lines: Sequence[_Line] | None, findings: Findings) -> None:
    if table is None:
        findings.add(Step.MEMBERS, "member-missing", INDEX_TABLE)
    elif lines is not None and part(data, table) != index_table(one.row for one in lines):
        findings.add(Step.FACTS, "set-table-differs", INDEX_TABLE)


def _check_files(
    members: Sequence[StoredMember], lines: Sequence[_Line] | None, findings: Findings
) -> tuple[SetBundle, ...]:
    """Match bundles and rows; return the bundles, each with its row where it has one."""
    rows = _rows_by_file(lines or (), findings)
    bundles: list[SetBundle] = []
    for member in members:
        if member.name in _INDEX:
            continue
        line = rows.pop(member.name, None)
        if not member.name.endswith(EXTENSION):
            findings.add(Step.MEMBERS, "set-file-unknown", member.name)
            continue
        if line is None and lines is not None:
            findings.add(Step.MEMBERS, "set-bundle-added", member.name)
        if line is not None and line.row.size != member.size:
            findings.add(Step.FACTS, "set-size-differs", member.name, size=member.size, said=line.row.size)
        bundles.append(SetBundle(member, line.start if line else 0, line.bytes if line else 0))
    findings.extend(Step.MEMBERS, "set-bundle-missing", rows)
    return tuple(bundles)


def _rows_by_file(lines: Sequence[_Line], findings: Findings) -> dict[str, _Line]:
    rows: dict[str, _Line] = {}
    known: set[str] = set()
    for line in lines:
        row = line.row
        if row.envelope in known:
            findings.add(Step.FACTS, "set-envelope-doubled", INDEX_LINES, envelope=row.envelope)
        elif row.file is None:
            findings.add(
                *(Step.MEMBERS, "set-envelope-without-bundle", INDEX_LINES),
                severity=Severity.INFO,
                envelope=row.envelope,
                problem=row.problem,
            )
        else:
            rows[row.file] = line
        known.add(row.envelope)
    return rows


def _check_order(members: Sequence[StoredMember], lines: Sequence[_Line] | None, findings: Findings) -> None:
    """Bundles and rows stand in the order of the envelopes' ids, the two forms of the index behind the bundles."""
    there = [member.name for member in members]
    bundles = [name for name in there if name not in _INDEX]
    indexes = [name for name in _INDEX if name in there]
    if there != sorted(bundles, key=_envelope) + indexes:
        findings.add(Step.CONTAINER, "members-out-of-order")
    told = [line.row.envelope for line in lines or ()]
    if told != sorted(told):
        findings.add(Step.FACTS, "set-index-out-of-order", INDEX_LINES)


def _envelope(name: str) -> str:
    return name.removesuffix(EXTENSION)
