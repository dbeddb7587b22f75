"""The codes of rooms: what a business package refuses, told with a status and words like any code of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from esign.api.own_words import CodeWords


@dataclass(frozen=True)
class RoomCodes:
    """Which classes of errors rooms raise, each with a stable `code`, and what each code means.

    An error of such a class whose code has no words, here or in esign's own catalogue, is an internal error: it is told
    to nobody.
    """

    classes: tuple[type[Exception], ...] = ()
    words: Mapping[str, CodeWords] = field(default_factory=lambda: MappingProxyType({}))

    def __or__(self, other: RoomCodes) -> RoomCodes:
        """Return both in one. Raises `ValueError` if they share a code."""
        if shared := self.words.keys() & other.words.keys():
            raise ValueError(f"two rooms have words for {', '.join(sorted(shared))}")
        return RoomCodes((*self.classes, *other.classes), {**self.words, **other.words})

    def code_of(self, error: Exception) -> str | None:
        """Return the code of an error of a room; None where it is none of these, or has no words."""
        code = getattr(error, "code", None) if isinstance(error, self.classes) else None
        return code if isinstance(code, str) and code in self.words else None

    def about(self, error: Exception) -> tuple[str, ...]:
        """Return what an error of a room is about: ids, codes or days that it names in `about`, if it does."""
        named = getattr(error, "about", ())
        return tuple(str(one) for one in named) if isinstance(named, tuple) else ()


NO_CODES = RoomCodes()
"""Those of a service without any room."""
