"""`esign trail`: what is exported holds without the service, and every way to be wrong is one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from esign.infra.checkpoint_key import CheckpointKey
from esign.infra.database import open_database
from esign.infra.keystore import open_key_store
from esign.trail.checkpoint import Origin, parse_checkpoint, verify_checkpoint
from esign.trail.log import read_stream
from esign.trail.note import NoteVerifier
from esign.trail.publishing import CheckpointPublisher, prove_event
from tests.command import Desk
from tests.vectors.trail.stored import append, place


@pytest.fixture
def kept(started_office: Desk, authority: EmbeddedAuthority) -> Desk:
    """An office with five events in its trail, under two checkpoints."""
    keys = CheckpointKey(open_key_store(started_office.folder / "esign-data-keys"))
    publisher = CheckpointPublisher(Origin("esign/trail"), keys, authority.timestamp_authority)
    database = open_database(f"sqlite:///{started_office.folder}/esign-data/esign.db")
    for stream, count in (("env_1", 2), ("env_2", 3)):
        append(database, stream, count)
        place(database)
        assert publisher.publish(database) is not None
    database.close()
    return started_office


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
    assert "give --tsa-roots" in told
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
    assert "[output-unwritable]" in kept.run("trail", "export", "nowhere/trail.jsonl", status=13).stderr


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
