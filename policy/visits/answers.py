"""Answers as they are kept: canonical JSON (RFC 8785) in one sealed record, by whose digest the event names them.

The record is written over while the questions are answered, and not any more once they are handed in. What was asked is
kept with it, word for word, so that it can be shown in ten years. A random salt is in it, too: answers are few, and
without the record nobody is to find them by trying all against the digest (ADR 0008). Records of before have none.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from pydantic import TypeAdapter, ValidationError

from esign.public.values import Words, encode_canonical
from policy.errors import PolicyDataBroken
from policy.visits.asking import Asked
from policy.visits.questionnaires import REMARK

SCHEMA: Final = "return-visit/1"
KIND: Final = "return-visit"
PREFIX: Final = "pva"
"""What begins the ids of these records."""
REMARK_AT_MOST: Final = 500
BYTES_AT_MOST: Final = 64 * 1024


@dataclass(frozen=True)
class Given:
    """A question as it was put, and the answer in its words; empty where there is none yet."""

    question: str
    text: Words = field(repr=False)
    answer: str = ""
    answer_text: Words | None = field(default=None, repr=False)
    concern: str | None = None


@dataclass(frozen=True)
class Answers:
    """`locale` is the language in which they were given; `remark` is in own words."""

    visit: str
    questionnaire: str
    locale: str
    given: tuple[Given, ...]
    remark: str = field(default="", repr=False)
    schema: str = SCHEMA
    salt: str = field(default="", repr=False)

    @property
    def chosen(self) -> Mapping[str, str]:
        """The answers by question, of those that are answered."""
        return {one.question: one.answer for one in self.given if one.answer}

    @property
    def complete(self) -> bool:
        return all(one.answer for one in self.given)

    @property
    def concerns(self) -> tuple[str, ...]:
        """The codes of what somebody has to look into, each once, in the order of the questions."""
        raised = [one.concern for one in self.given if one.concern is not None]
        return tuple(dict.fromkeys([*raised, *([REMARK] if self.remark else [])]))


_ANSWERS: Final = TypeAdapter(Answers)


def blank(visit: str, questionnaire: str, locale: str, asked: Sequence[Asked]) -> Answers:
    """Return the questions, with no answer yet, and a salt of their own."""
    given = tuple(Given(one.id, one.text) for one in asked)
    return Answers(visit, questionnaire, locale, given, salt=secrets.token_hex(32))


def with_answer(answers: Answers, asked: Asked, answer: str) -> Answers:
    """Return the answers with one given, or given anew. Raises `ValueError` for none of those that there are."""
    choice = asked.choice(answer)
    if choice is None:
        raise ValueError("there is no such answer")
    given = Given(asked.id, asked.text, choice.id, choice.text, choice.concern)
    return replace(answers, given=tuple(given if one.question == asked.id else one for one in answers.given))


def encode_answers(answers: Answers) -> bytes:
    """Return the answers as they are kept: equal answers are equal bytes. An empty salt is left out."""
    plain = _ANSWERS.dump_python(answers, mode="json")
    return encode_canonical({name: value for name, value in plain.items() if name != "salt" or value})


def digest_of(encoded: bytes) -> str:
    """Return SHA-256 in hexadecimal digits."""
    return sha256(encoded).hexdigest()


def parse_answers(data: bytes) -> Answers:
    """Return what `encode_answers` wrote. Raises `PolicyDataBroken` (`visit-record`) for anything else."""
    try:
        if len(data) > BYTES_AT_MOST:
            raise _broken()
        answers = _ANSWERS.validate_json(data)
    except ValidationError as error:
        raise _broken() from error
    if answers.schema != SCHEMA or encode_answers(answers) != data:
        raise _broken()
    return answers


def _broken() -> PolicyDataBroken:
    return PolicyDataBroken(
        "visit-record",
        "the kept answers of a return visit are none that this product wrote",
        "restore the database from its last backup that verifies",
    )
