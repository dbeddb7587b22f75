"""Checking an exported trail with no database, trusting nobody but the log's public keys.

The export is JSON lines, each in RFC 8785 canonical form (docs/trail.md): a header, then every event in the order
of its leaf, and behind the last event that a checkpoint covers, that checkpoint. So one pass with the few hashes of
a frontier recomputes every leaf and every root, however long the trail is.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import BinaryIO, Final, NoReturn, Protocol

import rfc8785

from esign.trail.checkpoint import (
    Checkpoint,
    SignedCheckpoint,
    TimestampedCheckpoint,
    parse_checkpoint,
    read_token,
    verify_checkpoint,
)
from esign.trail.errors import EventRefused, ExportRefused, NoteRefused, ProofRefused
from esign.trail.event import Event, LoggedEvent, canonical, event_of, load_json
from esign.trail.merkle import Frontier, leaf_hash
from esign.trail.proof import verify_continues
from esign.trail.restoration import RESTORED, Restoration
from esign.trail.witnessing import Comparison, TrailSeen, compare

FORMAT: Final = "esign-trail/1"
LINE_AT_MOST: Final = 512 * 1024
TIME_TOLERANCE: Final = timedelta(minutes=10)
"""Between when an event says it happened and when it was placed and timestamped; clocks and queues differ a little."""

_EVENT = {"position", "leaf", "event"}
_CHECKPOINT = {"checkpoint", "timestamp", "consistency"}


class TimestampCheck(Protocol):
    """Judges RFC 3161 tokens against the authorities that the checker believes."""

    def __call__(self, token: bytes, digest: bytes) -> datetime:
        """Return the time in the token (DER) over this SHA-256 digest. Raises an `EsignError` if it is not good."""
        ...


@dataclass(frozen=True)
class ExportVerdict:
    """What an export was found to be. It is made only if every hash, root, signature and order holds.

    `timestamps_judged` says whether somebody judged the timestamps' signatures; that each is over its checkpoint
    was looked at in any case. `times_in_doubt` counts events whose own time lies outside of what the timestamps
    around them allow, by more than ten minutes: moved clocks, or a history written later. `epochs_unexplained` are
    those that no `trail.restored` opened. `compared` tells of each checkpoint that was `seen` what became of it, in
    their order: look at `contradicts`.
    """

    log: str
    events: int
    streams: int
    checkpoints: int
    epochs: tuple[int, ...]
    root: bytes
    head: SignedCheckpoint
    fixed_at: datetime
    timestamps_judged: bool
    times_in_doubt: int
    epochs_unexplained: tuple[int, ...] = ()
    restorations: tuple[Restoration, ...] = ()
    compared: tuple[Comparison, ...] = ()


@dataclass
class _Recheck:
    public_keys: Collection[bytes]
    timestamps: TimestampCheck | None
    sizes_seen: frozenset[int]
    told: Callable[[LoggedEvent], None] | None = None
    log: str = ""
    frontier: Frontier = field(default_factory=Frontier)
    ids: set[str] = field(default_factory=set)
    versions: dict[str, int] = field(default_factory=dict)
    checkpoints: int = 0
    epochs: list[int] = field(default_factory=list)
    epochs_unexplained: list[int] = field(default_factory=list)
    restorations: list[Restoration] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)
    last: Checkpoint | None = None
    head: SignedCheckpoint | None = None
    fixed_at: datetime | None = None
    times: list[datetime] = field(default_factory=list)
    times_in_doubt: int = 0


def verify_export(
    file: BinaryIO,
    public_keys: Collection[bytes],
    *,
    timestamps: TimestampCheck | None = None,
    seen: Collection[Checkpoint] = (),
    told: Callable[[LoggedEvent], None] | None = None,
) -> ExportVerdict:
    """Recompute the whole exported trail, and return what it is.

    `public_keys` are the Ed25519 public keys (32 bytes) of the log, present and earlier, had from elsewhere than
    the file. `seen` are checkpoints that somebody outside kept, their signatures verified, to be compared with the
    trail. `told` is given every event in order, before a checkpoint covers it: what it made of them counts only when
    this returns. Raises `ExportRefused`, naming the line: `export-form`, `export-event`, `export-order`, `export-leaf`,
    `export-checkpoint`, `export-epoch`, `export-end`; and what `timestamps` raises.
    """
    lines = _lines(file)
    size, log = _header(next(lines, (1, {})))
    state = _Recheck(public_keys, timestamps, frozenset(one.size for one in seen), told, log)
    _note_root(state)
    for number, line in lines:
        if line.keys() == _EVENT:
            _check_event(state, number, line)
        elif line.keys() == _CHECKPOINT:
            _check_checkpoint(state, number, line)
        else:
            _refuse("form", number, "is neither an event nor a checkpoint")
    if (
        state.last is None
        or state.head is None
        or state.fixed_at is None
        or state.frontier.size != size
        or state.last.size != size
    ):
        raise ExportRefused(
            "export-end",
            f"the export ends at {state.frontier.size} events, and its header says {size} under a checkpoint",
            "get the whole file",
        )
    return ExportVerdict(
        log=log,
        events=size,
        streams=len(state.versions),
        checkpoints=state.checkpoints,
        epochs=tuple(state.epochs),
        root=state.last.root,
        head=state.head,
        fixed_at=state.fixed_at,
        timestamps_judged=timestamps is not None,
        times_in_doubt=state.times_in_doubt,
        epochs_unexplained=tuple(state.epochs_unexplained),
        restorations=tuple(state.restorations),
        compared=compare(
            TrailSeen(log, size, state.last.origin.epoch, state.roots, tuple(state.restorations)),
            seen,
        ),
    )


def read_export(file: BinaryIO) -> Iterator[LoggedEvent]:
    """Yield the events of an export, to fold them again. Verify it first: nothing is checked here but the form.

    Raises `ExportRefused`: `export-form`, `export-event`.
    """
    lines = _lines(file)
    _header(next(lines, (1, {})))
    for number, line in lines:
        if line.keys() == _EVENT:
            yield LoggedEvent(_whole(line["position"], number), _event(line["event"], number))


def _check_event(state: _Recheck, number: int, line: dict[str, object]) -> None:
    event = _event(line["event"], number)
    if line["position"] != state.frontier.size:
        _refuse("order", number, f"should be of position {state.frontier.size}")
    if event.id in state.ids:
        _refuse("order", number, f"repeats the event {event.id}")
    if event.version != state.versions.get(event.stream, 0) + 1:
        _refuse("order", number, f"is not the next version of the stream {event.stream}")
    leaf = leaf_hash(canonical(event))
    if line["leaf"] != leaf.hex():
        _refuse("leaf", number, "has a leaf that is not the hash of its event")
    state.ids.add(event.id)
    state.versions[event.stream] = event.version
    state.times.append(event.time)
    state.frontier.append(leaf)
    _note_root(state)
    if event.type == RESTORED.name:
        _check_restoration(state, event, number)
    if state.told is not None:
        state.told(LoggedEvent(state.frontier.size - 1, event))


def _note_root(state: _Recheck) -> None:
    if state.frontier.size in state.sizes_seen:
        state.roots[state.frontier.size] = state.frontier.root()


def _check_checkpoint(state: _Recheck, number: int, line: dict[str, object]) -> None:
    path = line["consistency"]
    if not isinstance(path, list):
        _refuse("form", number, "must list the hashes of a consistency proof")
    try:
        signed = parse_checkpoint(_decoded(line["checkpoint"], number))
        stamped = TimestampedCheckpoint(signed, read_token(_decoded(line["timestamp"], number)))
        head = verify_checkpoint(signed, state.public_keys)
        hashes = [_decoded(value, number) for value in path]
        if state.last is None:
            _check_first(hashes, number)
        else:
            verify_continues(state.last, head, hashes)
    except (NoteRefused, ProofRefused) as error:
        raise _refused("checkpoint", number, f"holds no good checkpoint ({error.cause})") from error
    if head.origin.log != state.log:
        _refuse("checkpoint", number, "holds a checkpoint of another log")
    if head.size != state.frontier.size or head.root != state.frontier.root():
        _refuse("checkpoint", number, f"holds a checkpoint that is not over the {state.frontier.size} events before it")
    if state.last is not None and (head.size, head.origin) == (state.last.size, state.last.origin):
        _refuse("checkpoint", number, "repeats the checkpoint before it")
    _check_epoch(state, head, number)
    if state.timestamps is None:
        fixed_at = stamped.token.gen_time
    else:
        fixed_at = state.timestamps(stamped.token.der, signed.digest)
    _judge_times(state, fixed_at)
    state.last, state.head, state.fixed_at = head, signed, fixed_at
    state.checkpoints += 1


def _check_restoration(state: _Recheck, event: Event, number: int) -> None:
    """Check that the lost range begins in this trail: not before its last checkpoint, nor behind the event itself."""
    try:
        opened = Restoration.of(event)
    except EventRefused as error:
        raise _refused("event", number, f"holds no event ({error.cause})") from error
    published, before = (0, 1) if state.last is None else (state.last.size, state.last.origin.epoch)
    before = max(before, *(one.epoch for one in state.restorations[-1:]), 1)
    if not published <= opened.lost_from < state.frontier.size or opened.epoch <= before:
        _refuse("epoch", number, f"opens epoch {opened.epoch} from {opened.lost_from} events, which cannot be")
    state.restorations.append(opened)


def _check_epoch(state: _Recheck, head: Checkpoint, number: int) -> None:
    """Check that a restored trail goes on in the epoch that it opened."""
    epoch = head.origin.epoch
    opened = state.restorations[-1] if state.restorations else None
    if opened is not None and epoch < opened.epoch:
        _refuse("epoch", number, f"holds a checkpoint of epoch {epoch}, after epoch {opened.epoch} was opened")
    if epoch in state.epochs:
        return
    if epoch > 1 and (opened is None or opened.epoch != epoch):
        state.epochs_unexplained.append(epoch)
    state.epochs.append(epoch)


def _check_first(path: list[bytes], number: int) -> None:
    if path:
        _refuse("checkpoint", number, "proves consistency with a checkpoint that is not there")


def _judge_times(state: _Recheck, fixed_at: datetime) -> None:
    earliest = None if state.fixed_at is None else state.fixed_at - TIME_TOLERANCE
    for time in state.times:
        if time > fixed_at + TIME_TOLERANCE or (earliest is not None and time < earliest):
            state.times_in_doubt += 1
    state.times.clear()


def _lines(file: BinaryIO) -> Iterator[tuple[int, dict[str, object]]]:
    number = 0
    while data := file.readline(LINE_AT_MOST + 1):
        number += 1
        if len(data) > LINE_AT_MOST:
            _refuse("form", number, f"is longer than {LINE_AT_MOST} bytes")
        try:
            line = load_json(data)
        except EventRefused as error:
            raise _refused("form", number, "is not JSON in ASCII") from error
        if not isinstance(line, dict) or _encoded(line) != data:
            _refuse("form", number, "is not an object in RFC 8785 canonical form, on one line")
        yield number, line


def _encoded(line: dict[str, object]) -> bytes | None:
    try:
        return rfc8785.dumps(line) + b"\n"  # type: ignore[arg-type]
    except (ValueError, RecursionError):  # a number beyond 2**53, half a surrogate pair, brackets without end
        return None


def _header(numbered: tuple[int, dict[str, object]]) -> tuple[int, str]:
    number, line = numbered
    if line.keys() != {"export", "log", "size"} or line["export"] != FORMAT or not isinstance(line["log"], str):
        _refuse("form", number, f"is not the header of an export in the format {FORMAT}")
    return _whole(line["size"], number), line["log"]


def _event(value: object, number: int) -> Event:
    try:
        return event_of(value)
    except EventRefused as error:
        raise _refused("event", number, f"holds no event ({error.cause})") from error


def _whole(value: object, number: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        _refuse("form", number, "must count from zero")
    return value


def _decoded(value: object, number: int) -> bytes:
    try:
        return base64.b64decode(value if isinstance(value, str) else "?", validate=True)
    except (binascii.Error, ValueError):
        return _refuse("form", number, "holds something that is not base64")


def _refused(reason: str, number: int, cause: str) -> ExportRefused:
    return ExportRefused(f"export-{reason}", f"line {number} {cause}", "do not rely on it; ask for the export again")


def _refuse(reason: str, number: int, cause: str) -> NoReturn:
    raise _refused(reason, number, cause)
