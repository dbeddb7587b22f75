"""Errors of the quarantine itself, and the form in which a task's own errors come back from it."""

from __future__ import annotations

import re
from typing import Final

from esign.errors import DocumentRefused, EsignError, EvidenceError, FieldError, SigningError

CODE_AT_MOST: Final = 64
TEXT_AT_MOST: Final = 600
_CODE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CROSSING: Final[dict[str, type[EsignError]]] = {
    kind.__name__: kind for kind in (DocumentRefused, FieldError, EvidenceError, SigningError, EsignError)
}
"""The classes that a task may raise in its caller; another subclass comes back as the nearest of these."""


class QuarantineFailed(EsignError):
    """The file did not let itself be read: `file-too-heavy` or `file-breaks-reader`.

    Of a file that was never read before, trying again changes nothing. Of one that was, it may be the machine's load.
    """


class QuarantineUnavailable(EsignError):
    """No task can be run now; nothing is said about the file."""


def too_heavy(what: str) -> QuarantineFailed:
    """Return the error for a task that met a limit; `what` names it: memory, computing time, time, bytes."""
    return QuarantineFailed(
        "file-too-heavy",
        f"reading the file takes more {what} than is allowed",
        "send a smaller or simpler file",
    )


def breaks_reader(how: str) -> QuarantineFailed:
    """Return the error for a task that ended without an answer; `how` is a constant or the name of a signal."""
    return QuarantineFailed(
        "file-breaks-reader",
        f"the file cannot be read to its end ({how})",
        "make the file anew, if need be with another program",
    )


def error_form(error: EsignError) -> dict[str, str]:
    """Return the error as JSON: the class, and code, cause and cure, bounded and printable."""
    name = next(kind.__name__ for kind in type(error).__mro__ if kind.__name__ in _CROSSING)
    return {
        "class": name,
        "code": error.code if _is_code(error.code) else "unnamed-error",
        "cause": _printable(error.cause),
        "cure": _printable(error.cure),
    }


def error_of(form: dict[str, object]) -> EsignError:
    """Return the error that a form describes. Raises `ValueError` where `error_form` would not have made it so."""
    if set(form) != {"class", "code", "cause", "cure"}:
        raise ValueError("an error has class, code, cause and cure")
    name, code, cause, cure = (form[member] for member in ("class", "code", "cause", "cure"))
    if not isinstance(name, str) or name not in _CROSSING:
        raise ValueError("an error of unknown class")
    if not isinstance(code, str) or not _is_code(code):
        raise ValueError("an error without a code")
    if not isinstance(cause, str) or not isinstance(cure, str) or not (_is_text(cause) and _is_text(cure)):
        raise ValueError("an error whose words cannot be printed")
    return _CROSSING[name](code, cause, cure)


def _is_code(code: str) -> bool:
    return len(code) <= CODE_AT_MOST and _CODE.fullmatch(code) is not None


def _is_text(text: str) -> bool:
    return len(text) <= TEXT_AT_MOST and text.isprintable()


def _printable(text: str) -> str:
    """Names out of a hostile document stand in some causes: they must not steer a terminal or fill a log."""
    whole = "".join(c if c.isprintable() else "�" for c in text[: TEXT_AT_MOST + 1])
    return whole if len(whole) <= TEXT_AT_MOST else f"{whole[: TEXT_AT_MOST - 1]}…"
