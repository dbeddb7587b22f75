"""A proposal as it is kept: canonical JSON (RFC 8785) in one sealed record, and the digest by which events name it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from pydantic import TypeAdapter, ValidationError

from esign.public.values import encode_canonical
from policy.errors import PolicyDataBroken
from policy.proposal import Proposal

SCHEMA: Final = "proposal/1"
BYTES_AT_MOST: Final = 256 * 1024


@dataclass(frozen=True)
class _Kept:
    schema: str
    proposal: Proposal


_KEPT: Final = TypeAdapter(_Kept)


def encode_proposal(proposal: Proposal) -> bytes:
    """Return the proposal as it is kept: equal proposals are equal bytes."""
    return encode_canonical(_KEPT.dump_python(_Kept(SCHEMA, proposal), mode="json"))


def digest_of(encoded: bytes) -> str:
    """Return SHA-256 in hexadecimal digits."""
    return sha256(encoded).hexdigest()


def parse_proposal(data: bytes) -> Proposal:
    """Return what `encode_proposal` wrote. Raises `PolicyDataBroken` (`proposal-record`) for anything else."""
    try:
        if len(data) > BYTES_AT_MOST:
            raise _broken()
        kept = _KEPT.validate_json(data)
    except ValidationError as error:
        raise _broken() from error
    if kept.schema != SCHEMA or encode_proposal(kept.proposal) != data:
        raise _broken()
    return kept.proposal


def _broken() -> PolicyDataBroken:
    return PolicyDataBroken(
        "proposal-record",
        "a kept proposal is none that this product wrote",
        "restore the database from its last backup that verifies",
    )
