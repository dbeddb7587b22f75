"""What makes databases cheap to ask: a service opens one and keeps it, a test process opens hundreds.

SQLAlchemy compiles a statement when an engine is first asked it, and keeps what it compiled with that engine. The
engines of a test process, which are all for the same two databases, share what any of them compiled.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

_COMPILED: Final[LRUCache[Any, Any]] = LRUCache(4000)
"""Compiled statements, by the dialect they are for and by what they ask; several times what all rooms ask."""


def make_databases_cheap() -> None:
    """Have every engine that this process opens from now on take what another has compiled already."""
    # A statement is kept by its dialect, of which each engine makes one: those that speak alike count as the same.
    DefaultDialect.__eq__ = _speaks_alike  # type: ignore[method-assign,assignment]
    DefaultDialect.__hash__ = _manner  # type: ignore[method-assign,assignment]
    Engine._compiled_cache = property(lambda engine: _COMPILED, _keeps_none)  # type: ignore[assignment]


def _speaks_alike(one: DefaultDialect, other: object) -> bool:
    return type(one) is type(other) and one.paramstyle == getattr(other, "paramstyle", None)


def _manner(dialect: DefaultDialect) -> int:
    return hash((type(dialect), dialect.paramstyle))


def _keeps_none(engine: Engine, own: object) -> None:
    """The engine needs no place of its own."""
