"""Keys of the API in the hands of staff: who has which, making and revoking one, with a name behind it in the trail.

Clients belong to no institution, so only members of the head office see them. A key that is made here opens no
evidence: that takes two people, and a key would be one. Whoever has the machine can make such a key there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ca.ports import Clock
from esign.api.key_trail import KeyTrail
from esign.api.keys import Client, Clients, KeyFacts, Mode, NewKey
from esign.api.models import ApiClient
from esign.api.scopes import Granted, RoomScope, Scope
from esign.infra.database import Database
from esign.staff.actors import Caller, name_of
from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import Role
from esign.staff.reach import Reach
from esign.staff.rights import present
from esign.staff.sessions import Sessions

MAKERS: Final = frozenset({Role.ADMIN})
"""Whose role lets them make keys; it is there only in a session with a second factor."""
LOOKERS: Final = frozenset({Role.ADMIN, Role.OPERATIONS})
"""Whose roles let them see keys and revoke them."""


@dataclass(frozen=True)
class Holder:
    """A client and its keys, revoked ones too, the newest first."""

    client: Client
    keys: tuple[KeyFacts, ...]


class KeyDesk:
    """Reads, makes and revokes keys. Every method raises `StaffRefused` (`not-allowed`, `session-over`)."""

    def __init__(
        self, database: Database, sessions: Sessions, clock: Clock, mode: Mode, further: Collection[RoomScope] = ()
    ) -> None:
        """`mode` is that of what is made: the service's own; `further` are the scopes of rooms."""
        self._database = database
        self._sessions = sessions
        self._clock = clock
        self._mode: Mode = mode
        self._further = tuple(further)
        self._clients = Clients(further)
        self._trail = KeyTrail()

    def scopes(self) -> Sequence[Granted]:
        """Return what a key that is made here may do."""
        left_out = {Scope.EVIDENCE_READ, Scope.EXPORTS_WRITE} | ({Scope.TEST_WRITE} if self._mode == "live" else set())
        return [*(scope for scope in Scope if scope not in left_out), *self._further]

    def sees(self, caller: Caller) -> bool:
        """Tell whether the caller sees clients: a member of the head office with such a role."""
        with self._database.reading() as session:
            return _sees(session, caller)

    def holders(self, caller: Caller) -> Sequence[Holder]:
        """Return every client with its keys."""
        with self._database.reading() as session:
            self._require(session, caller, LOOKERS)
            rows = session.scalars(select(ApiClient).order_by(ApiClient.id)).all()
            return [
                Holder(
                    Client(row.id, row.name, "live" if row.mode == "live" else "test"),
                    tuple(reversed(self._clients.list_keys(session, row.id))),
                )
                for row in rows
            ]

    def make(
        self, caller: Caller, client: str, name: str, scopes: Collection[Granted], *, expires_at: datetime | None
    ) -> NewKey:
        """Make a key of a client; its token is told this once.

        Raises `StaffRefused` (`not-allowed`) for a scope that is not made here too, and `ValueError` for a client that
        is not there, no name, no scope, or an expiry that is over.
        """
        now = self._clock()
        with self._database.transaction() as session:
            self._require(session, caller, MAKERS)
            if not set(scopes) <= set(self.scopes()):
                raise refusal("not-allowed")
            made = self._clients.create_key(session, client, name, scopes, at=now, expires_at=expires_at)
            self._trail.key_made(session, client, made.facts, actor=name_of(caller))
            return made

    def make_client(self, caller: Caller, name: str) -> Client:
        """Make a client, without a key yet. Raises `ValueError` for what is no name."""
        now = self._clock()
        with self._database.transaction() as session:
            self._require(session, caller, MAKERS)
            client = self._clients.create_client(session, name, self._mode, at=now)
            self._trail.client_made(session, client, actor=name_of(caller), at=now)
            return client

    def revoke(self, caller: Caller, client: str, key: str) -> None:
        """Revoke a key, for good. Raises `ApiError` (`no-key`)."""
        now = self._clock()
        with self._database.transaction() as session:
            self._require(session, caller, LOOKERS)
            _facts, was_good = self._clients.revoke_key(session, client, key, at=now)
            if was_good:
                self._trail.key_revoked(session, client, key, actor=name_of(caller), at=now)

    def _require(self, session: Session, caller: Caller, roles: frozenset[Role]) -> None:
        now = present(session, self._sessions, caller)
        if roles.isdisjoint(now.roles) or not _sees(session, now):
            raise refusal("not-allowed")


def _sees(session: Session, caller: Caller) -> bool:
    return not LOOKERS.isdisjoint(caller.roles) and Reach.of(session, caller).unowned
