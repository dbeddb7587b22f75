"""Questionnaires of the return visit as data: versions with the day from which each is asked.

A visit asks who signed, whether it is known that this is insurance, premium and payment period, exclusions, hesitation
period, loss on surrender, what is not guaranteed. A version that was asked never changes: another wording is another
file in `policy/data/visits`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from esign.public.values import Words
from policy.errors import PolicyDataBroken

FOLDER: Final = Path(__file__).parent.parent / "data" / "visits"
BYTES_AT_MOST: Final = 64 * 1024
REMARK: Final = "remark"
"""The concern that somebody wrote something of their own."""
FACTS: Final = frozenset(
    {"product", "policy", "insured", "premium", "years", "hesitation_days", "hesitation_ends"},
)
"""What a question may name in braces."""


class When(StrEnum):
    """Whom a question is put to."""

    ALWAYS = "always"
    OTHERS = "others"
    """Who insures somebody else."""
    ANNUAL = "annual"
    ONCE = "once"
    NOT_GUARANTEED = "not-guaranteed"
    """Whose policy has benefits that are not guaranteed."""


@dataclass(frozen=True)
class Choice:
    """An answer that can be given; `concern` is a code where somebody has to look into it."""

    id: str
    text: Words
    concern: str | None


@dataclass(frozen=True)
class Question:
    """`text` may name facts of the policy in braces."""

    id: str
    when: When
    text: Words
    answers: tuple[Choice, ...]

    def choice(self, id: str) -> Choice | None:
        return next((one for one in self.answers if one.id == id), None)


@dataclass(frozen=True)
class Concern:
    code: str
    text: Words


@dataclass(frozen=True)
class Questionnaire:
    """One version. `remark` is what is asked last, to be answered in own words or not at all."""

    version: str
    effective_from: date
    remark: Words
    questions: tuple[Question, ...]
    concerns: tuple[Concern, ...]

    def concern(self, code: str) -> Words | None:
        """Return what a concern says, None for a code that is none of this version."""
        return next((one.text for one in self.concerns if one.code == code), None)


_STRICT: Final = ConfigDict(extra="forbid", strict=True)
_CODE: Final = r"^[a-z][a-z0-9-]{0,63}$"


class _Choice(BaseModel):
    model_config = _STRICT
    id: str = Field(pattern=_CODE)
    text: Words
    concern: str | None = Field(pattern=_CODE)


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = Field(pattern=_CODE)
    when: When
    text: Words
    answers: tuple[_Choice, ...] = Field(min_length=2, max_length=6)


class _Concern(BaseModel):
    model_config = _STRICT
    code: str = Field(pattern=_CODE)
    text: Words


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$")
    effective_from: date
    remark: Words
    questions: tuple[_Question, ...] = Field(min_length=1, max_length=40)
    concerns: tuple[_Concern, ...] = Field(max_length=60)


@cache
def load_questionnaires() -> tuple[Questionnaire, ...]:
    """Return every version, the oldest first. Raises `PolicyDataBroken` (`questionnaire-file`)."""
    found = [read_questionnaire(path.read_bytes()) for path in sorted(FOLDER.glob("*.json"))]
    days = [one.effective_from for one in found]
    if len(set(days)) < len(days) or len({one.version for one in found}) < len(found):
        raise _broken("two versions have one name or begin on one day")
    return tuple(sorted(found, key=lambda one: one.effective_from))


def questionnaire_on(day: date) -> Questionnaire:
    """Return the version that is asked on that day. Raises `PolicyDataBroken` where there is none."""
    found = [one for one in load_questionnaires() if one.effective_from <= day]
    if not found:
        raise _broken(f"none is asked on {day.isoformat()}")
    return found[-1]


def questionnaire(version: str) -> Questionnaire:
    """Return that version. Raises `PolicyDataBroken` where its file is missing."""
    for one in load_questionnaires():
        if one.version == version:
            return one
    raise _broken(f"version {version} is missing, by which customers were asked")


def read_questionnaire(data: bytes) -> Questionnaire:
    """Read the file of one version. Raises `PolicyDataBroken` (`questionnaire-file`)."""
    if len(data) > BYTES_AT_MOST:
        raise _broken(f"it is longer than {BYTES_AT_MOST} bytes")
    try:
        file = _File.model_validate_json(data)
    except ValidationError as error:
        raise _broken("it is not of its form") from error
    questions = tuple(
        Question(one.id, one.when, one.text, tuple(Choice(it.id, it.text, it.concern) for it in one.answers))
        for one in file.questions
    )
    concerns = tuple(Concern(one.code, one.text) for one in file.concerns)
    _check(questions, concerns)
    return Questionnaire(file.version, file.effective_from, file.remark, questions, concerns)


def _check(questions: tuple[Question, ...], concerns: tuple[Concern, ...]) -> None:
    codes = [one.code for one in concerns]
    if len({one.id for one in questions}) < len(questions) or len(set(codes)) < len(codes):
        raise _broken("a question or concern is there twice")
    raised = {it.concern for one in questions for it in one.answers if it.concern is not None} | {REMARK}
    if raised != set(codes):
        raise _broken("a concern has no words, or none of the answers raises it")
    for one in questions:
        if len({it.id for it in one.answers}) < len(one.answers) or all(it.concern for it in one.answers):
            raise _broken(f"the answers of {one.id} are there twice, or every one is a concern")
        for text in (one.text.zh, one.text.en):
            if not {name for _, name, _, _ in Formatter().parse(text) if name is not None} <= FACTS:
                raise _broken(f"{one.id} names a fact that there is not")


def _broken(cause: str) -> PolicyDataBroken:
    return PolicyDataBroken(
        "questionnaire-file",
        f"a questionnaire of return visits cannot be used: {cause}",
        "correct the file in policy/data/visits",
    )
