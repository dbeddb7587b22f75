"""A digest of what the service runs with, without a secret: equal digests say that the settings were the same."""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TypeAlias

from esign.canonical_json import encode_canonical
from esign.infra.secret import Secret
from esign.infra.settings import Settings

_Plain: TypeAlias = "dict[str, _Plain] | list[_Plain] | str | int | bool | None"


def settings_digest(settings: Settings) -> str:
    """Return SHA-256 (64 hex digits) of the settings; of a secret it counts only whether there is one."""
    return hashlib.sha256(encode_canonical(_plain(settings))).hexdigest()


def _plain(value: object) -> _Plain:
    if isinstance(value, Secret):
        return "secret"
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple | list | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, Path):
        return str(value)
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"a setting of {type(value).__name__} is in no digest")
