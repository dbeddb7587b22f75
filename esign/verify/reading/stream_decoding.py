"""Decodes stream data through its filters (ISO 32000-2 clause 7.4), under a limit of decoded bytes."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable
from typing import Final

from pyhanko.pdf_utils.filters import ASCIIHexDecode

from esign.verify.errors import LimitReached, Malformed
from esign.verify.limits import Budget
from esign.verify.reading.objects import Name, PdfDict, PdfValue, Stream
from esign.verify.reading.predictor import undo_predictor

_ABBREVIATED: Final = {"Fl": "FlateDecode", "AHx": "ASCIIHexDecode", "A85": "ASCII85Decode"}
_SLOW: Final = 16
"""A byte of ASCII85 costs as much as this many of the others."""

Resolve = Callable[[PdfValue], PdfValue]


def decode_stream(stream: Stream, budget: Budget, resolve: Resolve) -> bytes:
    """Return the stream's data with every filter undone; each stage is charged to the budget.

    `resolve` turns references in the stream's dictionary into values. Raises `Malformed` for filters other
    than FlateDecode, ASCIIHexDecode and ASCII85Decode (those that structure, files and validation data use), and
    `LimitReached`.
    """
    data = stream.raw()
    names = _as_list(resolve(stream.dictionary.get("Filter")))
    parameters = _as_list(resolve(stream.dictionary.get("DecodeParms")))
    if len(names) > budget.limits.stream_filters:
        raise LimitReached("a stream has more filters than the limit allows")
    for index, item in enumerate(names):
        given = resolve(parameters[index]) if index < len(parameters) else None
        name = str(resolve(item))
        plain = {key: resolve(value) for key, value in given.items()} if isinstance(given, dict) else {}
        data = _decode_once(data, _ABBREVIATED.get(name, name), plain, budget)
        budget.spend_decoded(len(data))
    if not names:
        budget.spend_decoded(len(data))
    return data


def has_plain_coding(stream: Stream, resolve: Resolve) -> bool:
    """Return whether the stream is coded in a way that every reader undoes alike: not at all, or by FlateDecode.

    That is, once, under its full name, with parameters (if any) in the form that the filter is written in.
    """
    coding = resolve(stream.dictionary.get("Filter"))
    given = resolve(stream.dictionary.get("DecodeParms"))
    if isinstance(coding, list):
        if given is not None and not (isinstance(given, list) and len(given) == len(coding)):
            return False
        if len(coding) > 1:
            return False
        coding = resolve(coding[0]) if coding else None
        given = resolve(given[0]) if isinstance(given, list) and given else None
    if given is None:
        return coding is None or coding == Name("FlateDecode")
    return (
        coding == Name("FlateDecode")
        and isinstance(given, dict)
        and all(type(resolve(value)) is int for value in given.values())
        and resolve(given.get("Predictor", 1)) in {1, *range(10, 16)}
        and resolve(given.get("EarlyChange", 1)) == 1
    )


def _as_list(value: PdfValue) -> list[PdfValue]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _decode_once(data: bytes, name: str, parameters: PdfDict, budget: Budget) -> bytes:
    if name == "FlateDecode":
        inflated = _inflate(data, budget.limits.decoded_stream_bytes)
        budget.spend_decoded(len(inflated))
        return undo_predictor(inflated, parameters, budget)
    if name == "ASCIIHexDecode":
        return bytes(ASCIIHexDecode().decode(data, {}))
    if name == "ASCII85Decode":
        budget.spend_decoded(_SLOW * len(data))
        return _undo_ascii85(data)
    if name == "Crypt":
        return data
    raise Malformed(f"the stream filter {name[:40]} is not one that structure data uses")


def _undo_ascii85(data: bytes) -> bytes:
    text = data.strip(b"\0\t\n\x0c\r ").removeprefix(b"<~").partition(b"~")[0]
    try:
        return base64.a85decode(text, ignorechars=b"\0\t\n\x0c\r ")
    except (ValueError, binascii.Error) as error:
        raise Malformed("a stream's data is damaged") from error


def _inflate(data: bytes, limit: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        decoded = inflater.decompress(data, limit)
    except zlib.error as error:
        raise Malformed("a stream's data is damaged") from error
    if inflater.unconsumed_tail:
        raise LimitReached("a stream decodes to more bytes than the limit allows")
    return decoded
