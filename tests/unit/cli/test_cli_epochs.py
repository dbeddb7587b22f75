"""`esign trail open-epoch`: a restored trail says what it lost, and goes on under a name of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from esign.infra.checkpoint_key import CheckpointKey
from esign.infra.database import Database, open_database
from esign.infra.keystore import open_key_store
from esign.trail.checkpoint import Origin
from esign.trail.epochs import bring_back
from esign.trail.publishing import CheckpointPublisher
from esign.trail.remembered import RememberedCheckpoint
from tests.command import Desk
from tests.vectors.trail.edited import cut_off
from tests.vectors.trail.stored import append, place

WHO = ("--by", "stf_lin", "--reason", "disk-failure")


class Kept:
    """An office whose trail was published at 2 and 5 events, and went back to 2."""

    def __init__(self, office: Desk, authority: EmbeddedAuthority) -> None:
        self.office = office
        self.database: Database = open_database(f"sqlite:///{office.folder}/esign-data/esign.db")
        keys = CheckpointKey(open_key_store(office.folder / "esign-data-keys"))
        self.memory = office.folder / "esign-data-keys" / "last-checkpoint.txt"
        remembered = RememberedCheckpoint(self.memory)
        self.publisher = CheckpointPublisher(
            Origin("esign/trail"), keys, authority.timestamp_authority, remembered=remembered
        )
        self.publish("env_1", 2)
        self.publish("env_2", 3)
        (office.folder / "kept.txt").write_text(office.run("trail", "checkpoint").stdout)
        cut_off(self.database, 2)

    def publish(self, stream: str, count: int) -> None:
        append(self.database, stream, count)
        place(self.database)
        assert self.publisher.publish(self.database) is not None


@pytest.fixture
def kept(started_office: Desk, authority: EmbeddedAuthority) -> Kept:
    return Kept(started_office, authority)


def test_what_others_kept_names_the_lost_range_and_the_export_tells_it(kept: Kept) -> None:
    office = kept.office
    kept.memory.unlink()
    told = office.json("trail", "open-epoch", "--witness", "kept.txt", *WHO)
    assert (told["epoch"], told["from"], told["to"]) == (2, 2, 5)
    assert told["key"].startswith("esign/trail/2+")
    kept.publish("env_3", 1)
    (office.folder / "trail.key").write_text(told["key"])
    office.run("trail", "export", "trail.jsonl")
    given = ("trail", "verify", "trail.jsonl", "--log-key", "trail.key", "--witness", "kept.txt")
    verdict = office.json(*given, status=15)
    assert (verdict["epochs"], verdict["lost"]) == ([1, 2], [{"epoch": 2, "from": 2, "to": 5}])
    assert verdict["witnessed"][0]["outcome"] == "lost"
    assert (verdict["holds"], verdict["witnessed_lost"], verdict["error"]["code"]) == (False, 1, "witness-lost")
    result = office.run(*given, status=15)
    assert result.stdout.startswith("adds up, and says that what was seen was lost: 4 events in 3 streams")
    assert "restored: before epoch 2, events after 2 up to 5 were lost" in result.stdout
    assert "1 of 1 are not, and the trail says that they were lost" in result.stdout
    assert result.stderr.startswith("esign: 5 events of epoch 1 were seen; the trail says that those after 2,")
    assert result.stderr.endswith("[witness-lost]\n")


def test_what_this_machine_remembers_is_taken_by_itself(kept: Kept) -> None:
    told = kept.office.run("trail", "open-epoch", *WHO).stdout
    assert told.startswith("epoch 2 is open: events after 2 up to 5 were lost, as far as is known\n")


def test_without_anybody_who_knows_it_asks(kept: Kept) -> None:
    kept.memory.unlink()
    assert "[lost-range-unknown]" in kept.office.run("trail", "open-epoch", *WHO, status=10).stderr
    told = kept.office.json("trail", "open-epoch", "--published", "7", *WHO)
    assert (told["from"], told["to"]) == (2, 7)


def test_a_trail_that_lacks_nothing_and_one_that_contradicts_itself_stay_as_they_are(kept: Kept) -> None:
    kept.office.run("trail", "open-epoch", *WHO)
    kept.publish("env_3", 1)
    assert "[epoch-not-needed]" in kept.office.run("trail", "open-epoch", *WHO, status=10).stderr
    append(kept.database, "env_4", 9)
    place(kept.database)
    kept.publisher.publish(kept.database)
    cut_off(kept.database, 2)  # and with it the event that explained it; then somebody signs in the old epoch
    kept.memory.unlink()
    kept.publish("env_5", 3)
    result = kept.office.run("trail", "open-epoch", "--witness", "kept.txt", *WHO, status=14)
    assert "[witness-rewritten]" in result.stderr


def test_the_doctor_says_when_an_epoch_is_awaited_and_when_the_database_is_behind(kept: Kept) -> None:
    def said() -> dict[str, object]:
        told = kept.office.json("doctor", "--live", status=10)
        return dict(next(check for check in told["checks"] if check["name"] == "trail epoch"))

    assert not said()["passed"]
    assert "was published from here, and the database has 2 events" in str(said()["said"])
    kept.office.run("trail", "open-epoch", *WHO)
    assert said()["passed"]
    with kept.database.transaction() as session:
        bring_back(session, backup="ab" * 32, taken_at=datetime.now(UTC), now=datetime.now(UTC))
    assert "esign trail open-epoch" in str(said()["said"])


def test_a_setting_names_another_place_for_what_is_remembered(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ESIGN_TRAIL_MEMORY", str(tmp_path / "elsewhere.txt"))
    assert "[lost-range-unknown]" in kept.office.run("trail", "open-epoch", *WHO, status=10).stderr
    kept.memory.rename(tmp_path / "elsewhere.txt")
    assert kept.office.json("trail", "open-epoch", *WHO)["to"] == 5
