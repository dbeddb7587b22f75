"""After each step the customer is told the next one, by a message with the link to it: heard from the trail, once each.

A step that is done before the worker reads of it is not told any more: who stands at the page has gone on.
What is to be signed is told by the ceremony itself, whose invitation leads there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.domain import events as e
from claims.domain.event import Event
from claims.domain.values import SurveyWay
from claims.errors import ClaimRefused
from claims.messages.texts import FAILED, OFFER, PAID, PAPERS, PAYEE, PEOPLE, PHOTOGRAPH, RATE, REFUSED, SURVEYOR
from claims.selfservice.inviting import Inviting
from claims.selfservice.standing import Stage, stage_of
from claims.service.office import Office
from claims.service.streams import CLAIM
from esign.public.events import LoggedEvent
from esign.public.people import RecordErased
from esign.public.work import log_for

STALE: Final = timedelta(days=1)
"""A trail that is read again, or for the first time, tells nobody what was long ago."""
_log = log_for(__name__)
Next = Callable[[Event, Claim], str | None]
"""Returns the kind of the message after an event, given the claim as it stands; None for none."""


def _triaged(event: Event, state: Claim) -> str | None:
    if not isinstance(event, e.ClaimTriaged):
        return None
    if event.way is SurveyWay.SURVEYOR:
        return SURVEYOR
    return PHOTOGRAPH if stage_of(state) is Stage.PHOTOGRAPH else None


def _offered(_event: Event, state: Claim) -> str | None:
    return OFFER if stage_of(state) is Stage.OFFER else None


def _agreed(_event: Event, state: Claim) -> str | None:
    return PAYEE if stage_of(state) is Stage.PAYEE else None


def _always(kind: str) -> Next:
    return lambda _event, _state: kind


NEXT: Final[Mapping[str, Next]] = {
    e.ClaimTriaged.type.name: _triaged,
    e.ClaimBlocked.type.name: _always(PEOPLE),
    e.PapersAsked.type.name: _always(PAPERS),
    e.OfferMade.type.name: _offered,
    e.OfferAgreed.type.name: _agreed,
    e.PaymentMade.type.name: _always(PAID),
    e.PaymentFailed.type.name: _always(FAILED),
    e.RefusalDecided.type.name: _always(REFUSED),
    e.ClaimClosed.type.name: lambda _event, state: None if state.rated else RATE,
}
"""What follows which event; of all others nothing is written."""


class Guiding:
    """Writes the messages; the consumer's handler is `hear`."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._inviting = Inviting(office)

    def hear(self, session: Session, logged: LoggedEvent) -> None:
        """Tell the customer what follows the event. Heard twice, it is told once."""
        event = logged.event
        following = NEXT.get(event.type)
        if following is None or not event.stream.startswith(f"{CLAIM}_"):
            return
        if self._office.house.clock() - event.time > STALE:
            return
        state = self._office.get(session, event.stream)
        kind = following(self._office.claims.forms.event_of(event), state)
        if kind is None or not self._reached(state):
            return
        try:
            person = self._inviting.customer(session, event.stream)
        except (ClaimRefused, RecordErased) as refused:  # nobody is reached: who handles the claim telephones
            _log.failed("a customer is not told the next step", refused, record=event.stream)
            return
        at = self._office.now(session, state)
        self._office.house.messages.tell(session, kind, person, about=event.stream, because=event.id, at=at)

    @staticmethod
    def _reached(state: Claim) -> bool:
        """Whoever joined two reports of one event goes on with one of them, and messages about the other mislead."""
        return state.joined_into is None
