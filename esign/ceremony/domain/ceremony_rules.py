"""The recipient's own acts, from the opened link to the confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from esign.ceremony.domain import commands as c
from esign.ceremony.domain import events as e
from esign.ceremony.domain import rules
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.rule import RecipientRule
from esign.ceremony.domain.state import Capture, Envelope, PageStay, Recipient, SentCode
from esign.ceremony.domain.values import ENDS, ConsentStage, EnvelopeState, RecipientState

Events = tuple[e.Event, ...]

HAVE_OPENED = frozenset(
    {
        RecipientState.OPENED,
        RecipientState.IDENTIFIED,
        RecipientState.READ,
        RecipientState.DRAWN,
        RecipientState.CONFIRMED,
        RecipientState.SIGNED,
        RecipientState.SIGNING_FAILED,
    }
)
HAVE_READ = HAVE_OPENED - {RecipientState.OPENED, RecipientState.IDENTIFIED}
STAGES = {
    RecipientState.IDENTIFIED: (ConsentStage.BEFORE_READING, ConsentStage.READING),
    RecipientState.DRAWN: (ConsentStage.PHOTO,),
}


def _opened_before(state: Envelope, recipient: Recipient, _command: c.RecordOpened) -> bool:
    return recipient.state in HAVE_OPENED and not _is_over(state)


def _open(_state: Envelope, recipient: Recipient, command: c.RecordOpened) -> Events:
    return (e.RecipientOpened(at=command.at, recipient=recipient.id),)


def _code_sent_before(_state: Envelope, recipient: Recipient, command: c.SendCode) -> bool:
    return any(code.id == command.code for code in recipient.codes)


def _send_code(_state: Envelope, recipient: Recipient, command: c.SendCode) -> Events:
    for most, window in rules.CODES_AT_MOST:
        if sum(code.at > command.at - window for code in recipient.codes) >= most:
            raise refusal("too-many-codes")
    return (e.CodeSent(at=command.at, recipient=recipient.id, code=command.code),)


def _never(_state: Envelope, _recipient: Recipient, _command: c.FailIdentification) -> bool:
    return False  # every wrong try counts


def _fail_identification(_state: Envelope, recipient: Recipient, command: c.FailIdentification) -> Events:
    _open_code(recipient, command)
    burned = recipient.failed_tries + 1 >= rules.CODE_TRIES
    return (
        e.IdentificationFailed(
            at=command.at, recipient=recipient.id, code=command.code, reason=command.reason, burned=burned
        ),
    )


def _identified_before(state: Envelope, recipient: Recipient, command: c.Identify) -> bool:
    used = (recipient.session.used_code, recipient.session.device)
    return used == (command.code, command.device) and not _is_over(state)


def _is_over(state: Envelope) -> bool:
    """Tell whether who comes in must hear that the envelope ended without being signed, also the second time."""
    return state.state in ENDS - {EnvelopeState.COMPLETED}


def _identify(state: Envelope, recipient: Recipient, command: c.Identify) -> Events:
    _open_code(recipient, command)
    if command.assurance not in state.settings.identity_levels:
        raise refusal("identity-not-enough", state.settings.identity_levels)
    kind = e.RecipientIdentified if recipient.state is RecipientState.OPENED else e.DeviceChanged
    return (
        kind(
            at=command.at,
            recipient=recipient.id,
            code=command.code,
            device=command.device,
            assurance=command.assurance,
            by=command.by,
            presence=command.presence,
            record=command.record,
        ),
    )


def _open_code(recipient: Recipient, command: c.FailIdentification | c.Identify) -> SentCode:
    code = recipient.open_code
    if code is None:
        known = any(sent.id == command.code for sent in recipient.codes)
        raise refusal("code-burned" if known else "code-unknown")
    if code.id != command.code:
        raise refusal("code-unknown")
    if not timedelta() <= command.at - code.at < rules.CODE_LIFE:
        raise refusal("code-expired")
    return code


def _consented_before(_state: Envelope, recipient: Recipient, command: c.GiveConsent) -> bool:
    text = (command.consent, command.text_version, command.digest)
    return any((given.id, given.version, given.digest) == text for given in recipient.session.consents)


def _consent(state: Envelope, recipient: Recipient, command: c.GiveConsent) -> Events:
    text = next((one for one in state.settings.consents if one.id == command.consent), None)
    if text is None or recipient.plan.role not in text.roles:
        raise refusal("consent-unknown", (command.consent,))
    if (text.version, text.digest) != (command.text_version, command.digest):
        raise refusal("consent-unknown", (command.consent,))
    if text.stage not in STAGES[recipient.state]:
        raise refusal("consent-out-of-step", (command.consent,))
    return (
        e.RecipientConsented(
            at=command.at, recipient=recipient.id, consent=text.id, text_version=text.version, digest=text.digest
        ),
    )


def _page_recorded_before(_state: Envelope, recipient: Recipient, command: c.RecordPageRead) -> bool:
    return PageStay(command.page, command.image, command.entered_at, command.left_at) in recipient.session.stays


def _read_page(state: Envelope, recipient: Recipient, command: c.RecordPageRead) -> Events:
    _require_consents(state, recipient, ConsentStage.BEFORE_READING)
    if command.page > state.document(recipient.plan.document).plan.pages:
        raise refusal("page-unknown", (str(command.page),))
    identity = recipient.session.identity
    since = command.at if identity is None else identity.at
    if not since <= command.entered_at <= command.left_at <= command.at:
        raise refusal("page-times", (str(command.page),))
    seen = command.page in recipient.session.pages_read()  # a page that was not can always be read
    if seen and len(recipient.session.stays) >= rules.PAGE_STAYS_AT_MOST:
        raise refusal("page-views-full")
    return (
        e.PageRead(
            at=command.at,
            recipient=recipient.id,
            page=command.page,
            image=command.image,
            entered_at=command.entered_at,
            left_at=command.left_at,
        ),
    )


def _read_before(_state: Envelope, recipient: Recipient, _command: c.FinishReading) -> bool:
    return recipient.state in HAVE_READ


def _finish_reading(state: Envelope, recipient: Recipient, command: c.FinishReading) -> Events:
    _require_consents(state, recipient, ConsentStage.BEFORE_READING)
    _require_consents(state, recipient, ConsentStage.READING)
    pages = set(range(1, state.document(recipient.plan.document).plan.pages + 1))
    unread = sorted(pages - recipient.session.pages_read())
    if unread:
        raise refusal("pages-unread", [str(page) for page in unread])
    if recipient.session.reading_time() < timedelta(seconds=state.settings.minimum_reading_seconds):
        raise refusal("reading-too-short")
    return (e.RecipientRead(at=command.at, recipient=recipient.id),)


def _require_consents(state: Envelope, recipient: Recipient, stage: ConsentStage) -> None:
    missing = state.consents_missing(recipient, stage)
    if missing:
        raise refusal("consents-missing", missing)


def _drawn_before(_state: Envelope, recipient: Recipient, command: c.Draw) -> bool:
    return recipient.session.handwriting == Capture(command.record, command.digest)


def _draw(_state: Envelope, recipient: Recipient, command: c.Draw) -> Events:
    if command.shortcomings:
        raise refusal("drawing-shortcomings", command.shortcomings)
    if recipient.drawings >= rules.CAPTURES_AT_MOST:
        raise refusal("too-many-captures")
    return (e.RecipientDrawn(at=command.at, recipient=recipient.id, record=command.record, digest=command.digest),)


def _photographed_before(_state: Envelope, recipient: Recipient, command: c.TakePhoto) -> bool:
    return recipient.session.photo == Capture(command.record, command.digest)


def _take_photo(state: Envelope, recipient: Recipient, command: c.TakePhoto) -> Events:
    if not state.photo_asked(recipient):
        raise refusal("photo-not-asked")
    _require_consents(state, recipient, ConsentStage.PHOTO)
    if recipient.photos >= rules.CAPTURES_AT_MOST:
        raise refusal("too-many-captures")
    if command.shortcomings:
        raise refusal("photo-shortcomings", command.shortcomings)
    return (
        e.RecipientPhotographed(
            at=command.at,
            recipient=recipient.id,
            record=command.record,
            digest=command.digest,
            check=command.check,
            by=command.by,
        ),
    )


def _assisted_before(_state: Envelope, recipient: Recipient, command: c.GiveNoFace) -> bool:
    return recipient.session.assisted_by == command.assisted_by


def _give_no_face(state: Envelope, recipient: Recipient, command: c.GiveNoFace) -> Events:
    if not state.photo_asked(recipient):
        raise refusal("photo-not-asked")
    return (
        e.FaceNotGiven(at=command.at, recipient=recipient.id, reason=command.reason, assisted_by=command.assisted_by),
    )


def _confirmed_before(_state: Envelope, recipient: Recipient, command: c.Confirm) -> bool:
    return command.manifest in recipient.manifests


def _confirm(state: Envelope, recipient: Recipient, command: c.Confirm) -> Events:
    face = recipient.session.photo is not None or recipient.session.assisted_by is not None
    if state.photo_asked(recipient) and not face:
        raise refusal("photo-missing")
    if any(command.manifest in other.manifests for other in state.recipients):
        raise refusal("manifest-elsewhere")
    return (
        e.RecipientConfirmed(at=command.at, recipient=recipient.id, manifest=command.manifest, record=command.record),
    )


CEREMONY_RULES: Mapping[type[c.Command], RecipientRule] = {
    c.RecordOpened: RecipientRule(_opened_before, _open),
    c.SendCode: RecipientRule(_code_sent_before, _send_code),
    c.FailIdentification: RecipientRule(_never, _fail_identification),
    c.Identify: RecipientRule(_identified_before, _identify),
    c.GiveConsent: RecipientRule(_consented_before, _consent),
    c.RecordPageRead: RecipientRule(_page_recorded_before, _read_page),
    c.FinishReading: RecipientRule(_read_before, _finish_reading),
    c.Draw: RecipientRule(_drawn_before, _draw),
    c.TakePhoto: RecipientRule(_photographed_before, _take_photo),
    c.GiveNoFace: RecipientRule(_assisted_before, _give_no_face),
    c.Confirm: RecipientRule(_confirmed_before, _confirm),
}
