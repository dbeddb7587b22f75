"""What a log line may carry: these fields, in these forms, and nothing else.

A new field needs a form into which personal data does not slip by mistake: an id that we gave, a digest, a code of
ours, a count. Free text, names, phone and identity numbers, addresses, tokens, links and file contents have no field.
A form cannot know where a value came from: codes are constants of the code, never words from outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

FieldValue: TypeAlias = str | int | float | bool | None

_ID: Final = re.compile(r"[a-z]{2,5}_[A-Za-z0-9]{16,64}")  # longer than a phone number with a prefix
_CODE: Final = re.compile(r"(?!.*[0-9]{4})[a-z][a-z0-9]*(?:[._-][a-z0-9]+){0,12}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_BLOB: Final = re.compile(r"[a-z][a-z0-9-]{0,31}/[0-9a-f]{2}/[0-9a-f]{30,64}")
# The pattern of a route, `<id>` included: never the path itself.
_ROUTE: Final = re.compile(r"(?!.*[0-9]{4})/[a-z0-9_./<>:-]{0,120}")
_CLASS: Final = re.compile(r"(?!.*[0-9]{4})[A-Za-z_][A-Za-z0-9_.]{0,80}")
_PLACE: Final = re.compile(r"[A-Za-z0-9_]{1,60}\.py:[0-9]{1,6}")
_REVISION: Final = re.compile(r"[0-9]{4}|[0-9]{1,3}(?:\.[0-9]{1,3}){1,3}")  # of the schema, or of a release


def _text(form: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and form.fullmatch(value) is not None


def _number(most: float) -> Callable[[object], bool]:
    """A count or a duration. The limit is below every number that could be a phone's."""
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most


def _truth(value: object) -> bool:
    return isinstance(value, bool)


FIELDS: Final[Mapping[str, Callable[[object], bool]]] = {
    **dict.fromkeys(
        ("envelope", "recipient", "document", "event_id", "client", "job", "delivery", "endpoint", "record", "member"),
        _text(_ID),
    ),
    "policy": _text(_ID),
    **dict.fromkeys(
        ("code", "state", "type", "step", "role", "outcome", "channel", "consumer", "purpose"), _text(_CODE)
    ),
    **dict.fromkeys(("sha256", "root_hash"), _text(_DIGEST)),
    "blob": _text(_BLOB),
    "route": _text(_ROUTE),
    "method": lambda value: value in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"},
    "error_class": _text(_CLASS),
    "where": _text(_PLACE),
    "revision": _text(_REVISION),
    "status": _number(599),
    **dict.fromkeys(("milliseconds", "seconds"), _number(9_999_999)),
    **dict.fromkeys(("bytes", "position", "tree_size"), _number(9_999_999_999)),
    **dict.fromkeys(("count", "attempt", "pages", "version", "queued"), _number(9_999_999)),
    **dict.fromkeys(("retry", "test_mode"), _truth),
}


def split_fields(given: Mapping[str, object]) -> tuple[dict[str, FieldValue], list[str]]:
    """Return the fields that may be written, and the names of those that may not, neither with a word of theirs.

    The name of a field that is not listed could itself be data; it is told only if it is a plain word.
    """
    kept: dict[str, FieldValue] = {}
    refused: list[str] = []
    for name, value in given.items():
        allowed = FIELDS.get(name)
        if allowed is not None and isinstance(value, str | int | float | bool) and allowed(value):
            kept[name] = value
        elif value is not None or allowed is None:
            refused.append(name if re.fullmatch(r"[a-z_]{1,40}", name) else "?")
    return kept, refused
