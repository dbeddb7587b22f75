"""Compares `envelope.json` with what the envelope's events fold to: the trail decides, not the description."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from esign.bundle.checking.verdict import Findings, Step
from esign.bundle.facts import BundledDocument, BundledRecipient, Description
from esign.bundle.layout import ENVELOPE, EVENTS
from esign.ceremony.domain import BrokenTrail, Envelope, Recipient, event_of, fold
from esign.ceremony.domain.state import DocumentProgress
from esign.trail.errors import EventRefused
from esign.trail.event import Event

_ENDINGS = {
    "completed": "envelope.completed",
    "declined": "envelope.declined",
    "expired": "envelope.expired",
    "voided": "envelope.voided",
}

_ERASURES = "erasures"


def check_recorded(description: Description, everything: Sequence[Event], findings: Findings) -> None:
    """Fold the envelope's events, out of all in the bundle, and name each part of the description that differs."""
    events = [event for event in everything if event.stream == description.envelope]
    if description.is_erased != any(_is_erasure(event, description.envelope) for event in everything):
        findings.add(Step.FACTS, "description-differs", ENVELOPE, place="evidence")
    try:
        envelope = fold(map(event_of, events))
    except (BrokenTrail, EventRefused) as error:
        findings.add(Step.FACTS, "trail-not-an-envelope", EVENTS, reason=error.cause)
        return
    if envelope is None:
        findings.add(Step.FACTS, "trail-not-an-envelope", EVENTS, reason="there is no event of this envelope")
        return
    for place in _differences(description, envelope, events):
        findings.add(Step.FACTS, "description-differs", ENVELOPE, place=place)


def _is_erasure(event: Event, envelope: str) -> bool:
    """Tell whether the event erased the evidence: all of it, or photos of which what was confirmed held the only copy.

    Of a photo that the PDF holds, the service's own copy may go alone: all other evidence is still there.
    """
    if event.stream != _ERASURES or event.payload.get("envelope") != envelope:
        return False
    return event.type == "evidence.erased" or (event.type == "photo.erased" and event.payload.get("whole") is True)


def _differences(description: Description, envelope: Envelope, events: Sequence[Event]) -> Iterator[str]:
    """Yield the places in `envelope.json` that say something else than the trail."""
    settings = envelope.settings
    said = {
        "envelope": (description.envelope, envelope.id),
        "state": (description.state, envelope.state.value),
        "mode": (description.mode, settings.mode.value),
        "level": (description.level, settings.level.value),
        "external_id": (description.external_id, settings.external_id),
        "created_at": (description.created_at, events[0].time),
        "ended_at": (description.ended_at, _last(events, _ENDINGS.get(envelope.state.value, ""))),
    }
    yield from (place for place, (told, recorded) in said.items() if told != recorded)
    documents = [
        (one.plan.id, one.plan.pages, one.plan.original, one.plan.prepared, signed_form(one), one.sealed)
        for one in envelope.documents
    ]
    if [_of(document) for document in description.documents] != documents:
        yield "documents"
    told = {one.id: one for one in description.recipients}
    recorded = {one.id: one for one in envelope.recipients}
    yield from (f"recipients: {one}" for one in sorted(told.keys() ^ recorded.keys()))
    for one in sorted(told.keys() & recorded.keys()):
        yield from (f"recipients: {one}.{place}" for place in _of_recipient(told[one], recorded[one], events))


def _of(document: BundledDocument) -> tuple[str, int, str, str, str | None, str | None]:
    return document.id, document.pages, document.original, document.prepared, document.signed, document.sealed


def signed_form(document: DocumentProgress) -> str | None:
    """Return the digest of what was signed and never sealed, or None: the newest revision, if anybody signed it."""
    return document.current if document.sealed is None and document.current != document.plan.prepared else None


def _of_recipient(told: BundledRecipient, recorded: Recipient, events: Sequence[Event]) -> Iterator[str]:
    own = [event for event in events if event.payload.get("recipient") == told.id]
    plan, signature = recorded.plan, recorded.signature
    said = {
        "role": (told.role, plan.role.value),
        "state": (told.state, recorded.state.value),
        "document": (told.document, plan.document),
        "field": (told.field, plan.field),
        "manifest": (told.manifest, recorded.manifests[-1] if recorded.manifests else None),
        "confirmed_at": (told.confirmed_at, _last(own, "recipient.confirmed")),
        "certificate": (told.certificate, None if signature is None else signature.certificate),
        "signed_at": (told.signed_at, _last(own, "recipient.signed")),
        "replaced_by": (told.replaced_by, recorded.replaced_by),
    }
    yield from (place for place, (one, other) in said.items() if one != other)


def _last(events: Sequence[Event], kind: str) -> datetime | None:
    return next((event.time for event in reversed(events) if event.type == kind), None)
