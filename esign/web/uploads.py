"""Files as they come in with a form: in memory alone, few at once, and none larger than may be.

The framework would write a larger one to the machine's disk on its way; what people hand in is never there.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Final

from flask import Request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from esign.verifications.asked import Asked, plain_name, plain_password
from esign.verifications.errors import line_full

SOON: Final = 1.5
"""Seconds within which most files are judged: so long an answer waits before it shows that it takes longer."""
FIELD_FILE: Final = "document"
FIELD_PASSWORD: Final = "password"  # noqa: S105  # the name of a field
_FIELDS_BYTES: Final = 64 * 1024
_READ_AT_ONCE: Final = 1024 * 1024
"""What the framework may hold while it looks for the end of a part: the rest of one piece and the next, 64 KiB each."""
_PARTS_AT_MOST: Final = 12
_LEFT_UNREAD_AT_MOST: Final = 64 * 1024 * 1024
_PIECE: Final = 256 * 1024


class PageRequest(Request):
    """A request whose files stay in memory."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> BytesIO:
        return BytesIO()


class Uploads:
    """The files that are on their way into this process: `at_once` of all, `each` of one sender. Safe for threads."""

    def __init__(self, *, at_once: int = 6, each: int = 2) -> None:
        self._at_once = at_once
        self._each = each
        self._guard = threading.Lock()
        self._coming: Counter[str] = Counter()

    @contextmanager
    def place(self, sender: str) -> Iterator[None]:
        """Hold a place while a file comes in. Raises `LineFull`."""
        with self._guard:
            if self._coming.total() >= self._at_once or self._coming[sender] >= self._each:
                raise line_full()
            self._coming[sender] += 1
        try:
            yield
        finally:
            with self._guard:
                self._coming[sender] -= 1
                if not self._coming[sender]:
                    del self._coming[sender]


def admit_file(request: Request, bytes_at_most: int) -> None:
    """Let this request bring a file of so many bytes, beside a few short fields."""
    request.max_content_length = bytes_at_most + _FIELDS_BYTES
    request.max_form_memory_size = _READ_AT_ONCE
    request.max_form_parts = _PARTS_AT_MOST


def brought(request: Request, origin: str, bytes_at_most: int) -> Asked | None:
    """Return the file of the form, None where none was chosen. Raises `RequestEntityTooLarge`."""
    file = request.files.get(FIELD_FILE)
    if file is None or not file.filename:
        return None
    content = file.stream.read()
    if len(content) > bytes_at_most:
        raise RequestEntityTooLarge
    return Asked(content, plain_name(file.filename), origin, plain_password(request.form.get(FIELD_PASSWORD)))


def throw_away(request: Request) -> None:
    """Read what is still coming and keep nothing: a browser that is still sending does not read our answer."""
    left = _LEFT_UNREAD_AT_MOST
    request.max_content_length = left  # what is longer is left unread, and its sender without our words
    try:
        while left > 0 and (piece := request.stream.read(min(_PIECE, left))):
            left -= len(piece)
    except (RequestEntityTooLarge, ClientDisconnected):
        return  # nobody is there any more who could read the answer
