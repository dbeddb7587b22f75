"""A trail that came back from a backup: it signs nothing that contradicts what was published, and says what it lost."""

from __future__ import annotations

import base64
import io
import json
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ca.authority import EmbeddedAuthority
from esign.infra.database import Database
from esign.trail.checkpoint import (
    Checkpoint,
    Origin,
    TimestampedCheckpoint,
    sign_checkpoint,
    timestamp_checkpoint,
)
from esign.trail.epochs import Published, bring_back, open_epoch
from esign.trail.errors import ExportRefused, NoteRefused, TrailDamaged, WitnessContradicted, WitnessRefused
from esign.trail.event import canonical
from esign.trail.export import export_trail
from esign.trail.log import read_stream
from esign.trail.merkle import leaf_hash
from esign.trail.note import Ed25519NoteKey
from esign.trail.proof import parse_inclusion_proof, verify_inclusion_proof
from esign.trail.publishing import CheckpointPublisher, prove_event
from esign.trail.recheck import ExportVerdict, verify_export
from esign.trail.remembered import RememberedCheckpoint
from esign.trail.restoration import RESTORED, STREAM, Restoration
from tests.vectors.trail import naive_merkle
from tests.vectors.trail.edited import cut_off, unguarded
from tests.vectors.trail.sample_events import NOON, event
from tests.vectors.trail.stored import LOG_KEY, ORIGIN, append, place

KEYS = [LOG_KEY.public_key]


class House:
    """A stored trail, what this machine remembers of it, and what a witness kept."""

    def __init__(self, database: Database, authority: EmbeddedAuthority, folder: Path) -> None:
        self.database = database
        self.timestamps = authority.timestamp_authority
        self.remembered = RememberedCheckpoint(folder / "last-checkpoint.txt")
        self.publisher = CheckpointPublisher(ORIGIN, LOG_KEY, self.timestamps, remembered=self.remembered)
        self.kept: list[Checkpoint] = []

    def publish(self) -> TimestampedCheckpoint:
        place(self.database)
        stamped = self.publisher.publish(self.database)
        assert stamped is not None
        self.kept.append(stamped.checkpoint)
        return stamped

    def refusal(self) -> str:
        """Return the code with which publishing is refused."""
        place(self.database)
        with pytest.raises(TrailDamaged) as refusal:
            self.publisher.publish(self.database)
        return refusal.value.code

    def open(self, published: Published, *, least: int = 1) -> Restoration:
        with self.database.transaction() as session:
            return open_epoch(
                session, ORIGIN.log, published, least=least, by="stf_lin", reason="disk-failure", now=NOON
            )

    def bring_back(self) -> None:
        with self.database.transaction() as session:
            bring_back(session, backup="ab" * 32, taken_at=NOON, now=NOON)

    def verdict(self) -> ExportVerdict:
        file = io.BytesIO()
        with self.database.reading() as session:
            export_trail(session, file)
        file.seek(0)
        return verify_export(file, KEYS, seen=self.kept)


@pytest.fixture
def house(database: Database, authority: EmbeddedAuthority, tmp_path: Path) -> House:
    """Nine events under checkpoints at 3, 7 and 9."""
    house = House(database, authority, tmp_path)
    for count, after in ((3, 0), (4, 3), (2, 7)):
        append(database, count=count, after=after)
        house.publish()
    return house


def test_a_database_that_lacks_what_was_published_signs_nothing(house: House) -> None:
    cut_off(house.database, 7)
    assert house.refusal() == "trail-behind"
    append(house.database, "env_2", count=4)
    assert house.refusal() == "trail-behind"


def test_the_next_epoch_names_the_lost_range_and_goes_on(house: House) -> None:
    with house.database.reading() as session:
        lost = prove_event(session, read_stream(session, "env_1")[-1].id).encode()
    cut_off(house.database, 7)
    append(house.database, "env_2", count=2)
    remembered = house.remembered.read()
    assert remembered is not None
    assert house.open(Published(remembered=remembered.checkpoint)) == Restoration(2, 7, 9)
    assert house.publish().checkpoint.origin == Origin(ORIGIN.log, 2)
    append(house.database, "env_2", after=2)
    assert house.publish().checkpoint.origin.epoch == 2
    verdict = house.verdict()
    assert (verdict.epochs, verdict.epochs_unexplained) == ((1, 2), ())
    assert verdict.restorations == (Restoration(2, 7, 9),)
    assert [one.outcome.value for one in verdict.compared] == ["holds", "holds", "lost", "holds", "holds"]
    # What was proven before the loss is proven still, by the log's key alone.
    assert verify_inclusion_proof(parse_inclusion_proof(lost), KEYS).version == 9


def test_the_event_says_who_opened_the_epoch_and_why(house: House) -> None:
    cut_off(house.database, 7)
    house.open(Published(kept=house.kept))
    with house.database.reading() as session:
        (opened,) = read_stream(session, STREAM)
    assert opened.type == RESTORED.name
    assert json.loads(canonical(opened))["payload"] == {
        "epoch": 2,
        "lost": {"from": 7, "to": 9},
        "by": "stf_lin",
        "reason": "disk-failure",
        "known_by": "checkpoint",
    }


def test_no_checkpoint_of_an_epoch_goes_out_before_the_event_that_opened_it_has_its_leaf(house: House) -> None:
    cut_off(house.database, 7)
    house.open(Published(kept=house.kept))
    assert house.publisher.publish(house.database) is None
    assert house.publish().checkpoint.size == 8


def test_after_a_backup_was_brought_back_nothing_is_signed_before_an_epoch_is_opened(house: House) -> None:
    """Also where the database is all that was published: elsewhere another one may go on."""
    house.bring_back()
    assert house.refusal() == "trail-restored"
    assert house.open(Published(kept=house.kept)) == Restoration(2, 9, 9)
    assert house.publish().checkpoint.origin.epoch == 2
    house.bring_back()
    assert house.refusal() == "trail-restored"
    assert house.open(Published(size=11)) == Restoration(3, 11, 11)


def test_what_the_operator_knows_to_be_published_counts_as_lost(house: House) -> None:
    cut_off(house.database, 7)
    house.bring_back()
    assert house.open(Published(kept=house.kept[:1], size=30)) == Restoration(2, 7, 30)
    house.publish()
    assert [one.outcome.value for one in house.verdict().compared] == ["holds", "holds", "lost", "holds"]


def test_a_kept_checkpoint_beyond_the_last_stored_one_may_still_be_of_the_trail(house: House) -> None:
    cut_off(house.database, 7)
    house.kept.pop()
    with unguarded(house.database) as connection:
        connection.exec_driver_sql("DELETE FROM trail_checkpoints WHERE size > 3")
    house.bring_back()
    assert house.open(Published(kept=house.kept)) == Restoration(2, 7, 7)
    house.publish()
    assert [one.outcome.value for one in house.verdict().compared] == ["holds", "holds", "holds"]


def test_without_anybody_who_says_what_was_published_no_epoch_is_opened(house: House) -> None:
    house.bring_back()
    with pytest.raises(WitnessRefused) as refusal:
        house.open(Published())
    assert refusal.value.code == "lost-range-unknown"


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_memory_that_came_back_with_the_keys_folder_knows_nothing(house: House, at: int) -> None:
    """The backup is of 9 events, and whoever published more is gone: "nothing was lost" would be a guess."""
    house.bring_back()
    with pytest.raises(WitnessRefused) as refusal:
        house.open(Published(remembered=house.kept[at]))
    assert refusal.value.code == "lost-range-unknown"
    assert house.open(Published(remembered=house.kept[at], size=12)) == Restoration(2, 9, 12)


def test_a_memory_of_more_than_came_back_names_the_lost_range(house: House) -> None:
    cut_off(house.database, 7)
    house.bring_back()
    assert house.open(Published(remembered=house.kept[-1])) == Restoration(2, 7, 9)


def test_a_trail_that_lacks_nothing_opens_no_epoch(house: House) -> None:
    for published in (Published(kept=house.kept), Published(size=9), Published(size=0)):
        with pytest.raises(WitnessRefused) as refusal:
            house.open(published)
        assert refusal.value.code == "epoch-not-needed"


def test_an_epoch_does_not_mend_a_trail_that_contradicts_what_it_still_claims(house: House) -> None:
    other = Checkpoint(ORIGIN, 7, bytes(32))
    with pytest.raises(WitnessContradicted) as contradiction:
        house.open(Published(kept=[other]))
    assert contradiction.value.code == "witness-rewritten"
    with pytest.raises(WitnessContradicted) as contradiction:
        house.open(Published(kept=[Checkpoint(Origin("other.example"), 12, bytes(32))]))
    assert contradiction.value.code == "witness-log"


def test_an_epoch_that_was_lost_itself_is_not_opened_again(house: House) -> None:
    cut_off(house.database, 7)
    house.open(Published(kept=house.kept))
    append(house.database, "env_2", count=3)
    house.publish()  # epoch 2, at 11
    assert house.kept[-1].origin.epoch == 2
    cut_off(house.database, 3)
    assert house.refusal() == "trail-behind"
    assert house.open(Published(kept=house.kept)) == Restoration(3, 3, 11)
    house.publish()
    assert [one.outcome.value for one in house.verdict().compared] == ["holds", "lost", "lost", "lost", "holds"]


def test_the_epoch_of_the_settings_is_the_least(house: House) -> None:
    cut_off(house.database, 7)
    assert house.open(Published(kept=house.kept), least=4).epoch == 5


def test_raising_the_epoch_of_the_settings_hides_nothing_that_was_lost(house: House) -> None:
    cut_off(house.database, 7)
    house.publisher.origin = Origin(ORIGIN.log, 2)
    assert house.refusal() == "trail-behind"
    cut_off(house.database, 0)
    assert house.refusal() == "trail-behind"
    house.publisher.origin = ORIGIN
    house.open(Published(kept=house.kept))
    assert house.publish().checkpoint.origin.epoch == 2


def test_a_memory_of_an_earlier_epoch_is_enough_to_ask_for_a_word_of_what_was_lost(house: House) -> None:
    with unguarded(house.database) as connection:
        connection.exec_driver_sql("DELETE FROM trail_checkpoints")
    house.publisher.origin = Origin(ORIGIN.log, 2)
    assert house.refusal() == "trail-unopened"


def test_what_is_remembered_is_its_owners_alone_and_never_goes_back(house: House) -> None:
    assert stat.S_IMODE(house.remembered.file.stat().st_mode) == 0o600
    last = house.remembered.read()
    assert last is not None
    assert last.checkpoint == house.kept[-1]
    house.remembered.keep(sign_checkpoint(house.kept[0], LOG_KEY))
    assert house.remembered.read() == last
    later = sign_checkpoint(Checkpoint(Origin(ORIGIN.log, 2), 1, bytes(32)), LOG_KEY)
    house.remembered.keep(later)
    assert house.remembered.read() == later
    assert [path.name for path in house.remembered.file.parent.glob(".last*")] == []


@pytest.mark.parametrize(
    "content", [b"", b"garbage", sign_checkpoint(Checkpoint(ORIGIN, 1, bytes(32)), LOG_KEY).encode()[:-9]]
)
def test_a_memory_that_cannot_be_read_stops_the_signing(house: House, content: bytes) -> None:
    house.remembered.file.write_bytes(content)
    append(house.database, "env_2")
    assert house.refusal() == "trail-memory"


def test_a_memory_that_cannot_be_written_stops_the_signing(house: House) -> None:
    house.remembered.file.unlink()
    house.publisher = CheckpointPublisher(
        ORIGIN,
        LOG_KEY,
        house.timestamps,
        remembered=RememberedCheckpoint(house.remembered.file / "nowhere" / "last.txt"),
    )
    append(house.database, "env_2")
    house.remembered.file.mkdir()
    assert house.refusal() == "trail-memory"


def test_a_checkpoint_that_another_key_signed_is_not_believed_because_it_is_remembered(house: House) -> None:
    stranger = Ed25519NoteKey(Ed25519PrivateKey.generate())
    house.remembered.file.write_bytes(sign_checkpoint(house.kept[-1], stranger).encode())
    append(house.database, "env_2")
    place(house.database)
    with pytest.raises(NoteRefused):
        house.publisher.publish(house.database)


Opening = tuple[int, int, int]
"""What a `trail.restored` says: the epoch, and the lost range."""


def written(steps: Sequence[Opening | int], authority: EmbeddedAuthority) -> io.BytesIO:
    """Return an export of these steps: an opening is its event; a number is an event and a checkpoint of that epoch."""
    entries: list[bytes] = []
    lines: list[dict[str, Any]] = []
    last: Checkpoint | None = None
    for step in steps:
        number = len(entries) + 1
        recorded = event(number)
        if isinstance(step, tuple):
            payload = {"epoch": step[0], "lost": {"from": step[1], "to": step[2]}}
            recorded = event(number, type=RESTORED.name, type_version=1, payload=payload)
        entries.append(canonical(recorded))
        leaf = leaf_hash(entries[-1]).hex()
        lines.append({"position": number - 1, "leaf": leaf, "event": json.loads(entries[-1])})
        if isinstance(step, int):
            head = Checkpoint(Origin(ORIGIN.log, step), number, naive_merkle.mth(entries))
            stamped = timestamp_checkpoint(sign_checkpoint(head, LOG_KEY), authority.timestamp_authority)
            path = [] if last is None else naive_merkle.proof(last.size, entries)
            lines.append(
                {
                    "checkpoint": base64.b64encode(stamped.signed.encode()).decode(),
                    "timestamp": base64.b64encode(stamped.token.der).decode(),
                    "consistency": [base64.b64encode(one).decode() for one in path],
                }
            )
            last = head
    header = {"export": "esign-trail/1", "log": ORIGIN.log, "size": len(entries)}
    return io.BytesIO(b"".join(rfc8785.dumps(line) + b"\n" for line in [header, *lines]))


@pytest.mark.parametrize(
    ("steps", "epochs", "unexplained"),
    [
        ([1, (2, 1, 4), 2], (1, 2), ()),
        ([1, 1, (2, 2, 2), 2, (3, 4, 9), (4, 5, 9), 4], (1, 2, 4), ()),
        ([(2, 0, 3), 2], (2,), ()),
        ([1, 2], (1, 2), (2,)),
        ([2], (2,), (2,)),
        ([1, (2, 1, 4), 3], (1, 3), (3,)),
    ],
)
def test_which_epochs_an_export_explains(
    authority: EmbeddedAuthority, steps: list[Opening | int], epochs: tuple[int, ...], unexplained: tuple[int, ...]
) -> None:
    verdict = verify_export(written(steps, authority), KEYS)
    assert (verdict.epochs, verdict.epochs_unexplained) == (epochs, unexplained)


@pytest.mark.parametrize(
    "steps",
    [
        [1, 1, (2, 1, 4), 2],  # more was published than is said to be left
        [1, (2, 2, 4), 2],  # more is said to be left than there was
        [1, (2, 1, 4), 1],  # goes on in the epoch that was left
        [1, 2, (2, 2, 4), 2],  # opens an epoch that was there
        [1, (3, 1, 4), (3, 2, 4), 3],  # the same twice
        [1, (3, 1, 4), (2, 2, 4), 3],  # and one before it
    ],
)
def test_an_opening_that_cannot_be_is_refused(authority: EmbeddedAuthority, steps: list[Opening | int]) -> None:
    with pytest.raises(ExportRefused) as refusal:
        verify_export(written(steps, authority), KEYS)
    assert refusal.value.code == "export-epoch"
