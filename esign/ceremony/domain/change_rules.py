"""Sending, and every change afterwards: declining, voiding, expiry, reminders, another person or telephone."""

from __future__ import annotations

from collections.abc import Mapping

from esign.ceremony.domain import commands as c
from esign.ceremony.domain import events as e
from esign.ceremony.domain import rules
from esign.ceremony.domain.consequence import with_consequences
from esign.ceremony.domain.next_actor import awaits_people, reminder_due
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.rule import EnvelopeRule, RecipientRule
from esign.ceremony.domain.state import Envelope, Recipient
from esign.ceremony.domain.values import EnvelopeState, RecipientState

Events = tuple[e.Event, ...]

FACE_OF_ANOTHER = "face-not-the-customers"


def _sent_before(state: Envelope, _command: c.SendEnvelope) -> bool:
    return state.state in (
        EnvelopeState.IN_PROGRESS,
        EnvelopeState.SEALING,
        EnvelopeState.SEAL_FAILED,
        EnvelopeState.COMPLETED,
    )


def _send(state: Envelope, command: c.SendEnvelope) -> Events:
    return with_consequences(state, e.EnvelopeSent(at=command.at, by=command.by))


def _voided_before(state: Envelope, _command: c.Void) -> bool:
    return state.state is EnvelopeState.VOIDED


def _void(_state: Envelope, command: c.Void) -> Events:
    return (e.EnvelopeVoided(at=command.at, by=command.by, reason=command.reason, note=command.note),)


def _expired_before(state: Envelope, _command: c.Expire) -> bool:
    return state.state is EnvelopeState.EXPIRED


def _expire(state: Envelope, command: c.Expire) -> Events:
    if command.at < state.settings.expires_at:
        raise refusal("not-yet-expired")
    if not awaits_people(state):
        raise refusal("waiting-for-us")
    return (e.EnvelopeExpired(at=command.at),)


def _declined_before(_state: Envelope, recipient: Recipient, _command: c.Decline) -> bool:
    return recipient.state is RecipientState.DECLINED


def _decline(_state: Envelope, recipient: Recipient, command: c.Decline) -> Events:
    return (
        e.RecipientDeclined(at=command.at, recipient=recipient.id, reason=command.reason, note=command.note),
        e.EnvelopeDeclined(at=command.at, by=recipient.id),
    )


def _face_stated_before(_state: Envelope, recipient: Recipient, command: c.StateFace) -> bool:
    photo = recipient.session.photo
    same_photo = photo is not None and photo.record == command.photo
    return same_photo and recipient.session.face_stated is command.is_customer


def _state_face(state: Envelope, recipient: Recipient, command: c.StateFace) -> Events:
    photo = recipient.session.photo
    if photo is None or photo.record != command.photo:
        raise refusal("photo-unknown")
    stated = e.FaceStated(
        at=command.at, recipient=recipient.id, photo=command.photo, is_customer=command.is_customer, by=command.by
    )
    if command.is_customer:
        return with_consequences(state, stated)
    return (stated, e.EnvelopeVoided(at=command.at, by=command.by, reason=FACE_OF_ANOTHER, note=command.note))


def _reminded_before(_state: Envelope, recipient: Recipient, command: c.Remind) -> bool:
    return command.number <= recipient.reminders


def _remind(state: Envelope, recipient: Recipient, command: c.Remind) -> Events:
    if command.number != recipient.reminders + 1:
        raise refusal("reminder-number", (str(recipient.reminders + 1),))
    if command.asked_by is None:
        due = reminder_due(state, recipient)
        if due is None:
            raise refusal("reminders-used-up")
    else:
        due = None if recipient.noticed_at is None else recipient.noticed_at + rules.REMINDER_GAP
    if due is not None and command.at < due:
        raise refusal("reminder-too-early")
    return (
        e.RecipientReminded(at=command.at, recipient=recipient.id, number=command.number, asked_by=command.asked_by),
    )


def _replaced_before(_state: Envelope, recipient: Recipient, command: c.ReplaceRecipient) -> bool:
    return recipient.replaced_by == command.replacement


def _replace(state: Envelope, recipient: Recipient, command: c.ReplaceRecipient) -> Events:
    if state.find(command.replacement) is not None:
        raise refusal("recipient-exists", (command.replacement,))
    _require_second_person(state, command)
    replaced = e.RecipientReplaced(
        at=command.at,
        recipient=recipient.id,
        replacement=command.replacement,
        person=command.person,
        by=command.by,
        approved_by=command.approved_by,
    )
    return with_consequences(state, replaced)


def _corrected_before(_state: Envelope, recipient: Recipient, command: c.CorrectPhone) -> bool:
    return recipient.plan.person == command.person


def _correct_phone(state: Envelope, recipient: Recipient, command: c.CorrectPhone) -> Events:
    _require_second_person(state, command)
    corrected = e.PhoneCorrected(
        at=command.at,
        recipient=recipient.id,
        person=command.person,
        by=command.by,
        approved_by=command.approved_by,
    )
    return with_consequences(state, corrected)


def _require_second_person(state: Envelope, command: c.ReplaceRecipient | c.CorrectPhone) -> None:
    if command.approved_by == command.by:
        raise refusal("own-approval")
    if command.approved_by is None and state.state is not EnvelopeState.DRAFT:
        raise refusal("approval-missing")


ENVELOPE_CHANGE_RULES: Mapping[type[c.Command], EnvelopeRule] = {
    c.SendEnvelope: EnvelopeRule(_sent_before, _send),
    c.Void: EnvelopeRule(_voided_before, _void),
    c.Expire: EnvelopeRule(_expired_before, _expire),
}
RECIPIENT_CHANGE_RULES: Mapping[type[c.Command], RecipientRule] = {
    c.Decline: RecipientRule(_declined_before, _decline),
    c.StateFace: RecipientRule(_face_stated_before, _state_face),
    c.Remind: RecipientRule(_reminded_before, _remind),
    c.ReplaceRecipient: RecipientRule(_replaced_before, _replace),
    c.CorrectPhone: RecipientRule(_corrected_before, _correct_phone),
}
