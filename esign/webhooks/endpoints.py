"""Endpoints: where a client wants to be told, of what, and the secrets that it knows us by.

Address and secrets are sealed under the data key of the endpoint's id: an address may hold a token of the client's,
and whoever has a secret can tell it what they like. Everything here is done for one client, whose endpoints are the
only ones that it finds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from esign.infra.columns import canonical_json
from esign.infra.database import JsonValue
from esign.infra.encryption import seal, unseal
from esign.infra.ids import new_id
from esign.infra.outgoing_rules import AddressRefused, OutgoingRules, is_open
from esign.infra.personal_records import DataKeys
from esign.infra.secret import Secret
from esign.webhooks.errors import WebhookError
from esign.webhooks.models import WebhookEndpoint
from esign.webhooks.signature import new_secret

ENDPOINTS_AT_MOST: Final = 20
TYPES_AT_MOST: Final = 100
EVERY_TYPE: Final = "*"
OVERLAP: Final = timedelta(hours=24)
"""How long a replaced secret still signs beside the new one."""
SECRETS_AT_MOST: Final = 3

DisabledBecause = Literal["by-client", "gone", "failing"]

_NUMERIC_HOST: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)|.*:.*")  # ends in a number, as inet_aton reads it


@dataclass(frozen=True)
class Endpoint:
    """An endpoint as its client sees it. `event_types` is `("*",)` for every type there is or will be.

    `failing_since` is the first failure that no success has followed yet. `disabled_because`: `by-client`, `gone` (it
    answered 410), `failing` (nothing but failures for days).
    """

    id: str
    client: str
    url: str
    event_types: tuple[str, ...]
    created_at: datetime
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_because: DisabledBecause | None


@dataclass(frozen=True)
class Target:
    """Where a message goes and which secrets sign it, the newest first."""

    url: str
    secrets: tuple[Secret, ...]


@dataclass(frozen=True)
class _KeptSecret:
    """A secret; `until` when it signs if it was replaced."""

    secret: Secret
    until: datetime | None


class Endpoints:
    """Registers, changes and finds endpoints, in the caller's transaction.

    `known_types` are the event types that anybody outside is told of. Every method that names an endpoint raises
    `WebhookError` (`webhook-endpoint-missing`) where this client has none of that id.
    """

    def __init__(
        self,
        keys: DataKeys,
        rules: OutgoingRules,
        known_types: Collection[str],
        *,
        make_secret: Callable[[], Secret] = new_secret,
    ) -> None:
        self._keys = keys
        self._rules = rules
        self._known_types = frozenset(known_types)
        self._make_secret = make_secret

    def register(
        self, session: Session, client: str, url: str, event_types: Sequence[str], now: datetime
    ) -> tuple[Endpoint, Secret]:
        """Return the new endpoint and its secret, which is not shown again.

        Raises `WebhookError`: `webhook-url`, `webhook-event-types`, `webhook-endpoints-at-most`.
        """
        self._refuse_url(url)
        types = self._checked_types(event_types)
        # Locked first and counted then, so that two registrations at once do not both find the last place free.
        session.scalars(select(WebhookEndpoint.id).where(WebhookEndpoint.client == client).with_for_update()).all()
        there = session.scalar(select(func.count()).where(WebhookEndpoint.client == client)) or 0
        if there >= ENDPOINTS_AT_MOST:
            raise WebhookError(
                "webhook-endpoints-at-most",
                f"there are {there} endpoints, and a client has {ENDPOINTS_AT_MOST} at most",
                "delete one that is not needed",
            )
        endpoint_id, secret = new_id("whe", now), self._make_secret()
        key = self._keys.new(session, endpoint_id)
        row = WebhookEndpoint(
            id=endpoint_id,
            client=client,
            sealed=seal(key, endpoint_id, _written(url, [_KeptSecret(secret, None)])),
            event_types=types,
            created_at=now,
        )
        session.add(row)
        session.flush()
        return _seen(row, url), secret

    def get(self, session: Session, client: str, endpoint_id: str) -> Endpoint:
        """Return the client's endpoint."""
        row = _own(session, client, endpoint_id)
        return _seen(row, self._opened(session, row)[0])

    def list_endpoints(self, session: Session, client: str) -> tuple[Endpoint, ...]:
        """Return the client's endpoints, in the order in which they were registered."""
        rows = session.scalars(
            select(WebhookEndpoint).where(WebhookEndpoint.client == client).order_by(WebhookEndpoint.id)
        )
        return tuple(_seen(row, self._opened(session, row)[0]) for row in rows.all())

    def update(
        self,
        session: Session,
        client: str,
        endpoint_id: str,
        *,
        url: str | None = None,
        event_types: Sequence[str] | None = None,
    ) -> Endpoint:
        """Change what is given and return the endpoint. What waits goes to the new address.

        Raises `WebhookError`: `webhook-url`, `webhook-event-types`.
        """
        row = _own(session, client, endpoint_id, to_change=True)
        kept_url, kept = self._opened(session, row)
        if event_types is not None:
            row.event_types = self._checked_types(event_types)
        if url is not None:
            self._refuse_url(url)
            self._seal(session, row, url, kept)
            row.failing_since = None
        session.flush()
        return _seen(row, url or kept_url)

    def rotate_secret(
        self, session: Session, client: str, endpoint_id: str, now: datetime, *, overlap: timedelta = OVERLAP
    ) -> Secret:
        """Return a new secret, not shown again. The one before signs beside it until the overlap has passed."""
        row = _own(session, client, endpoint_id, to_change=True)
        url, kept = self._opened(session, row)
        secret = self._make_secret()
        older = [_KeptSecret(one.secret, one.until or now + overlap) for one in kept]
        living = [one for one in older if one.until is not None and one.until > now]
        self._seal(session, row, url, [_KeptSecret(secret, None), *living[: SECRETS_AT_MOST - 1]])
        session.flush()
        return secret

    def disable(self, session: Session, client: str, endpoint_id: str, now: datetime) -> Endpoint:
        """Tell the endpoint nothing until it is enabled: what waits goes on waiting, what happens is not kept for it.

        Doing it again changes nothing.
        """
        row = _own(session, client, endpoint_id, to_change=True)
        if row.disabled_at is None:
            row.disabled_at, row.disabled_because = now, "by-client"
            session.flush()
        return _seen(row, self._opened(session, row)[0])

    def enable(self, session: Session, client: str, endpoint_id: str) -> Endpoint:
        """Tell the endpoint again, of what waits too. Its failures until now no longer count."""
        row = _own(session, client, endpoint_id, to_change=True)
        row.disabled_at = row.disabled_because = row.failing_since = None
        session.flush()
        return _seen(row, self._opened(session, row)[0])

    def delete(self, session: Session, client: str, endpoint_id: str, now: datetime) -> None:
        """Delete the endpoint with its deliveries, and the key of its address and secrets."""
        session.delete(_own(session, client, endpoint_id, to_change=True))
        session.flush()
        self._keys.erase(session, endpoint_id, at=now)

    def target(self, session: Session, row: WebhookEndpoint, now: datetime) -> Target:
        """Return where messages for the endpoint go, and the secrets that sign at this time."""
        url, kept = self._opened(session, row)
        return Target(url, tuple(one.secret for one in kept if one.until is None or one.until > now))

    def _refuse_url(self, url: str) -> None:
        try:
            destination = self._rules.destination(url)
        except AddressRefused as error:
            raise _bad_url(error.reason) from error
        if "#" in url:
            raise _bad_url("has a fragment")
        if self._rules.lists(destination):
            return
        if not destination.is_https:
            raise _bad_url("is not https")
        # A name is judged by what it leads to, whenever something is sent. A number can be judged now.
        if _NUMERIC_HOST.fullmatch(destination.host) and not is_open(destination.host):
            raise _bad_url("leads to a network that outgoing requests may not reach")

    def _checked_types(self, event_types: Sequence[str]) -> list[str]:
        if list(event_types) == [EVERY_TYPE]:
            return [EVERY_TYPE]
        chosen = sorted(set(event_types))
        if not chosen or len(event_types) > TYPES_AT_MOST or not self._known_types.issuperset(chosen):
            raise WebhookError(
                "webhook-event-types",
                "the event types are none, too many, or not ones that anybody is told of",
                'name types from the documentation, or "*" alone for all of them',
            )
        return chosen

    def _opened(self, session: Session, row: WebhookEndpoint) -> tuple[str, Sequence[_KeptSecret]]:
        return _read(unseal(self._keys.get(session, row.id), row.id, row.sealed))

    def _seal(self, session: Session, row: WebhookEndpoint, url: str, kept: Sequence[_KeptSecret]) -> None:
        row.sealed = seal(self._keys.get(session, row.id), row.id, _written(url, kept))


def _own(session: Session, client: str, endpoint_id: str, *, to_change: bool = False) -> WebhookEndpoint:
    chosen = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id, WebhookEndpoint.client == client)
    if to_change:
        chosen = chosen.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(chosen).one_or_none()
    if row is None:
        raise WebhookError("webhook-endpoint-missing", "there is no such endpoint", "check the id")
    return row


def _seen(row: WebhookEndpoint, url: str) -> Endpoint:
    return Endpoint(
        id=row.id,
        client=row.client,
        url=url,
        event_types=tuple(cast("list[str]", row.event_types)),
        created_at=row.created_at,
        failing_since=row.failing_since,
        disabled_at=row.disabled_at,
        disabled_because=cast("DisabledBecause | None", row.disabled_because),
    )


def _written(url: str, kept: Sequence[_KeptSecret]) -> bytes:
    told: list[JsonValue] = [
        {"secret": one.secret.reveal(), "until": one.until.isoformat() if one.until else None} for one in kept
    ]
    return canonical_json({"url": url, "secrets": told})


def _read(data: bytes) -> tuple[str, list[_KeptSecret]]:
    parsed = json.loads(data)
    return parsed["url"], [
        _KeptSecret(Secret(one["secret"]), datetime.fromisoformat(one["until"]) if one["until"] else None)
        for one in parsed["secrets"]
    ]


def _bad_url(reason: str) -> WebhookError:
    return WebhookError(
        "webhook-url",
        f"the address of the endpoint {reason}",
        "give an https address that is reached from the internet, or have the operator list it in webhooks.allow",
    )
