"""Checks the part of the trail that a bundle holds: events, their proofs, the checkpoint and its timestamp."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from esign.bundle.checking.errors import MemberMalformed
from esign.bundle.checking.members import Members
from esign.bundle.checking.proof_forms import load_canonical, positioned_paths
from esign.bundle.checking.verdict import CheckedHead, Findings, Step
from esign.bundle.layout import CHECKPOINT, CHECKPOINT_TIMESTAMP, EVENTS, LOG_KEY, PROOFS
from esign.renewal.chain import Stamped
from esign.trail.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from esign.trail.errors import EventRefused, NoteRefused, ProofRefused
from esign.trail.event import Event, LoggedEvent, canonical, event_of, load_json
from esign.trail.merkle import leaf_hash, verify_inclusion
from esign.trail.note import NoteVerifier
from esign.verify.detached import Beside, verify_token
from esign.verify.report import Conclusion, Severity

EVENTS_AT_MOST: Final = 200_000
_LINE: Final = {"event", "leaf", "position"}
_PROOFS: Final = {"proofs", "root", "size"}


@dataclass(frozen=True)
class _Line:
    """A line of `events.jsonl` that is one: the event, where it stands, its leaf as it was recomputed."""

    number: int
    logged: LoggedEvent
    leaf: bytes


def check_trail(
    members: Members,
    findings: Findings,
    log_keys: Sequence[NoteVerifier],
    beside: Beside,
    proven: Collection[Stamped] = (),
) -> tuple[tuple[LoggedEvent, ...], CheckedHead | None]:
    """Check what is under `trail/`. Return the events that stand, in their order, and the checkpoint.

    `log_keys` are those that the checker had from elsewhere; without one, the bundle's own is asked, which leaves the
    conclusion open. `proven` are notes with tokens that renewals have proven: those are not judged by themselves.
    """
    lines = _lines(members.read(EVENTS), findings)
    _check_streams(lines, findings)
    checkpoint, head = _check_head(members, findings, log_keys, beside, proven)
    _check_proofs(members.read(PROOFS), lines, checkpoint, findings)
    return tuple(line.logged for line in lines), head


def _lines(data: bytes | None, findings: Findings) -> list[_Line]:
    if data is None:
        return []
    if not data.endswith(b"\n"):
        findings.add(Step.TRAIL, "event-malformed", EVENTS, line="the last", reason="it does not end in a line feed")
    found: list[_Line] = []
    for number, text in enumerate(data.removesuffix(b"\n").split(b"\n"), start=1):
        if number > EVENTS_AT_MOST:
            findings.add(Step.TRAIL, "event-malformed", EVENTS, line=number, reason="there are too many events")
            break
        try:
            line = _line(number, text)
        except (MemberMalformed, EventRefused) as error:
            reason = error.cause if isinstance(error, EventRefused) else str(error)
            findings.add(Step.TRAIL, "event-malformed", EVENTS, line=number, reason=reason)
            continue
        if line.leaf.hex() != _told_leaf(text):
            findings.add(Step.TRAIL, "event-leaf-differs", EVENTS, line=number, position=line.logged.position)
        if found and line.logged.position <= found[-1].logged.position:
            findings.add(Step.TRAIL, "events-out-of-order", EVENTS, line=number)
        found.append(line)
    return found


def _line(number: int, text: bytes) -> _Line:
    value = load_canonical(text, _LINE, "an event with its position and leaf")
    position = value["position"]
    if isinstance(position, bool) or not isinstance(position, int) or position < 0:
        raise MemberMalformed("its position does not count from zero")
    event = event_of(value["event"])
    return _Line(number, LoggedEvent(position, event), leaf_hash(canonical(event)))


def _told_leaf(text: bytes) -> object:
    value = load_json(text)
    return value.get("leaf") if isinstance(value, dict) else None


def _check_streams(lines: Sequence[_Line], findings: Findings) -> None:
    ids: set[str] = set()
    for line in lines:
        if line.logged.event.id in ids:
            findings.add(Step.TRAIL, "event-doubled", EVENTS, line=line.number, event=line.logged.event.id)
        ids.add(line.logged.event.id)


def check_whole_streams(
    events: Sequence[LoggedEvent], streams: Mapping[str, int], findings: Findings, *, single: Collection[str] = ()
) -> None:
    """Check that each of the streams is here whole: versions 1 to its count, without a gap, in order.

    `single` are streams of which some events may be here without the others.
    """
    versions: dict[str, list[int]] = {}
    for logged in events:
        versions.setdefault(logged.event.stream, []).append(logged.event.version)
    for stream, count in streams.items():
        found = versions.pop(stream, [])
        if found == list(range(1, count + 1)):
            continue
        missing = sorted(set(range(1, count + 1)) - set(found))
        told = ", ".join(map(str, missing[:10])) or "none"
        findings.add(Step.TRAIL, "event-missing", EVENTS, stream=stream, versions=told, count=count)
    for stream in sorted(versions.keys() - set(single)):
        findings.add(Step.TRAIL, "event-of-other-stream", EVENTS, stream=stream)


def _check_head(
    members: Members,
    findings: Findings,
    log_keys: Sequence[NoteVerifier],
    beside: Beside,
    proven: Collection[Stamped],
) -> tuple[Checkpoint | None, CheckedHead | None]:
    encoded = members.read(CHECKPOINT)
    if encoded is None:
        return None, None
    try:
        signed = parse_checkpoint(encoded)
    except NoteRefused as error:
        findings.add(Step.TRAIL, "checkpoint-malformed", CHECKPOINT, reason=error.cause)
        return None, None
    keys = _keys(members.read(LOG_KEY), str(signed.checkpoint.origin), findings, log_keys)
    try:
        checkpoint = verify_checkpoint(signed, keys)
    except NoteRefused as error:
        findings.add(Step.TRAIL, "checkpoint-forged", CHECKPOINT, reason=error.cause)
        checkpoint = signed.checkpoint
    fixed_at = None
    token = members.read(CHECKPOINT_TIMESTAMP)
    if token is not None:
        verdict = verify_token(token, encoded, beside)
        fixed_at = verdict.gen_time
        if verdict.indication is not Conclusion.PASSED and Stamped(encoded, token) not in proven:
            failed = verdict.indication is Conclusion.FAILED
            findings.add(
                Step.TRAIL,
                "checkpoint-timestamp-wrong" if failed else "checkpoint-timestamp-open",
                CHECKPOINT_TIMESTAMP,
                severity=Severity.ERROR if failed else Severity.WARNING,
                reason=verdict.reason,
            )
    head = CheckedHead(
        str(checkpoint.origin), checkpoint.size, checkpoint.root.hex(), fixed_at, key_named=bool(log_keys)
    )
    return checkpoint, head


def believed_keys(encoded: bytes | None, origin: str, log_keys: Sequence[NoteVerifier]) -> list[bytes]:
    """Return the public keys by which a checkpoint of this origin is judged: those of `log_keys` for this log, in
    whatever epoch; where there are none at all, the bundle's own (`encoded`, a verifier key)."""
    if log_keys:
        return [key.public_key for key in log_keys if key.name.rpartition("/")[0] == origin.rpartition("/")[0]]
    own = _own_key(encoded)
    return [own.public_key] if own is not None else []


def _own_key(encoded: bytes | None) -> NoteVerifier | None:
    try:
        return None if encoded is None else NoteVerifier.from_vkey(encoded.decode("utf-8").removesuffix("\n"))
    except (NoteRefused, UnicodeDecodeError):
        return None


def _keys(encoded: bytes | None, origin: str, findings: Findings, log_keys: Sequence[NoteVerifier]) -> list[bytes]:
    """Return the public keys by which the checkpoint is judged; the bundle's own key must be one of those named."""
    own = _own_key(encoded)
    if encoded is not None and own is None:
        findings.add(Step.TRAIL, "log-key-malformed", LOG_KEY)
    if own is not None and own.name != origin:
        findings.add(Step.TRAIL, "log-key-of-other-log", LOG_KEY, name=own.name, origin=origin)
    if not log_keys:
        findings.add(Step.TRAIL, "log-key-not-named", LOG_KEY, severity=Severity.WARNING)
    named = believed_keys(encoded, origin, log_keys)
    if log_keys and not named:
        findings.add(Step.TRAIL, "log-key-of-other-log", LOG_KEY, name=log_keys[0].name, origin=origin)
    if log_keys and own is not None and own.public_key not in named:
        findings.add(Step.TRAIL, "log-key-differs", LOG_KEY)
    return named


def _check_proofs(
    data: bytes | None, lines: Sequence[_Line], checkpoint: Checkpoint | None, findings: Findings
) -> None:
    if data is None or checkpoint is None:
        return
    try:
        size, root, proofs = _proofs(data)
    except (MemberMalformed, EventRefused) as error:
        findings.add(Step.TRAIL, "proofs-malformed", PROOFS, reason=error)
        return
    if (size, root) != (checkpoint.size, checkpoint.root.hex()):
        findings.add(Step.TRAIL, "proofs-stale", PROOFS, size=size, checkpoint=checkpoint.size)
    known = dict(proofs)
    if [position for position, _path in proofs] != [line.logged.position for line in lines]:
        findings.add(Step.TRAIL, "proofs-of-other-events", PROOFS)
    for line in lines:
        position = line.logged.position
        try:
            verify_inclusion(line.leaf, position, checkpoint.size, known.get(position, ()), checkpoint.root)
        except ProofRefused as error:
            findings.add(
                Step.TRAIL,
                "event-not-proven",
                EVENTS,
                position=position,
                event=line.logged.event.id,
                type=line.logged.event.type,
                reason=error.cause,
            )


def _proofs(data: bytes) -> tuple[int, str, list[tuple[int, tuple[bytes, ...]]]]:
    value = load_canonical(data, _PROOFS, "proofs with size and root")
    size, root, listed = value["size"], value["root"], value["proofs"]
    if type(size) is not int or not isinstance(root, str) or not isinstance(listed, list):
        raise MemberMalformed("size, root or proofs are not what they must be")
    return size, root, list(positioned_paths(listed))


def events_of(events: Sequence[LoggedEvent], stream: str) -> list[Event]:
    """Return the events of one stream, in order."""
    return [logged.event for logged in events if logged.event.stream == stream]
