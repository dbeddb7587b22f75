"""A clock that refuses to have gone back: a wrong date is worse than none."""

from __future__ import annotations

from datetime import datetime, timedelta

from ca.errors import TrustServiceUnavailable
from ca.ports import Clock

TOLERANCE = timedelta(seconds=5)
"""How far a clock may step back (time synchronisation does it) before nothing is dated any more."""


class SteadyClock:
    """Wraps a clock; tells the time in UTC, truncated to the whole second, never before `not_before`.

    `latest` is a time already attested (the authority's register remembers one across restarts).
    """

    def __init__(self, clock: Clock, *, not_before: datetime, latest: datetime | None = None) -> None:
        self._clock = clock
        self._not_before = not_before
        self._latest = latest or not_before

    def __call__(self) -> datetime:
        """Return the present time. Raises `TrustServiceUnavailable` with code `clock-went-back`."""
        now = self._clock().replace(microsecond=0)
        if now < self._not_before:
            raise TrustServiceUnavailable(
                "clock-went-back",
                f"the clock says {now:%Y-%m-%dT%H:%M:%SZ}, before the authority existed "
                f"({self._not_before:%Y-%m-%dT%H:%M:%SZ})",
                "set the clock of this machine",
            )
        if now < self._latest - TOLERANCE:
            raise TrustServiceUnavailable(
                "clock-went-back",
                f"the clock says {now:%Y-%m-%dT%H:%M:%SZ}, but {self._latest:%Y-%m-%dT%H:%M:%SZ} was already attested",
                "set the clock of this machine, or wait until the later time has come",
            )
        self._latest = max(self._latest, now)
        return now
