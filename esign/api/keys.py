"""Keys of the API: `esk_test_<id>.<secret>`, and the clients that have them.

The secret is 256 random bits, shown once. What is kept is its SHA-256: a guess at 256 bits needs no slow hash to be
hopeless, and a stolen table opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.api.call import ClientCaller
from esign.api.errors import ApiError
from esign.api.models import ApiClient, ApiKey
from esign.api.scopes import Granted, RoomScope, Scope
from esign.infra.ids import new_id
from esign.infra.secret import Secret

Mode = Literal["test", "live"]

_SECRET_BYTES: Final = 32
_TOKEN: Final = re.compile(r"esk_(test|live)_([0-9a-z]{26})\.([A-Za-z0-9_-]{43})")
_NO_DIGEST: Final = bytes(32)


@dataclass(frozen=True)
class Client:
    """A program that calls the API."""

    id: str
    name: str
    mode: Mode


@dataclass(frozen=True)
class KeyFacts:
    """What is known of a key, without its secret."""

    id: str
    name: str
    scopes: frozenset[Granted]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class NewKey:
    """A key in the one moment in which its token can be told."""

    facts: KeyFacts
    token: Secret


class Clients:
    """Makes clients and keys, in the caller's transaction."""

    def __init__(self, further: Collection[RoomScope] = ()) -> None:
        """`further` are the scopes of rooms, beside the service's own."""
        self._further = tuple(further)

    def create_client(self, session: Session, name: str, mode: Mode, *, at: datetime) -> Client:
        """Make a client. All that it makes has its mode, for ever."""
        row = ApiClient(id=new_id("cli", at), name=_plain_name(name), mode=mode, created_at=at)
        session.add(row)
        session.flush()
        return Client(row.id, row.name, mode)

    def create_key(
        self,
        session: Session,
        client: str,
        name: str,
        scopes: Collection[Granted],
        *,
        at: datetime,
        expires_at: datetime | None = None,
        within: Collection[Granted] | None = None,
    ) -> NewKey:
        """Make a key of the client. `within`: the scopes of whoever asks, beyond which none can be granted.

        Raises `ApiError` (`scope-beyond-own`), `ValueError` for no scope, an unknown client, or an expiry that is over.
        """
        owner = session.get(ApiClient, client)
        if owner is None or not scopes or (expires_at is not None and expires_at <= at):
            raise ValueError("a key has a client, a scope or more, and an expiry that is to come or none")
        if within is not None and not set(scopes) <= set(within):
            raise ApiError("scope-beyond-own")
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        row = ApiKey(
            id=new_id("key", at),
            client=client,
            name=_plain_name(name),
            digest=_digest(secret),
            scopes=sorted(scopes),
            created_at=at,
            expires_at=expires_at,
            revoked_at=None,
        )
        session.add(row)
        session.flush()
        number = row.id.removeprefix("key_")
        return NewKey(self._facts(row), Secret(f"esk_{owner.mode}_{number}.{secret}"))

    def list_keys(self, session: Session, client: str, *, after: str = "", at_most: int = 200) -> Sequence[KeyFacts]:
        """Return the client's keys, revoked ones too, oldest first."""
        rows = session.scalars(
            select(ApiKey).where(ApiKey.client == client, ApiKey.id > after).order_by(ApiKey.id).limit(at_most)
        )
        return [self._facts(row) for row in rows]

    def revoke_key(self, session: Session, client: str, key: str, *, at: datetime) -> tuple[KeyFacts, bool]:
        """Revoke a key; return it, and whether it was good until now. Raises `ApiError` (`no-key`) if the client has
        no such key.

        Processes that verified the key a moment ago take it for as long as `VerifiedKeys` remembers.
        """
        row = session.get(ApiKey, key, with_for_update=True)
        if row is None or row.client != client:
            raise ApiError("no-key")
        was_good = row.revoked_at is None
        row.revoked_at = row.revoked_at or at
        session.flush()
        return self._facts(row), was_good

    def verify(self, session: Session, token: str, *, at: datetime) -> ClientCaller | None:
        """Return who holds the key, or None if it is unknown, revoked or expired."""
        parts = _TOKEN.fullmatch(token)
        if parts is None:
            return None
        mode, number, secret = parts.groups()
        row = session.get(ApiKey, f"key_{number}")
        # Compared in any case, so that the time taken does not tell whether there is such a key.
        same = hmac.compare_digest(row.digest if row is not None else _NO_DIGEST, _digest(secret))
        if row is None or not same or row.revoked_at is not None or _is_over(row.expires_at, at):
            return None
        owner = session.get_one(ApiClient, row.client)
        if owner.mode != mode:
            return None
        return ClientCaller(owner.id, row.id, cast(Mode, mode), _scopes(row, self._further), row.expires_at)

    def _facts(self, row: ApiKey) -> KeyFacts:
        scopes = _scopes(row, self._further)
        return KeyFacts(row.id, row.name, scopes, row.created_at, row.expires_at, row.revoked_at)


def looks_like_key(token: str) -> bool:
    """Tell whether the text has the form of a key."""
    return _TOKEN.fullmatch(token) is not None


def _is_over(expires_at: datetime | None, at: datetime) -> bool:
    return expires_at is not None and expires_at <= at


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("ascii")).digest()


def _scopes(row: ApiKey, further: Collection[RoomScope]) -> frozenset[Granted]:
    """Return the key's scopes. One that this version does not know opens nothing, so it is left out."""
    kept = {str(scope) for scope in cast(Sequence[object], row.scopes)}
    return frozenset(scope for scope in (*Scope, *further) if scope in kept)


def _plain_name(name: str) -> str:
    plain = name.strip()
    if not 0 < len(plain) <= 120 or not plain.isprintable():
        raise ValueError("a name has 1 to 120 printable characters")
    return plain
