"""Who may be paid: the insured, by name and ID number; everybody else needs a second person's approval. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from pydantic import TypeAdapter

from esign.public.values import encode_canonical


@dataclass(frozen=True)
class Payee:
    """An account and whose it is. `bank_code` is the bank's twelve digits (CNAPS)."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    bank_code: str
    account: str = field(repr=False)

    @property
    def digest(self) -> str:
        """The digest of whose account it is and which: what people approve, in hexadecimal digits."""
        told = {"name": self.name, "bank_code": self.bank_code, "account": plain_account(self.account)}
        return sha256(encode_canonical(told)).hexdigest()


def plain_account(account: str) -> str:
    """Return the number of an account without the spaces and hyphens that people write in it."""
    return "".join(one for one in account if one not in " -\u3000")


def matches(payee: Payee, name: str, id_number: str | None) -> bool:
    """Tell whether the payee is the insured: the same ID number, and the same name but for spaces."""
    if not id_number or payee.id_number.upper() != id_number.upper():
        return False
    return "".join(payee.name.split()) == "".join(name.split())


_PAYEE = TypeAdapter(Payee)


def encode_payee(payee: Payee) -> bytes:
    """Return the payee as canonical JSON, for a sealed record."""
    return encode_canonical(vars(payee))


def parse_payee(data: bytes) -> Payee:
    """Return a payee as `encode_payee` wrote it. Raises `ValueError`."""
    return _PAYEE.validate_json(data)
