"""Envelopes of proposals that were withdrawn, and of requests that were refused, are withdrawn too: nobody signs what
is not wanted any more.

The task is entered beside the withdrawal or refusal, so that no fall between the two leaves links alive.
"""

from __future__ import annotations

from esign.public.envelopes import Refusal
from esign.public.house import House
from esign.public.work import log_for
from policy.models import EnvelopeOf
from policy.service.streams import REQUEST

WITHDRAWN, REFUSED = "proposal-withdrawn", "request-refused"

_log = log_for(__name__)


class Recalling:
    """Withdraws envelopes."""

    def __init__(self, house: House) -> None:
        self._house = house

    def recall(self, envelope: str) -> None:
        """Withdraw the envelope; doing so again, or when it is over already, changes nothing."""
        with self._house.database.reading() as session:
            client = self._house.envelopes.get(session, envelope).client
            sent = session.get(EnvelopeOf, envelope)
        of_request = sent is not None and sent.subject.startswith(f"{REQUEST}_")
        try:
            self._house.envelopes.void(envelope, by=client, reason=REFUSED if of_request else WITHDRAWN)
        except Refusal as refused:  # completed, declined or expired meanwhile: it is withdrawn all the same
            _log.info("an envelope that is not wanted any more was over already", record=envelope, code=refused.code)

    def give_up(self, envelope: str, reason: str) -> None:
        """Tell that the envelope stays out."""
        _log.error("an envelope that is not wanted any more stays out", record=envelope, code=reason)
