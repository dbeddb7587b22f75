"""The outbox as staff see it: messages to people with their codes and links, in test mode alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.values import EnvelopeMode
from esign.ceremony.models import EnvelopeRow
from esign.desk.sight import Sight
from esign.infra.messages import MessageBox, OutboxEntry
from esign.staff.actors import Caller

SHOWN: Final = 20


class Outbox:
    """Reads messages about the envelopes within the caller's reach."""

    def __init__(self, sight: Sight, messages: MessageBox | None) -> None:
        """`messages` is None where messages are kept nowhere: then there are none to be read."""
        self._sight = sight
        self._messages = messages

    @property
    def is_there(self) -> bool:
        """Whether there is an outbox: in test mode alone."""
        return not self._sight.service.ports.live

    def page(
        self, caller: Caller, *, envelope: str | None = None, before: str | None = None
    ) -> tuple[Sequence[OutboxEntry], str | None]:
        """Return a page, the newest first, and the id after which the next begins, None on the last.

        Raises `Refusal` (`no-envelope`), `StaffRefused` (`session-over`), `EsignError` for one that cannot be told.
        """
        if not self.is_there:
            raise refusal("no-envelope")
        if self._messages is None:
            return (), None
        with self._sight.database.reading() as session:
            reach = self._sight.reach(session, caller)
            if envelope is not None:
                self._sight.row(session, caller, envelope)
            reached = select(EnvelopeRow.id).where(
                reach.where(EnvelopeRow.institution, EnvelopeRow.salesperson),
                EnvelopeRow.mode == EnvelopeMode.TEST.value,
            )
            entries = self._messages.outbox(
                session, envelope=envelope, envelopes=reached, before=before, limit=SHOWN + 1
            )
        return entries[:SHOWN], entries[SHOWN - 1].id if len(entries) > SHOWN else None
