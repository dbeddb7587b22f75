"""The members in `trail/renewed/`: the checkpoint that was renewed, and the chain that carries its timestamp on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from esign.bundle.layout import (
    CONSISTENCY,
    RENEWAL_PROOFS,
    RENEWED_CHECKPOINT,
    RENEWED_TIMESTAMP,
    renewal_members,
)
from esign.canonical_json import encode_canonical
from esign.renewal.chain import Link, Stamped


@dataclass(frozen=True)
class RenewedCheckpoint:
    """A checkpoint's note with its token, the path by which the bundle's own checkpoint continues it (hashes of 32
    bytes), its renewals, the first one first, and their validation data (DER) by SHA-256 (hex)."""

    first: Stamped
    consistency: tuple[bytes, ...] = field(repr=False)
    links: Sequence[Link]
    data: Mapping[str, bytes] = field(repr=False)


def encode_renewed(renewed: RenewedCheckpoint) -> Iterator[tuple[str, bytes]]:
    """Yield the members by name; validation data lies elsewhere in a bundle."""
    yield RENEWED_CHECKPOINT, renewed.first.content
    yield RENEWED_TIMESTAMP, renewed.first.token
    yield CONSISTENCY, encode_canonical({"hashes": _hex(renewed.consistency)})
    proofs = [{"position": link.index, "hashes": _hex(link.path)} for link in renewed.links]
    yield RENEWAL_PROOFS, encode_canonical({"proofs": proofs})
    for number, link in enumerate(renewed.links, start=1):
        head, token = renewal_members(number)
        yield head, link.stamped.content
        yield token, link.stamped.token


def _hex(path: Sequence[bytes]) -> list[str]:
    return [step.hex() for step in path]
