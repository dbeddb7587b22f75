"""Checks one bundle of a set where it lies, and compares it with what the set's index says of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from esign.bundle.checking.check import BundleQuestion, check_bundle
from esign.bundle.checking.container import USUAL, Buffer, ContainerLimits, open_container
from esign.bundle.checking.errors import ContainerRefused
from esign.bundle.checking.set_container import is_set, part, require_whole
from esign.bundle.checking.set_listing import SetBundle
from esign.bundle.checking.verdict import BundleFinding, BundleVerdict, Findings, Step
from esign.bundle.description import parse_description
from esign.bundle.facts import Description
from esign.bundle.layout import ENVELOPE
from esign.bundle.set_index import IndexRow, file_name, parse_index_line
from esign.errors import EvidenceError


@dataclass(frozen=True)
class CheckedMember:
    """The verdict on a bundle of a set, and what of the set it shows to be wrong."""

    verdict: BundleVerdict
    findings: tuple[BundleFinding, ...] = ()


def check_set_member(
    data: Buffer, bundle: SetBundle, question: BundleQuestion, limits: ContainerLimits = USUAL
) -> CheckedMember:
    """Judge a bundle of the set that `data` is, in place, and compare it with its row. A set in a set is not read.

    Raises `NoteRefused` as `check_bundle` does, and `EvidenceError` if the row is not the one that was listed.
    """
    findings, member = Findings(), bundle.member
    content = part(data, member)
    row = None
    if bundle.line_bytes:
        row = parse_index_line(bytes(data[bundle.line_start : bundle.line_start + bundle.line_bytes]))
    try:
        require_whole(data, member)
    except ContainerRefused as error:
        findings.add(Step.CONTAINER, error.code, member.name, reason=error.reason)
    verdict = check_bundle(content, replace(question, name=member.name), limits)
    if is_set(content):
        findings.add(Step.CONTAINER, "set-nested", member.name)
    if row is not None and row.sha256 != verdict.sha256:
        findings.add(Step.FACTS, "set-digest-differs", member.name)
    description = _description(content, limits)
    if description is not None:
        _compare(description, row, member.name, findings)
    return CheckedMember(verdict, findings.all())


def _description(content: Buffer, limits: ContainerLimits) -> Description | None:
    """Return what the bundle says of itself; None where that cannot be read, which its own verdict tells."""
    try:
        container = open_container(content, limits)
        return parse_description(container.read(ENVELOPE)) if ENVELOPE in container else None
    except (ContainerRefused, EvidenceError):
        return None


def _compare(about: Description, row: IndexRow | None, name: str, findings: Findings) -> None:
    if file_name(about.envelope) != name:
        findings.add(Step.FACTS, "set-envelope-differs", name, envelope=about.envelope)
    if row is None:
        return
    told: tuple[tuple[str, str | datetime | None, str | datetime | None], ...] = (
        ("state", row.state, about.state),
        ("created_at", row.created_at, about.created_at),
        ("ended_at", row.ended_at, about.ended_at),
        ("external_id", row.external_id, about.external_id),
    )
    for place, said, found in told:
        if said != found:
            findings.add(Step.FACTS, "set-row-differs", name, place=place)
