"""The receipt is heard: from the day after the customer signed for the contract, the hesitation period runs.

Another room delivers contracts and records `delivery.received`; nothing of that room is imported, so its event is read
as what it is, a stranger's. It names a proposal and a policy of ours. A receipt of somebody else's policy, by somebody
else than the applicant, or of a policy that has ended, changes nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session

from esign.public.events import Event, plain_payload
from esign.public.work import log_for
from policy.domain import commands as c
from policy.domain.values import ENDS
from policy.errors import PolicyDataBroken
from policy.models import ProposalRow
from policy.service.office import ACTOR, Office

RECEIVED: Final = "delivery.received"
APPLICANT: Final = "applicant"

_log = log_for(__name__)


class _Receipt(BaseModel):
    """The members that are read; a later version of the other room may have more."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    proposal: str = Field(pattern=r"^[a-z]{2,8}_[0-9A-Za-z_-]{1,64}$")
    policy: str = Field(pattern=r"^[0-9A-Za-z-]{1,40}$")
    received_on: date
    signed_by: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    way: Literal["self", "assisted", "paper"]
    receipt: str = Field(pattern=r"^[0-9a-f]{64}$")


class Receipts:
    """Takes down that contracts of ours were received."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def take_down(self, session: Session, event: Event) -> None:
        """Record the receipt; the same one again changes nothing.

        Raises `PolicyDataBroken` (`receipt-malformed`), and `PolicyRefused` for a day that cannot be.
        """
        told = _read(event)
        row = session.get(ProposalRow, told.proposal)
        if row is None or row.policy != told.policy:
            _passed_over(event, "receipt-not-ours")
            return
        if told.signed_by != APPLICANT:
            _passed_over(event, "receipt-by-other")
            return
        if self._office.get(session, told.proposal).state in ENDS:
            _passed_over(event, "receipt-after-end")
            return
        command = c.RecordReceived(at=event.time, received_on=told.received_on)
        self._office.execute(session, told.proposal, command, actor=ACTOR)


def _read(event: Event) -> _Receipt:
    try:
        return _Receipt.model_validate(plain_payload(event))
    except ValidationError as error:
        wrong = ", ".join(sorted({str(one["loc"][0]) for one in error.errors(include_input=False) if one["loc"]}))
        raise PolicyDataBroken(
            "receipt-malformed",
            f"the event {event.id} is no receipt that this build can read: {wrong}",
            "use a build that knows its form, or have the receipt recorded anew",
        ) from error


def _passed_over(event: Event, code: str) -> None:
    _log.warning("a receipt is passed over", record=event.id, code=code)
