"""What the recipient's side refuses, and how it is told beside the refusals of the domain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Final

from esign.api.call import Call, Reply
from esign.api.errors import ApiError, Issue
from esign.api.operations import Run
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.entrance import IdentificationRefused
from esign.ceremony.errors import LinkRefused

OVER: Final = (
    "envelope-completed",
    "envelope-declined",
    "envelope-draft",
    "envelope-expired",
    "envelope-seal-failed",
    "envelope-sealing",
    "envelope-voided",
    "copy-never-signs",
    "recipient-declined",
    "recipient-expired",
    "recipient-replaced",
    "stream-changed",
)
"""Codes that say that there is nothing to do here, or not at this moment."""
SESSION: Final = ("session-unknown", "session-over", "handover-over", "another-device", "record-erased")
"""Codes that say that a session is not one, or not any more, and that what it is about was erased."""


@contextmanager
def telling() -> Iterator[None]:
    """Tell what the ceremony raises beside refusals by the codes and words of the API."""
    try:
        yield
    except IdentificationRefused as error:
        raise ApiError(error.code, issues=_tries_left(error)) from error
    except LinkRefused as error:
        if error.code == "another-device":
            raise refusal("another-device") from error
        raise


def as_told(run: Run) -> Run:
    """Have an operation tell what the ceremony raises, as `telling` does."""

    @wraps(run)
    def told(call: Call) -> Reply:
        with telling():
            return run(call)

    return told


def _tries_left(error: IdentificationRefused) -> tuple[Issue, ...]:
    left = error.tries_left
    if not left:
        return (Issue("/code", "这个验证码已失效，请重新获取", "this code is good no more, ask for another"),)
    return (Issue("/code", f"这个验证码还可以试 {left} 次", f"this code can be tried {left} times more"),)
