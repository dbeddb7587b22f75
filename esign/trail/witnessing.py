"""Comparing a trail with what was seen of it: every checkpoint that somebody outside kept must be of this trail.

An export that adds up may still be another one than yesterday's: cut short, or written anew by whoever has the log's
key. A checkpoint of yesterday shows that. The one thing that explains a difference is a `trail.restored`
(`esign.trail.restoration`), which says beforehand which checkpoints are no longer of the trail.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from esign.trail.checkpoint import Checkpoint
from esign.trail.errors import WitnessContradicted, WitnessLost
from esign.trail.restoration import Restoration


class Outcome(Enum):
    """What became of a checkpoint that was seen."""

    HOLDS = "holds"
    """It is of this trail."""
    LOST = "lost"
    """It is not, and the trail says so: events were lost before a backup was restored."""
    TRUNCATED = "witness-truncated"
    REWRITTEN = "witness-rewritten"
    EPOCH = "witness-epoch"
    OTHER_LOG = "witness-log"


@dataclass(frozen=True)
class Comparison:
    """A checkpoint that was seen, and what became of it. `cause` and `cure` are for people; empty where it holds.

    `opened` is the epoch whose opening says that a `LOST` one was lost, 0 for every other outcome.
    """

    seen: Checkpoint
    outcome: Outcome
    cause: str = ""
    cure: str = ""
    opened: int = 0

    @property
    def contradicts(self) -> bool:
        """Whether the log said two things that cannot both be true."""
        return self.outcome not in (Outcome.HOLDS, Outcome.LOST)

    def raise_if_contradicted(self) -> None:
        """Raise `WitnessContradicted` with the outcome for its code, if the trail is not the one that was seen."""
        if self.contradicts:
            raise WitnessContradicted(self.outcome.value, self.cause, self.cure)

    @property
    def lost(self) -> WitnessLost | None:
        """What is to be told, or raised, of a checkpoint that was lost; None if it was not."""
        return WitnessLost("witness-lost", self.cause, self.cure) if self.outcome is Outcome.LOST else None


@dataclass(frozen=True)
class TrailSeen:
    """What a trail was found to be, as far as a comparison needs it.

    `roots` has the root (32 bytes) at each size that is asked for and not beyond `size`; `epoch` is that of its last
    checkpoint; `restorations` are in the order of the trail.
    """

    log: str
    size: int
    epoch: int
    roots: Mapping[int, bytes]
    restorations: tuple[Restoration, ...] = ()


def compare(trail: TrailSeen, seen: Collection[Checkpoint]) -> tuple[Comparison, ...]:
    """Compare the trail with checkpoints whose signatures were verified, in their order.

    A loss explains nothing where a checkpoint of the same epoch that is at least as large holds: what it claims to
    have lost is in the trail, so the log signed two histories of that size.
    """
    judged = [_compared(trail, one) for one in seen]
    left: dict[int, int] = {}
    for one in judged:
        if one.outcome is Outcome.HOLDS:
            left[one.seen.origin.epoch] = max(one.seen.size, left.get(one.seen.origin.epoch, 0))
    return tuple(
        _rewritten(one.seen)
        if one.outcome is Outcome.LOST and one.seen.size <= left.get(one.seen.origin.epoch, -1)
        else one
        for one in judged
    )


def not_accepted(compared: Collection[Comparison]) -> WitnessLost | None:
    """Return the first loss that whoever kept these checkpoints has not accepted, None if there is none.

    Who kept a checkpoint of the epoch that names the loss, or of a later one, and finds it in the trail, has signed
    after that loss.
    """
    signed = max((one.seen.origin.epoch for one in compared if one.outcome is Outcome.HOLDS), default=0)
    return next((one.lost for one in compared if one.opened > signed), None)


def _compared(trail: TrailSeen, seen: Checkpoint) -> Comparison:
    epoch = seen.origin.epoch
    if seen.origin.log != trail.log:
        return Comparison(
            seen,
            Outcome.OTHER_LOG,
            f"a checkpoint that was kept is of the log {seen.origin.log}, and this trail of {trail.log}",
            "compare a trail with checkpoints of its own log",
        )
    if epoch > trail.epoch:
        return Comparison(
            seen,
            Outcome.EPOCH,
            f"epoch {epoch} was seen, and the trail ends in epoch {trail.epoch}",
            "ask for the trail as it is today; a log that goes back to an earlier epoch hides what it signed since",
        )
    if trail.roots.get(seen.size) == seen.root:
        return Comparison(seen, Outcome.HOLDS)
    opened = min((one for one in trail.restorations if one.epoch > epoch), key=lambda one: one.epoch, default=None)
    if opened is not None and seen.size > opened.lost_from:
        return _after_restoration(seen, opened)
    if opened is None and epoch < trail.epoch:
        return Comparison(
            seen,
            Outcome.EPOCH,
            f"the trail went on as epoch {trail.epoch} without {seen.size} events of epoch {epoch} that were seen, and "
            "does not say what was lost",
            "ask whoever runs the log what was lost and when: a new epoch begins with trail.restored",
        )
    return _different(trail, seen)


def _after_restoration(seen: Checkpoint, opened: Restoration) -> Comparison:
    """Judge a checkpoint larger than what is left of its epoch, by what was admitted when the next one was opened."""
    epoch, size = seen.origin.epoch, seen.size
    if size <= opened.lost_to:
        return Comparison(
            seen,
            Outcome.LOST,
            f"{size} events of epoch {epoch} were seen; the trail says that those after {opened.lost_from}, "
            f"up to {opened.lost_to}, were lost before epoch {opened.epoch}",
            "ask others whether a backup was restored then; whoever has proofs of them keeps these: they hold",
            opened.epoch,
        )
    return Comparison(
        seen,
        Outcome.TRUNCATED,
        f"{size} events of epoch {epoch} were seen, and the trail admits that {opened.lost_to} were published before "
        f"epoch {opened.epoch}",
        "ask whoever runs the log what became of the others",
    )


def _different(trail: TrailSeen, seen: Checkpoint) -> Comparison:
    if seen.size > trail.size:
        return Comparison(
            seen,
            Outcome.TRUNCATED,
            f"the trail ends at {trail.size} events, and {seen.size} were seen",
            "ask for the trail as it is today; if that ends earlier too, events were removed",
        )
    return _rewritten(seen)


def _rewritten(seen: Checkpoint) -> Comparison:
    return Comparison(
        seen,
        Outcome.REWRITTEN,
        f"the first {seen.size} events of the trail are not the {seen.size} that were seen",
        "do not rely on it: it was rewritten, and the log signed both; keep both files for whoever decides",
    )
