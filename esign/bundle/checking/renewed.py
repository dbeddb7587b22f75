"""Checks `trail/renewed/`: since when the end of the envelope stood in the trail, by a chain of renewed timestamps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from esign.bundle.checking.errors import MemberMalformed
from esign.bundle.checking.material import values_by_digest
from esign.bundle.checking.members import Members
from esign.bundle.checking.proof_forms import hash_path, load_canonical, positioned_paths
from esign.bundle.checking.trail import believed_keys
from esign.bundle.checking.verdict import Findings, Step
from esign.bundle.facts import Description
from esign.bundle.layout import (
    CHECKPOINT,
    CONSISTENCY,
    LOG_KEY,
    RENEWAL_PROOFS,
    RENEWED,
    RENEWED_CHECKPOINT,
    RENEWED_TIMESTAMP,
    renewal_members,
)
from esign.renewal.chain import ChainFault, Judging, Link, Stamped, judge_chain
from esign.trail.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from esign.trail.errors import EventRefused, NoteRefused, ProofRefused
from esign.trail.event import LoggedEvent
from esign.trail.note import NoteVerifier
from esign.trail.proof import verify_continues
from esign.verify.detached import Beside
from esign.verify.report import Severity

_ALWAYS: Final = (RENEWED_CHECKPOINT, RENEWED_TIMESTAMP, CONSISTENCY, RENEWAL_PROOFS)
_OF_TOKEN: Final = frozenset({"renewal-timestamp-wrong", "renewal-timestamp-open", "renewal-times-disordered"})
"""Codes that are about a token; the others are about the head that it is over."""


@dataclass(frozen=True)
class Renewed:
    """What is proven of the checkpoint: its note and token, its size (None where it cannot be read), and the time in
    that token (UTC), None unless all of the folder is right."""

    first: Stamped
    size: int | None
    proven_since: datetime | None


def check_renewed(
    members: Members, told: int | None, log_keys: Sequence[NoteVerifier], beside: Beside, findings: Findings
) -> Renewed | None:
    """Check the folder; return None where the bundle has no chain, or not all of it.

    `told` is how many renewals `envelope.json` speaks of, None where nobody can read it: then those that are there
    are asked for. `log_keys` as for `check_trail`.
    """
    there = members.under(RENEWED)
    count = _counted(there) if told is None else told
    wanted = [*_ALWAYS, *(name for number in range(1, count + 1) for name in renewal_members(number))] if count else []
    findings.extend(Step.TRAIL, "renewal-unexplained", (name for name in there if name not in wanted))
    missing = [name for name in wanted if name not in there]
    findings.extend(Step.TRAIL, "member-missing", missing)
    if not wanted or missing:
        return None
    first = _stamped(members, RENEWED_CHECKPOINT, RENEWED_TIMESTAMP)
    size, continues = _check_checkpoint(members, first.content, log_keys, findings)
    links = _links(members, count, findings)
    if links is None:
        return Renewed(first, size, None)
    judging = Judging(
        beside.trust, beside.constraints, beside.at, values_by_digest(members), beside.store, beside.existed_since
    )
    verdict = judge_chain(first, links, judging)
    for fault in verdict.faults:
        _tell(fault, findings)
    return Renewed(first, size, verdict.proven_since if continues else None)


def check_covers_end(
    renewed: Renewed | None, description: Description, events: Sequence[LoggedEvent], findings: Findings
) -> Renewed | None:
    """Return it; without a proven time where the event that ended the envelope is not under that checkpoint."""
    if renewed is None:
        return None
    ending = f"envelope.{description.state}"
    ends = [one.position for one in events if (one.event.stream, one.event.type) == (description.envelope, ending)]
    if renewed.size is not None and ends and ends[-1] < renewed.size:
        return renewed
    findings.add(Step.TRAIL, "renewed-checkpoint-too-early", RENEWED_CHECKPOINT, size=renewed.size)
    return replace(renewed, proven_since=None)


def _counted(names: Sequence[str]) -> int:
    """Return the largest number of a renewal among these names; 1 where something is there and no renewal."""
    stems = [name.removeprefix(RENEWED).partition(".")[0] for name in names]
    return max((int(stem) if stem.isascii() and stem.isdigit() and len(stem) < 3 else 1 for stem in stems), default=0)


def _check_checkpoint(
    members: Members, note: bytes, log_keys: Sequence[NoteVerifier], findings: Findings
) -> tuple[int | None, bool]:
    """Return its size, and whether it is the log's and the bundle's own checkpoint continues it."""
    try:
        signed = parse_checkpoint(note)
    except NoteRefused as error:
        findings.add(Step.TRAIL, "renewed-checkpoint-malformed", RENEWED_CHECKPOINT, reason=error.cause)
        return None, False
    size = signed.checkpoint.size
    try:
        verify_checkpoint(signed, believed_keys(members.read(LOG_KEY), str(signed.checkpoint.origin), log_keys))
    except NoteRefused as error:
        findings.add(Step.TRAIL, "renewed-checkpoint-forged", RENEWED_CHECKPOINT, reason=error.cause)
        return size, False
    return size, _is_continued(members, signed.checkpoint, findings)


def _is_continued(members: Members, earlier: Checkpoint, findings: Findings) -> bool:
    try:
        later = parse_checkpoint(members.read(CHECKPOINT) or b"").checkpoint
    except NoteRefused:
        return False  # told where that checkpoint is checked
    try:
        written = load_canonical(members.read(CONSISTENCY) or b"", {"hashes"}, "the hashes of a proof")
        verify_continues(earlier, later, hash_path(written["hashes"]))
    except (MemberMalformed, EventRefused, ProofRefused) as error:
        reason = str(error) if isinstance(error, MemberMalformed) else error.cause
        findings.add(Step.TRAIL, "renewed-checkpoint-not-continued", CONSISTENCY, reason=reason)
        return False
    return True


def _links(members: Members, count: int, findings: Findings) -> list[Link] | None:
    try:
        paths = _paths(members.read(RENEWAL_PROOFS) or b"", count)
    except (MemberMalformed, EventRefused) as error:
        reason = str(error) if isinstance(error, MemberMalformed) else error.cause
        findings.add(Step.TRAIL, "renewal-proofs-malformed", RENEWAL_PROOFS, reason=reason)
        return None
    stamped = [_stamped(members, *renewal_members(number)) for number in range(1, count + 1)]
    return [Link(one, position, path) for one, (position, path) in zip(stamped, paths, strict=True)]


def _paths(data: bytes, count: int) -> list[tuple[int, tuple[bytes, ...]]]:
    listed = load_canonical(data, {"proofs"}, "a list of proofs")["proofs"]
    if not isinstance(listed, list) or len(listed) != count:
        raise MemberMalformed("there is not one proof for each renewal")
    return list(positioned_paths(listed))


def _stamped(members: Members, content: str, token: str) -> Stamped:
    return Stamped(members.read(content) or b"", members.read(token) or b"")


def _tell(fault: ChainFault, findings: Findings) -> None:
    head, token = renewal_members(fault.at) if fault.at else (RENEWED_CHECKPOINT, RENEWED_TIMESTAMP)
    findings.add(
        Step.TRAIL,
        fault.code,
        token if fault.code in _OF_TOKEN else head,
        severity=Severity.WARNING if fault.is_open else Severity.ERROR,
        number=fault.at,
        reason=fault.reason,
    )
