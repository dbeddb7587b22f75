"""How the stored trail stands before a checkpoint is signed: in which epoch, and whether it is what was published."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.infra.statements import table_of
from esign.trail.checkpoint import Checkpoint
from esign.trail.errors import TrailDamaged
from esign.trail.log import COLUMNS, event_of_row
from esign.trail.merkle import Tree
from esign.trail.models import TrailEvent, TrailLeaf
from esign.trail.restoration import STREAM, Standing, standing_of
from esign.trail.sequencer import StoredNodes

_EVENTS, _LEAVES = table_of(TrailEvent), table_of(TrailLeaf)
_OWN: Final = (
    select(_LEAVES.c.position, *(_EVENTS.c[column.key] for column in COLUMNS))
    .join_from(_EVENTS, _LEAVES, _LEAVES.c.event_id == _EVENTS.c.id, isouter=True)
    .where(_EVENTS.c.stream == STREAM)
    .order_by(_EVENTS.c.version)
)


def placed_standing(session: Session) -> tuple[Standing, bool]:
    """Return how the trail stands, and whether every event that says so has its leaf. Raises `TrailDamaged`."""
    rows = session.execute(_OWN).all()
    return standing_of(event_of_row(row[1:]) for row in rows), all(row[0] is not None for row in rows)


def require_remembered(session: Session, remembered: Checkpoint, size: int, epoch: int, *, opened: int) -> None:
    """Check that the stored tree of `size` leaves, in this epoch, continues the checkpoint that is remembered.

    An epoch that was `opened` in the trail since explains the difference, and one that the settings name does not.
    Raises `TrailDamaged` (`trail-behind`).
    """
    if remembered.origin.epoch < opened:
        return
    if remembered.origin.epoch > epoch:
        found = f"epoch {epoch}"
    elif remembered.size > size:
        found = f"{size} events"
    elif Tree(StoredNodes(session), remembered.size).root() != remembered.root:
        found = "other ones"
    else:
        return
    raise TrailDamaged(
        "trail-behind",
        f"a checkpoint over {remembered.size} events of epoch {remembered.origin.epoch} was published from here, and "
        f"the database has {found}: it was restored from a backup, or replaced",
        "bring the newer database back; if there is none, open the next epoch: esign trail open-epoch",
    )


def require_opened(stored: Checkpoint | None, remembered: Checkpoint | None, epoch: int, *, opened: int) -> None:
    """Check that a checkpoint of this epoch follows none of an earlier one without a word of what was lost between.

    `stored` is the last checkpoint of the database, `remembered` the one of this machine, `opened` the epoch that was
    opened in the trail. A later epoch begins by a setting only where nothing was published before it, and goes on
    where it once began so. Raises `TrailDamaged` (`trail-unopened`).
    """
    if epoch <= opened or (stored is not None and stored.origin.epoch >= epoch):
        return
    before = max((one.origin.epoch for one in (stored, remembered) if one is not None), default=epoch)
    if before < epoch:
        raise TrailDamaged(
            "trail-unopened",
            f"the settings name epoch {epoch}, checkpoints of epoch {before} were published, and nothing in the trail "
            "says what was lost between them",
            f"set trail.epoch to {before} again; after a restore, open the next epoch: esign trail open-epoch",
        )
