"""What the verifier said, said in Chinese: its sentences are found again by their templates, values and all.

A finding carries its sentence in English, with values in it: reasons, which are sentences themselves, and names out of
the file. The catalogue has the template of each (`The {0} is broken: {1}.`), so a report that was kept as JSON, or came
from another process, can be told in either language as well as a fresh one. A value is translated where it is a
sentence of the catalogue; where the translation asks for it as written (`{0:written}`), it never is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from esign.verify.reports.harmless import harmless
from esign.verify.reports.language import CHINESE, SENTENCES, Language, chinese

_PLACE: Final = re.compile(r"\{(\d)\}")
_SAID_AT_MOST: Final = 2000
_DEPTH_AT_MOST: Final = 4


@dataclass(frozen=True)
class Template:
    """An English sentence with places for values, and how it is said in Chinese."""

    english: str
    chinese: str

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """What stands around the values, one more than there are values."""
        return tuple(_PLACE.split(self.english)[::2])

    @property
    def literal_length(self) -> int:
        return sum(map(len, self.pieces))

    def values_in(self, sentence: str) -> list[str] | None:
        """Return the values with which the template gives the sentence, or None. Takes linear time, whatever it is."""
        first, *between, last = self.pieces
        if len(sentence) < self.literal_length or not (sentence.startswith(first) and sentence.endswith(last)):
            return None
        values, position, end = [], len(first), len(sentence) - len(last)
        for piece in between:
            found = sentence.find(piece, position, end)
            if found < 0:
                return None
            values.append(sentence[position:found])
            position = found + len(piece)
        return [*values, sentence[position:end]]


class _Value:
    """A value in its place: translated where it can be, or as it was written."""

    def __init__(self, written: str, said: str) -> None:
        self._written, self._said = written, said

    def __format__(self, how: str) -> str:
        return self._written if how == "written" else self._said


class Sentences:
    """The catalogue of what the verifier says."""

    def __init__(self, catalogue: Mapping[str, str]) -> None:
        self._plain = {english: said for english, said in catalogue.items() if not _PLACE.search(english)}
        templates = [Template(english, said) for english, said in catalogue.items() if _PLACE.search(english)]
        self._templates = sorted(templates, key=lambda template: -template.literal_length)

    def say(self, sentence: str) -> str | None:
        """Return the sentence in Chinese, values made harmless, or None where the catalogue does not have it."""
        return self._say(sentence, 0)

    def _say(self, sentence: str, depth: int) -> str | None:
        if sentence in self._plain:
            return self._plain[sentence]
        if len(sentence) > _SAID_AT_MOST or depth > _DEPTH_AT_MOST:
            return None
        for template in self._templates:
            values = template.values_in(sentence)
            if values is not None:
                return template.chinese.format(*(self._value(value, depth) for value in values))
        return None

    def _value(self, value: str, depth: int) -> _Value:
        written = harmless(value)
        return _Value(written, self._say(value, depth + 1) or written)


@cache
def chinese_sentences() -> Sentences:
    """Return the catalogue of `data/zh-CN/sentences.po`."""
    return Sentences(chinese(SENTENCES))


def said_in(language: Language, sentence: str) -> str:
    """Return a sentence of the verifier in the language; one that has no Chinese is told in English, with a word."""
    if language != CHINESE:
        return harmless(sentence, _SAID_AT_MOST)
    said = chinese_sentences().say(sentence)
    return said if said is not None else f"（英文原文）{harmless(sentence, _SAID_AT_MOST)}"
