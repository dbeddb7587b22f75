"""What the service reports of its own work: signatures, certificates, the seal (SIGNING.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from esign.ceremony.domain import commands as c
from esign.ceremony.domain import events as e
from esign.ceremony.domain.consequence import with_consequences
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.rule import EnvelopeRule, RecipientRule
from esign.ceremony.domain.state import DocumentProgress, Envelope, Recipient, Signature
from esign.ceremony.domain.values import EnvelopeState, RecipientState

Events = tuple[e.Event, ...]


def _signed_before(_state: Envelope, recipient: Recipient, command: c.RecordSignature) -> bool:
    accepted = recipient.signature
    if accepted is None:
        return False
    if accepted == Signature(command.certificate, command.cms, command.base, command.revision):
        return True
    raise refusal("another-signature")


def _record_signature(state: Envelope, recipient: Recipient, command: c.RecordSignature) -> Events:
    if command.manifest != recipient.manifests[-1]:
        raise refusal("other-manifest")
    if any(command.certificate in one.abandoned for one in state.recipients):
        raise refusal("certificate-abandoned", (command.certificate,))
    others = [one.signature for one in state.recipients if one.signature is not None]
    taken = {text for other in others for text in (other.certificate, other.cms, other.base, other.revision)}
    if taken & {command.certificate, command.cms, command.revision} or command.revision == command.base:
        raise refusal("signature-elsewhere")
    if command.base != state.document(recipient.plan.document).current:
        raise refusal("revision-not-current")
    signed = e.RecipientSigned(
        at=command.at,
        recipient=recipient.id,
        manifest=command.manifest,
        certificate=command.certificate,
        cms=command.cms,
        base=command.base,
        revision=command.revision,
    )
    return with_consequences(state, signed)


def _signing_failed_before(_state: Envelope, recipient: Recipient, command: c.FailSigning) -> bool:
    if command.manifest not in recipient.manifests:
        return False
    superseded = command.manifest != recipient.manifests[-1]
    return superseded or recipient.failure is not None


def _fail_signing(_state: Envelope, recipient: Recipient, command: c.FailSigning) -> Events:
    if command.manifest != recipient.manifests[-1]:
        raise refusal("other-manifest")
    return (e.SigningFailed(at=command.at, recipient=recipient.id, manifest=command.manifest, reason=command.reason),)


def _abandoned_before(_state: Envelope, recipient: Recipient, command: c.AbandonCertificate) -> bool:
    return command.certificate in recipient.abandoned


def _abandon(state: Envelope, recipient: Recipient, command: c.AbandonCertificate) -> Events:
    if not recipient.manifests:
        raise refusal("nothing-to-abandon")
    accepted = [one.signature.certificate for one in state.recipients if one.signature is not None]
    if command.certificate in accepted:
        raise refusal("certificate-in-use", (command.certificate,))
    return (
        e.CertificateAbandoned(
            at=command.at, recipient=recipient.id, certificate=command.certificate, reason=command.reason
        ),
    )


def _seal_started_before(state: Envelope, command: c.StartSeal) -> bool:
    return state.seal_running and command.attempt == state.seal_attempt


def _start_seal(state: Envelope, command: c.StartSeal) -> Events:
    if state.seal_running or command.attempt != state.seal_attempt + 1:
        raise refusal("seal-attempt", (str(state.seal_attempt),))
    return (e.SealStarted(at=command.at, attempt=command.attempt),)


def _document_of(state: Envelope, command: c.RecordSealed | c.RenewDocument) -> DocumentProgress:
    document = state.find_document(command.document)
    if document is None:
        raise refusal("no-document")
    return document


def _sealed_before(state: Envelope, command: c.RecordSealed) -> bool:
    document = _document_of(state, command)
    if document.sealed is None:
        return False
    if command.sealed in document.versions:
        return True
    raise refusal("sealed-otherwise", (command.document,))


def _record_sealed(state: Envelope, command: c.RecordSealed) -> Events:
    if not state.seal_running:
        raise refusal("seal-attempt", (str(state.seal_attempt),))
    document = _document_of(state, command)
    if command.base != document.current:
        raise refusal("revision-not-current")
    if not command.level.reaches(state.settings.level):
        raise refusal("level-not-reached", (command.level.value, state.settings.level.value))
    sealed = e.DocumentSealed(
        at=command.at, document=command.document, base=command.base, sealed=command.sealed, level=command.level
    )
    after = state.with_document(replace(document, sealed=command.sealed))
    if any(one.sealed is None for one in after.documents):
        return (sealed,)
    copies = [one for one in state.recipients if not one.plan.signs and one.state is RecipientState.PENDING]
    sent = tuple(e.RecipientSent(at=command.at, recipient=one.id) for one in copies)
    return (sealed, *sent, e.EnvelopeCompleted(at=command.at))


def _seal_failed_before(state: Envelope, command: c.FailSeal) -> bool:
    if state.state not in (EnvelopeState.SEALING, EnvelopeState.SEAL_FAILED):
        return False
    over = command.attempt == state.seal_attempt and not state.seal_running
    return over or command.attempt < state.seal_attempt


def _fail_seal(state: Envelope, command: c.FailSeal) -> Events:
    if command.attempt != state.seal_attempt:
        raise refusal("seal-attempt", (str(state.seal_attempt),))
    return (e.SealFailed(at=command.at, attempt=command.attempt, reason=command.reason),)


def _seal_retried_before(state: Envelope, command: c.RetrySeal) -> bool:
    waiting = state.state is EnvelopeState.SEALING and not state.seal_running
    return command.attempt < state.seal_attempt or (waiting and command.attempt == state.seal_attempt)


def _retry_seal(state: Envelope, command: c.RetrySeal) -> Events:
    if command.attempt != state.seal_attempt:
        raise refusal("seal-attempt", (str(state.seal_attempt),))
    return (e.SealRetried(at=command.at, attempt=command.attempt, by=command.by),)


def _certified_before(state: Envelope, command: c.CertifyCompletion) -> bool:
    if state.certificate is None:
        return False
    if state.certificate == command.certificate:
        return True
    raise refusal("certified-otherwise")


def _certify(_state: Envelope, command: c.CertifyCompletion) -> Events:
    return (e.CompletionCertified(at=command.at, certificate=command.certificate),)


def _renewed_before(state: Envelope, command: c.RenewDocument) -> bool:
    return command.renewed in _document_of(state, command).versions


def _renew(state: Envelope, command: c.RenewDocument) -> Events:
    if command.base != _document_of(state, command).sealed:
        raise refusal("revision-not-current")
    return (e.DocumentRenewed(at=command.at, document=command.document, base=command.base, renewed=command.renewed),)


SIGNATURE_RULES: Mapping[type[c.Command], RecipientRule] = {
    c.RecordSignature: RecipientRule(_signed_before, _record_signature),
    c.FailSigning: RecipientRule(_signing_failed_before, _fail_signing),
    c.AbandonCertificate: RecipientRule(_abandoned_before, _abandon),
}
SEAL_RULES: Mapping[type[c.Command], EnvelopeRule] = {
    c.StartSeal: EnvelopeRule(_seal_started_before, _start_seal),
    c.RecordSealed: EnvelopeRule(_sealed_before, _record_sealed),
    c.FailSeal: EnvelopeRule(_seal_failed_before, _fail_seal),
    c.RetrySeal: EnvelopeRule(_seal_retried_before, _retry_seal),
    c.CertifyCompletion: EnvelopeRule(_certified_before, _certify),
    c.RenewDocument: EnvelopeRule(_renewed_before, _renew),
}
