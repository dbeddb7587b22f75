"""A decision table that was read: asked with inputs, it gives the rows that fire and the whole way there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any, Final, Generic

import zen
from pydantic import ValidationError

from esign.canonical_json import encode_canonical
from esign.decisions.kind import R, TableKind
from esign.decisions.words import Words

TRACE_AT_MOST: Final = 1024 * 1024
KEPT_AT_MOST: Final = 2048
"""So many answers of a table are kept, some ten MB: most questions were asked before, and the engine takes the longest
of all."""


@dataclass(frozen=True)
class Evaluation(Generic[R]):
    """The rows that fired, in the order of the table; the whole way there as canonical JSON, and its digest.

    Evaluating the same inputs by the same table again gives the same bytes.
    """

    rows: tuple[R, ...]
    given: Mapping[str, Any]
    trace: bytes

    @cached_property
    def inputs(self) -> bytes:
        """The inputs as canonical JSON."""
        return encode_canonical(dict(self.given))

    @cached_property
    def inputs_digest(self) -> str:
        return sha256(self.inputs).hexdigest()

    @cached_property
    def trace_digest(self) -> str:
        return sha256(self.trace).hexdigest()


@dataclass(frozen=True)
class DecisionTable(Generic[R]):
    """One version of one table. `digest` is that of its file; `reasons` are in the order of the rows.

    `conditions` are the cells that are filled, by the reason of their row and their column. The engine parses a table
    once, when it is first asked.
    """

    kind: TableKind[R]
    name: str
    version: str
    effective_from: date
    digest: str
    reasons: Mapping[str, Words]
    conditions: Mapping[str, Mapping[str, str]]
    last: R
    graph: bytes

    @cached_property
    def _compiled(self) -> zen.ZenDecision:
        # Content has its cells parsed once; of a text they are parsed for each question, which takes twice as long.
        return zen.ZenEngine().create_decision(zen.ZenDecisionContent(self.graph.decode()))

    @cached_property
    def _kept(self) -> dict[str, Evaluation[R]]:
        """Answers by their inputs as they are written: 1, 1.0 and true are three."""
        return {}

    def evaluate(self, inputs: Mapping[str, Any]) -> Evaluation[R]:
        """Return what the table says. Raises the kind's `failed` where it says nothing that can be relied on.

        An input that is None fires no row that asks for it. The same inputs get the same answer, which may be kept.
        """
        asked = repr(dict(inputs))
        known = self._kept.get(asked)
        if known is None:
            known = self._asked(inputs)
            if len(self._kept) >= KEPT_AT_MOST:
                self._kept.clear()
            self._kept[asked] = known
        return known

    def forget(self) -> None:
        """Keep no answer any more: what is measured then is the engine."""
        self._kept.clear()

    def _asked(self, inputs: Mapping[str, Any]) -> Evaluation[R]:
        try:
            answer = self._compiled.evaluate(dict(inputs), {"trace": True})
            rows = tuple(self.kind.row.model_validate(self.kind.answered(one)) for one in _listed(answer["result"]))
        except (RuntimeError, ValidationError, ValueError, TypeError, KeyError) as error:
            raise self.kind.failed("the engine gave no rows") from error
        if not rows or rows[-1] != self.last:
            raise self.kind.failed("the last row, which has no condition, did not fire")
        trace = encode_canonical(
            {
                "schema": self.kind.schema,
                "table": self.name,
                "version": self.version,
                "table_sha256": self.digest,
                "inputs": dict(inputs),
                "trace": _without_durations(answer["trace"]),
            }
        )
        if len(trace) > TRACE_AT_MOST:
            raise self.kind.failed(f"the trace is longer than {TRACE_AT_MOST} bytes")
        return Evaluation(rows, dict(inputs), trace)


def table_for(tables: Iterable[DecisionTable[R]], day: date) -> DecisionTable[R] | None:
    """Return the version that holds on a day, None for a day before the first."""
    held = [table for table in tables if table.effective_from <= day]
    return max(held, key=lambda table: table.effective_from, default=None)


def _listed(result: object) -> list[Any]:
    if not isinstance(result, list):
        raise TypeError("the result is no list of rows")
    return result


def _without_durations(trace: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the trace by node without how long each took, which nobody decides by and which never is the same.

    A table is one node between input and output (`esign.decisions.reading`): nothing else in it tells a duration.
    """
    return {node: {name: one for name, one in told.items() if name != "performance"} for node, told in trace.items()}
