"""What the API is built from; the composition root chooses each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from esign.api.rates import RateLimits
from esign.api.room_codes import NO_CODES, RoomCodes
from esign.api.scopes import ScopeWords
from esign.infra.clock import Clock
from esign.infra.database import Database
from esign.infra.keystore import KeyStore
from esign.infra.metrics import Metrics
from esign.infra.secret import Secret


@dataclass(frozen=True)
class ApiServices:
    """`clock` is the system's: keys, limits and repeated requests follow it also where a test mode clock is moved.

    `ready` are more checks of `/readyz`, each raising an `EsignError` whose code is told. `metrics_token` opens
    `/metrics`; without one there is no such page.
    """

    database: Database
    keys: KeyStore
    clock: Clock
    metrics: Metrics
    public_url: str
    mode: Literal["test", "live"]
    limits: RateLimits = RateLimits()
    metrics_token: Secret | None = None
    ready: tuple[Callable[[], None], ...] = ()
    strict_transport: bool = False
    """Whether browsers are to insist on HTTPS from now on (RFC 6797)."""
    codes: RoomCodes = NO_CODES
    """What rooms refuse, in words."""
    scopes: ScopeWords = field(default_factory=dict)
    """The scopes of rooms, with their words."""
