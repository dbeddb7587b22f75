"""Decodes stream data through its filters (ISO 32000-2 clause 7.4), under a limit of decoded bytes."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Final

from pyhanko.pdf_utils.filters import ASCII85Decode, ASCIIHexDecode

from esign.verify.errors import LimitReached, Malformed
from esign.verify.limits import Budget
from esign.verify.objects import PdfDict, PdfValue, Stream

_ABBREVIATED: Final = {"Fl": "FlateDecode", "AHx": "ASCIIHexDecode", "A85": "ASCII85Decode"}


def decode_stream(stream: Stream, budget: Budget, resolve: Callable[[PdfValue], PdfValue]) -> bytes:
    """Return the stream's data with every filter undone.

    `resolve` turns references in the stream's dictionary into values. Raises `Malformed` for filters other
    than FlateDecode, ASCIIHexDecode and ASCII85Decode (those that structure, files and validation data use).
    """
    data = stream.raw()
    names = _as_list(resolve(stream.dictionary.get("Filter")))
    parameters = _as_list(resolve(stream.dictionary.get("DecodeParms")))
    for index, name in enumerate(names):
        given = resolve(parameters[index]) if index < len(parameters) else None
        data = _decode_once(
            data,
            _ABBREVIATED.get(str(resolve(name)), str(resolve(name))),
            given if isinstance(given, dict) else {},
            budget,
        )
    budget.spend_decoded(len(data))
    return data


def _as_list(value: PdfValue) -> list[PdfValue]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _decode_once(data: bytes, name: str, parameters: PdfDict, budget: Budget) -> bytes:
    if name == "FlateDecode":
        return _undo_predictor(_inflate(data, budget.limits.decoded_stream_bytes), parameters)
    if name == "ASCIIHexDecode":
        return bytes(ASCIIHexDecode().decode(data, {}))
    if name == "ASCII85Decode":
        return bytes(ASCII85Decode().decode(data, {}))
    if name == "Crypt":
        return data
    raise Malformed(f"the stream filter {name[:40]} is not one that structure data uses")


def _inflate(data: bytes, limit: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        decoded = inflater.decompress(data, limit)
    except zlib.error as error:
        raise Malformed("a stream's data is damaged") from error
    if inflater.unconsumed_tail:
        raise LimitReached("a stream decodes to more bytes than the limit allows")
    return decoded


def _undo_predictor(data: bytes, parameters: PdfDict) -> bytes:
    """Undo the PNG predictors (ISO 32000-2 clause 7.4.4.4); the TIFF predictor serves images only."""
    predictor = parameters.get("Predictor", 1)
    if not isinstance(predictor, int) or predictor < 10:
        return data
    columns, colors, bits = (
        parameters.get(key, default) for key, default in (("Columns", 1), ("Colors", 1), ("BitsPerComponent", 8))
    )
    if not (isinstance(columns, int) and isinstance(colors, int) and isinstance(bits, int)):
        raise Malformed("the parameters of a stream's predictor are not numbers")
    pixel = max(1, colors * bits // 8)
    width = (columns * colors * bits + 7) // 8
    if width <= 0 or pixel > width:
        raise Malformed("the parameters of a stream's predictor are out of range")
    previous = bytes(width)
    rows = bytearray()
    for start in range(0, len(data), width + 1):
        row = bytearray(data[start + 1 : start + 1 + width])
        _undo_row(data[start], row, previous.ljust(width, b"\0"), pixel)
        rows += row
        previous = bytes(row)
    return bytes(rows)


def _undo_row(kind: int, row: bytearray, above: bytes, pixel: int) -> None:
    if kind == 2:
        row[:] = bytes((value + up) & 0xFF for value, up in zip(row, above, strict=False))
        return
    for index in range(len(row) if kind else 0):
        left = row[index - pixel] if index >= pixel else 0
        corner = above[index - pixel] if index >= pixel else 0
        up = above[index]
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + up) // 2
        elif kind == 4:
            estimate = left + up - corner
            guess = min((left, up, corner), key=lambda candidate: abs(estimate - candidate))
        else:
            raise Malformed("a stream's row names an unknown predictor")
        row[index] = (row[index] + guess) & 0xFF
