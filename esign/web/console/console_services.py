"""What the console stands on; the composition of a process chooses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from esign.api.rates import RateLimits, Rates
from esign.api.room_codes import NO_CODES, RoomCodes
from esign.api.scopes import ScopeWords
from esign.ceremony.public_events import EnvelopeEvents
from esign.desk.room import Desk, desk_over
from esign.infra.clock import Clock
from esign.infra.messages import MessageBox
from esign.infra.metrics import Metrics
from esign.retention.office import RetentionOffice
from esign.retention.room import RetentionRoom, retention_room, usual_choice
from esign.service import Service
from esign.staff.entrance import LoginLimits
from esign.staff.room import StaffDoor, StaffRoom
from esign.verifications.asked import BYTES_AT_MOST
from esign.web.forgery import Forms
from esign.webhooks.deliveries import Deliveries


@dataclass(frozen=True)
class ConsoleServices:
    """The service and the staff room behind the console, and what guards them."""

    service: Service
    room: StaffRoom
    door: StaffDoor
    invitations: LoginLimits
    rates: Rates
    forms: Forms
    metrics: Metrics
    clock: Clock
    public_url: str
    limits: RateLimits = RateLimits()
    messages: MessageBox | None = None
    """Where messages to people are read in test mode; None where they are kept nowhere."""
    verified_bytes_at_most: int = BYTES_AT_MOST
    """The size of a file that is judged."""
    retention: RetentionRoom | None = None
    """What is kept and how long; by the product's own rules where it is None."""
    sweep_erases: bool = False
    """Whether the settings let the sweep erase what two people agreed to."""
    expiries: Callable[[], Mapping[str, datetime]] = dict
    """When each certificate of ours ends, by what it is for."""
    codes: RoomCodes = NO_CODES
    """What rooms refuse, in words."""
    room_scopes: ScopeWords = field(default_factory=dict)
    """The scopes of rooms, with their words."""

    @cached_property
    def desk(self) -> Desk:
        """What the pages about envelopes ask."""
        deliveries = Deliveries(EnvelopeEvents(), self.clock)
        kept_until = self.retention_office.room.report_kept_until
        return desk_over(self.service, self.room, deliveries, self.messages, self.clock, kept_until)

    @cached_property
    def retention_office(self) -> RetentionOffice:
        """What the pages about keeping ask."""
        ports = self.service.ports
        kept = self.retention or retention_room(
            ports.database, ports.keys, ports.blobs, usual_choice(), clock=self.clock, live=ports.live
        )
        return RetentionOffice(kept, self.room, ports.database, self.clock)

    @property
    def is_secure(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def organisation(self) -> str:
        """The insurer, as the top of every page names it."""
        return self.service.ports.organisation

    @property
    def is_live(self) -> bool:
        return self.service.ports.live
