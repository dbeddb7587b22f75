"""Which envelopes can be created: a plan that could never be completed is refused before anybody sees it."""

from __future__ import annotations

from collections.abc import Sequence

from esign.ceremony.domain import rules
from esign.ceremony.domain.commands import CreateEnvelope
from esign.ceremony.domain.envelope_events import EnvelopeCreated
from esign.ceremony.domain.event import Event
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.signals import SIGNALS
from esign.ceremony.domain.state import Envelope
from esign.ceremony.domain.values import RecipientRole


def create(state: Envelope | None, command: CreateEnvelope) -> tuple[Event, ...]:
    """Return the creation, or nothing where just this envelope was created before. Raises `Refusal`."""
    if state is not None:
        requested = (command.documents, command.recipients)
        as_it_is = (state.id, state.client, state.requested, state.settings, state.institution, state.salesperson)
        if as_it_is == (
            command.envelope,
            command.client,
            requested,
            command.settings,
            command.institution,
            command.salesperson,
        ):
            return ()
        raise refusal("already-created")
    _require_documents(command)
    _require_recipients(command)
    _require_fields(command)
    _require_settings(command)
    if command.settings.expires_at <= command.at:
        raise refusal("plan-expiry")
    return (
        EnvelopeCreated(
            at=command.at,
            envelope=command.envelope,
            client=command.client,
            documents=command.documents,
            recipients=command.recipients,
            settings=command.settings,
            institution=command.institution,
            salesperson=command.salesperson,
        ),
    )


def _require_documents(command: CreateEnvelope) -> None:
    ids = [document.id for document in command.documents]
    if not 1 <= len(ids) <= rules.DOCUMENTS_AT_MOST or _twice(ids):
        raise refusal("plan-documents", _twice(ids))
    too_long = [document.id for document in command.documents if document.pages > rules.PAGES_AT_MOST]
    unsigned = [one for one in ids if all(recipient.document != one for recipient in command.recipients)]
    if too_long or unsigned:
        raise refusal("plan-documents", too_long or unsigned)


def _require_recipients(command: CreateEnvelope) -> None:
    ids = [recipient.id for recipient in command.recipients]
    if not 1 <= len(ids) <= rules.RECIPIENTS_AT_MOST or _twice(ids):
        raise refusal("plan-recipients", _twice(ids))
    if not any(recipient.signs for recipient in command.recipients):
        raise refusal("plan-recipients")


def _require_fields(command: CreateEnvelope) -> None:
    documents = {document.id for document in command.documents}
    taken: set[tuple[str | None, str | None]] = set()
    for recipient in command.recipients:
        place = (recipient.document, recipient.field)
        if not recipient.signs:
            if place != (None, None):
                raise refusal("plan-fields", (recipient.id,))
            continue
        if recipient.document not in documents or recipient.field is None or place in taken:
            raise refusal("plan-fields", (recipient.id,))
        taken.add(place)


def _require_settings(command: CreateEnvelope) -> None:
    settings = command.settings
    consents = [consent.id for consent in settings.consents]
    wrong = {
        "identity-levels": not settings.identity_levels or bool(_twice(settings.identity_levels)),
        "consents": len(consents) > rules.CONSENTS_AT_MOST or bool(_twice(consents)),
        "minimum-reading-seconds": settings.minimum_reading_seconds > rules.READING_SECONDS_AT_MOST,
        "photo-roles": RecipientRole.COPY in settings.photo_roles,
        "hold-on": not SIGNALS.keys() >= set(settings.hold_on) or bool(_twice(settings.hold_on)),
    }
    if any(wrong.values()):
        raise refusal("plan-settings", [name for name, is_wrong in wrong.items() if is_wrong])


def _twice(ids: Sequence[str]) -> list[str]:
    return sorted({one for one in ids if ids.count(one) > 1})
