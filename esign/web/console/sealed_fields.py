"""Hidden fields that only we can read: encrypted under the master key, each for one purpose, until a time."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any, Final

from esign.errors import EsignError
from esign.infra.encryption import new_data_key, seal, unseal
from esign.infra.keystore import KeyStore, WrappedKey

_AT_MOST: Final = 32_000


def seal_field(keys: KeyStore, purpose: str, value: list[Any], *, until: datetime) -> str:
    """Return the value, which JSON can hold, as text for a hidden field."""
    data = json.dumps([*value, int(until.timestamp())], ensure_ascii=False).encode("utf-8", "surrogatepass")
    key = new_data_key()
    wrapped = keys.wrap(key, purpose.encode())
    parts = [wrapped.data, seal(key, purpose, data)]
    return ".".join([str(wrapped.master_version), *(base64.urlsafe_b64encode(part).decode("ascii") for part in parts)])


def open_field(keys: KeyStore, purpose: str, sealed: str, *, now: datetime) -> list[Any] | None:
    """Return the value; None if it is not ours, for something else, or too old."""
    try:
        version, wrapped, data = sealed[:_AT_MOST].split(".")
        key = keys.unwrap(WrappedKey(int(version[:9]), base64.urlsafe_b64decode(wrapped)), purpose.encode())
        plain = unseal(key, purpose, base64.urlsafe_b64decode(data)).decode("utf-8", "surrogatepass")
    except (EsignError, ValueError):
        return None
    *value, until = json.loads(plain)
    return value if now.timestamp() < until else None
