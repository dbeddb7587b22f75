"""The second step of a login: who gave the right password is asked for a code, and the password comes along sealed.

Nothing of a login that is not done is stored, and the password is not in the page: it is encrypted under the master
key for five minutes, bound to this browser.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from esign.errors import EsignError
from esign.infra.encryption import new_data_key, seal, unseal
from esign.infra.keystore import KeyStore, WrappedKey
from esign.infra.secret import Secret

LIFETIME: Final = timedelta(minutes=5)
_CONTEXT: Final = "staff login, second step"
_AT_MOST: Final = 8000


@dataclass(frozen=True)
class FirstStep:
    """What was given in the first step, and was right."""

    login: str = field(repr=False)
    password: Secret


def seal_first_step(keys: KeyStore, first: FirstStep, door: str, *, now: datetime) -> str:
    """Return the first step for a hidden field: text that only we can read, for this browser alone."""
    until = int((now + LIFETIME).timestamp())
    data = json.dumps([first.login, first.password.reveal(), door, until]).encode()
    key = new_data_key()
    wrapped = keys.wrap(key, _CONTEXT.encode())
    parts = [wrapped.data, seal(key, _CONTEXT, data)]
    return ".".join([str(wrapped.master_version), *(base64.urlsafe_b64encode(part).decode("ascii") for part in parts)])


def open_first_step(keys: KeyStore, ticket: str, door: str, *, now: datetime) -> FirstStep | None:
    """Return the first step; None if it is not ours, not this browser's, or too old."""
    try:
        version, wrapped, sealed = ticket[:_AT_MOST].split(".")
        key = keys.unwrap(WrappedKey(int(version), base64.urlsafe_b64decode(wrapped)), _CONTEXT.encode())
        login, password, whose, until = json.loads(unseal(key, _CONTEXT, base64.urlsafe_b64decode(sealed)))
    except (EsignError, ValueError):
        return None
    return FirstStep(login, Secret(password)) if whose == door and now.timestamp() < until else None
