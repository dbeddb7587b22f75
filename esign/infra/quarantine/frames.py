"""The form of a request and of an answer: a JSON object and attachments, every length told before its bytes.

Never pickle: whoever answers has read a hostile file. A frame is two 32-bit numbers (bytes of JSON, attachments), one
64-bit number for the length of each attachment, the JSON in UTF-8, the attachments; all numbers big-endian.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from esign.errors import EvidenceError
from esign.evidence.strict_json import StrictJson
from esign.infra.quarantine.limits import QuarantineLimits

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

_HEAD: Final = struct.Struct(">II")
_json: Final = StrictJson("frame", "make the frame anew")

Reader: TypeAlias = Callable[[int], bytes]
"""Returns exactly so many bytes, or raises `EOFError` at the end."""


class FrameMalformed(ValueError):
    """The bytes are not a frame."""


class FrameTooLarge(ValueError):
    """The frame is beyond the limits."""


@dataclass(frozen=True)
class Frame:
    """A JSON object and its attachments."""

    form: dict[str, object]
    attachments: tuple[bytes, ...] = field(repr=False)


def frame_head(form: Mapping[str, JsonValue], attachments: Sequence[bytes], limits: QuarantineLimits) -> bytes:
    """Return a frame up to its attachments, which follow it as they are. Raises `FrameTooLarge`."""
    encoded = json.dumps(form, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")
    lengths = [len(attachment) for attachment in attachments]
    _require_within(len(encoded), lengths, limits)
    return _HEAD.pack(len(encoded), len(lengths)) + struct.pack(f">{len(lengths)}Q", *lengths) + encoded


def read_frame(exactly: Reader, limits: QuarantineLimits) -> Frame:
    """Read one frame. Nothing is allocated before its length is within the limits.

    Raises `FrameMalformed`, `FrameTooLarge`, and what the reader raises.
    """
    form_bytes, count = _HEAD.unpack(exactly(_HEAD.size))
    _require_within(form_bytes, [0] * min(count, limits.attachments + 1), limits)
    lengths = struct.unpack(f">{count}Q", exactly(8 * count))
    _require_within(form_bytes, lengths, limits)
    try:
        form = _json.load(exactly(form_bytes), bytes_at_most=limits.form_bytes)
    except EvidenceError as error:
        raise FrameMalformed("the form of the frame is not well-formed JSON") from error
    if not isinstance(form, dict):
        raise FrameMalformed("the form of the frame is not an object")
    return Frame(form, tuple(exactly(length) for length in lengths))


def _require_within(form_bytes: int, lengths: Sequence[int], limits: QuarantineLimits) -> None:
    if (
        form_bytes > limits.form_bytes
        or len(lengths) > limits.attachments
        or form_bytes + sum(lengths) > limits.exchange_bytes
    ):
        raise FrameTooLarge("the frame is larger than the limits allow")
