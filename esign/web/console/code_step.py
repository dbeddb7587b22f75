"""The second step of a login: who gave the right password is asked for a code, and the password comes along sealed.

Nothing of a login that is not done is stored, and the password is not in the page: it is encrypted under the master
key for five minutes, bound to this browser.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from esign.infra.keystore import KeyStore
from esign.infra.secret import Secret
from esign.web.console.sealed_fields import open_field, seal_field

LIFETIME: Final = timedelta(minutes=5)
_PURPOSE: Final = "staff login, second step"


@dataclass(frozen=True)
class FirstStep:
    """What was given in the first step, and was right."""

    login: str = field(repr=False)
    password: Secret


def seal_first_step(keys: KeyStore, first: FirstStep, door: str, *, now: datetime) -> str:
    """Return the first step for a hidden field: text that only we can read, for this browser alone."""
    return seal_field(keys, _PURPOSE, [first.login, first.password.reveal(), door], until=now + LIFETIME)


def open_first_step(keys: KeyStore, ticket: str, door: str, *, now: datetime) -> FirstStep | None:
    """Return the first step; None if it is not ours, not this browser's, or too old."""
    opened = open_field(keys, _PURPOSE, ticket, now=now)
    if opened is None or opened[2] != door:
        return None
    return FirstStep(opened[0], Secret(opened[1]))
