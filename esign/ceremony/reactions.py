"""What follows from events beside the envelope itself: tasks of ours, messages to people. In the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.orm import Session

from esign.ceremony.about import about_record
from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.domain import events as e
from esign.ceremony.domain.event import Event
from esign.ceremony.domain.values import EnvelopeMode, RecipientState
from esign.ceremony.envelopes import Change
from esign.ceremony.tasks import Tasks
from esign.infra.clock import Clock
from esign.infra.columns import JsonValue

SIGN: Final = "sign"
SEAL: Final = "seal"
REVOKE: Final = "revoke"
TASKS: Final = "tasks"
"""The queue in which all of these wait: each leans on the quarantine and the trust services."""
QUEUES: Final = dict.fromkeys((SIGN, SEAL, REVOKE), TASKS)

TOLD_OF_AN_END: Final = frozenset(RecipientState) - {
    RecipientState.PENDING,
    RecipientState.DECLINED,
    RecipientState.REPLACED,
}


class Messages(Protocol):
    """Where messages to people are put (`esign.infra.messages`)."""

    def put(
        self,
        session: Session,
        *,
        dedupe: str,
        kind: str,
        person: str,
        envelope: str | None,
        facts: Mapping[str, JsonValue],
        at: datetime,
    ) -> None:
        """Put a message in the caller's transaction; the same `dedupe` again changes nothing."""


class TaskReaction:
    """Enters what has to be done after a confirmation, a complete set of signatures, an abandoned certificate."""

    def __init__(self, tasks: Tasks, clock: Clock) -> None:
        """`clock` is the system's: our own work is not moved by a client's clock."""
        self._tasks = tasks
        self._clock = clock

    def __call__(self, session: Session, change: Change) -> None:
        envelope, now = change.after.id, self._clock()
        for event in change.events:
            if isinstance(event, e.RecipientConfirmed):
                id_ = f"{SIGN}:{event.recipient}:{event.manifest[:16]}"
                self._tasks.add(session, id_, SIGN, event.recipient, envelope=envelope, now=now)
            elif isinstance(event, e.EnvelopeSigned | e.SealRetried):
                id_ = f"{SEAL}:{envelope}:{change.after.seal_attempt + 1}"
                self._tasks.add(session, id_, SEAL, envelope, envelope=envelope, now=now)
            elif isinstance(event, e.CertificateAbandoned):
                id_ = f"{REVOKE}:{event.certificate}"
                self._tasks.add(session, id_, REVOKE, event.certificate, envelope=envelope, now=now)
            elif isinstance(event, e.EnvelopeVoided | e.EnvelopeDeclined | e.EnvelopeExpired):
                self._tasks.end_all(session, envelope, SEAL)
                # Signing ends its own tasks: what was certified for them has to be revoked first.
                self._tasks.hurry(session, envelope, SIGN, now=now)


class MessageReaction:
    """Puts the message that an event calls for: to its recipient, or to everybody who was asked before."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    def __call__(self, session: Session, change: Change) -> None:
        for event, recorded in zip(change.events, change.recorded, strict=True):
            for kind, recipient, facts in _called_for(change.after, event):
                self._messages.put(
                    session,
                    dedupe=f"{recorded.id}:{recipient.id}",
                    kind=kind,
                    person=recipient.plan.person,
                    envelope=change.after.id,
                    facts={
                        "envelope": change.after.id,
                        "recipient": recipient.id,
                        "about": about_record(change.after.id),
                        "test_mode": change.after.settings.mode is EnvelopeMode.TEST,
                        **facts,
                    },
                    at=recorded.time,
                )


_Message = tuple[str, Recipient, Mapping[str, JsonValue]]


def _called_for(envelope: Envelope, event: Event) -> list[_Message]:
    if isinstance(event, e.RecipientSent):
        recipient = envelope.recipient(event.recipient)
        return [("invitation" if recipient.plan.signs else "copy", recipient, {})]
    if isinstance(event, e.CodeSent):
        return [("code", envelope.recipient(event.recipient), {"code": event.code})]
    if isinstance(event, e.RecipientReminded):
        return [("reminder", envelope.recipient(event.recipient), {"number": event.number})]
    if isinstance(event, e.EnvelopeCompleted):
        return [("copy", recipient, {}) for recipient in envelope.signers]
    for kind, ending in _ENDINGS.items():
        if isinstance(event, kind):
            told = [one for one in envelope.recipients if one.noticed_at is not None and one.state in TOLD_OF_AN_END]
            return [(ending, recipient, {}) for recipient in told]
    return []


_ENDINGS: Final[Mapping[type[Event], str]] = {
    e.EnvelopeDeclined: "declined",
    e.EnvelopeVoided: "voided",
    e.EnvelopeExpired: "expired",
}
