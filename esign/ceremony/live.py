"""An envelope as the salesperson beside the customer sees it: who is at which step, what has arrived, what can be done.

All of it follows from the events; nothing is estimated that nobody measured. What can be done is asked of the rules
themselves, so that no page offers what would be refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from esign.ceremony.domain import Envelope, Recipient, commands, decide, rules
from esign.ceremony.domain.refusal import Refusal
from esign.ceremony.domain.values import EnvelopeState, Presence, RecipientRole, RecipientState
from esign.infra.ids import made_at

STEPS: Final = 4
_DONE: Final[Mapping[RecipientState, int]] = {
    RecipientState.IDENTIFIED: 1,
    RecipientState.READ: 2,
    RecipientState.DRAWN: 3,
    RecipientState.CONFIRMED: 4,
    RecipientState.SIGNED: 4,
    RecipientState.SIGNING_FAILED: 3,
}
_AT_WORK: Final = frozenset(
    {RecipientState.OPENED, RecipientState.IDENTIFIED, RecipientState.READ, RecipientState.DRAWN}
)
_CAN_BE_HANDED: Final = _AT_WORK | {RecipientState.SENT}
_NOBODY: Final = "usr_nobody"


@dataclass(frozen=True)
class Arrival:
    """Something a recipient made: its record, and when it came (timezone-aware UTC, the client's time)."""

    record: str
    at: datetime


@dataclass(frozen=True)
class LiveRecipient:
    """One person's way. `person` names the personal record; nothing personal is here.

    `done` of the four steps are done, and `now` (from 1) is under way, if any. While they read, `page` is the first
    page that they have not left yet, `seconds_left` what is lacking of the least time. `remind_from` is when the link
    may be sent again, None where it cannot be; `face` is what was stated, None while nothing was.
    """

    id: str
    person: str
    role: RecipientRole
    state: RecipientState
    done: int
    now: int | None
    page: int | None
    pages: int
    seconds_left: int
    handwriting: Arrival | None
    photo: Arrival | None
    photo_asked: bool
    assisted: bool
    face: bool | None
    can_state_face: bool
    remind_from: datetime | None
    can_remind: bool
    can_be_handed: bool
    presence: Presence | None
    is_handed_over: bool
    declined: str | None
    has_signed: bool


@dataclass(frozen=True)
class LiveEnvelope:
    """The whole, as things stand. `version` changes with whatever would be shown otherwise."""

    id: str
    state: EnvelopeState
    recipients: tuple[LiveRecipient, ...]
    can_send: bool
    can_void: bool
    ending: str | None
    ended_by: str | None
    expires_at: datetime
    version: str

    @property
    def signers(self) -> tuple[LiveRecipient, ...]:
        """Those whose signature is, or was, wanted."""
        replaced = RecipientState.REPLACED
        return tuple(one for one in self.recipients if one.role is not RecipientRole.COPY and one.state is not replaced)

    @property
    def signed(self) -> int:
        return sum(one.has_signed for one in self.signers)


def live_envelope(envelope: Envelope, stream_version: int, handed_over: frozenset[str], now: datetime) -> LiveEnvelope:
    """Return what is seen of the envelope at the client's time; `handed_over` are recipients who have a tablet."""
    recipients = tuple(
        _recipient(envelope, one, one.id in handed_over, now) for one in envelope.recipients if one.plan.signs
    )
    can_send = _may(envelope, commands.SendEnvelope(at=now, by=_NOBODY)) and envelope.state is EnvelopeState.DRAFT
    can_void = not envelope.ended and _may(envelope, commands.Void(at=now, by=_NOBODY, reason="asked-for"))
    moving = [(one.id, one.can_remind, one.is_handed_over, one.can_be_handed) for one in recipients]
    seen = repr((stream_version, can_send, can_void, moving))
    return LiveEnvelope(
        id=envelope.id,
        state=envelope.state,
        recipients=recipients,
        can_send=can_send,
        can_void=can_void,
        ending=None if envelope.ending is None else envelope.ending.reason,
        ended_by=None if envelope.ending is None else envelope.ending.by,
        expires_at=envelope.settings.expires_at,
        version=hashlib.sha256(seen.encode()).hexdigest()[:20],
    )


def masked(phone: str) -> str:
    """Return a telephone as it may stand on a screen that others see: the first three digits and the last four."""
    digits = phone.removeprefix("+86") if phone.startswith("+86") else phone
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else f"****{digits[-2:]}"


def _recipient(envelope: Envelope, recipient: Recipient, handed_over: bool, now: datetime) -> LiveRecipient:
    session, state = recipient.session, recipient.state
    pages = envelope.document(recipient.plan.document).plan.pages
    reading = state is RecipientState.IDENTIFIED
    unread = next((page for page in range(1, pages + 1) if page not in session.pages_read()), pages)
    lacking = envelope.settings.minimum_reading_seconds - session.reading_time().total_seconds()
    done = _DONE.get(state, 0)
    going = envelope.state is EnvelopeState.IN_PROGRESS
    photo = None if session.photo is None else Arrival(session.photo.record, made_at(session.photo.record))
    written = session.handwriting
    can_state = photo is not None and _may(envelope, _statement(recipient, photo.record, now))
    from_, can_remind = _reminding(envelope, recipient, now)
    return LiveRecipient(
        id=recipient.id,
        person=recipient.plan.person,
        role=recipient.plan.role,
        state=state,
        done=done,
        now=done + 1 if going and done < STEPS and state in _AT_WORK | {RecipientState.SIGNING_FAILED} else None,
        page=unread if reading else None,
        pages=pages,
        seconds_left=max(0, round(lacking)) if reading else 0,
        handwriting=None if written is None else Arrival(written.record, made_at(written.record)),
        photo=photo,
        photo_asked=envelope.photo_asked(recipient),
        assisted=session.assisted_by is not None,
        face=session.face_stated,
        can_state_face=can_state and session.face_stated is None,
        remind_from=from_,
        can_remind=can_remind,
        can_be_handed=going and state in _CAN_BE_HANDED and now < envelope.settings.expires_at,
        presence=None if session.identity is None else session.identity.presence,
        is_handed_over=handed_over,
        declined=recipient.declined,
        has_signed=state in {RecipientState.CONFIRMED, RecipientState.SIGNED},
    )


def _statement(recipient: Recipient, photo: str, now: datetime) -> commands.Command:
    return commands.StateFace(at=now, recipient=recipient.id, photo=photo, is_customer=True, by=_NOBODY)


def _reminding(envelope: Envelope, recipient: Recipient, now: datetime) -> tuple[datetime | None, bool]:
    """Return from when the link may be sent again, None where it cannot be, and whether that is now."""
    due = now if recipient.noticed_at is None else max(now, recipient.noticed_at + rules.REMINDER_GAP)
    number = recipient.reminders + 1
    then = commands.Remind(at=due, recipient=recipient.id, number=number, asked_by=_NOBODY)
    if recipient.noticed_at is None or not _may(envelope, then):
        return None, False
    return due, due == now


def _may(envelope: Envelope, command: commands.Command) -> bool:
    """Tell whether the rules let this happen now."""
    try:
        decide(envelope, command)
    except Refusal:
        return False
    return True
