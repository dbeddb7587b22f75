"""Why a command is refused, in words for the person at the screen and for the program that asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from esign.ceremony.domain.ceremony_words import CEREMONY_WORDS
from esign.ceremony.domain.envelope_words import ENVELOPE_WORDS
from esign.errors import EsignError

WORDS = {**ENVELOPE_WORDS, **CEREMONY_WORDS}


class Refusal(EsignError):
    """A command was refused; nothing has changed.

    `code`, `cause` and `cure` are as in `EsignError`. `zh` and `en` are two sentences each for the person: what is
    the matter, and the one thing to do. `about` names what it is about: ids, codes or page numbers, never more.
    """

    def __init__(self, code: str, zh: str, en: str, cause: str, cure: str, about: Sequence[str] = ()) -> None:
        super().__init__(code, cause, cure)
        self.zh = zh
        self.en = en
        self.about = tuple(about)


class BrokenTrail(EsignError):
    """Stored events do not make an envelope: one is unknown, malformed, or cannot follow those before it."""


@dataclass(frozen=True)
class RefusalWords:
    """The words of one refusal, as the error catalogue shows them."""

    code: str
    zh: str
    en: str
    cause: str
    cure: str


def catalogue() -> tuple[RefusalWords, ...]:
    """Return every refusal there is, in order of its code."""
    return tuple(_words(code) for code in sorted(WORDS))


def refusal(code: str, about: Sequence[str] = ()) -> Refusal:
    """Make the refusal `code`, which must be in the catalogue."""
    words = _words(code)
    cause = f"{words.cause} ({', '.join(about)})" if about else words.cause
    return Refusal(code, words.zh, words.en, cause, words.cure, about)


def broken(cause: str) -> BrokenTrail:
    return BrokenTrail(
        "trail-broken",
        cause,
        "restore the trail from its last checkpoint that verifies, or use a build that knows every event in it",
    )


def _words(code: str) -> RefusalWords:
    zh_cause, zh_cure, cause, cure = WORDS[code]
    return RefusalWords(code, f"{zh_cause}。{zh_cure}。", f"{_sentence(cause)} {_sentence(cure)}", cause, cure)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
