"""What links a claim with earlier ones: phones, devices, accounts, addresses, cars, people, and copies of papers.

None of it is kept as it is. A link is the keyed digest of what is shared, 63 bits of it, made with a key that is not in
the database: whoever has the database alone cannot try out phone numbers, and two claims still meet in the same link.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Final, TypeAlias

from claims.risk.places import Place

KeyedDigest: TypeAlias = Callable[[bytes], bytes]
"""Returns 32 bytes or more under a key of the service."""
_BITS: Final = 2**63 - 1
MINUTE: Final = timedelta(minutes=1)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class LinkKind(StrEnum):
    """What two claims may share."""

    PHONE = "phone"
    DEVICE = "device"
    ACCOUNT = "account"
    ADDRESS = "address"
    CAR = "car"
    PLATE = "plate"
    PERSON = "person"
    RECEIPT = "receipt"
    STORY = "story"
    CERTIFICATE = "certificate"
    AGENT = "agent"
    DOCTOR = "doctor"


class LinkKeys:
    """Makes links of what claims share."""

    def __init__(self, digest: KeyedDigest) -> None:
        self._digest = digest

    def key(self, kind: LinkKind, value: str) -> int:
        """Return the link of a value, from 1 to 2**63 - 1. Spaces, hyphens, width and case make no difference.

        Raises `ValueError` if nothing of the value is left.
        """
        plain = unicodedata.normalize("NFKC", value).casefold()
        if not plain.isalnum():
            plain = "".join(one for one in plain if one.isalnum())
        if not plain:
            raise ValueError(f"nothing is left of this {kind} to look for")
        found = int.from_bytes(self._digest(f"claim {kind}\x00{plain}".encode())[:8]) & _BITS
        return found or 1


@dataclass(frozen=True, kw_only=True)
class ClaimLinks:
    """A claim as the index has it: when and where it happened, and the links that it shares with others.

    `account` is a person's, `company_account` one of somebody in trade, which is paid for many strangers. `car`,
    `insured` and `driver` are those of the claim itself; `other_cars` are those it met. What is not known yet is
    None or empty, and is added when it is.
    """

    claim: str
    occurred_at: datetime
    place: Place | None = None
    insured: int | None = None
    driver: int | None = None
    car: int | None = None
    plate: int | None = None
    other_cars: frozenset[int] = frozenset()
    phones: frozenset[int] = frozenset()
    devices: frozenset[int] = frozenset()
    addresses: frozenset[int] = frozenset()
    account: int | None = None
    company_account: int | None = None
    receipts: frozenset[int] = frozenset()
    story: int | None = None
    certificate: int | None = None
    agents: frozenset[int] = frozenset()
    doctors: frozenset[int] = frozenset()

    @cached_property
    def joining(self) -> frozenset[int]:
        """The links by which claims belong to one community: contacts and people. Doctors, papers and companies
        join strangers."""
        return self.phones | self.devices | self.addresses | _known((self.insured, self.driver, self.account))

    @cached_property
    def cars(self) -> frozenset[int]:
        """Its car and those it met: they make a community only where they meet often."""
        return self.other_cars | _known((self.car,))

    @cached_property
    def keys(self) -> frozenset[int]:
        """All its links."""
        papers = _known((self.plate, self.story, self.certificate, self.company_account))
        return self.joining | self.cars | papers | self.receipts | self.agents | self.doctors


def _known(found: Iterable[int | None]) -> frozenset[int]:
    return frozenset(one for one in found if one is not None)


def minutes_of(moment: datetime) -> int:
    """Return a moment in minutes since 1970."""
    return (moment - EPOCH) // MINUTE


def packed(links: Iterable[int]) -> bytes:
    """Return links as 8 bytes each."""
    return b"".join(one.to_bytes(8) for one in sorted(links))


def unpacked(data: bytes) -> frozenset[int]:
    """Return the links that were packed."""
    return frozenset(int.from_bytes(data[start : start + 8]) for start in range(0, len(data), 8))


def days_of(day: date) -> int:
    """Return a day in days since 1970."""
    return (day - EPOCH.date()).days


def number_of(claim: str, at: datetime) -> int:
    """Return the number under which a claim is indexed that is entered now: 41 bits of milliseconds, 22 of its digest.

    Later claims have larger numbers, and no counter is needed that two writers would wait for.
    """
    milliseconds = (at - EPOCH) // timedelta(milliseconds=1)
    return milliseconds << 22 | int.from_bytes(sha256(claim.encode()).digest()[:3]) >> 2
