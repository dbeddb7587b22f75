"""Epochs of the stored trail: noticing that it came back from a backup, and opening the next one.

A log never signs two histories. A database that lacks what was published must not sign on as the same log: it goes on
in the next epoch, after a `trail.restored` that names what was lost (`esign.trail.restoration`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from esign.trail.checkpoint import Checkpoint
from esign.trail.errors import WitnessRefused
from esign.trail.log import Trail, read_stream, stream_version
from esign.trail.merkle import Tree
from esign.trail.publishing import latest_checkpoint
from esign.trail.restoration import BROUGHT_BACK, RESTORED, STREAM, VOCABULARY, Restoration, standing_of
from esign.trail.sequencer import StoredNodes, tree_size
from esign.trail.witnessing import Outcome, TrailSeen, compare

_TRAIL: Final = Trail(VOCABULARY)


@dataclass(frozen=True)
class Published:
    """What is known to have been published, from elsewhere than the database.

    `kept` are checkpoints that somebody outside kept, their signatures verified; `remembered` the one that this machine
    remembers; `size` what the operator says: a number of events, if they know no checkpoint.
    """

    kept: Collection[Checkpoint] = ()
    remembered: Checkpoint | None = None
    size: int | None = None


def open_epoch(
    session: Session, log: str, published: Published, *, least: int = 1, by: str, reason: str, now: datetime
) -> Restoration:
    """Append the `trail.restored` that opens the next epoch of the log, and return what it says.

    `least` is the epoch that the settings name; `by` is an id, `reason` a code. Raises `WitnessRefused`
    (`lost-range-unknown`: nobody says what was published; `epoch-not-needed`: nothing shows that the trail was
    restored), `WitnessContradicted` (what was kept is not of this trail where it must be: an epoch mends nothing),
    `EventRefused`, `TrailDamaged`.
    """
    events = read_stream(session, STREAM)
    standing = standing_of(events)
    restorations = tuple(Restoration.of(event) for event in events if event.type == RESTORED.name)
    newest = latest_checkpoint(session)
    stored = None if newest is None else newest.checkpoint
    known = (*published.kept, *(() if published.remembered is None else (published.remembered,)))
    if not _is_known(published, stored, awaits_epoch=standing.awaits_epoch):
        raise WitnessRefused(
            "lost-range-unknown",
            "nobody says up to which size checkpoints were published",
            "give --witness with what others kept (a mail, a signer's copy), or --published with the largest size",
        )
    epoch = max(least, standing.epoch, 1 if stored is None else stored.origin.epoch)
    later = max((one.origin.epoch for one in known), default=1)
    lost_from, beyond = _compared(session, log, stored, restorations, known)
    seen, told = max((one.size for one in beyond), default=0), published.size or 0
    if not standing.awaits_epoch and max(seen, told) <= lost_from and later <= epoch:
        raise WitnessRefused(
            "epoch-not-needed",
            "nothing shows that this trail was restored: what is known to be published is in it",
            "leave it as it is; if events were lost, give what was published of them",
        )
    opened = Restoration(max(epoch, later) + 1, lost_from, max(seen, told, lost_from))
    event = opened.event(by=by, reason=reason, known_by="operator" if told > seen else "checkpoint")
    _TRAIL.append(session, STREAM, len(events), [event], actor="operator", time=now)
    return opened


def _is_known(published: Published, stored: Checkpoint | None, *, awaits_epoch: bool) -> bool:
    """Tell whether anybody can know what was published beyond a backup that was brought back.

    What is remembered and no later than the last checkpoint stored may have come back with a backup of its own.
    """
    if published.kept or published.size is not None:
        return True
    remembered = published.remembered
    if remembered is None or not awaits_epoch or stored is None:
        return remembered is not None
    return (remembered.origin.epoch, remembered.size) > (stored.origin.epoch, stored.size)


def bring_back(session: Session, *, backup: str, taken_at: datetime, now: datetime) -> None:
    """Record that a backup was restored: no checkpoint is published before an epoch is opened.

    `backup` is the digest of its manifest in hex. For whoever brings it back, in the same transaction.
    """
    event = BROUGHT_BACK(backup=backup, taken_at=taken_at.isoformat())
    _TRAIL.append(session, STREAM, stream_version(session, STREAM), [event], actor="operator", time=now)


def _compared(
    session: Session,
    log: str,
    stored: Checkpoint | None,
    restorations: Sequence[Restoration],
    known: Collection[Checkpoint],
) -> tuple[int, list[Checkpoint]]:
    """Return up to which size the stored trail is what was published, and what was published beyond that.

    Raises `WitnessContradicted` for a checkpoint that is no larger than the last one stored and still not of the trail.
    """
    size, published = tree_size(session), 0 if stored is None else stored.size
    roots = {one.size: Tree(StoredNodes(session), one.size).root() for one in known if one.size <= size}
    epoch = max((one.origin.epoch for one in (*known, *([stored] if stored else []))), default=1)
    beyond = []
    for one in compare(TrailSeen(log, size, epoch, roots, tuple(restorations)), known):
        if one.outcome is Outcome.HOLDS:
            published = max(published, one.seen.size)
        elif one.seen.size > (0 if stored is None else stored.size) and one.outcome is not Outcome.OTHER_LOG:
            beyond += [one.seen] if one.contradicts else []
        else:
            one.raise_if_contradicted()
    return published, beyond
