"""The error catalogue: every code that a caller can meet, with its status and its words in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from esign.api.material_words import MATERIAL_WORDS
from esign.api.own_words import OWN_WORDS, CodeWords
from esign.api.problems import REFUSAL_STATUS, REFUSED
from esign.api.room_codes import RoomCodes
from esign.ceremony.domain import catalogue


@dataclass(frozen=True)
class CatalogueEntry:
    """One code. `kind` says where it comes from: `request`, `envelope`, `material` or `room`."""

    code: str
    status: int
    kind: str
    zh: str
    en: str


@cache
def entries() -> Mapping[str, CatalogueEntry]:
    """Return every entry by its code, in order of code."""
    found = [CatalogueEntry(w.code, REFUSAL_STATUS.get(w.code, REFUSED), "envelope", w.zh, w.en) for w in catalogue()]
    for kind, table in (("material", MATERIAL_WORDS), ("request", OWN_WORDS)):
        found += [_entry(code, kind, words) for code, words in table.items()]
    codes = [entry.code for entry in found]
    if len(set(codes)) != len(codes):
        raise ValueError("a code stands twice in the error catalogue")
    return {entry.code: entry for entry in sorted(found, key=lambda entry: entry.code)}


def entries_with(rooms: RoomCodes) -> Mapping[str, CatalogueEntry]:
    """Return every entry with those of rooms among them. Raises `ValueError` for a code of a room that is ours."""
    if not rooms.words:
        return entries()
    if shared := entries().keys() & rooms.words.keys():
        raise ValueError(f"a room has words for codes that are ours: {', '.join(sorted(shared))}")
    found = [*entries().values(), *(_entry(code, "room", words) for code, words in rooms.words.items())]
    return {entry.code: entry for entry in sorted(found, key=lambda entry: entry.code)}


def _entry(code: str, kind: str, words: CodeWords) -> CatalogueEntry:
    return CatalogueEntry(code, words.status, kind, words.zh, words.en)
