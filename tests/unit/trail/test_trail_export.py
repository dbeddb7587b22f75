"""The exported trail: checked again with no database, and every tampering found."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ca.authority import EmbeddedAuthority
from esign.errors import EsignError
from esign.infra.database import Database
from esign.trail.checkpoint import Checkpoint, Origin, sign_checkpoint, timestamp_checkpoint
from esign.trail.errors import ExportRefused, NotCovered
from esign.trail.event import canonical, event_of
from esign.trail.export import export_trail
from esign.trail.log import read_stream
from esign.trail.merkle import Frontier, leaf_hash
from esign.trail.note import Ed25519NoteKey
from esign.trail.publishing import CheckpointPublisher
from esign.trail.recheck import LINE_AT_MOST, read_export, verify_export
from esign.verify.cms.certificates import CertificateReader
from esign.verify.cms.timestamps import read_timestamp
from tests.vectors.trail import make_golden
from tests.vectors.trail.sample_events import event
from tests.vectors.trail.stored import LOG_KEY, ORIGIN, append, place

GOLDEN = sorted(Path(make_golden.__file__).parent.glob("golden-*.jsonl"))
KEYS = [LOG_KEY.public_key]
Lines = list[dict[str, Any]]


def judged(token: bytes, digest: bytes) -> datetime:
    """Judge a token's own signature with the verifier's reader."""
    found = read_timestamp(token, lambda name: {"sha256": digest}[name], CertificateReader())
    assert found.gen_time is not None
    if not found.is_intact:
        raise EsignError("tsa-broken", found.reason or "the timestamp is broken", "ask for another")
    return found.gen_time


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_trail_of_every_release_verifies_and_folds_to_what_it_did_then(path: Path) -> None:
    with path.open("rb") as file:
        verdict = verify_export(file, KEYS, timestamps=judged)
        file.seek(0)
        events = [logged.event for logged in read_export(file)]
    assert verdict.events == len(events)
    assert verdict.timestamps_judged
    assert make_golden.fold(events) == json.loads(path.with_suffix(".folded.json").read_text())


def test_the_golden_trail_of_this_release_is_there() -> None:
    assert "golden-0.1" in [path.stem for path in GOLDEN]


def golden() -> Lines:
    return [json.loads(line) for line in GOLDEN[0].read_bytes().splitlines()]


def encoded(lines: Lines) -> io.BytesIO:
    return io.BytesIO(b"".join(rfc8785.dumps(line) + b"\n" for line in lines))


def test_what_the_golden_trail_is_found_to_be() -> None:
    verdict = verify_export(encoded(golden()), KEYS)
    assert (verdict.log, verdict.events, verdict.streams, verdict.checkpoints) == (ORIGIN.log, 9, 2, 5)
    assert (verdict.epochs, verdict.timestamps_judged, verdict.times_in_doubt) == ((1, 2), False, 0)
    assert (verdict.epochs_unexplained, verdict.restorations, verdict.compared) == ((2,), (), ())


def test_an_export_is_of_every_event_under_the_latest_checkpoint(
    database: Database, authority: EmbeddedAuthority
) -> None:
    publisher = CheckpointPublisher(ORIGIN, LOG_KEY, authority.timestamp_authority)
    with database.reading() as session, pytest.raises(NotCovered):
        export_trail(session, io.BytesIO())
    version = 0
    for stream, count in (("env_1", 3), ("env_2", 1), ("env_1", 4)):
        append(database, stream, count, after=version if stream == "env_1" else 0)
        version += count if stream == "env_1" else 0
        place(database)
        publisher.publish(database)
    append(database, "env_3")
    place(database)
    append(database, "env_4", 2)
    file = io.BytesIO()
    with database.reading() as session:
        summary = export_trail(session, file)
        stored = read_stream(session, "env_1")
    file.seek(0)
    verdict = verify_export(file, KEYS, timestamps=judged)
    assert (summary.events, summary.checkpoints) == (verdict.events, verdict.checkpoints) == (8, 3)
    assert summary.later == 1 + 2, "one has its place and two wait for it: no checkpoint covers them"
    file.seek(0)
    assert [logged.event for logged in read_export(file) if logged.event.stream == "env_1"] == stored


def forge(lines: Lines, position: int, **payload: Any) -> None:
    """Rewrite an event, and its leaf, so that the line is right in itself."""
    line = next(line for line in lines if line.get("position") == position)
    line["event"]["payload"] |= payload
    line["leaf"] = leaf_hash(canonical(event_of(line["event"]))).hex()


def checkpoint_lines(lines: Lines) -> Lines:
    return [line for line in lines if "checkpoint" in line]


def _remove_event(lines: Lines) -> None:
    del lines[3]


def _repeat_event(lines: Lines) -> None:
    lines.insert(2, lines[1])


def _repeat_event_at_the_next_place(lines: Lines) -> None:
    lines.insert(3, lines[1] | {"position": 1})


def _swap_events(lines: Lines) -> None:
    lines[3], lines[4] = lines[4] | {"position": 1}, lines[3] | {"position": 2}


def _skip_a_version(lines: Lines) -> None:
    lines[3]["event"]["version"] = 3


def _leave_the_leaf(lines: Lines) -> None:
    lines[3]["event"]["actor"] = "client:key_other"


def _rewrite_an_event(lines: Lines) -> None:
    forge(lines, 1, recipient="rec_9")


def _rewrite_the_last_event(lines: Lines) -> None:
    forge(lines, 8, level="B-B")


def _drop_the_last_checkpoint(lines: Lines) -> None:
    del lines[-1]


def _drop_the_end(lines: Lines) -> None:
    del lines[9:]


def _claim_less(lines: Lines) -> None:
    lines[0]["size"] = 8


def _claim_another_log(lines: Lines) -> None:
    lines[0]["log"] = "other.example/trail"


def _drop_a_middle_checkpoint(lines: Lines) -> None:
    lines.remove(checkpoint_lines(lines)[1])


def _swap_checkpoints(lines: Lines) -> None:
    first, second = checkpoint_lines(lines)[:2]
    lines[2], lines[5] = second, first


def _repeat_a_checkpoint(lines: Lines) -> None:
    lines.append(lines[-1] | {"consistency": []})


def _take_anothers_timestamp(lines: Lines) -> None:
    lines[-1]["timestamp"] = lines[2]["timestamp"]


def _garble_the_timestamp(lines: Lines) -> None:
    lines[-1]["timestamp"] = "AAAA"


def _flip_a_proof(lines: Lines) -> None:
    path = checkpoint_lines(lines)[-1]["consistency"]
    path[0] = base64.b64encode(bytes(32)).decode()


def _drop_a_proof(lines: Lines) -> None:
    checkpoint_lines(lines)[-1]["consistency"] = []


def _prove_from_nothing(lines: Lines) -> None:
    lines[2]["consistency"] = [base64.b64encode(bytes(32)).decode()]


def _put_a_word_for_the_path(lines: Lines) -> None:
    lines[-1]["consistency"] = "none"


def _put_a_number_for_a_hash(lines: Lines) -> None:
    lines[-1]["consistency"] = [1]


def _put_a_private_word_into_a_payload(lines: Lines) -> None:
    lines[3]["event"]["payload"]["name"] = "a name"


def _add_a_line_of_another_kind(lines: Lines) -> None:
    lines.append({"note": "checked by us"})


def _begin_without_a_header(lines: Lines) -> None:
    del lines[0]


def _say_another_format(lines: Lines) -> None:
    lines[0]["export"] = "esign-trail/2"


def _count_backwards(lines: Lines) -> None:
    lines[0]["size"] = -9


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (_remove_event, "export-order"),
        (_repeat_event, "export-order"),
        (_repeat_event_at_the_next_place, "export-order"),
        (_swap_events, "export-checkpoint"),
        (_skip_a_version, "export-order"),
        (_leave_the_leaf, "export-leaf"),
        (_rewrite_an_event, "export-checkpoint"),
        (_rewrite_the_last_event, "export-checkpoint"),
        (_drop_the_last_checkpoint, "export-end"),
        (_drop_the_end, "export-end"),
        (_claim_less, "export-end"),
        (_claim_another_log, "export-checkpoint"),
        (_drop_a_middle_checkpoint, "export-checkpoint"),
        (_swap_checkpoints, "export-checkpoint"),
        (_repeat_a_checkpoint, "export-checkpoint"),
        (_take_anothers_timestamp, "export-checkpoint"),
        (_garble_the_timestamp, "export-checkpoint"),
        (_flip_a_proof, "export-checkpoint"),
        (_drop_a_proof, "export-checkpoint"),
        (_prove_from_nothing, "export-checkpoint"),
        (_put_a_word_for_the_path, "export-form"),
        (_put_a_number_for_a_hash, "export-form"),
        (_put_a_private_word_into_a_payload, "export-event"),
        (_add_a_line_of_another_kind, "export-form"),
        (_begin_without_a_header, "export-form"),
        (_say_another_format, "export-form"),
        (_count_backwards, "export-form"),
    ],
)
def test_an_export_that_was_tampered_with_is_refused(tamper: Callable[[Lines], None], code: str) -> None:
    lines = golden()
    tamper(lines)
    with pytest.raises(ExportRefused) as refusal:
        verify_export(encoded(lines), KEYS)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"{}\n",
        b'{"export":"esign-trail/1","log":"a","size":0}\n',
        b'{"export":"esign-trail/1","log":"a","size":0}',
        b'{ "export":"esign-trail/1","log":"a","size":0}\n',
        b'{"export":"esign-trail/1","log":"a","size":9999999999999999999}\n',
        b"[1]\n",
        b'{"a":' + b"[" * 900 + b"]" * 900 + b"}\n",
        b'{"\\ud800":1}\n',
        b'{"a":"\\ud800"}\n',
        b"\xff\n",
        b" " * (LINE_AT_MOST + 1),
    ],
)
def test_a_file_that_is_no_export_is_refused(data: bytes) -> None:
    with pytest.raises(ExportRefused):
        verify_export(io.BytesIO(data), KEYS)


def test_a_trail_rewritten_and_signed_anew_by_somebody_else_is_refused() -> None:
    stranger = Ed25519NoteKey(Ed25519PrivateKey.generate())
    with pytest.raises(ExportRefused) as refusal:
        verify_export(encoded(golden()), [stranger.public_key])
    assert refusal.value.code == "export-checkpoint"


def test_a_timestamp_that_does_not_convince_its_judge_condemns_the_export() -> None:
    lines = golden()
    token = bytearray(base64.b64decode(lines[-1]["timestamp"]))
    token[-1] ^= 1  # the signature's end: the token still reads, and is still over the checkpoint
    lines[-1]["timestamp"] = base64.b64encode(token).decode()
    verify_export(encoded(lines), KEYS)
    with pytest.raises(EsignError) as refusal:
        verify_export(encoded(lines), KEYS, timestamps=judged)
    assert refusal.value.code == "tsa-broken"


@pytest.mark.parametrize(("days", "in_doubt"), [(-1, 1), (0, 0), (1, 2)])
def test_events_dated_outside_of_the_timestamps_around_them_are_counted(
    authority: EmbeddedAuthority, days: int, in_doubt: int
) -> None:
    """The second event is dated before the checkpoint that precedes it, or both after the ones that follow."""
    now = datetime.now(UTC)
    frontier = Frontier()
    lines: Lines = [{"export": "esign-trail/1", "log": ORIGIN.log, "size": 2}]
    for position in range(2):
        recorded = event(position + 1, time=now + timedelta(days=days))
        entry = canonical(recorded)
        frontier.append(leaf_hash(entry))
        lines.append({"position": position, "leaf": leaf_hash(entry).hex(), "event": json.loads(entry)})
        head = Checkpoint(Origin(ORIGIN.log), position + 1, frontier.root())
        stamped = timestamp_checkpoint(sign_checkpoint(head, LOG_KEY), authority.timestamp_authority)
        lines.append(
            {
                "checkpoint": base64.b64encode(stamped.signed.encode()).decode(),
                "timestamp": base64.b64encode(stamped.token.der).decode(),
                "consistency": [base64.b64encode(leaf_hash(entry)).decode()] if position else [],
            }
        )
    assert verify_export(encoded(lines), KEYS).times_in_doubt == in_doubt


def test_a_line_too_long_ends_the_reading_before_it_fills_the_memory() -> None:
    with pytest.raises(ExportRefused, match="longer"):
        list(read_export(io.BytesIO(b"x" * (2 * LINE_AT_MOST))))
