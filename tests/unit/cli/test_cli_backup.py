"""`esign backup` and `esign restore` as an operator meets them: what they ask for, refuse, and say next."""

from __future__ import annotations

from pathlib import Path

import pytest

from ca.trust import TrustStore
from esign.infra.database import open_database
from tests.command import Desk
from tests.vectors.trail.stored import append


@pytest.fixture
def office(started_office: Desk) -> Desk:
    """An office with two events that no checkpoint covers yet."""
    started_office.changes["authority_roots"] = lambda _folder: TrustStore()
    database = open_database(f"sqlite:///{started_office.folder}/esign-data/esign.db")
    append(database, count=2)
    database.close()
    return started_office


def lose(office: Desk) -> None:
    """Let the data be gone, and the keys be there."""
    (office.folder / "esign-data").rename(office.folder / "lost")


def test_what_was_backed_up_comes_back_and_the_next_step_is_named(office: Desk) -> None:
    told = office.run("backup", "data", "--wrapped-keys", "apart")
    assert "data: " in told.stdout
    assert "apart: the wrapped keys; keep it apart, and destroy it within 30 days" in told.stdout
    assert "trail_events: 2 rows" in told.stderr
    lose(office)
    told = office.run("restore", "data", "--wrapped-keys", "apart", "--quiet")
    assert told.stderr == ""
    assert "the trail holds: 0 events, root none" in told.stdout
    assert told.stdout.endswith("next: esign trail open-epoch; until then no checkpoint is published\n")
    assert "[restore-not-empty]" in office.run("restore", "data", "--wrapped-keys", "apart", status=10).stderr


def test_wrapped_keys_are_never_left_out_by_accident(office: Desk) -> None:
    assert "--without-wrapped-keys" in office.run("backup", "data", status=2).stderr
    assert (
        "--without-wrapped-keys"
        in office.run("backup", "a", "--wrapped-keys", "b", "--without-wrapped-keys", status=2).stderr
    )
    assert office.json("backup", "data", "--without-wrapped-keys")["wrapped_keys"] is None
    lose(office)
    assert "--without-wrapped-keys" in office.run("restore", "data", status=2).stderr
    assert office.json("restore", "data", "--without-wrapped-keys")["documents"]["passed"] == 0


def test_a_changed_backup_is_refused_before_anything_is_written(office: Desk) -> None:
    office.run("backup", "data", "--wrapped-keys", "apart")
    lose(office)
    path = office.folder / "data" / "trail_events.jsonl"
    path.write_bytes(path.read_bytes().replace(b"rec_1", b"rec_2"))
    told = office.json("restore", "data", "--wrapped-keys", "apart", status=10)
    assert told["error"]["code"] == "backup-member"
    assert not (office.folder / "esign-data" / "blobs").exists()


def test_other_settings_or_keys_than_those_of_the_service_are_refused(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.run("backup", "data", "--wrapped-keys", "apart")
    lose(office)
    given = ("restore", "data", "--wrapped-keys", "apart")
    with monkeypatch.context() as patch:
        patch.setenv("ESIGN_TRAIL_NAME", "elsewhere.example/trail")
        assert "[restore-settings]" in office.run(*given, status=10).stderr
    (office.folder / "esign-data-keys").rename(office.folder / "kept-keys")
    assert "[key-missing]" in office.run(*given, status=10).stderr
    office.run("keys", "create")
    assert "[backup-signature]" in office.run(*given, status=10).stderr
    key = Path("kept-keys")
    monkeypatch.setenv("ESIGN_KEYS_FOLDER", str(key))
    old = office.run("trail", "key").stdout.strip()
    monkeypatch.delenv("ESIGN_KEYS_FOLDER")
    office.run(*given, "--log-key", old)


def test_a_backup_that_cannot_be_written_is_an_exit_status_of_its_own(office: Desk) -> None:
    assert "[output-unwritable]" in office.run("backup", "nowhere/data", "--without-wrapped-keys", status=13).stderr
    assert "[backup-exists]" in office.run("backup", "esign-data", "--without-wrapped-keys", status=10).stderr
