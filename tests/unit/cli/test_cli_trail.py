"""`esign trail`: what is exported holds without the service, and every way to be wrong is one line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from esign.infra.checkpoint_key import CheckpointKey
from esign.infra.database import open_database
from esign.infra.keystore import open_key_store
from esign.trail.checkpoint import Origin, parse_checkpoint, verify_checkpoint
from esign.trail.compact_checkpoint import compact_checkpoint
from esign.trail.cosignature import CosigningKey, cosign
from esign.trail.log import read_stream
from esign.trail.note import NoteVerifier
from esign.trail.publishing import CheckpointPublisher, prove_event
from tests.command import Desk
from tests.vectors.trail.stored import append, place


@pytest.fixture
def kept(started_office: Desk, authority: EmbeddedAuthority) -> Desk:
    """An office with five events in its trail, under two checkpoints."""
    for stream, count in (("env_1", 2), ("env_2", 3)):
        publish_more(started_office, stream, count, authority)
    return started_office


def publish_more(office: Desk, stream: str, count: int, authority: EmbeddedAuthority) -> None:
    """Append events to a new stream and publish a checkpoint over them."""
    keys = CheckpointKey(open_key_store(office.folder / "esign-data-keys"))
    database = open_database(f"sqlite:///{office.folder}/esign-data/esign.db")
    append(database, stream, count)
    place(database)
    publisher = CheckpointPublisher(Origin("esign/trail"), keys, authority.timestamp_authority)
    assert publisher.publish(database) is not None
    database.close()


@pytest.fixture
def exported(kept: Desk) -> Desk:
    """The same, exported into `trail.jsonl` with its key in `trail.key`."""
    kept.run("trail", "export", "trail.jsonl")
    (kept.folder / "trail.key").write_text(kept.run("trail", "key").stdout)
    return kept


def test_an_export_holds_by_its_key_alone(exported: Desk) -> None:
    for key in ("trail.key", (exported.folder / "trail.key").read_text().strip()):
        told = exported.json("trail", "verify", "trail.jsonl", "--key", key)
        assert (told["events"], told["streams"], told["checkpoints"]) == (5, 2, 2)
        assert told["log"] == "esign/trail"
        assert not told["timestamps_judged"]


def test_an_export_says_how_many_events_no_checkpoint_covers_yet(exported: Desk) -> None:
    database = open_database(f"sqlite:///{exported.folder}/esign-data/esign.db")
    append(database, "env_3", 2)
    database.close()
    told = exported.json("trail", "export", "again.jsonl")
    assert (told["events"], told["later_events"]) == (5, 2)
    assert (
        "later events, under no checkpoint yet and not in it: 2"
        in exported.run("trail", "export", "trail.jsonl", "--overwrite").stdout
    )


def test_its_timestamps_are_judged_by_the_roots_that_are_believed(exported: Desk, root_file: Path) -> None:
    told = exported.json("trail", "verify", "trail.jsonl", "--key", "trail.key", "--tsa-roots", root_file)
    assert told["timestamps_judged"]


def test_timestamps_of_an_authority_that_is_not_believed_are_refused(exported: Desk) -> None:
    (exported.folder / "roots").mkdir()
    result = exported.run(
        "trail", "verify", "trail.jsonl", "--key", "trail.key", "--tsa-roots", "roots", status=11
    )  # fmt: skip
    assert "[tsa-untrusted]" in result.stderr


def test_the_words_say_when_it_was_fixed_and_what_was_not_judged(exported: Desk) -> None:
    told = exported.run("trail", "verify", "trail.jsonl", "--key", "trail.key").stdout
    assert told.startswith("holds: 5 events in 2 streams of esign/trail\n")
    assert "give --trust" in told
    assert "in doubt: 3 events" in told  # of a day long ago, and placed after a timestamp of today


def test_a_changed_event_is_found_with_exit_status_10(exported: Desk) -> None:
    path = exported.folder / "trail.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"tries":1', b'"tries":2', 1))
    told = exported.json("trail", "verify", path, "--key", "trail.key", status=10)
    assert told["error"]["code"] == "export-leaf"


def test_an_export_cut_short_is_found(exported: Desk) -> None:
    path = exported.folder / "trail.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    assert "[export-end]" in exported.run("trail", "verify", path, "--key", "trail.key", status=10).stderr


def test_another_logs_key_does_not_verify_it(exported: Desk) -> None:
    public = NoteVerifier.from_vkey((exported.folder / "trail.key").read_text().strip()).public_key
    stranger = Origin("elsewhere.example/trail").verifier(public)
    for key, code in ((stranger.vkey, "export-log"), ("no-such-file", "file-unreadable"), ("a+b+c", "note-key")):
        assert f"[{code}]" in exported.run("trail", "verify", "trail.jsonl", "--key", key, status=10).stderr


def test_what_somebody_kept_is_compared_with_the_export(exported: Desk) -> None:
    signed = parse_checkpoint(exported.run("trail", "checkpoint").stdout.encode())
    witness = CosigningKey.generate("witness.example/w1")
    noted = cosign(signed, witness, datetime(2026, 11, 26, 4, tzinfo=UTC))
    (exported.folder / "kept.txt").write_bytes(noted.encode())
    (exported.folder / "codes.txt").write_text(compact_checkpoint(signed))
    given = (
        "trail",
        "verify",
        "trail.jsonl",
        "--log-key",
        "trail.key",
        "--witness",
        "kept.txt",
        "--witness",
        "codes.txt",
    )
    told = exported.json(*given, "--witness-key", witness.cosigner.vkey)
    assert [(one["outcome"], one["size"], one["file"], one["line"]) for one in told["witnessed"]] == [
        ("holds", 5, "kept.txt", 1),
        ("holds", 5, "codes.txt", 1),
    ]
    assert told["witnessed"][0]["by"] == [{"witness": "witness.example/w1", "time": "2026-11-26T04:00:00+00:00"}]
    (exported.folder / "witness.key").write_text(f"{witness.cosigner.vkey}\n")
    words = exported.run(*given, "--witness-key", "witness.key").stdout
    assert "2 of 2 checkpoints that were kept are of this trail" in words
    assert "the largest of them has 5 events, signed by witness.example/w1 at 2026-11-26T04:00:00+00:00" in words


def test_an_export_that_ends_before_what_was_seen_is_told_with_exit_status_14(
    exported: Desk, authority: EmbeddedAuthority
) -> None:
    publish_more(exported, "env_3", 1, authority)
    (exported.folder / "kept.txt").write_text(exported.run("trail", "checkpoint").stdout)
    given = ("trail", "verify", "trail.jsonl", "--log-key", "trail.key", "--witness", "kept.txt")
    result = exported.run(*given, status=14)
    assert result.stdout.startswith("adds up, and is not what was seen: 5 events in 2 streams of esign/trail\n")
    assert result.stderr.startswith("esign: the trail ends at 5 events, and 6 were seen; ask for the trail")
    assert result.stderr.endswith("[witness-truncated]\n")
    told = exported.json(*given, status=14)
    assert (told["holds"], told["error"]["code"]) == (False, "witness-truncated")


def test_without_a_witness_the_words_say_what_was_not_looked_at(exported: Desk) -> None:
    told = exported.run("trail", "verify", "trail.jsonl", "--log-key", "trail.key").stdout
    assert "compared with nothing that anybody kept" in told


def test_a_witness_file_that_cannot_be_used_is_named(exported: Desk) -> None:
    (exported.folder / "kept.txt").write_text("Dear auditor,\n")
    for arguments, code in (
        (("--witness", "kept.txt"), "witness-form"),
        (("--witness", "nowhere.txt"), "file-unreadable"),
        (("--witness-key", "kept.txt"), "note-key"),
        (("--witness-key", "a+b+c"), "note-key"),
        (("--witness-key", "nowhere"), "file-unreadable"),
    ):
        result = exported.run("trail", "verify", "trail.jsonl", "--log-key", "trail.key", *arguments, status=10)
        assert f"[{code}]" in result.stderr
        assert code != "witness-form" or "kept.txt: the witness file holds no checkpoint at line 1" in result.stderr


def test_the_latest_checkpoint_is_printed_as_it_was_signed(kept: Desk) -> None:
    note = kept.run("trail", "checkpoint").stdout
    signed = parse_checkpoint(note.encode())
    verifier = NoteVerifier.from_vkey(kept.run("trail", "key").stdout.strip())
    assert verify_checkpoint(signed, [verifier.public_key]).size == 5
    assert kept.json("trail", "checkpoint")["note"] == note


def test_an_export_that_is_there_is_not_replaced_by_accident(exported: Desk) -> None:
    path = exported.folder / "trail.jsonl"
    path.write_bytes(b"an earlier one")
    assert "[output-exists]" in exported.run("trail", "export", path, status=13).stderr
    assert path.read_bytes() == b"an earlier one"
    assert json.loads(exported.run("trail", "export", path, "--overwrite", "--json").stdout)["events"] == 5


def test_before_the_first_checkpoint_there_is_nothing_to_take_away(started_office: Desk) -> None:
    for arguments in (("export", "trail.jsonl"), ("checkpoint",)):
        assert "[nothing-published]" in started_office.run("trail", *arguments, status=10).stderr
    assert not list(started_office.folder.glob("*trail.jsonl*"))


def test_where_nothing_can_be_written_nothing_is_left(kept: Desk) -> None:
    told = kept.run("trail", "export", "nowhere/trail.jsonl", status=13).stderr
    assert "nowhere/trail.jsonl cannot be written: no folder nowhere; make that folder [output-unwritable]" in told


def test_without_a_database_it_says_what_to_do(office: Desk) -> None:
    assert "esign.db" not in [path.name for path in office.folder.rglob("*")]
    assert "[database-folder]" in office.run("trail", "checkpoint", status=10).stderr


def test_the_proof_of_one_event_holds_by_the_logs_key_alone(kept: Desk) -> None:
    (kept.folder / "trail.key").write_text(kept.run("trail", "key").stdout)
    database = open_database(f"sqlite:///{kept.folder}/esign-data/esign.db")
    with database.reading() as session:
        event = read_stream(session, "env_2")[-1]
        encoded = prove_event(session, event.id).encode()
    database.close()
    (kept.folder / "event.tlog-proof").write_bytes(encoded)
    told = kept.json("trail", "proof", "event.tlog-proof", "--key", "trail.key")
    assert told == {"event": event.id, "type": event.type, "stream": "env_2", "size": 5}
    (kept.folder / "event.tlog-proof").write_bytes(encoded.replace(b"index 4", b"index 3"))
    result = kept.run("trail", "proof", "event.tlog-proof", "--key", "trail.key", status=10)
    assert "[inclusion-proof]" in result.stderr
