"""How often a worker looks for what is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from esign.renewal.documents import Renewer

LOOK_SECONDS: Final = 60.0
EVERY: Final = timedelta(hours=1)
"""More often than daily: one run looks at so many documents, and the next goes on."""


def renewing(renewer: Renewer, clock: Callable[[], datetime]) -> Callable[[], int | None]:
    """Return what sweeps once in an hour, whoever calls it how often; a run that failed is tried at the next call."""
    last: list[datetime] = []

    def run() -> int | None:
        now = clock()
        if last and now - last[0] < EVERY:
            return None
        entered = renewer.sweep()
        last[:] = [now]
        return entered

    return run
