"""What a process is asked, and what it told: an answer, its task's error, or by its end that it met a limit."""

from __future__ import annotations

import secrets
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from esign.errors import EsignError
from esign.infra.quarantine.child import ANSWER_TOO_LARGE, OUT_OF_MEMORY
from esign.infra.quarantine.errors import QuarantineFailed, breaks_reader, error_of, too_heavy
from esign.infra.quarantine.frames import Frame, FrameTooLarge, frame_head
from esign.infra.quarantine.limits import QuarantineLimits
from esign.infra.quarantine.port import Answer

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

Told: TypeAlias = Answer | EsignError
"""What a process answered: an answer, or an error that its task raised."""

_NAME_AT_MOST: Final = 60


@dataclass(frozen=True)
class Question:
    """What is sent to a child, and the mark in it that its answer must repeat: an answer to anything else is none."""

    mark: str
    pieces: Sequence[bytes]


def question_of(
    task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes], limits: QuarantineLimits
) -> Question:
    """Return the question. Raises `QuarantineFailed` where it is larger than the limits allow."""
    try:
        mark = secrets.token_hex(8)
        head = frame_head({"task": task, "arguments": dict(arguments), "mark": mark}, attachments, limits)
    except FrameTooLarge as error:
        raise too_heavy("bytes") from error
    return Question(mark, (head, *attachments))


def told_by(frame: Frame, mark: str) -> Told:
    """Return the answer, or the error, that a frame out of a child holds. Nothing in it is believed unseen."""
    form = dict(frame.form)
    if form.pop("mark", None) != mark:
        raise breaks_reader("it answers what was not asked")
    match form:
        case {"value": value, **others} if not others:
            return Answer(cast("JsonValue", value), frame.attachments)
        case {"error": dict() as told, **others} if not others and not frame.attachments:
            try:
                return error_of(told)
            except ValueError as nonsense:
                raise breaks_reader("its answer has no form") from nonsense
        case {"ended": str() as name, **others} if not others and name.isidentifier() and len(name) <= _NAME_AT_MOST:
            raise breaks_reader(name)
        case _:
            raise breaks_reader("its answer has no form")


def death_of(code: int | None) -> QuarantineFailed:
    """Return the error for a child that ended so, or had to be ended (None), without an answer."""
    if code == OUT_OF_MEMORY:
        return too_heavy("memory")
    if code == ANSWER_TOO_LARGE:
        return too_heavy("bytes")
    if code == -signal.SIGXCPU:
        return too_heavy("computing time")
    if code == -signal.SIGKILL:
        return too_heavy("memory or computing time")
    if code is not None and code < 0:
        return breaks_reader(signal.strsignal(-code) or "a signal")
    return breaks_reader("its reader ended without an answer")
