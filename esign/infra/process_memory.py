"""The memory of a process that serves for long: what Python's collector looks at, and what the C library keeps.

The C library gives every thread that asks at the same moment an arena of its own, up to eight for each core, and
what one thread has freed is of no use to another. In a worker with forty threads that was twice what was in use.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

OBJECTS_BETWEEN_COLLECTIONS: Final = 10_000
"""As many as several requests make. What forms no ring is gone without any collection."""
GIVEN_BACK_SECONDS: Final = 300.0
"""How often a worker gives back what lies free between what is in use: a few tens of megabytes."""
_ARENAS_AT_MOST: Final = 2
"""Threads of Python seldom allocate at once: one of them has the interpreter. The other arena is for those that work
outside it."""
_M_ARENA_MAX: Final = -8
"""The number of the parameter in `malloc.h`."""


@contextmanager
def loading() -> Iterator[None]:
    """Load modules without the collector, which looks through what stays in any case: a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def settle() -> None:
    """Leave out of every later collection what is there now. For when a process has loaded all that it needs.

    The collector looks through what is there again and again, all of it now and then: in a process of ours that is
    half a million objects of loaded modules, which never go.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, *gc.get_threshold()[1:])


def share_arenas() -> None:
    """Have all threads that begin from now on allocate from few arenas (mallopt(3), where the C library has it).

    For the beginning of a process: an arena that is there stays.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(ctypes.c_int(_M_ARENA_MAX), ctypes.c_int(_ARENAS_AT_MOST))


def give_back_freed_memory() -> None:
    """Return to the kernel what was freed (malloc_trim(3), where the C library has it).

    A forked child that was given it to write to would have each page copied first, though nothing is in it.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(ctypes.c_size_t(0))
