"""From an error to a problem document (RFC 9457): the one place where our errors meet HTTP statuses.

What is our own fault, or no caller can mend, is told as `internal-error` and its trace_id, without a word of it; the
log has class, code and places.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from ca.errors import TrustServiceUnavailable
from esign.api.call import EncodedAnswer
from esign.api.errors import ApiError, Issue
from esign.api.material_words import MATERIAL_WORDS
from esign.api.own_words import OWN_WORDS, CodeWords
from esign.api.rates import TooManyRequests
from esign.api.room_codes import NO_CODES, RoomCodes
from esign.ceremony.capture import CaptureRefused
from esign.ceremony.domain import Refusal
from esign.ceremony.domain.refusal import WORDS as DOMAIN_WORDS
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.errors import VendorRefused, VendorUnavailable
from esign.errors import DocumentRefused, EsignError, EvidenceError, FieldError
from esign.infra.clock import ClockError
from esign.infra.database import JsonValue
from esign.infra.errors import DatabaseError, RecordErased
from esign.trail.errors import ConcurrentChange, NotCovered

PROBLEM_JSON: Final = "application/problem+json"
Language = Literal["zh", "en"]

REFUSED: Final = 409
"""The status of a refusal of the domain, unless it is named here."""
REFUSAL_STATUS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("no-envelope", "no-recipient", "no-document", "no-signal"), 404),
    **dict.fromkeys(("malformed-command", "plan-documents", "plan-expiry", "plan-fields"), 422),
    **dict.fromkeys(("plan-recipients", "plan-settings", "drawing-shortcomings", "photo-shortcomings"), 422),
    "signal-unknown": 422,
    "too-many-codes": 429,
}
_CODES_WINDOW: Final = 3600

# Errors whose own words are for the caller. Others of ours are not: see `_hidden`.
_STATUS_OF_CLASS: Final[tuple[tuple[type[Exception], int], ...]] = (
    (DocumentRefused, 422),
    (EvidenceError, 422),
    (FieldError, 422),
    (ClockError, 422),
    (NotCovered, 409),
)
_STATUS_OF_CODE: Final[Mapping[str, int]] = {"file-breaks-reader": 422, "file-too-heavy": 422}
# Errors that are told by a code of ours, whatever words they have.
_TOLD_AS_CLASS: Final[tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...]] = (
    (ConcurrentChange, "stream-changed"),
    (RecordErased, "record-erased"),
    (TrustServiceUnavailable, "trust-service-unavailable"),
    ((VendorUnavailable, VendorRefused), "vendor-unavailable"),
    ((OperationalError, InterfaceError, PoolTimeout), "database-unavailable"),
)
_TOLD_AS_CODE: Final[Mapping[str, str]] = {
    "database-busy": "database-busy",
    "database-unavailable": "database-unavailable",
    "blob-store": "storage-unavailable",
    **dict.fromkeys(
        ("quarantine-busy", "quarantine-closed", "quarantine-lost", "quarantine-no-process"), "workers-busy"
    ),
}
_HTTP_CODES: Final[Mapping[int, str]] = {
    404: "no-route",
    405: "method-not-allowed",
    413: "body-too-large",
    415: "media-type-unsupported",
}
_RETRY_AFTER: Final = 2


@dataclass(frozen=True)
class Problem:
    """What the caller is told. `title` and `detail` are in zh-CN and English."""

    code: str
    status: int
    title: tuple[str, str]
    detail: tuple[str, str]
    issues: tuple[Issue, ...] = ()
    about: tuple[str, ...] = ()
    retry_after: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    hidden: bool = False
    """Whether the error itself has to be in the log, because the caller is not told of it."""

    @property
    def is_final(self) -> bool:
        """Whether the same request would be answered so again: only such an answer is kept for its repetition."""
        return self.status < 500 and self.status != 429 and self.code not in {"stream-changed", "request-running"}

    def document(self, public_url: str, trace_id: str, language: Language) -> dict[str, JsonValue]:
        """Return the members of the problem document."""
        members: dict[str, JsonValue] = {
            "type": f"{public_url}/v1/errors/{self.code}",
            "title": self.title[0 if language == "zh" else 1],
            "status": self.status,
            "detail": self.detail[0 if language == "zh" else 1],
            "code": self.code,
            "errors": [
                {"pointer": issue.pointer, "message": issue.zh if language == "zh" else issue.en}
                for issue in self.issues
            ],
            "trace_id": trace_id,
        }
        return members | ({"about": list(self.about)} if self.about else {})

    def encode(self, public_url: str, trace_id: str, language: Language) -> EncodedAnswer:
        """Return the problem as an answer."""
        headers = {"Content-Language": "zh-CN" if language == "zh" else "en", **self.headers}
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        if self.status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="esign"'
        document = self.document(public_url, trace_id, language)
        return EncodedAnswer(self.status, PROBLEM_JSON, headers, json.dumps(document, ensure_ascii=False).encode())


def problem_of(error: Exception, rooms: RoomCodes = NO_CODES) -> Problem:
    """Return what a caller is told of an error. Never raises; what it does not know is an internal error.

    `rooms` are the codes of the rooms that may have raised it; where a room has no words for a code of the catalogue's
    own, the catalogue's hold.
    """
    code = rooms.code_of(error)
    if code is None and isinstance(error, rooms.classes) and (shared := _shared(error, rooms)) is not None:
        return shared
    return _problem_of(error) if code is None else _told(code, rooms.words[code], about=rooms.about(error))


def _shared(error: Exception, rooms: RoomCodes) -> Problem | None:
    """Return what is told of an error of a room by a code that the domain of envelopes has words for."""
    named = str(getattr(error, "code", ""))
    return _of_refusal(refusal(named, rooms.about(error))) if named in DOMAIN_WORDS else None


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, ApiError):
        headers = error.standing.headers if isinstance(error, TooManyRequests) else {}
        return _own(error.code, error.issues, retry_after=error.retry_after, headers=headers)
    if isinstance(error, HTTPException):
        return _of_http(error)
    for classes, code in _TOLD_AS_CLASS:
        if isinstance(error, classes):
            return _own(code, hidden=OWN_WORDS[code].status >= 500)
    if isinstance(error, Refusal):
        return _of_refusal(error)
    if isinstance(error, EsignError):
        return _of_ours(error)
    return _internal()


def _of_ours(error: EsignError) -> Problem:
    if error.code in _TOLD_AS_CODE:
        return _own(_TOLD_AS_CODE[error.code], hidden=True)
    if error.code in OWN_WORDS:
        return _own(error.code, hidden=OWN_WORDS[error.code].status >= 500)
    status = _STATUS_OF_CODE.get(error.code) or next(
        (status for known, status in _STATUS_OF_CLASS if isinstance(error, known)), None
    )
    if status is None:
        return _own("database-unavailable", hidden=True) if isinstance(error, DatabaseError) else _internal()
    words = MATERIAL_WORDS.get(error.code)
    told = f"{_sentence(error.cause)} {_sentence(error.cure)}"
    wanting = error.shortcomings if isinstance(error, CaptureRefused) else ()
    issues = tuple(Issue("", one.zh, one.en) for one in wanting)
    if words is None:
        title = ("请求的内容不可用", "what was sent cannot be used")
        return Problem(error.code, status, title, (f"{title[0]}。", told), issues)
    return Problem(error.code, status, (words.zh_cause, words.cause), (words.zh, told), issues)


def _of_refusal(error: Refusal) -> Problem:
    status = REFUSAL_STATUS.get(error.code, REFUSED)
    return Problem(
        error.code,
        status,
        (error.zh.partition("。")[0], error.en.partition(". ")[0].rstrip(".")),
        (error.zh, error.en),
        about=error.about,
        retry_after=_CODES_WINDOW if status == 429 else None,
    )


def _of_http(error: HTTPException) -> Problem:
    status = error.code or 500
    if status >= 500:
        return _internal()
    allowed = error.valid_methods if isinstance(error, MethodNotAllowed) else None
    headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
    return _own(_HTTP_CODES.get(status, "bad-request"), headers=headers)


def _own(
    code: str,
    issues: tuple[Issue, ...] = (),
    *,
    retry_after: int | None = None,
    headers: Mapping[str, str] | None = None,
    hidden: bool = False,
) -> Problem:
    return _told(code, OWN_WORDS[code], issues, retry_after=retry_after, headers=headers, hidden=hidden)


def _told(
    code: str,
    words: CodeWords,
    issues: tuple[Issue, ...] = (),
    *,
    retry_after: int | None = None,
    headers: Mapping[str, str] | None = None,
    hidden: bool = False,
    about: tuple[str, ...] = (),
) -> Problem:
    return Problem(
        code,
        words.status,
        (words.zh_cause, _sentence(words.cause).rstrip(".")),
        (words.zh, words.en),
        issues=issues,
        retry_after=retry_after if retry_after is not None or words.status != 503 else _RETRY_AFTER,
        headers=headers or {},
        hidden=hidden,
        about=about,
    )


def _internal() -> Problem:
    return _own("internal-error", hidden=True)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."
