"""Python's collector of unreachable objects, in a process that serves for long.

It looks through what is there again and again, all of it now and then: in a process of ours that is half a million
objects of loaded modules, which never go.
"""

from __future__ import annotations

import gc
from typing import Final

OBJECTS_BETWEEN_COLLECTIONS: Final = 10_000
"""As many as several requests make. What forms no ring is gone without any collection."""


def settle() -> None:
    """Leave out of every later collection what is there now. For when a process has loaded all that it needs."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, *gc.get_threshold()[1:])
