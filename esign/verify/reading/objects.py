"""The values a PDF is made of (ISO 32000-2 clause 7.3), as plain Python values.

Names are `Name`, strings are `bytes` as written (undecoded), dictionaries have `str` keys without the slash.
A stream keeps its data where it is in the file and reads it when asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from mmap import mmap
from typing import NamedTuple, TypeAlias

Buffer: TypeAlias = bytes | mmap


class Name(str):
    """A PDF name, without its slash."""

    __slots__ = ()


class Ref(NamedTuple):
    """A reference to an indirect object."""

    number: int
    generation: int


@dataclass(frozen=True, eq=False)
class Stream:
    """A stream: its dictionary, and where its encoded data lies in `buffer`."""

    dictionary: dict[str, PdfValue]
    buffer: Buffer = field(repr=False)
    start: int
    length: int
    decipher: Callable[[bytes], bytes] | None = None

    def raw(self) -> bytes:
        """Return the data as stored, deciphered if the document is encrypted, still in its filters' encoding."""
        data = bytes(self.buffer[self.start : self.start + self.length])
        return self.decipher(data) if self.decipher else data


PdfDict: TypeAlias = "dict[str, PdfValue]"
PdfValue: TypeAlias = "bool | int | float | bytes | Name | Ref | list[PdfValue] | dict[str, PdfValue] | Stream | None"
