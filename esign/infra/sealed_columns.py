"""Single columns sealed at rest: under a key drawn from a record's data key, each bound to table, row and column.

A data key that seals a stream seals nothing else (`esign.infra.encryption`), so what rows hold of the same subject
has a key of its own, drawn by HKDF-SHA256 (RFC 5869). Erasing the data key erases the columns with it, in every copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from esign.infra.encryption import KEY_SIZE, seal, unseal

_PURPOSE: Final = b"esign columns\x00"


@dataclass(frozen=True)
class ColumnKey:
    """Seals columns and opens them."""

    _key: bytes = field(repr=False)

    @classmethod
    def drawn_from(cls, data_key: bytes) -> ColumnKey:
        """Return the key that belongs to a record's data key (32 bytes)."""
        return cls(HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=None, info=_PURPOSE).derive(data_key))

    def seal(self, table: str, column: str, row: Sequence[str], data: bytes) -> bytes:
        """Encrypt what the column holds in the row of this key; no part of which has a line break."""
        return seal(self._key, _place(table, column, row), data)

    def unseal(self, table: str, column: str, row: Sequence[str], sealed: bytes) -> bytes:
        """Return it. Raises `SealedDataError` if it was altered, or belongs to another column, row or key."""
        return unseal(self._key, _place(table, column, row), sealed)


def _place(table: str, column: str, row: Sequence[str]) -> str:
    return "\n".join((table, column, *row))
