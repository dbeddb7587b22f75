"""Who calls: `Authorization: Bearer`, with a key of the API or the token of a ceremony's session."""

from __future__ import annotations

import hashlib
import threading
from datetime import datetime, timedelta
from typing import Final, Literal

from esign.api.call import Caller, ClientCaller, RecipientCaller
from esign.api.errors import ApiError
from esign.api.keys import Clients, looks_like_key
from esign.api.scopes import Access, Door
from esign.ceremony.tokens import Tokens
from esign.infra.clock import Clock
from esign.infra.database import Database

REMEMBERED: Final = timedelta(seconds=5)
"""How long a verified key is believed without asking the database, so how long one that was revoked still works."""
_KEYS_AT_MOST: Final = 4096
_BEARER: Final = "bearer "
_TOKEN_AT_MOST: Final = 200


class VerifiedKeys:
    """Verifies keys, and remembers those that were right for a few seconds. Safe to share between threads.

    What is remembered is the digest of the token, never the token. An expiry holds to the moment; a revocation takes
    effect within `REMEMBERED` in every process.
    """

    def __init__(self, database: Database, clients: Clients, clock: Clock) -> None:
        self._database = database
        self._clients = clients
        self._clock = clock
        self._guard = threading.Lock()
        self._known: dict[bytes, tuple[ClientCaller, datetime]] = {}

    def verify(self, token: str) -> ClientCaller | None:
        """Return who holds the key, or None."""
        if not looks_like_key(token):
            return None
        now, digest = self._clock(), hashlib.sha256(token.encode("ascii")).digest()
        with self._guard:
            found = self._known.get(digest)
        if found is not None and found[1] > now >= found[1] - REMEMBERED:
            caller = found[0]
            return caller if caller.expires_at is None or caller.expires_at > now else None
        with self._database.reading() as session:
            verified = self._clients.verify(session, token, at=now)
        with self._guard:
            self._known.pop(digest, None)
            if verified is not None:
                if len(self._known) >= _KEYS_AT_MOST:
                    self._known.clear()
                self._known[digest] = (verified, now + REMEMBERED)
        return verified


class Authentication:
    """Tells who calls an operation, and refuses whoever may not."""

    def __init__(self, keys: VerifiedKeys, tokens: Tokens, mode: Literal["test", "live"]) -> None:
        self._keys = keys
        self._tokens = tokens
        self._mode = mode

    def caller(self, access: Access, authorization: str | None) -> Caller | None:
        """Return who calls; None at a public operation. Raises `ApiError` with status 401 or 403.

        A public operation does not look at credentials. Whether a session is still that of the recipient's device,
        and whether the recipient may see what is asked for, is the ceremony's to say.
        """
        if access is Door.PUBLIC:
            return None
        token = _bearer(authorization)
        if access is Door.SESSION:
            session = self._tokens.read_session(token)
            if session is None or session.in_browser:  # what began at the pages goes on there
                raise ApiError("session-refused")
            return RecipientCaller(session.recipient, session.device, token)
        caller = self._keys.verify(token)
        if caller is None:
            raise ApiError("credentials-refused")
        if caller.mode != self._mode:
            raise ApiError("mode-refused")
        return caller


def require_scope(caller: Caller | None, access: Access) -> None:
    """Raise `ApiError` (`scope-missing`) if the operation needs a scope that the key lacks."""
    if not isinstance(access, Door) and not (isinstance(caller, ClientCaller) and access in caller.scopes):
        raise ApiError("scope-missing")


def _bearer(authorization: str | None) -> str:
    if not authorization or len(authorization) > _TOKEN_AT_MOST or not authorization.isascii():
        raise ApiError("credentials-missing" if not authorization else "credentials-refused")
    if not authorization.lower().startswith(_BEARER):
        raise ApiError("credentials-missing")
    return authorization[len(_BEARER) :].strip()
