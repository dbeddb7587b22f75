"""Passwords: Argon2id (RFC 9106), which parameters, what may be one, and checking in the same time for everybody."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from dataclasses import dataclass
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from argon2.low_level import Type

from esign.infra.secret import Secret
from esign.staff.common_passwords import is_common
from esign.staff.domain.refusal import refusal

LENGTH_AT_LEAST: Final = 12
LENGTH_AT_MOST: Final = 128
_AT_ONCE: Final = 2


@dataclass(frozen=True)
class HashCost:
    """What a hash costs: passes over the memory, KiB of it, lanes. A login under another cost is hashed anew."""

    passes: int = 3
    memory: int = 32 * 1024
    lanes: int = 1


class Passwords:
    """Hashes and checks. Safe to share between threads; at most two hash at once, so that memory stays bounded."""

    def __init__(self, cost: HashCost | None = None) -> None:
        chosen = cost or HashCost()
        self._hasher = PasswordHasher(
            time_cost=chosen.passes, memory_cost=chosen.memory, parallelism=chosen.lanes, type=Type.ID
        )
        self._turns = threading.BoundedSemaphore(_AT_ONCE)
        self._nobodys = self.hashed(Secret(secrets.token_urlsafe(32)))

    def hashed(self, password: Secret) -> Secret:
        """Return the hash, with its parameters and salt, in the PHC string format."""
        with self._turns:
            return Secret(self._hasher.hash(_plain(password)))

    def check(self, stored: Secret | None, password: Secret) -> bool:
        """Tell whether the hash is of this password. None, where there is no hash, takes as long and is False."""
        with self._turns:
            try:
                self._hasher.verify((stored or self._nobodys).reveal(), _plain(password))
            except VerifyMismatchError:
                return False
        return stored is not None

    def is_outdated(self, stored: Secret) -> bool:
        """Tell whether the hash was made at another cost than today's."""
        return self._hasher.check_needs_rehash(stored.reveal())


def require_good(password: Secret, login: str) -> None:
    """Raise `StaffRefused` unless it may be a password: `password-short`, `password-long`, `password-common`,
    `password-names-login`."""
    plain = _plain(password)
    if len(plain) < LENGTH_AT_LEAST:
        raise refusal("password-short")
    if len(plain) > LENGTH_AT_MOST:
        raise refusal("password-long")
    if len(plain.casefold().replace(login.casefold(), "")) < LENGTH_AT_LEAST:  # a short name may be part of a word
        raise refusal("password-names-login")
    if is_common(plain):
        raise refusal("password-common")


def _plain(password: Secret) -> str:
    """Return the password in the form in which it is counted and hashed: the same whatever keyboard it came from."""
    # A lone surrogate has no UTF-8, and whatever text somebody sends is hashed.
    text = password.reveal().encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return unicodedata.normalize("NFKC", text[: LENGTH_AT_MOST * 4])  # more is refused as too long in any case
