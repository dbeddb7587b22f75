"""What the console stands on; the composition of a process chooses it."""

from __future__ import annotations

from dataclasses import dataclass

from esign.api.rates import Allowance, RateLimits, Rates, address_subject
from esign.infra.clock import Clock
from esign.infra.keystore import KeyStore
from esign.infra.metrics import Metrics
from esign.service import Service
from esign.staff.entrance import LoginLimits
from esign.staff.room import StaffDoor, StaffRoom
from esign.web.forgery import Forms


@dataclass(frozen=True)
class ConsoleServices:
    """The service and the staff room behind the console, and what guards them."""

    service: Service
    room: StaffRoom
    door: StaffDoor
    logins: LoginLimits
    rates: Rates
    forms: Forms
    metrics: Metrics
    clock: Clock
    public_url: str
    limits: RateLimits = RateLimits()

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


@dataclass(frozen=True)
class LoginsByAddress:
    """The limit of logins from one address (`esign.staff.entrance.LoginLimits`), counted across processes."""

    rates: Rates
    keys: KeyStore
    allowance: Allowance = Allowance("login", 30, minutes=15)

    def lets_pass(self, address: str) -> bool:
        """Count a try from the address; tell whether it may go on."""
        return self.rates.take(self.allowance, address_subject(self.keys, address)).allowed
