"""How often a worker looks for what is due."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from esign.renewal.documents import Renewer

LOOK_SECONDS: Final = 60.0
DOCUMENTS: Final = "sealed-documents"
"""What the timestamps of sealed documents are called among certificates that end."""
EVERY: Final = timedelta(hours=1)
"""More often than daily: one run looks at so many documents, and the next goes on."""


def expiring(
    own: Mapping[str, datetime], renewer: Renewer, clock: Callable[[], datetime]
) -> Callable[[], Mapping[str, datetime]]:
    """Return what tells when certificates end: our `own`, and those that sealed documents rest on.

    The documents are counted once in an hour, not each time somebody asks.
    """
    last: list[tuple[datetime, Mapping[str, datetime]]] = []

    def read() -> Mapping[str, datetime]:
        now = clock()
        if not last or now - last[0][0] >= EVERY:
            ends_at = renewer.earliest_end()
            last[:] = [(now, own if ends_at is None else {**own, DOCUMENTS: ends_at})]
        return last[0][1]

    return read


def renewing(renewer: Renewer, clock: Callable[[], datetime]) -> Callable[[], int | None]:
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
