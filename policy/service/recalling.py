"""Envelopes of proposals that were withdrawn, and of requests that were refused, are withdrawn too: nobody signs what
is not wanted any more. So are those of requests that went to a phone which is not the applicant's any more.

The task is entered beside the withdrawal, refusal or change, so that no fall between the two leaves links alive.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from esign.public.envelopes import Refusal
from esign.public.house import House
from esign.public.work import log_for
from policy.domain.requests import RequestState
from policy.models import EnvelopeOf, RequestRow
from policy.service.streams import REQUEST

WITHDRAWN, REFUSED, MOVED = "proposal-withdrawn", "request-refused", "contacts-changed"

_log = log_for(__name__)


class Recalling:
    """Withdraws envelopes."""

    def __init__(self, house: House) -> None:
        self._house = house

    def recall(self, envelope: str) -> None:
        """Withdraw the envelope; doing so again, or when it is over already, changes nothing."""
        with self._house.database.reading() as session:
            client = self._house.envelopes.get(session, envelope).client
            reason = _reason(session, envelope)
        try:
            self._house.envelopes.void(envelope, by=client, reason=reason)
        except Refusal as refused:  # completed, declined or expired meanwhile: it is withdrawn all the same
            _log.info("an envelope that is not wanted any more was over already", record=envelope, code=refused.code)

    def give_up(self, envelope: str, reason: str) -> None:
        """Tell that the envelope stays out."""
        _log.error("an envelope that is not wanted any more stays out", record=envelope, code=reason)


def _reason(session: Session, envelope: str) -> str:
    sent = session.get(EnvelopeOf, envelope)
    if sent is None or not sent.subject.startswith(f"{REQUEST}_"):
        return WITHDRAWN
    request = session.get(RequestRow, sent.subject)
    return MOVED if request is not None and request.state == RequestState.SENT.value else REFUSED
