"""What a service request changes as it is kept: canonical JSON (RFC 8785) in one sealed record, known by its digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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


_KEPT: Final = TypeAdapter(_Kept)


def encode_change(kind: RequestKind, change: Change) -> bytes:
    """Return a change as it is kept: equal changes are equal bytes."""
    plain = _CHANGES[kind].dump_python(change, mode="json")
    return encode_canonical({"schema": SCHEMA, "kind": kind.value, "change": plain})


def parse_change(data: bytes) -> Change:
    """Return what `encode_change` wrote. Raises `PolicyDataBroken` (`request-record`) for anything else."""
    try:
        if len(data) > BYTES_AT_MOST:
            raise _broken()
        kept = _KEPT.validate_json(data)
        change: Change = _CHANGES[kept.kind].validate_json(encode_canonical(kept.change))
    except ValidationError as error:
        raise _broken() from error
    if kept.schema != SCHEMA or encode_change(kept.kind, change) != data:
        raise _broken()
    return change


def _broken() -> PolicyDataBroken:
    return PolicyDataBroken(
        "request-record",
        "a kept service request is none that this product wrote",
        "restore the database from its last backup that verifies",
    )
