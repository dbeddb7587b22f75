"""Logs as JSON lines, in which personal data has no place to be: constant messages and the fields of `log_fields`.

Ours are written with `log_for(__name__)`. What a library logs keeps its place and level and loses its text, which
may quote anything; an exception keeps its class, code and places, and loses its words for the same reason.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, TextIO

from esign.errors import EsignError
from esign.infra.log_fields import FieldValue, split_fields

FRAMES_AT_MOST: Final = 30
CAUSES_AT_MOST: Final = 5

_MESSAGE: Final = re.compile(r"[a-z][a-z ,;'-]{2,99}")
_REQUEST_ID: Final = re.compile(r"[0-9a-f]{32}")
_FIELDS: Final = "esign_fields"
_request: ContextVar[str | None] = ContextVar("esign_request", default=None)


class Log:
    """Writes constant messages with listed fields. A field that is not listed or has another form is left out.

    The line then tells its name under `refused`. A message that is no plain lower-case words is refused whole
    (`ValueError`): it was put together from data, or would be the next time.
    """

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, message: str, **fields: FieldValue) -> None:
        self._write(logging.DEBUG, message, fields)

    def info(self, message: str, **fields: FieldValue) -> None:
        self._write(logging.INFO, message, fields)

    def warning(self, message: str, **fields: FieldValue) -> None:
        self._write(logging.WARNING, message, fields)

    def error(self, message: str, **fields: FieldValue) -> None:
        self._write(logging.ERROR, message, fields)

    def failed(self, message: str, error: BaseException, /, **fields: FieldValue) -> None:
        """Write an error with the exception behind it, its words left out."""
        self._write(logging.ERROR, message, fields, error)

    def _write(
        self, level: int, message: str, fields: dict[str, FieldValue], error: BaseException | None = None
    ) -> None:
        if not _MESSAGE.fullmatch(message):
            raise ValueError("a log message is constant, in plain lower-case words; what varies goes into fields")
        if self._logger.isEnabledFor(level):
            self._logger.log(level, message, exc_info=error, extra={_FIELDS: fields}, stacklevel=3)


def log_for(name: str) -> Log:
    """Return the log of a module: `log_for(__name__)`."""
    return Log(name)


@contextmanager
def request_context(request_id: str | None = None) -> Iterator[str]:
    """Give every line written inside the same request id, and yield it.

    An id from outside is taken over only if it is 32 hexadecimal digits; else a new one is made.
    """
    known = request_id if request_id is not None and _REQUEST_ID.fullmatch(request_id) else secrets.token_hex(16)
    token = _request.set(known)
    try:
        yield known
    finally:
        _request.reset(token)


def current_request() -> str | None:
    """Return the id of the request that is being worked on, to be handed to a job."""
    return _request.get()


class JsonFormatter(logging.Formatter):
    """One JSON object on one line, ASCII: time, level, logger, message, request, fields, error."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        given = getattr(record, _FIELDS, None)
        if isinstance(given, dict):
            kept, refused = split_fields(given)
            line |= {"message": record.msg, **kept}
            if refused:
                line["refused"] = sorted(refused)
        else:
            line |= {"message": "from a library, text left out", "where": f"{record.filename}:{record.lineno}"}
        if (request := _request.get()) is not None:
            line["request"] = request
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = describe_error(record.exc_info[1])
        return json.dumps(line)


OURS: Final = ("esign", "policy", "delivery", "claims", "ca")
"""The loggers that the level of the settings is for."""


def set_up_logs(level: str, stream: TextIO | None = None) -> None:
    """Send every log of the process to the stream (standard error) as JSON lines; `level` as in the settings.

    Libraries are heard from `warning` on, whatever the level is.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for ours in OURS:
        logging.getLogger(ours).setLevel(level.upper())
    logging.captureWarnings(capture=True)


def describe_error(error: BaseException) -> dict[str, object]:
    """Return what may be told of an error: class, code, where, and the same of what caused it. No words of it."""
    told: dict[str, object] = {"class": type(error).__name__, "at": _places(error.__traceback__)}
    if isinstance(error, EsignError):
        told["code"] = error.code
    causes: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(causes) < CAUSES_AT_MOST:
        causes.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    if causes:
        told["causes"] = causes
    return told


def _places(trace: TracebackType | None) -> list[str]:
    """Return file, line and function of the innermost frames, innermost last."""
    places: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-FRAMES_AT_MOST:]
