"""The sweep that does what time does to envelopes: reminders, expiry. It asks what is overdue, by clients' clocks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from esign.ceremony.domain import Due, Envelope, Refusal, commands, deadlines
from esign.ceremony.envelopes import CommandOf, Envelopes
from esign.ceremony.models import EnvelopeRow
from esign.errors import EsignError
from esign.infra.clock import ClientClocks
from esign.infra.logs import log_for

ACTOR: Final = "system:deadlines"
AT_ONCE: Final = 100

_log = log_for(__name__)


class Deadlines:
    """Finds what is overdue and does it."""

    def __init__(self, envelopes: Envelopes, clocks: ClientClocks) -> None:
        self._envelopes = envelopes
        self._clocks = clocks

    def run(self) -> int:
        """Do at most a hundred envelopes' overdue acts; return how many envelopes those were."""
        overdue = self._overdue()
        for envelope in overdue:
            try:
                self._do(envelope)
            except EsignError as error:  # one that cannot be read does not hold up the others
                _log.failed("a deadline failed", error, envelope=envelope, code=error.code)
        return len(overdue)

    def _overdue(self) -> list[str]:
        base = self._clocks.base()
        with self._envelopes.database.reading() as session:
            found = list(session.scalars(_due_by(base)))
            for client, ahead in self._clocks.ahead(session).items():
                if ahead > timedelta() and len(found) < AT_ONCE:
                    theirs = session.scalars(_due_by(base + ahead).where(EnvelopeRow.client == client))
                    found += [envelope for envelope in theirs if envelope not in found]
        return found[:AT_ONCE]

    def _do(self, envelope: str) -> None:
        """Do everything that is overdue, one after another; the expiry first, after which nobody is reminded."""
        while True:
            with self._envelopes.database.reading() as session:
                state = self._envelopes.get(session, envelope)
                now = self._clocks.now(session, state.client)
            overdue = [due for due in deadlines(state) if due.at <= now]
            if not overdue:
                return
            due = next((due for due in overdue if due.recipient is None), overdue[0])
            try:
                self._envelopes.change(envelope, self._command(due), actor=ACTOR)
            except Refusal as refused:
                _log.warning("a deadline was overtaken", envelope=envelope, code=refused.code)
                return

    def _command(self, due: Due) -> CommandOf:
        def command(session: Session, envelope: Envelope) -> commands.Command:
            now = self._clocks.now(session, envelope.client)
            if due.recipient is None or due.number is None:
                return commands.Expire(at=now)
            return commands.Remind(at=now, recipient=due.recipient, number=due.number)

        return command


def _due_by(moment: datetime) -> Select[str]:
    return select(EnvelopeRow.id).where(EnvelopeRow.due_at <= moment).order_by(EnvelopeRow.due_at).limit(AT_ONCE)
