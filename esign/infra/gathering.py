"""What many parts of one step write is gathered, and written together at the step's end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from sqlalchemy.orm import Session

_WAITING: Final = "waiting_to_be_written"
"""Where a session keeps what waits, by what writes it."""

T = TypeVar("T")


def gather(session: Session, write: Callable[[Session, Sequence[T]], object], entries: Sequence[T]) -> None:
    """Write the entries now; within `gathering` at its end, with all others that the same function writes.

    Raises what `write` raises, here or there.
    """
    waiting: dict[Callable[..., object], list[Any]] | None = session.info.get(_WAITING)
    if waiting is None:
        write(session, entries)
    else:
        waiting.setdefault(write, []).extend(entries)


@contextmanager
def gathering(session: Session) -> Iterator[None]:
    """Within it, nothing that is given to `gather` can be read yet. Where something is raised, none of it is written:
    the transaction is to be given up."""
    waiting = session.info[_WAITING] = {}
    try:
        yield
    finally:
        del session.info[_WAITING]
    for write, entries in waiting.items():
        write(session, entries)
