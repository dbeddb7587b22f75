"""What a service request changes as it is kept: canonical JSON (RFC 8785) in one sealed record, known by its digest.

The digest stands in the trail for ever, and a phone or a sum is guessed soon: the record has a random salt, so that
nobody without the record can test a guess against it (ADR 0008). Records of before have none.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from esign.public.values import encode_canonical
from policy.documents.values import AddressChange, BeneficiaryChange, Cancellation, Change, Surrender
from policy.domain.request_events import RequestKind
from policy.errors import PolicyDataBroken

SCHEMA: Final = "request/1"
BYTES_AT_MOST: Final = 64 * 1024
_CHANGES: Final[Mapping[RequestKind, TypeAdapter[Any]]] = {
    RequestKind.BENEFICIARY: TypeAdapter(BeneficiaryChange),
    RequestKind.ADDRESS: TypeAdapter(AddressChange),
    RequestKind.SURRENDER: TypeAdapter(Surrender),
    RequestKind.CANCELLATION: TypeAdapter(Cancellation),
}


@dataclass(frozen=True)
class _Kept:
    schema: str
    kind: RequestKind
    change: dict[str, Any]
    salt: str = field(default="", repr=False)


_KEPT: Final = TypeAdapter(_Kept)


def new_salt() -> str:
    """Return 256 random bits in hexadecimal digits."""
    return secrets.token_hex(32)


def encode_change(kind: RequestKind, change: Change, salt: str) -> bytes:
    """Return a change as it is kept: equal changes under one salt are equal bytes. An empty salt is left out."""
    plain = _CHANGES[kind].dump_python(change, mode="json")
    salted = {"salt": salt} if salt else {}
    return encode_canonical({"schema": SCHEMA, "kind": kind.value, "change": plain} | salted)


def parse_change(data: bytes) -> Change:
    """Return what `encode_change` wrote. Raises `PolicyDataBroken` (`request-record`) for anything else."""
    return _parse(data)[1]


def salt_of(data: bytes) -> str:
    """Return the salt of what `encode_change` wrote. Raises `PolicyDataBroken` (`request-record`)."""
    return _parse(data)[0]


def _parse(data: bytes) -> tuple[str, Change]:
    try:
        if len(data) > BYTES_AT_MOST:
            raise _broken()
        kept = _KEPT.validate_json(data)
        change: Change = _CHANGES[kept.kind].validate_json(encode_canonical(kept.change))
    except ValidationError as error:
        raise _broken() from error
    if kept.schema != SCHEMA or encode_change(kept.kind, change, kept.salt) != data:
        raise _broken()
    return kept.salt, change


def _broken() -> PolicyDataBroken:
    return PolicyDataBroken(
        "request-record",
        "a kept service request is none that this product wrote",
        "restore the database from its last backup that verifies",
    )
