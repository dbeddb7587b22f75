"""Collecting what a certificate says: from the trail, sealed records, and our verifier's report at the release.

What a signature and the seal stand on is told as the verifier found it in the sealed document, not as we meant it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from esign.ceremony.about import About, read_about
from esign.ceremony.consent_texts import ConsentTexts
from esign.ceremony.domain import Envelope, Recipient, event_of
from esign.ceremony.domain import events as e
from esign.ceremony.domain.refusal import broken
from esign.ceremony.domain.values import EnvelopeMode, PhotoPlacement, RecipientState
from esign.ceremony.people import Person, parse_person
from esign.ceremony.records import CeremonyRecords
from esign.ceremony.releases import released_report
from esign.completion import words
from esign.completion.content import (
    Agreed,
    Authority,
    Both,
    CertificateContent,
    CertifiedDocument,
    CertifiedSigner,
    CopyReceiver,
    ReadPage,
    Step,
)
from esign.completion.moments import local
from esign.errors import EsignError
from esign.evidence.handwriting import parse_handwriting
from esign.infra.personal_records import PersonalRecords
from esign.trail.checkpoint import TimestampedCheckpoint
from esign.trail.log import read_stream
from esign.trail.publishing import checkpoint_covering, latest_checkpoint

TITLE_AT_MOST: Final = 60
_UNUSUAL_HERE: Final = ("embedded-authority", "embedded-timestamps")


@dataclass(frozen=True)
class Surroundings:
    """What the service stands on. `stand_ins` are the codes of those in use, `notice` says that certificates are ours.

    `verify_address` is the public page of verification, None where there is none; `licence` that of the authority.
    """

    organisation: str
    stand_ins: Collection[str] = ()
    notice: str = ""
    licence: str = ""
    verify_address: str | None = None


class Gatherer:
    """Collects the content of certificates."""

    def __init__(self, records: PersonalRecords, surroundings: Surroundings) -> None:
        self._records = records
        self._captures = CeremonyRecords(records)
        self._texts = ConsentTexts()
        self._surroundings = surroundings

    def gather(self, session: Session, envelope: Envelope) -> CertificateContent:
        """Return what there is to say of a completed envelope.

        Raises `NotCovered` where no checkpoint covers the completion yet, `RecordErased` where somebody in it was
        erased, `EsignError` (`release-missing`), `BrokenTrail`.
        """
        recorded = read_stream(session, envelope.id)
        events = [event_of(one) for one in recorded]
        completion = next((one for one in recorded if one.type == e.EnvelopeCompleted.type.name), None)
        if completion is None:
            raise broken("a completed envelope has no event of its completion")
        about = read_about(self._records, session, envelope.id)
        reports = {one.plan.id: _report(session, self._records, one.plan.id) for one in envelope.documents}
        documents = tuple(_documents(envelope, events, about, reports))
        signers = tuple(self._signer(session, envelope, one, events, reports) for one in envelope.signers)
        here = self._surroundings
        return CertificateContent(
            envelope=envelope.id,
            external_id=envelope.settings.external_id,
            title=about.title,
            organisation=here.organisation,
            completed_at=completion.time,
            documents=documents,
            signers=signers,
            receivers=tuple(self._receivers(session, envelope, events)),
            replaced=tuple(_replaced(envelope, events)),
            stand_ins=tuple(words.STAND_INS[code] for code in self._stand_ins(envelope, events)),
            licence=here.licence,
            is_test=envelope.settings.mode is EnvelopeMode.TEST,
            checkpoint=_checkpoint(session, completion.id),
            verify_address=_verify_address(here.verify_address, documents),
        )

    def _signer(
        self,
        session: Session,
        envelope: Envelope,
        recipient: Recipient,
        events: Sequence[e.Event],
        reports: Mapping[str, Mapping[str, Any]],
    ) -> CertifiedSigner:
        done, signature = recipient.session, recipient.signature
        if signature is None or done.handwriting is None or done.identity is None:
            raise broken("a signer of a completed envelope has no signature, handwriting or identity")
        own = [one for one in events if isinstance(one, e.RecipientEvent) and one.recipient == recipient.id]
        document = envelope.document(recipient.plan.document)
        judged = _judged(reports[document.plan.id], recipient.plan.field or "")
        placement = envelope.settings.photo_placement
        photo = done.photo if placement is PhotoPlacement.VISIBLE else None
        return CertifiedSigner(
            name=self._person(session, recipient).name,
            role=words.ROLES[recipient.plan.role],
            document=envelope.documents.index(document) + 1,
            signed_at=datetime.fromisoformat(str(judged["best_signature_time"])),
            presence=words.PRESENCE[done.identity.presence],
            identity=words.identity_words(done.identity.assurance, done.identity.by),
            face=_face(own, recipient, placement),
            statement=words.IS_CUSTOMER if done.face_stated else None,
            handwriting=parse_handwriting(self._captures.capture(session, done.handwriting.record).data),
            photo=None if photo is None else self._captures.capture(session, photo.record).data,
            certificate_serial=signature.certificate.upper(),
            authority=_authority(judged),
            manifest=recipient.manifests[-1],
            steps=tuple(_steps(own)),
            agreed=tuple(
                Agreed(_first_line(self._texts.read(session, one.digest)), one.version, one.digest, one.at)
                for one in done.consents
            ),
            pages=tuple(_pages(recipient)),
            reading_seconds=round(done.reading_time().total_seconds(), 1),
        )

    def _receivers(self, session: Session, envelope: Envelope, events: Sequence[e.Event]) -> Sequence[CopyReceiver]:
        sent = {one.recipient: one.at for one in events if isinstance(one, e.RecipientSent)}
        return [
            CopyReceiver(self._person(session, one).name, sent.get(one.id))
            for one in envelope.recipients
            if not one.plan.signs and one.state is not RecipientState.REPLACED
        ]

    def _person(self, session: Session, recipient: Recipient) -> Person:
        return parse_person(self._records.read(session, recipient.plan.person))

    def _stand_ins(self, envelope: Envelope, events: Sequence[e.Event]) -> Sequence[str]:
        """Return the codes of what took the place of a third party, in the order of the words.

        Of the authority the certificates say it, of people the trail; of timestamps the service as it runs now.
        """
        used = {code for code in _UNUSUAL_HERE if code in self._surroundings.stand_ins}
        if self._surroundings.notice:
            used.add("embedded-authority")
        if envelope.settings.mode is EnvelopeMode.TEST:
            used.add("test-mode")
        assured = [one.session.identity.assurance for one in envelope.signers if one.session.identity is not None]
        if "not-verified" in assured:
            used.add("identity-not-verified")
        signing = {one.id for one in envelope.signers}
        checks = (one for one in events if isinstance(one, e.RecipientPhotographed) and one.recipient in signing)
        if any(one.check == "quality-only" for one in checks):
            used.add("face-quality-only")
        return [code for code in words.STAND_INS if code in used]


def _documents(
    envelope: Envelope, events: Sequence[e.Event], about: About, reports: Mapping[str, Mapping[str, Any]]
) -> Sequence[CertifiedDocument]:
    sealed = {one.document: one for one in events if isinstance(one, e.DocumentSealed)}
    found = []
    for number, one in enumerate(envelope.documents, start=1):
        plan, released = one.plan, sealed[one.plan.id]
        judged = _judged(reports[plan.id], about.documents[plan.id].seal_field)
        found.append(
            CertifiedDocument(
                number=number,
                name=about.documents[plan.id].name,
                pages=plan.pages,
                original=plan.original,
                prepared=plan.prepared,
                sealed=released.sealed,
                sealed_at=released.at,
                level=released.level.value,
                seal_serial=str(judged["signer"].get("serial", "")).upper(),
                seal_authority=_authority(judged),
            )
        )
    return found


def _report(session: Session, records: PersonalRecords, document: str) -> Mapping[str, Any]:
    released = released_report(session, records.data_keys, document)
    if released is None:
        raise EsignError(
            "release-missing", f"there is no report on the sealed document {document}", "restore it from a backup"
        )
    report: Mapping[str, Any] = json.loads(released)
    return report


def _judged(report: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """Return what our verifier said of the signature in this field when the document was released."""
    for one in report["signatures"]:
        if one["field"] == field and one["kind"] == "signature":
            found: Mapping[str, Any] = one
            return found
    raise EsignError("release-missing", f"the report has no signature {field}", "verify the sealed document anew")


def _authority(judged: Mapping[str, Any]) -> Authority:
    signer = judged["signer"]
    return Authority(str(signer.get("issuer_name", "")), str(signer.get("issuer", "")))


def _face(own: Sequence[e.RecipientEvent], recipient: Recipient, placement: PhotoPlacement) -> Both:
    done = recipient.session
    if done.photo is not None:
        taken = [one for one in own if isinstance(one, e.RecipientPhotographed) and one.record == done.photo.record]
        last = taken[-1] if taken else None
        return words.face_words(placement, last.check if last else None, last.by if last else None)
    without = [one for one in own if isinstance(one, e.FaceNotGiven)]
    if done.assisted_by is not None and without:
        return words.no_face_words(without[-1].reason, done.assisted_by)
    return words.NO_PHOTO


def _steps(own: Sequence[e.RecipientEvent]) -> Sequence[Step]:
    """Return the steps in order; where one was taken several times in a row, the last of them."""
    steps: list[Step] = []
    for one in own:
        what = words.STEPS.get(type(one).type.name)
        if what is None:
            continue
        if steps and steps[-1].what == what:
            steps[-1] = Step(what, one.at, steps[-1].times + 1)
        else:
            steps.append(Step(what, one.at))
    return steps


def _pages(recipient: Recipient) -> Sequence[ReadPage]:
    seconds: dict[int, float] = {}
    for stay in recipient.session.stays:
        seconds[stay.page] = seconds.get(stay.page, 0.0) + (stay.left_at - stay.entered_at).total_seconds()
    return [ReadPage(page, round(seconds[page], 1)) for page in sorted(seconds)]


def _replaced(envelope: Envelope, events: Sequence[e.Event]) -> Sequence[Both]:
    """Return who was replaced by their role and when: whoever did not sign is not named."""
    return [
        words.replaced_words(envelope.recipient(one.recipient).plan.role, local(one.at))
        for one in events
        if isinstance(one, e.RecipientReplaced)
    ]


def _checkpoint(session: Session, completion: str) -> TimestampedCheckpoint:
    """Return the latest checkpoint, once there is one over the completion. Raises `NotCovered`."""
    covering = checkpoint_covering(session, completion)
    return latest_checkpoint(session) or covering


def _verify_address(page: str | None, documents: Sequence[CertifiedDocument]) -> str | None:
    """Return the page's address, with the one document's digest so that the page can say whether it was handed in."""
    if page is None or len(documents) != 1:
        return page
    return f"{page}?{urlencode({'sha256': documents[0].sealed})}"


def _first_line(text: str) -> str:
    line = next((one.strip() for one in text.splitlines() if one.strip()), "")
    return line if len(line) <= TITLE_AT_MOST else f"{line[: TITLE_AT_MOST - 1]}…"
