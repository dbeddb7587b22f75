"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias, cast

from sqlalchemy import DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from esign.canonical_json import CanonicalizationError, encode_canonical

JsonValue: TypeAlias = "str | int | float | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"

_LONG: Final = len("2026-01-31T08:00:00.000000Z")
_SHORT: Final = _LONG - 1


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC, to the microsecond.

    PostgreSQL keeps `timestamptz`. SQLite has no such type and keeps `2026-01-31T08:00:00.000000Z`: fixed in width,
    so that the order of the text is the order of time. A naive datetime is refused (`ValueError`), never guessed at.
    """

    impl = DateTime
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a moment without its offset from UTC cannot be stored; give an aware datetime")
        moment = value.astimezone(UTC)
        # The width is what keeps the order.
        if moment.year < 1000:
            raise ValueError("a moment before the year 1000 cannot be stored")
        # Many times as quick as strftime and strptime are.
        return f"{moment.isoformat(timespec='microseconds')[:_SHORT]}Z" if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            if len(value) != _LONG or value[-1] != "Z":
                raise ValueError("what is stored is no moment that this product wrote")
            return datetime.fromisoformat(value)
        return cast(datetime, value).astimezone(UTC)


class JsonText(TypeDecorator[JsonValue]):
    """A JSON value kept as its RFC 8785 canonical text, so that equal values are equal bytes on both databases.

    `jsonb` would reorder and renumber what digests were computed over. A value that canonical JSON cannot carry
    (an integer beyond 2**53, NaN, a lone surrogate, a key that is no string) is refused with `ValueError`.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: JsonValue, dialect: Dialect) -> str | None:
        return None if value is None else canonical_json(value).decode("utf-8")

    def process_result_value(self, value: str | None, dialect: Dialect) -> JsonValue:
        return None if value is None else cast(JsonValue, json.loads(value))


def canonical_json(value: JsonValue) -> bytes:
    """Return the value as RFC 8785 canonical JSON in UTF-8. Raises `ValueError` if it has none."""
    try:
        return encode_canonical(value)
    except (CanonicalizationError, UnicodeEncodeError):
        raise ValueError("the value cannot be carried by canonical JSON") from None  # the cause quotes the value
