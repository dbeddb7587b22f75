"""Checks evidence, consents and pages of a bundle against the manifests, the trail and the sealed documents."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from typing import Final

from esign.bundle.checking.members import Members
from esign.bundle.checking.verdict import Findings, Step
from esign.bundle.facts import BundledRecipient, Description
from esign.errors import EvidenceError
from esign.evidence.items import Placement
from esign.evidence.manifest import MANIFEST_FILE_NAME, Manifest, parse_manifest
from esign.evidence.matching import match_evidence
from esign.evidence.sealing import is_sealed_form
from esign.trail.event import Event
from esign.verify import read_evidence
from esign.verify.errors import UnreadableDocument
from esign.verify.report import Severity

_CONFIRMED, _SIGNED, _CONSENTED, _PAGE_READ = (
    "recipient.confirmed",
    "recipient.signed",
    "recipient.consented",
    "recipient.page-read",
)


def check_evidence(members: Members, description: Description, events: Sequence[Event], findings: Findings) -> None:
    """Check what stands for each recipient: manifest, items, consents as shown, pages as shown."""
    embedded = _embedded(members, description)
    known: set[str] = set()
    for recipient in description.recipients:
        own = [event for event in events if event.payload.get("recipient") == recipient.id]
        known |= _check_consents(members, recipient, own, findings)
        known |= _check_pages(members, recipient, own, findings)
        if not description.is_erased:
            known |= _check_manifest(members, description, recipient, own, embedded, findings)
    unexplained = [
        name for folder in ("evidence/", "consents/", "pages/") for name in members.under(folder) if name not in known
    ]
    findings.extend(Step.EVIDENCE, "evidence-unexplained", unexplained)


def _check_manifest(
    members: Members,
    description: Description,
    recipient: BundledRecipient,
    events: Sequence[Event],
    embedded: Mapping[str, Mapping[str, bytes]],
    findings: Findings,
) -> set[str]:
    folder = f"evidence/{recipient.id}/"
    name = folder + MANIFEST_FILE_NAME
    recorded = _manifest_in_force(events)
    encoded = members.read(name)
    if recorded is None or encoded is None:
        if recorded is not None:
            findings.add(Step.EVIDENCE, "member-missing", name)
        return set()
    try:
        manifest = parse_manifest(encoded)
    except EvidenceError as error:
        findings.add(Step.EVIDENCE, "manifest-of-evidence-malformed", name, reason=error.cause)
        return {name}
    if members.digests[name] != recorded:
        findings.add(Step.EVIDENCE, "evidence-not-recorded", name)
    _check_words(members, description, recipient, manifest, name, findings)
    files = {one.removeprefix(folder): members.read(one) or b"" for one in members.under(folder)}
    for mismatch in match_evidence(manifest, files):
        if mismatch.code == "evidence-file-missing":
            findings.add(Step.EVIDENCE, "member-missing", folder + mismatch.file_name)
        # a digest-only item is kept out of the PDF, and is exactly what a bundle is for
        elif mismatch.code != "evidence-file-outside":
            findings.add(Step.EVIDENCE, "evidence-differs", folder + mismatch.file_name, reason=mismatch.message)
    kept_apart = [item for item in manifest.items if item.placement is Placement.DIGEST_ONLY]
    for item in kept_apart:
        if item.file_name not in files:
            findings.add(Step.EVIDENCE, "member-missing", folder + item.file_name)
        elif not is_sealed_form(files[item.file_name]):
            findings.add(Step.EVIDENCE, "evidence-differs", folder + item.file_name, reason="It is not a sealed item.")
    compared = _check_embedded(recipient, manifest, files, embedded, findings)
    _tell_unopened(recipient, manifest, files, compared, findings)
    return {name, *(folder + item.file_name for item in manifest.items)}


def _manifest_in_force(events: Sequence[Event]) -> str | None:
    """Return the digest of the manifest that the recipient signed, or confirmed last."""
    for kind in (_SIGNED, _CONFIRMED):
        found = [str(event.payload.get("manifest")) for event in events if event.type == kind]
        if found:
            return found[-1]
    return None


def _check_words(
    members: Members,
    description: Description,
    recipient: BundledRecipient,
    manifest: Manifest,
    name: str,
    findings: Findings,
) -> None:
    """Check that the manifest is of this envelope, person and document, and that what it lists is here."""
    document = next((one for one in description.documents if one.id == recipient.document), None)
    said = (manifest.envelope, manifest.recipient, manifest.role, manifest.field)
    if said != (description.envelope, recipient.id, recipient.role, recipient.field):
        findings.add(Step.EVIDENCE, "evidence-of-another", name)
    if document is None or (manifest.original_sha256.hex(), manifest.prepared_sha256.hex()) != (
        document.original,
        document.prepared,
    ):
        findings.add(Step.EVIDENCE, "evidence-of-other-document", name)
    for consent in manifest.consents:
        text = f"consents/{recipient.id}/{consent.id}.{consent.version}.txt"
        if members.digests.get(text) != consent.sha256.hex():
            findings.add(Step.EVIDENCE, "consent-differs", text)
    for page in manifest.pages:
        picture = f"pages/{recipient.document}/{page.image_sha256.hex()}.jpg"
        if picture not in members:
            findings.add(Step.EVIDENCE, "member-missing", picture)


def _check_consents(
    members: Members, recipient: BundledRecipient, events: Sequence[Event], findings: Findings
) -> set[str]:
    known: set[str] = set()
    for event in events:
        if event.type == _CONSENTED:
            consent, version = event.payload.get("consent"), event.payload.get("text_version")
            text = f"consents/{recipient.id}/{consent}.{version}.txt"
            known.add(text)
            if text not in members:
                findings.add(Step.EVIDENCE, "member-missing", text)
            elif members.digests[text] != event.payload.get("digest"):
                findings.add(Step.EVIDENCE, "consent-differs", text)
    return known


def _check_pages(
    members: Members, recipient: BundledRecipient, events: Sequence[Event], findings: Findings
) -> set[str]:
    known: set[str] = set()
    for event in events:
        if event.type == _PAGE_READ:
            picture = f"pages/{recipient.document}/{event.payload.get('image')}.jpg"
            known.add(picture)
            if picture not in members:
                findings.add(Step.EVIDENCE, "member-missing", picture)
            elif members.digests[picture] != event.payload.get("image"):
                findings.add(Step.EVIDENCE, "page-differs", picture)
    return known


def _embedded(members: Members, description: Description) -> dict[str, Mapping[str, bytes]]:
    """Return the evidence files inside the signed documents, by the digest of their manifest."""
    found: dict[str, Mapping[str, bytes]] = {}
    for document in description.documents:
        folder = f"documents/{document.id}"
        data = members.read(f"{folder}/sealed.pdf") or members.read(f"{folder}/signed.pdf")
        if data is None:
            continue
        try:
            for one in read_evidence(io.BytesIO(data)):
                encoded = one.files.get(MANIFEST_FILE_NAME)
                if encoded is not None:
                    found[hashlib.sha256(encoded).hexdigest()] = one.files
        except UnreadableDocument:
            continue  # that the document cannot be read is told by its own verdict
    return found


def _check_embedded(
    recipient: BundledRecipient,
    manifest: Manifest,
    files: Mapping[str, bytes],
    embedded: Mapping[str, Mapping[str, bytes]],
    findings: Findings,
) -> frozenset[str]:
    """Check that a signature's evidence is, byte for byte, what lies in the document that was sealed with it.

    Return the names of the files that were compared with the document's.
    """
    digest = hashlib.sha256(files[MANIFEST_FILE_NAME]).hexdigest()
    if recipient.state != "signed" or not embedded:
        return frozenset()
    inside = embedded.get(digest)
    if inside is None:
        findings.add(Step.EVIDENCE, "evidence-not-in-document", f"evidence/{recipient.id}/{MANIFEST_FILE_NAME}")
        return frozenset()
    in_document = [item.file_name for item in manifest.items if item.placement is not Placement.DIGEST_ONLY]
    for file_name in in_document:
        if inside.get(file_name) != files.get(file_name):
            findings.add(Step.EVIDENCE, "evidence-differs", f"evidence/{recipient.id}/{file_name}", reason=_INSIDE)
    return frozenset(in_document)


def _tell_unopened(
    recipient: BundledRecipient,
    manifest: Manifest,
    files: Mapping[str, bytes],
    compared: frozenset[str],
    findings: Findings,
) -> None:
    """Name each sealed item that nothing was compared with: its digest is of what only its key opens."""
    for item in manifest.items:
        is_sealed = item.placement is not Placement.VISIBLE
        if is_sealed and item.file_name in files and item.file_name not in compared:
            findings.add(
                Step.EVIDENCE,
                "item-not-opened",
                f"evidence/{recipient.id}/{item.file_name}",
                severity=Severity.INFO,
                recipient=recipient.id,
                item=item.kind.value,
            )


_INSIDE: Final = "The sealed document holds another file of this name."
