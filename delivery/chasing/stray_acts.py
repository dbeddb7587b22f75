"""Who sees to a signed receipt that does not count, and says what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from delivery.chasing.sight import require_seen
from delivery.domain import Delivery
from delivery.domain.clocks import day_of
from delivery.domain.refusal import refusal
from delivery.domain.stray_receipt import who_sees_to
from delivery.domain.table import Owner
from delivery.reasons import ReasonKind, load_reasons
from delivery.receipts.strays import Strays
from delivery.service.deliveries import Deliveries
from esign.public.console import Caller, Role, staff_actor
from esign.public.events import retried

MAY: Final[Mapping[Owner, frozenset[Role]]] = {
    Owner.SALESPERSON: frozenset({Role.SALES, Role.SUPERVISOR, Role.OPERATIONS}),
    Owner.SUPERVISOR: frozenset({Role.SUPERVISOR, Role.OPERATIONS}),
    Owner.BRANCH: frozenset({Role.OPERATIONS}),
}
"""Who sees to one that is in these hands: the owner, and whoever oversees them."""


def may_settle(who: Caller, state: Delivery) -> bool:
    """Tell whether the caller sees to receipts that strayed from a delivery that stands so."""
    return not MAY[who_sees_to(state)].isdisjoint(who.roles)


def settle_stray(deliveries: Deliveries, who: Caller, delivery: str, stray: str, outcome: str) -> None:
    """Say what came of it. Raises `DeliveryRefused`: `no-delivery`, `no-stray-receipt`, `delivery-not-allowed`,
    `delivery-no-code`, `stray-receipt-settled`."""
    load_reasons().require(ReasonKind.STRAY, outcome, day_of(deliveries.house.clock()))

    def work(session: Session) -> None:
        require_seen(session, who, delivery)
        if not may_settle(who, deliveries.get(session, delivery)):
            raise refusal("delivery-not-allowed")
        actor = staff_actor(who.member)
        Strays(deliveries).settle(session, delivery, stray, outcome, by=who.member, actor=actor)

    retried(deliveries.house.database, work)
