"""The recipient's acts inside an opened ceremony, from the first page to the confirmation. Each may be repeated."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy.orm import Session

from esign.ceremony.about import About, read_about
from esign.ceremony.admission import Admission, Admitted
from esign.ceremony.capture import CaptureRefused, accepted_handwriting
from esign.ceremony.confirming import Freezer
from esign.ceremony.consent_texts import ConsentTexts
from esign.ceremony.documents import Documents
from esign.ceremony.domain import commands, decide
from esign.ceremony.domain.events import RecipientDrawn
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.values import EnvelopeMode, PhotoPlacement, RecipientState
from esign.ceremony.envelopes import Change, CommandOf, Envelopes, Reaction
from esign.ceremony.face_check import FaceCheck
from esign.ceremony.handovers import Handovers
from esign.ceremony.near_captures import NearCapture, NearCaptures, signals_of
from esign.ceremony.origins import origin_of
from esign.ceremony.page_pictures import PagePictures, newest_read
from esign.ceremony.people import parse_person
from esign.ceremony.quarantined import read_photo
from esign.ceremony.records import HANDWRITING, PHOTO, Captured, CeremonyRecords
from esign.ceremony.shown import ConsentShown, PageShown
from esign.ceremony.signals import raise_all
from esign.ceremony.tokens import SessionToken, Tokens
from esign.evidence.handwriting import canonical_handwriting
from esign.evidence.items import SALT_BYTES
from esign.infra.clock import ClientClocks
from esign.infra.ids import new_id
from esign.infra.keystore import KeyStore
from esign.infra.personal_records import PersonalRecords
from esign.infra.quarantine import Quarantine

Entropy: TypeAlias = Callable[[int], bytes]
Stay: TypeAlias = tuple[int, datetime, datetime]
"""The page (from 1), when it was entered, when it was left."""
TextAgreedTo: TypeAlias = tuple[str, str, str]
"""The id of a consent, the version of its text, the text's digest."""
NO_PICTURE = "0" * 64
CONFIRMED_BEFORE: Final = (RecipientState.CONFIRMED, RecipientState.SIGNED)


ActOf: TypeAlias = Callable[[Session, Admitted], commands.Command]


class Ceremony:
    """What the recipient's own device, or the insurer's tablet, asks for with a session token.

    Every method raises `LinkRefused` (`session-unknown`, `session-over`, `another-device`,
    `handover-over`) and, for acts out of step, `Refusal`.
    """

    def __init__(
        self,
        envelopes: Envelopes,
        documents: Documents,
        records: PersonalRecords,
        keys: KeyStore,
        texts: ConsentTexts,
        clocks: ClientClocks,
        handovers: Handovers,
        quarantine: Quarantine,
        face_check: FaceCheck,
        entropy: Entropy,
    ) -> None:
        self._envelopes = envelopes
        self._documents = documents
        self._pictures = PagePictures(envelopes.database, documents, quarantine)
        self._records = records
        self._ceremony_records = CeremonyRecords(records)
        self._admission = Admission(envelopes, Tokens(keys), clocks, handovers)
        self._quarantine = quarantine
        self._face_check = face_check
        self._entropy = entropy
        self._near = NearCaptures(envelopes, records, keys)
        self._texts = texts
        self._freezer = Freezer(self._ceremony_records, entropy)

    def admit(self, token: str) -> Admitted:
        """Return who the session is of."""
        with self._envelopes.database.reading() as session:
            return self._admission.admitted(session, token)

    def consents(self, token: str) -> tuple[ConsentShown, ...]:
        """Return the consents that are asked of the recipient, in order, with their exact texts."""
        with self._envelopes.database.reading() as session:
            return self._consents(session, self._admission.admitted(session, token))

    def progress(self, token: str) -> tuple[Admitted, tuple[ConsentShown, ...], About]:
        """Return all that a device needs to go on: who is admitted, the consents as `consents` does, the titles.

        Raises `RecordErased`, too.
        """
        with self._envelopes.database.reading() as session:
            at = self._admission.admitted(session, token)
            return at, self._consents(session, at), read_about(self._records, session, at.envelope.id)

    def _consents(self, session: Session, at: Admitted) -> tuple[ConsentShown, ...]:
        given = {consent.id: consent.at for consent in at.recipient.session.consents}
        return tuple(
            ConsentShown(
                text.id,
                text.version,
                text.stage,
                text.digest,
                self._texts.read(session, text.digest),
                given.get(text.id),
            )
            for text in at.envelope.settings.consents
            if at.recipient.plan.role in text.roles
        )

    def document(self, token: str) -> bytes:
        """Return the exact PDF that the recipient reads, with all that others signed before."""
        with self._envelopes.database.reading() as session:
            at = self._admission.admitted(session, token)
            document = at.envelope.document(at.recipient.plan.document)
            return self._documents.read(session, document.plan.id, newest_read(document, at.recipient))

    def page(self, token: str, page: int, revision: str | None = None) -> PageShown:
        """Return the picture of a page (from 1), of the newest revision unless one is named by its digest.

        Raises `Refusal` (`page-unknown`, `page-not-shown`).
        """
        with self._envelopes.database.reading() as session:
            at = self._admission.admitted(session, token)
            progress = at.envelope.document(at.recipient.plan.document)
            if not 1 <= page <= progress.plan.pages:
                raise refusal("page-unknown", (str(page),))
            if revision is not None:
                self._pictures.require_revision(session, progress.plan, revision)
            chosen = revision or newest_read(progress, at.recipient)
            shown = self._pictures.read(session, chosen, page)
            if shown is not None:
                return shown
        return self._pictures.draw(progress.plan, chosen, page, origin=origin_of(at.envelope))

    def give_consents(self, token: str, texts: Sequence[TextAgreedTo]) -> Change:
        """Record the agreement to exactly these texts, at least one, each by itself.

        If one is refused, those before it stand.
        """
        return self._act_each(token, [self._consent(*text) for text in texts])

    def give_consent(self, token: str, consent: str, version: str, digest: str) -> Change:
        """Record the agreement to exactly this text."""
        return self.give_consents(token, [(consent, version, digest)])

    def _consent(self, consent: str, version: str, digest: str) -> ActOf:
        return lambda _session, at: commands.GiveConsent(
            at=at.now,
            recipient=at.recipient.id,
            device=at.device,
            consent=consent,
            text_version=version,
            digest=digest,
        )

    def record_pages(self, token: str, stays: Sequence[Stay], revision: str | None = None) -> Change:
        """Record stays on pages, at least one, of the revision that was shown: the newest drawn, if it is not told.

        If one is refused, those before it stand. Raises as `record_page`.
        """
        return self._act_each(token, [self._stay(*stay, revision) for stay in stays])

    def record_page(self, token: str, page: int, entered_at: datetime, left_at: datetime) -> Change:
        """Record a stay on a page whose picture was shown before. Raises `Refusal` (`page-not-shown`, `page-times`)."""
        return self.record_pages(token, [(page, entered_at, left_at)])

    def _stay(self, page: int, entered_at: datetime, left_at: datetime, revision: str | None) -> ActOf:
        def read(session: Session, at: Admitted) -> commands.Command:
            document = at.envelope.document(at.recipient.plan.document).plan
            image = self._pictures.shown(session, document, page, revision)
            command = commands.RecordPageRead(
                at=at.now,
                recipient=at.recipient.id,
                device=at.device,
                page=page,
                image=NO_PICTURE if image is None else image.sha256,
                entered_at=entered_at,
                left_at=left_at,
            )
            if image is None:
                decide(at.envelope, command)  # whatever else is wrong with it is told first
                raise refusal("page-not-shown", (str(page),))
            return command

        return read

    def finish_reading(self, token: str) -> Change:
        """Go on from reading, if every page and consent is there and the minimum time has passed."""
        return self._act(
            token,
            lambda _session, at: commands.FinishReading(at=at.now, recipient=at.recipient.id, device=at.device),
        )

    def draw(self, token: str, data: bytes) -> Change:
        """Take the handwriting, in its JSON form. Raises `EvidenceError`, `CaptureRefused`."""
        handwriting = accepted_handwriting(data)
        encoded = canonical_handwriting(handwriting)
        salt = self._entropy(SALT_BYTES)
        alike: list[NearCapture] = []

        def drawn(session: Session, at: Admitted) -> commands.Command:
            before = at.recipient.session.handwriting
            if before is not None and self._ceremony_records.capture(session, before.record).data == encoded:
                return commands.Draw(
                    at=at.now,
                    recipient=at.recipient.id,
                    device=at.device,
                    record=before.record,
                    digest=before.digest,
                )
            captured, record = Captured(salt, encoded), new_id("hwr", at.now)
            if at.envelope.settings.mode is EnvelopeMode.LIVE:  # an integrator's tests write with canned hands
                alike[:] = self._near.accept(session, handwriting, at.envelope, at.recipient, record)
            self._ceremony_records.keep_capture(session, record, HANDWRITING, captured, at=at.now)
            return commands.Draw(
                at=at.now, recipient=at.recipient.id, device=at.device, record=record, digest=captured.digest
            )

        def compared(session: Session, change: Change) -> None:
            for event in change.events:
                if isinstance(event, RecipientDrawn):
                    found = signals_of(alike, change.after.recipient(event.recipient), event.at)
                    raise_all(self._envelopes, session, change.after.id, found)

        return self._act(token, drawn, beside=compared)

    def take_photo(self, token: str, data: bytes) -> Change:
        """Take a face photo: JPEG, PNG or WebP. Raises `EvidenceError`, `CaptureRefused`, `QuarantineFailed`."""
        admitted = self.admit(token)  # nothing of a stranger's is decoded
        self._require_photo_wanted(admitted)
        photo = read_photo(self._quarantine, data)
        if photo.shortcomings:
            raise CaptureRefused(photo.shortcomings)
        finding = self._face_check.check(photo.photo.jpeg)
        if finding.shortcomings:
            raise CaptureRefused(finding.shortcomings)
        salt = self._entropy(SALT_BYTES)

        def taken(session: Session, at: Admitted) -> commands.Command:
            captured, record = Captured(salt, photo.photo.jpeg), new_id("pho", at.now)
            before = at.recipient.session.photo
            if before is not None and self._ceremony_records.capture(session, before.record).data == captured.data:
                captured, record = self._ceremony_records.capture(session, before.record), before.record
            else:
                self._ceremony_records.keep_capture(session, record, PHOTO, captured, at=at.now)
            visible = at.envelope.settings.photo_placement is PhotoPlacement.VISIBLE
            digest = hashlib.sha256(captured.data).hexdigest() if visible else captured.digest
            return commands.TakePhoto(
                at=at.now,
                recipient=at.recipient.id,
                device=at.device,
                record=record,
                digest=digest,
                check=finding.code,
                by=finding.by,
            )

        return self._act(token, taken)

    def _require_photo_wanted(self, at: Admitted) -> None:
        """Raise `Refusal` where a photo is refused whatever is on it: nobody outside is asked for nothing."""
        record, digest = new_id("pho", at.now), hashlib.sha256(at.device.encode()).hexdigest()
        decide(
            at.envelope,
            commands.TakePhoto(
                at=at.now,
                recipient=at.recipient.id,
                device=at.device,
                record=record,
                digest=digest,
                check="not-checked",
                by="nobody",
            ),
        )

    def give_no_face(self, token: str, reason: str, assisted_by: str) -> Change:
        """Go on without a photo, assisted by a person of the insurer's (an id), for a reason (a code)."""
        return self._act(
            token,
            lambda _session, at: commands.GiveNoFace(
                at=at.now, recipient=at.recipient.id, device=at.device, reason=reason, assisted_by=assisted_by
            ),
        )

    def confirm(self, token: str) -> Change:
        """Freeze the evidence and confirm: from here on nothing can be declined. Signing follows by itself."""

        def confirmed(session: Session, at: Admitted) -> commands.Command:
            if at.recipient.confirmation is not None and at.recipient.state in CONFIRMED_BEFORE:
                return commands.Confirm(
                    at=at.now,
                    recipient=at.recipient.id,
                    device=at.device,
                    manifest=at.recipient.manifests[-1],
                    record=at.recipient.confirmation,
                )
            # Refused before anything is sealed, with the reason that the state gives rather than what is missing.
            unsealed = hashlib.sha256(at.device.encode()).hexdigest()
            decide(
                at.envelope,
                commands.Confirm(
                    at=at.now,
                    recipient=at.recipient.id,
                    device=at.device,
                    manifest=unsealed,
                    record=new_id("cnf", at.now),
                ),
            )
            person = parse_person(self._records.read(session, at.recipient.plan.person))
            frozen = self._freezer.freeze(session, at.envelope, at.recipient, person, at=at.now)
            record = new_id("cnf", at.now)
            self._ceremony_records.keep_confirmation(session, record, frozen.confirmation, at=at.now)
            return commands.Confirm(
                at=at.now, recipient=at.recipient.id, device=at.device, manifest=frozen.manifest, record=record
            )

        return self._act(token, confirmed)

    def decline(self, token: str, reason: str, words: str | None) -> Change:
        """Decline for a reason (a code), perhaps with words of the recipient's own, which are kept sealed."""

        def declined(session: Session, at: Admitted) -> commands.Command:
            note = None
            if words and at.recipient.state is not RecipientState.DECLINED:  # asked twice, it is kept once
                note = new_id("nte", at.now)
                self._records.keep(session, note, "note", words.encode("utf-8"), at=at.now)
            return commands.Decline(at=at.now, recipient=at.recipient.id, device=at.device, reason=reason, note=note)

        return self._act(token, declined)

    def _act(self, token: str, act: ActOf, beside: Reaction | None = None) -> Change:
        known = self._admission.known(token)
        home, actor = self._admission.home_of(known), f"recipient:{known.recipient}"
        return self._envelopes.change(home, self._command(known, act), actor=actor, beside=beside)

    def _act_each(self, token: str, acts: Sequence[ActOf]) -> Change:
        known = self._admission.known(token)
        each = [self._command(known, act) for act in acts]
        return self._envelopes.change_each(self._admission.home_of(known), each, actor=f"recipient:{known.recipient}")

    def _command(self, known: SessionToken, act: ActOf) -> CommandOf:
        return lambda session, envelope: act(session, self._admission.admitted_to(session, known, envelope))
