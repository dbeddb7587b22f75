"""Judges what a signature's ByteRange covers (ISO 32000-2 clause 12.8.1, EN 319 142-1 clause 5.5).

The two ranges must be the file from its first byte, less the Contents value of this very signature, up to the
end of a revision.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from esign.verify.reading.document import PdfFile
from esign.verify.reading.signature_fields import SignatureField

_BLANK: Final = re.compile(rb"[\x00\t\n\x0c\r ]*")
_END_OF_FILE: Final = re.compile(rb"%%EOF[\x00\t\n\x0c\r ]*\Z")


class Coverage(StrEnum):
    """How much of the file a signature covers."""

    WHOLE_FILE = "whole-file"
    WHOLE_REVISION = "whole-revision"
    INVALID = "invalid"


@dataclass(frozen=True)
class CoverageVerdict:
    """The coverage, and why it is invalid (one sentence, or None)."""

    coverage: Coverage
    reason: str | None = None


def judge_coverage(file: PdfFile, signature: SignatureField) -> CoverageVerdict:
    """Judge the ByteRange against the file; hashing is not needed for it."""
    reason = _defect(file, signature)
    if reason:
        return CoverageVerdict(Coverage.INVALID, reason)
    end = signature.end or 0
    if end == file.size:
        return CoverageVerdict(Coverage.WHOLE_FILE)
    return CoverageVerdict(Coverage.WHOLE_REVISION)


def _defect(file: PdfFile, signature: SignatureField) -> str | None:
    byte_range = signature.byte_range
    if byte_range is None or len(byte_range) != 4:
        return "the signature does not say which bytes it covers"
    start, first_length, second, second_length = byte_range
    gap = first_length
    end = second + second_length
    if start != 0 or first_length <= 0 or second_length <= 0 or not gap < second <= end <= file.size:
        return "the signature's byte range is not the file from its first byte with one gap"
    if not {"ByteRange", "Contents"}.isdisjoint(signature.duplicate_keys):
        return "the signature says twice what it covers, or its value twice"
    if not _is_own_value(file, signature.span, gap, second):
        return "the gap in the signature's byte range is not exactly its own signature value"
    if not ends_revision(file, end):
        return "the signature does not cover its revision up to the revision's end"
    return None


def _is_own_value(file: PdfFile, span: tuple[int, int] | None, gap: int, second: int) -> bool:
    """Whether the gap holds the signature's value, with or without its delimiters, and white space beside it."""
    if span is None:
        return False
    value_start, value_end = span
    inside = value_start <= gap + 1 and second >= value_end - 1
    blank_before = gap >= value_start or _BLANK.fullmatch(file.data[gap:value_start]) is not None
    blank_after = second <= value_end or _BLANK.fullmatch(file.data[value_end:second]) is not None
    return inside and blank_before and blank_after


def ends_revision(file: PdfFile, end: int) -> bool:
    """Return whether the first `end` bytes end as a PDF ends: `%%EOF` and nothing but white space after it."""
    return _END_OF_FILE.search(file.data[max(0, end - 1024) : end]) is not None
