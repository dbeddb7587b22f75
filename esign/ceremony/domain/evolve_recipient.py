"""How events move one recipient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from esign.ceremony.domain import events as e
from esign.ceremony.domain.state import (
    Capture,
    GivenConsent,
    Identity,
    PageStay,
    Recipient,
    SentCode,
    Session,
    Signature,
)
from esign.ceremony.domain.values import RecipientState

_TO_CONFIRM = frozenset({RecipientState.DRAWN, RecipientState.SIGNING_FAILED})


def _sent(recipient: Recipient, event: e.RecipientSent) -> Recipient:
    return replace(recipient, state=RecipientState.SENT, noticed_at=event.at)


def _opened(recipient: Recipient, _event: e.RecipientOpened) -> Recipient:
    return replace(recipient, state=RecipientState.OPENED)


def _code_sent(recipient: Recipient, event: e.CodeSent) -> Recipient:
    code = SentCode(event.code, event.at)
    return replace(recipient, codes=(*recipient.codes, code), open_code=code, failed_tries=0)


def _identification_failed(recipient: Recipient, event: e.IdentificationFailed) -> Recipient:
    open_code = None if event.burned else recipient.open_code
    return replace(recipient, failed_tries=recipient.failed_tries + 1, open_code=open_code)


def _bound(recipient: Recipient, event: e.RecipientIdentified | e.DeviceChanged) -> Recipient:
    identity = Identity(event.assurance, event.by, event.presence, event.record, event.at)
    session = replace(recipient.session, used_code=event.code, device=event.device, identity=identity)
    return _made_in_one_place(replace(recipient, session=session, open_code=None, failed_tries=0))


def _made_in_one_place(recipient: Recipient) -> Recipient:
    """Lead whoever can still confirm back to drawing, where handwriting was made elsewhere than they are now.

    So `presence` of the manifest is true of all that was captured, not of the last code alone.
    """
    session, identity = recipient.session, recipient.session.identity
    elsewhere = identity is not None and session.captured not in (None, identity.presence)
    if not elsewhere or session.handwriting is None or recipient.state not in _TO_CONFIRM:
        return recipient
    anew = replace(session, handwriting=None, photo=None, assisted_by=None, face_stated=None)
    return replace(recipient, state=RecipientState.READ, session=anew)


def _identified(recipient: Recipient, event: e.RecipientIdentified) -> Recipient:
    return replace(_bound(recipient, event), state=RecipientState.IDENTIFIED)


def _page_read(recipient: Recipient, event: e.PageRead) -> Recipient:
    stay = PageStay(event.page, event.image, event.entered_at, event.left_at)
    return replace(recipient, session=replace(recipient.session, stays=(*recipient.session.stays, stay)))


def _consented(recipient: Recipient, event: e.RecipientConsented) -> Recipient:
    consent = GivenConsent(event.consent, event.text_version, event.digest, event.at)
    return replace(recipient, session=replace(recipient.session, consents=(*recipient.session.consents, consent)))


def _read(recipient: Recipient, _event: e.RecipientRead) -> Recipient:
    return replace(recipient, state=RecipientState.READ)


def _drawn(recipient: Recipient, event: e.RecipientDrawn) -> Recipient:
    identity = recipient.session.identity
    place = None if identity is None else identity.presence
    session = replace(recipient.session, handwriting=Capture(event.record, event.digest), captured=place)
    return replace(recipient, state=RecipientState.DRAWN, session=session, drawings=recipient.drawings + 1)


def _photographed(recipient: Recipient, event: e.RecipientPhotographed) -> Recipient:
    photo = Capture(event.record, event.digest)
    session = replace(recipient.session, photo=photo, assisted_by=None, face_stated=None)
    return replace(recipient, session=session, photos=recipient.photos + 1)


def _face_not_given(recipient: Recipient, event: e.FaceNotGiven) -> Recipient:
    session = replace(recipient.session, photo=None, assisted_by=event.assisted_by, face_stated=None)
    return replace(recipient, session=session)


def _face_stated(recipient: Recipient, event: e.FaceStated) -> Recipient:
    return replace(recipient, session=replace(recipient.session, face_stated=event.is_customer))


def _confirmed(recipient: Recipient, event: e.RecipientConfirmed) -> Recipient:
    manifests = (*recipient.manifests, event.manifest)
    return replace(
        recipient,
        state=RecipientState.CONFIRMED,
        manifests=manifests,
        confirmation=event.record,
        failure=None,
    )


def _signed(recipient: Recipient, event: e.RecipientSigned) -> Recipient:
    signature = Signature(event.certificate, event.cms, event.base, event.revision)
    return replace(recipient, state=RecipientState.SIGNED, signature=signature)


def _signing_failed(recipient: Recipient, event: e.SigningFailed) -> Recipient:
    failed = replace(recipient, state=RecipientState.SIGNING_FAILED, failure=event.reason)
    return _made_in_one_place(failed)


def _abandoned(recipient: Recipient, event: e.CertificateAbandoned) -> Recipient:
    return replace(recipient, abandoned=(*recipient.abandoned, event.certificate))


def _declined(recipient: Recipient, event: e.RecipientDeclined) -> Recipient:
    return replace(recipient, state=RecipientState.DECLINED, declined=event.reason)


def _reminded(recipient: Recipient, event: e.RecipientReminded) -> Recipient:
    return replace(recipient, reminders=event.number, noticed_at=event.at)


def _replaced(recipient: Recipient, event: e.RecipientReplaced) -> Recipient:
    return replace(recipient, state=RecipientState.REPLACED, replaced_by=event.replacement, open_code=None)


def _phone_corrected(recipient: Recipient, event: e.PhoneCorrected) -> Recipient:
    """Everything the holder of the wrong telephone may have done is taken back; codes sent and captures still count."""
    return replace(
        recipient,
        plan=replace(recipient.plan, person=event.person),
        state=RecipientState.PENDING,
        open_code=None,
        failed_tries=0,
        session=Session(),
        failure=None,
    )


RECIPIENT_STEPS: Mapping[type[e.Event], Callable[[Recipient, Any], Recipient]] = {
    e.RecipientSent: _sent,
    e.RecipientOpened: _opened,
    e.CodeSent: _code_sent,
    e.IdentificationFailed: _identification_failed,
    e.RecipientIdentified: _identified,
    e.DeviceChanged: _bound,
    e.PageRead: _page_read,
    e.RecipientConsented: _consented,
    e.RecipientRead: _read,
    e.RecipientDrawn: _drawn,
    e.RecipientPhotographed: _photographed,
    e.FaceNotGiven: _face_not_given,
    e.FaceStated: _face_stated,
    e.RecipientConfirmed: _confirmed,
    e.RecipientSigned: _signed,
    e.SigningFailed: _signing_failed,
    e.CertificateAbandoned: _abandoned,
    e.RecipientDeclined: _declined,
    e.RecipientReminded: _reminded,
    e.RecipientReplaced: _replaced,
    e.PhoneCorrected: _phone_corrected,
}
