"""A database edited by hand, with the guards dropped and everything hashed and signed anew: witnesses find it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from ca.authority import EmbeddedAuthority
from esign.infra.database import Database
from esign.trail.checkpoint import Origin, SignedCheckpoint
from esign.trail.compact_checkpoint import compact_checkpoint
from esign.trail.export import export_trail
from esign.trail.publishing import CheckpointPublisher, latest_checkpoint
from esign.trail.recheck import ExportVerdict, verify_export
from esign.trail.witness_file import read_witness_file, verify_witnessed
from tests.vectors.trail.edited import cut_off, rewrite, sign_anew
from tests.vectors.trail.stored import LOG_KEY, ORIGIN, append, place

KEYS = [LOG_KEY.public_key]


@pytest.fixture
def kept(database: Database, authority: EmbeddedAuthority) -> list[SignedCheckpoint]:
    """A trail of nine events under three checkpoints, and what a witness kept of it."""
    found = []
    for count, after in ((3, 0), (4, 3), (2, 7)):
        append(database, count=count, after=after)
        place(database)
        stamped = CheckpointPublisher(ORIGIN, LOG_KEY, authority.timestamp_authority).publish(database)
        assert stamped is not None
        found.append(stamped.signed)
    return found


def exported(database: Database) -> io.BytesIO:
    file = io.BytesIO()
    with database.reading() as session:
        export_trail(session, file)
    file.seek(0)
    return file


def compared(database: Database, kept: bytes) -> tuple[ExportVerdict, list[str]]:
    """Return the verdict on the trail as it is now, and the outcome for each checkpoint in this witness file."""
    seen = [one.signed.checkpoint for one in verify_witnessed(read_witness_file(kept), KEYS)]
    verdict = verify_export(exported(database), KEYS, seen=seen)
    return verdict, [one.outcome.value for one in verdict.compared]


def notes(kept: list[SignedCheckpoint]) -> bytes:
    return b"".join(one.encode() for one in kept)


def codes(kept: list[SignedCheckpoint]) -> bytes:
    return "".join(f"{compact_checkpoint(one)}\n" for one in kept).encode()


FORMS = pytest.mark.parametrize("written", [notes, codes])


@FORMS
def test_what_was_kept_of_an_honest_trail_holds_in_it(
    database: Database, kept: list[SignedCheckpoint], written: Callable[[list[SignedCheckpoint]], bytes]
) -> None:
    append(database, count=2, after=9)
    place(database)
    assert compared(database, written(kept))[1] == ["holds"] * 3


@FORMS
def test_a_trail_cut_short_adds_up_and_is_found_by_who_saw_more(
    database: Database, kept: list[SignedCheckpoint], written: Callable[[list[SignedCheckpoint]], bytes]
) -> None:
    cut_off(database, 7)
    verdict, outcomes = compared(database, written(kept))
    assert verdict.events == 7
    assert outcomes == ["holds", "holds", "witness-truncated"]


def test_a_trail_cut_short_and_grown_again_is_found(
    database: Database, kept: list[SignedCheckpoint], authority: EmbeddedAuthority
) -> None:
    cut_off(database, 7)
    append(database, "env_2", count=5)
    place(database)
    sign_anew(database, authority.timestamp_authority)
    assert compared(database, notes(kept))[1] == ["holds", "holds", "witness-rewritten"]


@pytest.mark.parametrize(("position", "expected"), [(0, [0, 1, 2]), (3, [1, 2]), (6, [1, 2]), (7, [2]), (8, [2])])
def test_a_tail_rewritten_hashed_and_signed_anew_is_found_from_the_changed_event_on(
    database: Database,
    kept: list[SignedCheckpoint],
    authority: EmbeddedAuthority,
    position: int,
    expected: list[int],
) -> None:
    rewrite(database, position, lambda payload: payload.update(recipient="rec_9"))
    sign_anew(database, authority.timestamp_authority)
    verdict, outcomes = compared(database, notes(kept))
    assert verdict.events == 9
    assert [number for number, one in enumerate(outcomes) if one == "witness-rewritten"] == expected
    assert outcomes.count("holds") == 3 - len(expected)


def test_an_epoch_raised_to_hide_a_rewriting_is_found(
    database: Database, kept: list[SignedCheckpoint], authority: EmbeddedAuthority
) -> None:
    rewrite(database, 8, lambda payload: payload.update(recipient="rec_9"))
    sign_anew(database, authority.timestamp_authority, origin=Origin(ORIGIN.log, 2))
    verdict, outcomes = compared(database, notes(kept))
    assert verdict.epochs_unexplained == (2,)
    assert outcomes == ["holds", "holds", "witness-epoch"]


def test_an_epoch_that_was_left_again_is_found(
    database: Database, kept: list[SignedCheckpoint], authority: EmbeddedAuthority
) -> None:
    append(database, "env_2")
    place(database)
    sign_anew(database, authority.timestamp_authority, origin=Origin(ORIGIN.log, 2))
    with database.reading() as session:
        newest = latest_checkpoint(session)
    assert newest is not None
    cut_off(database, 9)
    append(database, "env_3")
    place(database)
    sign_anew(database, authority.timestamp_authority)
    assert compared(database, notes([*kept, newest.signed]))[1] == ["holds"] * 3 + ["witness-epoch"]
