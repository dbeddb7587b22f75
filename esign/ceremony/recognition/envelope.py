"""What an envelope's events say of a file: which of its documents that is, how far it had come, where it stands now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from esign.ceremony.domain import Envelope, Recipient, event_of
from esign.ceremony.domain.evolve import fold
from esign.ceremony.domain.refusal import broken
from esign.ceremony.domain.state import DocumentProgress
from esign.trail.event import Event
from esign.verify.acceptance.knowledge import Face, KnownSigner, Recognised, Stage
from esign.verify.acceptance.requirements.stand_ins import FACE, IDENTITY, NOT_VERIFIED, TEST_MODE

PREFIX: Final = "env_"
"""How streams of envelopes begin."""
_QUALITY_ONLY: Final = "quality-only"


@dataclass(frozen=True)
class Recording:
    """The event that brought a digest into the trail, at what stage of which document."""

    event: Event
    stage: Stage
    document: str | None
    recipient: str | None = None


def recorded_digests(event: Event) -> Iterator[tuple[str, Recording]]:
    """Yield the digests of revisions that the event records; never that of a document as it was handed in."""
    payload = event.payload
    if event.type == "document.sealed":
        yield str(payload.get("sealed")), Recording(event, Stage.SEALED, str(payload.get("document")))
    elif event.type == "document.renewed":
        yield str(payload.get("renewed")), Recording(event, Stage.SEALED, str(payload.get("document")))
    elif event.type == "recipient.signed":
        yield str(payload.get("revision")), Recording(event, Stage.SIGNED, None, str(payload.get("recipient")))
    elif event.type == "envelope.created":
        documents = payload.get("documents")
        for document in documents if isinstance(documents, tuple) else ():
            if isinstance(document, Mapping):
                recording = Recording(event, Stage.PREPARED, str(document.get("id")))
                yield str(document.get("prepared")), recording


def recording_of(events: Iterable[Event], sha256: str) -> Recording | None:
    """Return how these events of one envelope recorded the digest, the furthest stage of it, or None."""
    found = [recording for event in events for digest, recording in recorded_digests(event) if digest == sha256]
    return max(found, key=lambda one: tuple(Stage).index(one.stage), default=None)


def recognise(
    events: Sequence[Event],
    recording: Recording,
    sha256: str,
    *,
    as_of: datetime,
    proof: bytes | None,
    erased: bool,
) -> Recognised:
    """Return what all events of an envelope, in order, say of the file that `recording` is about.

    `proof` is the `.tlog-proof` of the recording's event, if there is one. Raises `BrokenTrail`, `EventRefused`.
    """
    envelope = fold(map(event_of, events))
    if envelope is None:
        raise broken("an envelope has no events")
    document = _document(envelope, recording)
    now = document.sealed or document.current
    is_present = sha256 == now or sha256 in document.versions  # whoever has the form before a renewal has it still
    signers = tuple(_signers(envelope, document, faces_of(events)))
    return Recognised(
        stage=recording.stage,
        state=envelope.state.value,
        superseded=not is_present,
        as_of=as_of,
        envelope=envelope.id,
        institution=envelope.institution,
        salesperson=envelope.salesperson,
        mode=envelope.settings.mode.value,
        level=_level(events, document.plan.id),
        superseded_by=None if is_present else now,
        signers=signers,
        stand_ins=frozenset(_stand_ins(envelope, signers)),
        proof=proof,
        erased=erased,
    )


def faces_of(events: Iterable[Event]) -> Mapping[str, Face]:
    """Return what stands behind each recipient's face photo: the last that was taken, or who assisted instead."""
    faces: dict[str, Face] = {}
    for event in events:
        recipient = str(event.payload.get("recipient"))
        if event.type == "recipient.photographed":
            by_quality = event.payload.get("check") == _QUALITY_ONLY
            faces[recipient] = Face.QUALITY_ONLY if by_quality else Face.CHECKED
        elif event.type == "recipient.face-not-given":
            faces[recipient] = Face.ASSISTED
    return faces


def _document(envelope: Envelope, recording: Recording) -> DocumentProgress:
    document = recording.document
    if recording.recipient is not None:
        document = envelope.recipient(recording.recipient).plan.document
    return envelope.document(document)


def _signers(envelope: Envelope, document: DocumentProgress, faces: Mapping[str, Face]) -> Iterator[KnownSigner]:
    for one in envelope.signers:
        if one.plan.document == document.plan.id:
            yield _signer(one, faces.get(one.id, Face.NOT_ASKED))


def _signer(one: Recipient, face: Face) -> KnownSigner:
    identity = one.session.identity
    return KnownSigner(
        recipient=one.id,
        role=one.plan.role.value,
        field=one.plan.field or "",
        certificate=None if one.signature is None else one.signature.certificate,
        assurance=None if identity is None else identity.assurance,
        by=None if identity is None else identity.by,
        face=face,
    )


def _stand_ins(envelope: Envelope, signers: Iterable[KnownSigner]) -> Iterator[str]:
    for signer in signers:
        if signer.assurance == NOT_VERIFIED:
            yield IDENTITY
        if signer.face is Face.QUALITY_ONLY:
            yield FACE
    if envelope.settings.mode.value == "test":
        yield TEST_MODE


def _level(events: Iterable[Event], document: str) -> str | None:
    sealed = [e for e in events if e.type == "document.sealed" and e.payload.get("document") == document]
    return str(sealed[-1].payload.get("level")) if sealed else None
