"""Stream filters under limits (ISO 32000-2, 7.4): what text, fonts and object streams are packed with.

Image filters are absent on purpose: nothing here looks at pictures.
"""

from __future__ import annotations

import re
import zlib

import numpy as np

from esign.pades.admission.syntax import Name, PdfValue, hex_string

_WHITE = re.compile(rb"[\x00\t\n\x0c\r ]")


class StreamUndecodable(ValueError):
    """The data does not follow its filter, or the filter is not known here."""


class StreamTooLong(ValueError):
    """The decoded data passes the limit."""


def decode(raw: bytes, filters: list[tuple[str, dict[str, PdfValue]]], limit: int) -> bytes:
    """Return the data behind `filters`, a list of filter name and decode parameters, outermost first.

    Raises `StreamTooLong` if any step gives more than `limit` bytes, `StreamUndecodable` otherwise.
    """
    data = raw
    for name, parameters in filters:
        if name in ("FlateDecode", "Fl"):
            data = _predicted(_inflate(data, limit), parameters)
        elif name in ("LZWDecode", "LZW"):
            data = _predicted(_lzw(data, limit, parameters.get("EarlyChange") != 0), parameters)
        elif name in ("ASCII85Decode", "A85"):
            data = _ascii85(data)
        elif name in ("ASCIIHexDecode", "AHx"):
            data = hex_string(data.partition(b">")[0])
        elif name in ("RunLengthDecode", "RL"):
            data = _run_length(data, limit)
        elif name == "Crypt" and parameters.get("Name", Name("Identity")) == "Identity":
            continue
        else:
            raise StreamUndecodable(f"the filter {name[:40]} is not one for text")
        if len(data) > limit:
            raise StreamTooLong("a stream is larger than its limit")
    return data


def _inflate(data: bytes, limit: int) -> bytes:
    """Inflate; like viewers, keep what could be read when the end is missing or damaged."""
    inflater = zlib.decompressobj()
    try:
        whole = inflater.decompress(data, limit + 1)
    except zlib.error:
        whole = _inflate_what_is_readable(data, limit)
    if len(whole) > limit:
        raise StreamTooLong("a stream is larger than its limit")
    return whole


def _inflate_what_is_readable(data: bytes, limit: int) -> bytes:
    inflater = zlib.decompressobj()
    read = bytearray()
    try:
        for start in range(0, len(data), 256):
            read += inflater.decompress(data[start : start + 256], limit + 1 - len(read))
            if len(read) > limit:
                break
    except zlib.error as error:
        if not read:
            raise StreamUndecodable("a compressed stream cannot be read") from error
    return bytes(read)


def _predicted(data: bytes, parameters: dict[str, PdfValue]) -> bytes:
    """Undo the PNG predictors (7.4.4.4); TIFF prediction is for pictures."""
    predictor = parameters.get("Predictor", 1)
    if not isinstance(predictor, int) or predictor < 10:
        return data
    colors, depth, columns = (_whole(parameters.get(key), usual) for key, usual in _PREDICTOR_ENTRIES)
    pixel = max(1, colors * depth // 8)
    row = (colors * depth * columns + 7) // 8
    out = bytearray()
    above = bytes(row)
    for start in range(0, len(data) - row, row + 1):
        above = _png_row(data[start], data[start + 1 : start + 1 + row], above, pixel)
        out += above
    return bytes(out)


_PREDICTOR_ENTRIES = (("Colors", 1), ("BitsPerComponent", 8), ("Columns", 1))


def _whole(value: PdfValue, usual: int) -> int:
    return value if isinstance(value, int) and 0 < value <= 65_536 else usual


def _png_row(kind: int, row: bytes, above: bytes, pixel: int) -> bytes:
    if kind == 0:
        return row
    if kind == 2:
        return (np.frombuffer(row, np.uint8) + np.frombuffer(above, np.uint8)).tobytes()
    out = bytearray(row)
    for at in range(len(out)):
        left = out[at - pixel] if at >= pixel else 0
        upper = above[at]
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + upper) // 2
        elif kind == 4:
            guess = _paeth(left, upper, above[at - pixel] if at >= pixel else 0)
        else:
            raise StreamUndecodable("a stream names an unknown predictor")
        out[at] = (out[at] + guess) & 0xFF
    return bytes(out)


def _paeth(left: int, upper: int, corner: int) -> int:
    estimate = left + upper - corner
    distances = abs(estimate - left), abs(estimate - upper), abs(estimate - corner)
    if distances[0] <= distances[1] and distances[0] <= distances[2]:
        return left
    return upper if distances[1] <= distances[2] else corner


def _ascii85(data: bytes) -> bytes:
    packed = _WHITE.sub(b"", data).removeprefix(b"<~").partition(b"~")[0].replace(b"z", b"!!!!!")
    padding = -len(packed) % 5
    digits = np.frombuffer(packed + b"u" * padding, np.uint8).reshape(-1, 5).astype(np.int64) - 33
    if digits.size and (digits.min() < 0 or digits.max() > 84):
        raise StreamUndecodable("a stream has characters outside ASCII85")
    words = digits @ np.array([85**4, 85**3, 85**2, 85, 1], np.int64)
    decoded: bytes = (words & 0xFFFFFFFF).astype(">u4").tobytes()
    return decoded[: len(decoded) - padding] if padding else decoded


def _run_length(data: bytes, limit: int) -> bytes:
    out = bytearray()
    at = 0
    while at < len(data) and data[at] != 128 and len(out) <= limit:
        length = data[at]
        if length < 128:
            out += data[at + 1 : at + 2 + length]
            at += 2 + length
        else:
            out += data[at + 1 : at + 2] * (257 - length)
            at += 2
    return bytes(out)


def _lzw(data: bytes, limit: int, early: bool) -> bytes:
    """LZW with codes of 9 to 12 bits, most significant bit first (7.4.4)."""
    table = [bytes([byte]) for byte in range(256)] + [b"", b""]
    out = bytearray()
    previous = b""
    width, pool, bits = 9, 0, 0
    for byte in data:
        pool = (pool << 8 | byte) & 0xFFFFFF
        bits += 8
        if bits < width:
            continue
        bits -= width
        code = pool >> bits & ((1 << width) - 1)
        if code == 257 or len(out) > limit:
            break
        if code == 256:
            del table[258:]
            previous, width = b"", 9
            continue
        if code < len(table):
            entry = table[code]
        elif previous:
            entry = previous + previous[:1]
        else:
            raise StreamUndecodable("a stream breaks the rules of LZW")
        out += entry
        if previous and len(table) < 4096:
            table.append(previous + entry[:1])
        previous = entry
        width = min(12, max(9, (len(table) + early).bit_length()))
    return bytes(out)
