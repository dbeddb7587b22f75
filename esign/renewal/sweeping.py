"""How often a worker looks for what is due."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

LOOK_SECONDS: Final = 60.0
DOCUMENTS: Final = "sealed-documents"
"""What the timestamps of sealed documents are called among certificates that end."""
CHECKPOINTS: Final = "checkpoints"
"""What the timestamps of the trail's checkpoints are called there."""
EVERY: Final = timedelta(hours=1)
"""More often than daily: one run looks at so many documents, and the next goes on."""


class Renewing(Protocol):
    """What renews: documents or checkpoints."""

    def sweep(self) -> int:
        """Enter tasks for what is due; return how many."""

    def is_at_work(self) -> bool:
        """Tell whether the next sweep should come soon."""

    def earliest_end(self) -> datetime | None:
        """Return when the first of the timestamps ends, None where there are none."""


def expiring(
    own: Mapping[str, datetime], renewers: Mapping[str, Renewing], clock: Callable[[], datetime]
) -> Callable[[], Mapping[str, datetime]]:
    """Return what tells when certificates end: our `own`, and by name those that documents and checkpoints rest on.

    These are counted once in an hour, not each time somebody asks.
    """
    last: list[tuple[datetime, Mapping[str, datetime]]] = []

    def read() -> Mapping[str, datetime]:
        now = clock()
        if not last or now - last[0][0] >= EVERY:
            ends = {name: renewer.earliest_end() for name, renewer in renewers.items()}
            last[:] = [(now, {**own, **{name: at for name, at in ends.items() if at is not None}})]
        return last[0][1]

    return read


def renewing(renewer: Renewing, clock: Callable[[], datetime]) -> Callable[[], int | None]:
    """Return what sweeps once in an hour, whoever calls it how often.

    A run that failed is tried at the next call, and so is one while documents wait: there is room for more soon.
    """
    last: list[datetime] = []

    def run() -> int | None:
        now = clock()
        if last and now - last[0] < EVERY:
            return None
        entered = renewer.sweep()
        last[:] = [] if renewer.is_at_work() else [now]
        return entered

    return run
