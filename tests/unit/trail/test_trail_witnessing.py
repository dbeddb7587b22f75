"""Comparing a trail with what was seen of it: which difference is told how, and which one the trail explains."""

from __future__ import annotations

import pytest

from esign.trail.checkpoint import Checkpoint, Origin
from esign.trail.errors import EventRefused, WitnessContradicted
from esign.trail.merkle import EMPTY_ROOT
from esign.trail.restoration import RESTORED, Restoration, standing_of
from esign.trail.witnessing import Outcome, TrailSeen, compare, not_accepted
from tests.vectors.trail.sample_events import event

LOG = "log.example"
SECOND = Restoration(2, lost_from=5, lost_to=8)
THIRD = Restoration(3, lost_from=9, lost_to=9)
"""Epoch 1 up to 5 events, 6 to 8 lost; epoch 2 up to 9, nothing lost; epoch 3 to the end."""


def root(size: int) -> bytes:
    return bytes([size]) * 32 if size else EMPTY_ROOT


def trail(epoch: int = 3, size: int = 12, restorations: tuple[Restoration, ...] = (SECOND, THIRD)) -> TrailSeen:
    return TrailSeen(LOG, size, epoch, {at: root(at) for at in range(size + 1)}, restorations)


def outcome(of: TrailSeen, epoch: int, size: int, seen_root: bytes | None = None, log: str = LOG) -> Outcome:
    (found,) = compare(of, [Checkpoint(Origin(log, epoch), size, seen_root or root(size))])
    assert found.contradicts == (found.outcome not in (Outcome.HOLDS, Outcome.LOST))
    assert (found.lost is not None) == (found.outcome is Outcome.LOST) == (found.opened > 0)
    assert bool(found.cause) == (found.outcome is not Outcome.HOLDS) == bool(found.cure)
    return found.outcome


OTHER = b"\xee" * 32


@pytest.mark.parametrize(
    ("epoch", "size", "seen_root", "expected"),
    [
        (1, 0, None, Outcome.HOLDS),
        (1, 5, None, Outcome.HOLDS),
        (1, 5, OTHER, Outcome.REWRITTEN),
        (1, 1, OTHER, Outcome.REWRITTEN),
        (1, 6, OTHER, Outcome.LOST),
        (1, 8, OTHER, Outcome.LOST),
        (1, 9, OTHER, Outcome.TRUNCATED),
        (1, 40, OTHER, Outcome.TRUNCATED),
        (2, 9, None, Outcome.HOLDS),
        (2, 9, OTHER, Outcome.REWRITTEN),
        (2, 10, OTHER, Outcome.TRUNCATED),
        (3, 12, None, Outcome.HOLDS),
        (3, 12, OTHER, Outcome.REWRITTEN),
        (3, 13, OTHER, Outcome.TRUNCATED),
        (4, 12, None, Outcome.EPOCH),
    ],
)
def test_a_checkpoint_is_of_the_trail_or_lost_or_against_it(
    epoch: int, size: int, seen_root: bytes | None, expected: Outcome
) -> None:
    assert outcome(trail(), epoch, size, seen_root) is expected


def test_an_epoch_that_began_without_a_word_explains_nothing() -> None:
    silent = trail(epoch=2, restorations=())
    assert outcome(silent, 1, 6) is Outcome.HOLDS
    assert outcome(silent, 1, 6, OTHER) is Outcome.EPOCH
    assert outcome(silent, 1, 40, OTHER) is Outcome.EPOCH


def test_a_restoration_that_was_lost_itself_is_explained_by_the_one_after_it() -> None:
    later = trail(restorations=(Restoration(3, lost_from=4, lost_to=11),))
    assert outcome(later, 1, 6, OTHER) is Outcome.LOST
    assert outcome(later, 2, 11, OTHER) is Outcome.LOST
    assert outcome(later, 2, 12, OTHER) is Outcome.TRUNCATED


@pytest.mark.parametrize(
    ("larger", "expected"),
    [((1, 5), Outcome.LOST), ((1, 6), Outcome.REWRITTEN), ((1, 7), Outcome.REWRITTEN), ((2, 8), Outcome.LOST)],
)
def test_what_is_in_the_trail_under_its_own_epoch_was_not_lost(larger: tuple[int, int], expected: Outcome) -> None:
    kept = [Checkpoint(Origin(LOG, epoch), size, root(size)) for epoch, size in [larger]]
    found, _holding = compare(trail(), [Checkpoint(Origin(LOG), 6, OTHER), *kept])
    assert (found.outcome, found.contradicts) == (expected, expected is Outcome.REWRITTEN)


def test_a_loss_is_accepted_by_whoever_signed_after_it() -> None:
    lost, before, after = (Checkpoint(Origin(LOG, *at), size, seen) for at, size, seen in LOSS)
    for kept in ([lost], [before, lost]):
        told = not_accepted(compare(trail(), kept))
        assert told is not None
        assert told.code == "witness-lost"
    assert not_accepted(compare(trail(), [before, lost, after])) is None
    assert not_accepted(compare(trail(), [before, after])) is None


LOSS = [((1,), 6, OTHER), ((1,), 5, root(5)), ((2,), 9, root(9))]
"""A checkpoint that was lost before epoch 2, one that was not, and one of epoch 2."""


def test_a_checkpoint_of_another_log_is_not_taken_for_one_of_this() -> None:
    assert outcome(trail(), 1, 5, log="other.example") is Outcome.OTHER_LOG


def test_a_contradiction_can_be_raised_with_its_code() -> None:
    good, bad = compare(trail(), [Checkpoint(Origin(LOG), size, root(5)) for size in (5, 4)])
    good.raise_if_contradicted()
    with pytest.raises(WitnessContradicted) as refusal:
        bad.raise_if_contradicted()
    assert refusal.value.code == "witness-rewritten"


def test_a_restoration_is_read_from_its_event_as_it_was_written() -> None:
    new = SECOND.event(by="stf_lin", reason="disk-failure", known_by="witness")
    recorded = event(type=RESTORED.name, type_version=1, payload=new.payload)
    assert Restoration.of(recorded) == SECOND
    assert SECOND.lost == 3


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"epoch": 2},
        {"epoch": 2, "lost": 3},
        {"epoch": 2, "lost": {"from": 1}},
        {"epoch": True, "lost": {"from": 1, "to": 2}},
        {"epoch": "2", "lost": {"from": 1, "to": 2}},
        {"epoch": 1, "lost": {"from": 1, "to": 2}},
        {"epoch": 2, "lost": {"from": 3, "to": 2}},
        {"epoch": 2, "lost": {"from": -1, "to": 2}},
    ],
)
def test_an_event_that_does_not_say_what_was_lost_is_refused(payload: dict[str, object]) -> None:
    with pytest.raises(EventRefused) as refusal:
        Restoration.of(event(type=RESTORED.name, type_version=1, payload=payload))
    assert refusal.value.code == "restoration-form"


def test_a_trail_that_was_brought_back_awaits_an_epoch_until_one_is_opened() -> None:
    brought = event(1, type="backup.restored", type_version=1)
    opened = event(
        2, type=RESTORED.name, type_version=1, payload=SECOND.event(by="a", reason="b", known_by="c").payload
    )
    assert (standing_of([]).epoch, standing_of([]).awaits_epoch) == (1, False)
    assert standing_of([brought]).awaits_epoch
    assert (standing_of([brought, opened]).epoch, standing_of([brought, opened]).awaits_epoch) == (2, False)
    assert standing_of([opened, brought]).awaits_epoch
