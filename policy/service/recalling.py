"""Envelopes of proposals that were withdrawn are withdrawn too: nobody signs what is not wanted any more.

The task is entered beside the withdrawal, so that no fall between the two leaves links alive.
"""

from __future__ import annotations

from esign.public.envelopes import Refusal
from esign.public.house import House
from esign.public.work import log_for

REASON = "proposal-withdrawn"

_log = log_for(__name__)


class Recalling:
    """Withdraws envelopes."""

    def __init__(self, house: House) -> None:
        self._house = house

    def recall(self, envelope: str) -> None:
        """Withdraw the envelope; doing so again, or when it is over already, changes nothing."""
        with self._house.database.reading() as session:
            client = self._house.envelopes.get(session, envelope).client
        try:
            self._house.envelopes.void(envelope, by=client, reason=REASON)
        except Refusal as refused:  # completed, declined or expired meanwhile: the proposal is withdrawn all the same
            _log.info("an envelope of a withdrawn proposal was over already", record=envelope, code=refused.code)

    def give_up(self, envelope: str, reason: str) -> None:
        """Tell that the envelope stays out."""
        _log.error("an envelope of a withdrawn proposal stays out", record=envelope, code=reason)
