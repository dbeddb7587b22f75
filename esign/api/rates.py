"""Rate limits that hold across processes: a process takes a part of a window's allowance and spends it in memory.

The table says how much of a window was asked for; what is beyond the allowance was not handed out, so the sum of what
all processes let pass is never more either. What a process took and did not spend is lost to the others until the
window ends: with n processes, refusals may begin n - 1 parts (a tenth each) early. That is the price of not asking the
database for every request.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Final

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from esign.api.errors import ApiError
from esign.api.models import RateLease
from esign.infra.clock import Clock
from esign.infra.database import Database
from esign.infra.keystore import KeyStore
from esign.infra.statements import rows_changed

_PARTS: Final = 10
_SUBJECTS_AT_MOST: Final = 20_000
_MINUTE: Final = 60
_DAY: Final = 24 * 60
LASTING: Final = "lasting/"
LONGEST: Final = timedelta(days=31)
"""No window is longer."""
_LEASE: Final = text(
    "INSERT INTO rate_leases (subject, window_start, granted) VALUES (:subject, :window, :part) "
    "ON CONFLICT (subject, window_start) DO UPDATE SET granted = rate_leases.granted + excluded.granted "
    "RETURNING granted"
)


@dataclass(frozen=True)
class Allowance:
    """So many requests in each window of so many minutes. Windows begin at whole multiples of their length."""

    name: str
    limit: int
    minutes: int = 1

    def __post_init__(self) -> None:
        if self.limit < 1 or not 1 <= self.minutes <= LONGEST // timedelta(minutes=1):
            raise ValueError("an allowance is one request or more in a minute or more, up to a month")

    @property
    def lease(self) -> str:
        """What begins the names of its leases: those of windows that are longer than a day are kept as long."""
        return f"{LASTING}{self.name}" if self.minutes > _DAY else self.name

    @property
    def part(self) -> int:
        """How many requests a process takes at once."""
        return max(1, self.limit // _PARTS)


@dataclass(frozen=True)
class RateLimits:
    """What each kind of caller may do."""

    key: Allowance = Allowance("key", 600)
    recipient: Allowance = Allowance("recipient", 240)
    address: Allowance = Allowance("address", 600)
    refused: Allowance = Allowance("refused", 60)
    """Refused credentials from one address: guessing is hopeless, but each guess asks the database."""
    staff: Allowance = Allowance("staff", 600)
    """What somebody asks for in one session of staff: an office has one address, and is not one caller."""
    asking: Allowance = Allowance("asking", 600)
    """What the pages of one session of staff ask for by themselves: it takes nothing from what a person does there."""


@dataclass(frozen=True)
class Standing:
    """Where a caller stands after a request: at most `remaining` more until the window ends in `reset` seconds."""

    allowance: Allowance
    allowed: bool
    remaining: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        """The header fields of draft-ietf-httpapi-ratelimit-headers-10, clauses 3 and 4."""
        allowance = self.allowance
        return {
            "RateLimit-Policy": f'"{allowance.name}";q={allowance.limit};w={allowance.minutes * _MINUTE}',
            "RateLimit": f'"{allowance.name}";r={self.remaining};t={self.reset}',
        }


class _Share:
    """What this process still has of one subject's window."""

    __slots__ = ("granted", "guard", "left", "window")

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.window = -1
        self.left = 0
        self.granted = 0


class Rates:
    """Counts requests. Safe to share between threads; each process has its own, over one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._guard = threading.Lock()
        self._shares: dict[str, _Share] = {}

    def take(self, allowance: Allowance, subject: str) -> Standing:
        """Count one request of the subject, at most 100 characters; return whether it may pass."""
        now = int(self._clock().timestamp())
        minute = now // _MINUTE
        window = minute - minute % allowance.minutes
        name = f"{allowance.lease}:{subject}"
        share = self._share(name, window)
        with share.guard:
            # A thread that read the clock just before the window ended spends from the next one, which has begun. A
            # clock that was set back further goes back to the lease of that time.
            if not window <= share.window <= window + allowance.minutes:
                share.window, share.left, share.granted = window, 0, 0
            if share.left == 0 and share.granted < allowance.limit:
                share.left, share.granted = self._lease(name, share.window, allowance)
            allowed = share.left > 0
            if allowed:
                share.left -= 1
            remaining = share.left + max(0, allowance.limit - share.granted)
            reset = max(1, (share.window + allowance.minutes) * _MINUTE - now)
        return Standing(allowance, allowed, remaining, reset)

    def give_back(self, allowance: Allowance, subject: str) -> None:
        """Let a request that passed in this process count for nothing, if its window is not over."""
        minute = int(self._clock().timestamp()) // _MINUTE
        window = minute - minute % allowance.minutes
        share = self._share(f"{allowance.lease}:{subject}", window)
        with share.guard:
            if share.window == window:
                share.left = min(share.left + 1, share.granted)

    def require(self, allowance: Allowance, subject: str) -> Standing:
        """Count one request. Raises `TooManyRequests`."""
        standing = self.take(allowance, subject)
        if not standing.allowed:
            raise TooManyRequests(standing)
        return standing

    def forget_old(self, session: Session, now: datetime, *, older_than: timedelta = timedelta(hours=25)) -> int:
        """Delete leases of windows that are over; return how many."""
        before, long_before = (int((now - age).timestamp()) // _MINUTE for age in (older_than, LONGEST))
        over = RateLease.window < before
        over &= RateLease.subject.not_like(f"{LASTING}%") | (RateLease.window < long_before)
        gone = session.execute(delete(RateLease).where(over).execution_options(synchronize_session=False))
        return rows_changed(gone)

    def _share(self, name: str, window: int) -> _Share:
        with self._guard:
            share = self._shares.get(name)
            if share is None:
                if len(self._shares) >= _SUBJECTS_AT_MOST:
                    # What is dropped was leased and is not spent: fewer requests pass, never more.
                    self._shares = {known: one for known, one in self._shares.items() if one.window >= window}
                    if len(self._shares) >= _SUBJECTS_AT_MOST:
                        self._shares.clear()
                share = self._shares[name] = _Share()
            return share

    def _lease(self, subject: str, window: int, allowance: Allowance) -> tuple[int, int]:
        """Take the next part of the window; return how much it is and how much was handed out to all by now."""
        with self._database.transaction() as session:
            asked_for: int = session.execute(
                _LEASE, {"subject": subject, "window": window, "part": allowance.part}
            ).scalar_one()
        before = asked_for - allowance.part
        return max(0, min(allowance.part, allowance.limit - before)), min(asked_for, allowance.limit)


class TooManyRequests(ApiError):
    """The caller's allowance is used up until its window ends."""

    def __init__(self, standing: Standing) -> None:
        super().__init__("too-many-requests", retry_after=standing.reset)
        self.standing = standing


def address_subject(keys: KeyStore, address: str) -> str:
    """Return how an address is named in the table: a keyed digest, of the /64 for IPv6, for one host has all of it."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        network = b"none"
    else:
        mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
        packed = (mapped or parsed).packed
        network = packed[:8] if len(packed) == 16 else packed
    return hashlib.sha256(keys.token_digest("rate limit address", network)).hexdigest()[:32]
