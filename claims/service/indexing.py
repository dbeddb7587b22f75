"""Earlier claims are kept findable: entered when they are reported and when a payee is named, told how they ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.domain import events as e
from claims.domain.event import Event
from claims.domain.values import ClaimState
from claims.loss_report import LossReport
from claims.motor_policy import MotorPolicy
from claims.payment.payees import Payee
from claims.risk.graph import EndedAs
from claims.risk.index import ClaimIndex
from claims.risk.links import ClaimLinks
from claims.risk.room_part import link_keys
from claims.service.linking import links_of
from esign.public.events import Change
from esign.public.house import House
from esign.public.rows import gather

FRAUD: Final = "fraud"
"""The reason of a refusal by which a person says that the claim was made up."""
_ENDS: Final[Mapping[ClaimState, EndedAs]] = {
    ClaimState.CLOSED: EndedAs.PAID,
    ClaimState.REFUSED: EndedAs.REFUSED,
    ClaimState.WITHDRAWN: EndedAs.WITHDRAWN,
}


def enter(
    session: Session,
    house: House,
    claim: str,
    report: LossReport,
    policy: MotorPolicy,
    *,
    at: datetime,
    payee: Payee | None = None,
) -> None:
    """Enter a claim with the links that are known of it; again, with what is known beside: in a step about many claims
    all of them together. Nobody else may enter the same claim at once: hold its stream."""
    gather(session, _enter, [(links_of(link_keys(house), claim, report, policy, payee), at)])


def _enter(session: Session, claims: Sequence[tuple[ClaimLinks, datetime]]) -> None:
    ClaimIndex(session).enter_many(claims)


def enter_many(
    session: Session, house: House, reported: Sequence[tuple[str, LossReport, MotorPolicy, datetime]]
) -> None:
    """Enter many claims that were just reported, each by its id, report, policy and the moment."""
    keys = link_keys(house)
    ClaimIndex(session).enter_new(
        [(links_of(keys, claim, report, policy), at) for claim, report, policy, at in reported]
    )


def tell_end(session: Session, change: Change[Claim | None, Event]) -> None:
    """Take down how a claim ended, or that it goes on again. What was joined is the other's, and goes."""
    before, after = change.before, change.after
    if before is None or after is None or before.state is after.state or not (before.ended or after.ended):
        return
    index = ClaimIndex(session)
    if after.state is ClaimState.JOINED:
        index.forget(change.stream)
        return
    refused = (one for one in change.events if isinstance(one, e.RefusalDecided))
    fraud = any(FRAUD in one.reasons for one in refused)
    index.tell_end(change.stream, EndedAs.FRAUD if fraud else _ENDS.get(after.state, EndedAs.OPEN))
