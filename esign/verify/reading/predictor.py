"""Undoes the PNG predictors of FlateDecode (ISO 32000-2 clause 7.4.4.4), under the document's budget."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from esign.verify.errors import Malformed
from esign.verify.limits import Budget
from esign.verify.reading.objects import PdfDict, PdfValue

_Rows = NDArray[np.uint8]
_NONE, _SUB, _UP, _AVERAGE, _PAETH = range(5)
_BIT_DEPTHS: Final = frozenset({1, 2, 4, 8, 16})
_MOST_COLORS: Final = 32
_MOST_COLUMNS: Final = 1 << 24
_RUN_COST: Final = 512
_BYTE_COST: Final = 64
"""Rows that repeat one predictor are undone at once; a change of predictor, and every byte of the two predictors
that must be undone byte by byte, cost as much as this many bytes."""


def undo_predictor(data: bytes, parameters: PdfDict, budget: Budget) -> bytes:
    """Return the data as it was before prediction; `parameters` are resolved.

    Raises `Malformed` for the TIFF predictor (it serves images only) and for parameters out of range, and
    `LimitReached`.
    """
    predictor = _integer(parameters.get("Predictor"), 1)
    if predictor == 1:
        return data
    if not 10 <= predictor <= 15:  # the PNG predictors' numbers
        raise Malformed("a stream's predictor is not one that structure data uses")
    columns = _integer(parameters.get("Columns"), 1)
    colors = _integer(parameters.get("Colors"), 1)
    bits = _integer(parameters.get("BitsPerComponent"), 8)
    if not (0 < columns <= _MOST_COLUMNS and 0 < colors <= _MOST_COLORS and bits in _BIT_DEPTHS):
        raise Malformed("the parameters of a stream's predictor are out of range")
    return _undo_rows(data, (columns * colors * bits + 7) // 8, (colors * bits + 7) // 8, budget)


def _integer(value: PdfValue, default: int) -> int:
    if value is None:
        return default
    if not isinstance(value, int):
        raise Malformed("the parameters of a stream's predictor are not numbers")
    return value


def _undo_rows(data: bytes, width: int, pixel: int, budget: Budget) -> bytes:
    count = -(-len(data) // (width + 1))
    if not count:
        return b""
    padding = count * (width + 1) - len(data)
    budget.spend_decoded(padding)
    table: _Rows = np.frombuffer(data + bytes(padding), dtype=np.uint8).reshape(count, width + 1)
    kinds = table[:, 0]
    starts = [0, *(np.flatnonzero(np.diff(kinds)) + 1).tolist(), count]
    budget.spend_decoded(_RUN_COST * len(starts))
    result: _Rows = np.empty((count, width), dtype=np.uint8)
    above: _Rows = np.zeros(width, dtype=np.uint8)
    for start, end in pairwise(starts):
        _undo_run(int(kinds[start]), table[start:end, 1:], above, result[start:end], pixel, budget)
        above = result[end - 1]
    return result.tobytes()[: count * width - padding]


def _undo_run(kind: int, rows: _Rows, above: _Rows, into: _Rows, pixel: int, budget: Budget) -> None:
    """Undo rows of one predictor."""
    if kind == _NONE:
        into[:] = rows
    elif kind == _SUB:
        for lane in range(pixel):
            np.add.accumulate(rows[:, lane::pixel], axis=1, dtype=np.uint8, out=into[:, lane::pixel])
    elif kind == _UP:
        into[:] = rows
        into[0] += above
        np.add.accumulate(into, axis=0, dtype=np.uint8, out=into)
    elif kind in {_AVERAGE, _PAETH}:
        budget.spend_decoded(_BYTE_COST * rows.size)
        previous = above.tobytes()
        for index in range(len(rows)):
            row = bytearray(rows[index].tobytes())
            _undo_row(kind, row, previous, pixel)
            previous = bytes(row)
            into[index] = np.frombuffer(previous, dtype=np.uint8)
    else:
        raise Malformed("a stream's row names an unknown predictor")


def _undo_row(kind: int, row: bytearray, above: bytes, pixel: int) -> None:
    for index, up in enumerate(above):
        left = row[index - pixel] if index >= pixel else 0
        if kind == _AVERAGE:
            guess = (left + up) // 2
        else:
            guess = _paeth(left, up, above[index - pixel] if index >= pixel else 0)
        row[index] = (row[index] + guess) & 0xFF


def _paeth(left: int, up: int, corner: int) -> int:
    estimate = left + up - corner
    return min((left, up, corner), key=lambda candidate: abs(estimate - candidate))
