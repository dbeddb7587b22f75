"""The words that belong to codes, in both languages: findings, sub-indications, states, situations, advice."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from esign.verify.reports.harmless import harmless
from esign.verify.reports.language import DATA, Language

FINDINGS: Final = "findings"
STATES: Final = "states"
VERDICTS: Final = "verdicts"
_UNKNOWN: Final = "generic"


@dataclass(frozen=True)
class CodeWords:
    """What a code says to a person: what it is, what follows from it, and the code of the advice that goes with it."""

    title: str
    meaning: str
    advice: str


@cache
def table(name: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the file `data/<name>.toml`."""
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))


def knows(code: str) -> bool:
    """Tell whether there are words for a finding's code or a sub-indication (in either spelling)."""
    return _finding_key(code) in table(FINDINGS)


def code_words(language: Language, code: str) -> CodeWords:
    """Return the words of a finding's code or of a sub-indication; of one that has none, those of `generic`."""
    found = table(FINDINGS)
    told = found.get(_finding_key(code), found[_UNKNOWN])
    return CodeWords(told["title"][language], told["meaning"][language], told["next"])


def state(language: Language, kind: str, value: str) -> str:
    """Return what a state is called; one without a name is shown as it is written."""
    words = table(STATES)[kind].get(value)
    return harmless(value) if words is None else str(words[language])


def situation(language: Language, name: str, *, count: int, pages: str) -> str:
    """Return the verdict in one sentence. `pages` names pages in words, `count` is that of the signatures."""
    told = table(VERDICTS)["situation"][name]
    sentence = told.get("one", told["sentence"]) if count == 1 else told["sentence"]
    return str(sentence[language]).format(count=count, pages=pages)


def statement(language: Language, kind: str, name: str) -> str:
    """Return a sentence of `says` or `limits`: what the verdict says, and what it does not."""
    return str(table(VERDICTS)[kind][name][language])


def advice(language: Language, name: str) -> tuple[str, ...]:
    """Return what to do next, step by step."""
    return tuple(table(VERDICTS)["advice"][name][language])


def _finding_key(code: str) -> str:
    return code.lower().replace("_", "-")
