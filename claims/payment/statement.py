"""The statement of the simulated bank: which money it moved, entry by entry, as a file of JSON that is read strictly.

It is the bank's own form and says that it is simulated. A real bank sends ISO 20022 `camt.053`, which
`claims.payment.camt053` reads into the same `Statement` (ADR 0083).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as read_dataclass

from claims.errors import StatementRefused
from esign.public.values import encode_canonical

FORMAT: Final = "simulated-bank-statement-1"
BYTES_AT_MOST: Final = 32 * 1024 * 1024
ENTRIES_AT_MOST: Final = 100_000
FEN_AT_MOST: Final = 10**12
PAYMENT_ID: Final = re.compile(r"pay_[0-9a-z]{1,40}", re.ASCII)


class EntryKind(StrEnum):
    PAID = "paid"
    RETURNED = "returned"


@dataclass(frozen=True)
class Entry:
    """Money that left the account, or came back. `entry` is the bank's number of it, once for ever; `reference` is what
    the bank gives as our reference, which may be anything where it is not ours; `fen` is the amount."""

    entry: str
    kind: EntryKind
    reference: str
    fen: int

    @property
    def payment(self) -> str | None:
        """The id of a payment that the reference can be, None for words that nobody of us wrote."""
        return self.reference if PAYMENT_ID.fullmatch(self.reference) else None

    @property
    def digest(self) -> str:
        """The digest of all that it says, in hexadecimal digits."""
        return sha256(encode_canonical({**vars(self), "kind": self.kind.value})).hexdigest()


@dataclass(frozen=True)
class Covers:
    """The time that a statement covers, from `since` to before `until`, with their offsets."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Statement:
    """Entries of one account in the order of the bank. `id` names the statement; `covers` is None where it is not
    told of which time these are all entries, as by the simulated bank."""

    id: str
    entries: tuple[Entry, ...]
    covers: Covers | None = None


_Id: TypeAlias = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,35}$")]
_STRICT: Final = ConfigDict(extra="forbid", strict=True)


@read_dataclass(frozen=True, config=_STRICT)
class _Entry:
    entry: _Id
    kind: Literal["paid", "returned"]
    reference: Annotated[str, Field(max_length=140)]
    fen: Annotated[int, Field(gt=0, le=FEN_AT_MOST)]


@read_dataclass(frozen=True, config=_STRICT)
class _File:
    format: Literal["simulated-bank-statement-1"]
    simulated: Literal[True]
    statement: _Id
    entries: Annotated[list[_Entry], Field(max_length=ENTRIES_AT_MOST)]


_FILE: Final = TypeAdapter(_File)


def encode_statement(statement: Statement) -> bytes:
    """Return the file: canonical JSON in UTF-8, the same bytes each time."""
    entries = [{**vars(one), "kind": one.kind.value} for one in statement.entries]
    return encode_canonical({"format": FORMAT, "simulated": True, "statement": statement.id, "entries": entries})


def read_statement(data: bytes) -> Statement:
    """Return what a file says. Raises `StatementRefused` (`bank-statement`) for one that is too large, of another
    format, not whole, or that names an entry twice; what stands in it is not repeated."""
    if len(data) > BYTES_AT_MOST:
        raise _refused(f"it is larger than {BYTES_AT_MOST:,} bytes")
    try:
        found = _FILE.validate_json(data)
    except ValidationError as error:
        where = ".".join(str(one) for one in error.errors()[0]["loc"]) or "the file"
        raise _refused(f"{where} is not as format {FORMAT} has it") from None
    if len({one.entry for one in found.entries}) < len(found.entries):
        raise _refused("an entry is there twice")
    entries = (Entry(one.entry, EntryKind(one.kind), one.reference, one.fen) for one in found.entries)
    return Statement(found.statement, tuple(entries))


def _refused(cause: str) -> StatementRefused:
    return StatementRefused("bank-statement", f"the bank's statement cannot be read: {cause}", "fetch the file anew")
