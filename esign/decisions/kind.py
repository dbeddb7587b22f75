"""A kind of decision table: which columns it compares, what a row of it says, and what must be so of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic import BaseModel

from esign.decisions.columns import Column
from esign.errors import EsignError

R = TypeVar("R", bound=BaseModel)
Problems: TypeAlias = Iterable[tuple[str, bool]]
"""Sentences about rows, each with whether it is so."""


@dataclass(frozen=True)
class TableKind(Generic[R]):
    """What a room knows of its tables.

    columns   the inputs that are computed, each with its type: a table has exactly these
    row       a strict, frozen model of what a row says: its members in their order are the outputs of the table
    reason    returns the reason (a code) of a row
    answered  makes the members of a row out of what the engine gives: enumerations out of words; an empty word is None
              where a row is read from its file
    problems  what must not be so of the rows of a table, the last one without a condition: the first found is told
    schema    the name of the form of its traces
    broken    the error for a table that cannot be used, made of its cause
    failed    the error for a table that gave no decision, made of its cause
    """

    columns: Mapping[str, Column]
    row: type[R]
    reason: Callable[[R], str]
    answered: Callable[[Mapping[str, Any]], dict[str, Any]]
    problems: Callable[[Sequence[R]], Problems]
    schema: str
    broken: Callable[[str], EsignError]
    failed: Callable[[str], EsignError]

    @property
    def outputs(self) -> tuple[str, ...]:
        """The outputs of a table, in their order."""
        return tuple(self.row.model_fields)
