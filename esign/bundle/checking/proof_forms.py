"""Reads paths in a hash tree as a bundle writes them: canonical JSON, 64 lower-case hex digits for each hash."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from esign.bundle.checking.errors import MemberMalformed
from esign.canonical_json import CanonicalizationError, encode_canonical
from esign.trail.event import load_json
from esign.trail.merkle import HASH_SIZE
from esign.trail.proof import PATH_AT_MOST

_PROOF: Final = {"hashes", "position"}


def load_canonical(data: bytes, names: set[str], what: str) -> dict[str, object]:
    """Return the object of exactly these members. Raises `MemberMalformed`, and `EventRefused` for what is no JSON."""
    value = load_json(data)
    if not isinstance(value, dict) or value.keys() != names or canonical_of(value) != data:
        raise MemberMalformed(f"it is not {what}, in canonical form")
    return value


def positioned_paths(listed: list[object]) -> Iterator[tuple[int, tuple[bytes, ...]]]:
    """Yield position and path of each proof. Raises `MemberMalformed`."""
    for entry in listed:
        if not isinstance(entry, dict) or entry.keys() != _PROOF or type(entry["position"]) is not int:
            raise MemberMalformed("a proof has not position and hashes")
        yield entry["position"], hash_path(entry["hashes"])


def hash_path(hashes: object) -> tuple[bytes, ...]:
    """Return the hashes (32 bytes each). Raises `MemberMalformed`."""
    if not isinstance(hashes, list) or len(hashes) > PATH_AT_MOST:
        raise MemberMalformed("a proof has more hashes than a tree is high")
    return tuple(map(_hash, hashes))


def canonical_of(value: dict[str, object]) -> bytes | None:
    """Return the value's canonical form, None where it has none."""
    try:
        return encode_canonical(value)
    except (CanonicalizationError, ValueError, RecursionError):
        return None


def _hash(value: object) -> bytes:
    try:
        found = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        found = b""
    if len(found) != HASH_SIZE or found.hex() != value:
        raise MemberMalformed("a hash is not 64 lower-case hex digits")
    return found
