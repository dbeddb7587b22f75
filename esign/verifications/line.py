"""The line of files that wait to be judged: first come, first served, few at once, and none of them crowds it.

What is judged here is done in the time that signing leaves over. A line that were without end would keep every file of
it in memory, and a single caller could fill one that is not divided.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from esign.verifications.errors import line_full

MIB: Final = 1024 * 1024


@dataclass(frozen=True)
class LineLimits:
    """How many files of a process are judged at once, and how many wait; of one origin; bytes of all together."""

    at_once: int = 1
    at_most: int = 12
    each_at_most: int = 3
    bytes_at_most: int = 256 * MIB
    waiting_seconds: float = 180.0


class Line:
    """Safe for threads; of one process."""

    def __init__(self, limits: LineLimits) -> None:
        self.limits = limits
        self._places: list[Place] = []
        self._moved = threading.Condition()

    def join(self, origin: str, size: int) -> Place:
        """Take the last place. Raises `LineFull`."""
        limits = self.limits
        with self._moved:
            own = sum(1 for one in self._places if one.origin == origin)
            held = sum(one.size for one in self._places)
            if len(self._places) >= limits.at_most or own >= limits.each_at_most or held + size > limits.bytes_at_most:
                raise line_full()
            place = Place(self, origin, size)
            self._places.append(place)
            return place

    def ahead_of(self, place: Place) -> int:
        """Return how many must be done before this one is begun: 0 for one that has its turn."""
        with self._moved:
            return self._ahead(place)

    def wait(self, place: Place, moved: Callable[[int], None] | None = None) -> None:
        """Wait until the place has its turn; tell `moved` whenever fewer are ahead. Raises `LineFull` after the time
        that anybody waits."""
        end, ahead = time.monotonic() + self.limits.waiting_seconds, -1
        while ahead:
            with self._moved:
                if not self._moved.wait_for(lambda: self._ahead(place) != ahead, end - time.monotonic()):  # noqa: B023
                    raise line_full()
                ahead = self._ahead(place)
            if moved is not None:
                moved(ahead)

    def leave(self, place: Place) -> None:
        """Give the place up; leaving again changes nothing."""
        with self._moved:
            if place in self._places:
                self._places.remove(place)
                self._moved.notify_all()

    def _ahead(self, place: Place) -> int:
        return max(0, self._places.index(place) + 1 - self.limits.at_once)


class Place:
    """A place in the line, left at the end of `with`."""

    def __init__(self, line: Line, origin: str, size: int) -> None:
        self.origin = origin
        self.size = size
        self._line = line

    @property
    def ahead(self) -> int:
        return self._line.ahead_of(self)

    def wait(self, moved: Callable[[int], None] | None = None) -> None:
        """As `Line.wait` says."""
        self._line.wait(self, moved)

    def leave(self) -> None:
        self._line.leave(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()
