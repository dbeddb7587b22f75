"""A contract signed in one go: prepared, signed by every recipient in order, sealed, archived, verified, released.

This is what the command line does with recorded handwriting and photos. The document is worked on beside its
destination and appears there whole, after our own verifier accepted it, or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path

from ca.ports import CertifiedKey, RevocationReason
from ca.trust import Purpose
from esign.ceremony.roles import ROLE_WORDS, SEAL_FIELD, SEAL_WORDS, Role
from esign.ceremony.trust_services import TrustServices
from esign.ceremony.workfile import Workfile, digest_of
from esign.errors import EsignError, LevelNotReached
from esign.evidence.handwriting import Handwriting, encode_handwriting
from esign.evidence.items import EvidenceItem, ItemKind, Placement, sealed_item, visible_item
from esign.evidence.manifest import (
    IdentityAssurance,
    Manifest,
    Mode,
    PresentSignature,
    SignatureEvidence,
    encode_manifest,
    manifest_items,
)
from esign.evidence.photo import Photo
from esign.evidence.sealing import create_envelope_key, wrap_for_custodian
from esign.pades.act import (
    Act,
    Signature,
    archive,
    opener_of,
    sign_for_recipient,
    sign_with_seal,
    timestamp_signature,
    validation_data_for,
)
from esign.pades.appearance import HandwrittenAppearance, SealAppearance, announced_text
from esign.pades.fields import DefaultPlace, FieldPlan, InField, Lock, Place
from esign.pades.level import Level
from esign.pades.prepare import prepare
from esign.pades.revision import add_validation_data
from esign.pades.typeface import Typeface
from esign.pades.validation_data import ValidationData
from esign.verify import Report, SecurityStore, verify

TEST_NOTICE = "测试证书 不具法律效力 TEST CERTIFICATE"
SALT_BYTES = 32
CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Recipient:
    """A person who signs: role, name as it is printed, evidence that passed its checks, and where."""

    role: Role
    name: str
    handwriting: Handwriting
    photo: Photo | None
    place: Place
    ordinal: int = 1

    @property
    def field(self) -> str:
        """The signature field's name: the existing field's, else the role's, numbered from the second person on."""
        if isinstance(self.place, InField):
            return self.place.name
        return self.role.value if self.ordinal == 1 else f"{self.role.value}-{self.ordinal}"


def numbered(recipients: Iterable[Recipient]) -> list[Recipient]:
    """Number the people who share a role, so that each has a field and a place of their own.

    Raises `EsignError` with code `recipient-duplicate` where one person stands twice in one role.
    """
    seen: dict[Role, list[str]] = {}
    result = []
    for recipient in recipients:
        names = seen.setdefault(recipient.role, [])
        if recipient.name in names:
            raise EsignError(
                "recipient-duplicate",
                f"{recipient.name} stands twice as {recipient.role.value}",
                "name each person once in a role",
            )
        names.append(recipient.name)
        place, ordinal = recipient.place, len(names)
        if isinstance(place, DefaultPlace) and ordinal > 1:
            place = DefaultPlace(f"{place.anchor}{ordinal}")
        result.append(replace(recipient, place=place, ordinal=ordinal))
    return result


@dataclass(frozen=True)
class Seal:
    """The organisation's seal and where it stands."""

    organisation: str
    key: CertifiedKey
    place: Place

    @property
    def field(self) -> str:
        return self.place.name if isinstance(self.place, InField) else SEAL_FIELD


@dataclass(frozen=True)
class Order:
    """What is to be done with a document."""

    recipients: Sequence[Recipient]
    seal: Seal | None
    level: Level
    photo_placement: Placement
    typeface: Typeface
    envelope_id: str
    timezone: tzinfo = CHINA


@dataclass(frozen=True)
class Outcome:
    """What came out: the verdict, the document's SHA-256 (hexadecimal), and the files written beside it.

    Beside the document stand the envelope's private key, wrapped for the custodian (`NAME.envelope-key.cms`: who
    deletes every copy of it erases the sealed evidence), and digest-only items, also sealed.
    """

    report: Report
    sha256: str
    beside: tuple[Path, ...]


Progress = Callable[[str], None]


@dataclass
class _Run:
    """The state of one run between its steps."""

    order: Order
    services: TrustServices
    work: Workfile
    envelope_key: bytes
    original_sha256: bytes
    prepared_sha256: bytes = b""
    present: list[PresentSignature] = field(default_factory=list)
    data: ValidationData = ValidationData()
    detached: dict[str, bytes] = field(default_factory=dict)
    event_certificates: list[int] = field(default_factory=list)


def sign_contract(source: Path, destination: Path, order: Order, services: TrustServices, say: Progress) -> Outcome:
    """Sign `source` as ordered and leave the result at `destination`, whole and verified, or not at all.

    `say` is told each step in a few words. Raises `EsignError` (documents, fields, evidence, level, output) and
    `TrustServiceError`; then nothing was written, and every event certificate of the run is revoked.
    """
    key = create_envelope_key()
    wrapped = wrap_for_custodian(key, services.custodian_certificate)
    with Workfile(source, destination) as work:
        run = _Run(order, services, work, key.public_key, digest_of(work.stream))
        try:
            report = _sign_all(run, destination.name, say)
            sha256 = digest_of(work.stream).hex()
            beside = {f"{destination.stem}.envelope-key.cms": wrapped}
            beside.update({f"{destination.stem}.{name}": item for name, item in run.detached.items()})
            companions = {destination.with_name(name): content for name, content in beside.items()}
            work.release(companions)
        except BaseException:
            with ExitStack() as revocations:  # each is tried, also where another fails
                for serial_number in run.event_certificates:
                    revocations.callback(services.issuer.revoke, serial_number, RevocationReason.CESSATION_OF_OPERATION)
            raise
    return Outcome(report, sha256, tuple(companions))


def _sign_all(run: _Run, name: str, say: Progress) -> Report:
    order, work = run.order, run.work
    say("checking and preparing the document")
    work.append(prepare(work.stream, _plans(order), typeface=order.typeface, texts=_texts(order, run.services)))
    run.prepared_sha256 = digest_of(work.stream)
    for recipient in order.recipients:
        say(f"{recipient.name} ({ROLE_WORDS[recipient.role].zh}) signs")
        signature = _sign_recipient(run, recipient)
        run.event_certificates.append(signature.serial_number)
        _keep(run, recipient.field, signature)
    if order.seal is not None:
        say(f"{order.seal.organisation} seals")
        _keep(run, order.seal.field, _sign_seal(run, order.seal))
    if order.level is Level.B_LT:
        work.append(add_validation_data(work.stream, run.data))
    elif order.level is Level.B_LTA:
        say("adding validation data and a document timestamp")
        work.append(archive(work.stream, run.data, run.services.timestamp_authority))
    say("verifying")
    return _verified(run, name)


def _plans(order: Order) -> list[FieldPlan]:
    plans = [
        FieldPlan(
            recipient.field,
            recipient.place,
            Lock.OWN_FIELD,
            f"{ROLE_WORDS[recipient.role].zh} {recipient.name}",
        )
        for recipient in order.recipients
    ]
    if order.seal is not None:
        plans.append(FieldPlan(order.seal.field, order.seal.place, Lock.DOCUMENT, SEAL_WORDS.zh))
    return plans


def _texts(order: Order, services: TrustServices) -> Iterable[str]:
    names = [f"{ROLE_WORDS[r.role].zh} {r.name}" for r in order.recipients]
    if order.seal is not None:
        names.append(order.seal.organisation)
    return announced_text(names, notice=services.notice)


def _sign_recipient(run: _Run, recipient: Recipient) -> Signature:
    now = run.services.clock()
    evidence = _evidence(run, recipient, now)
    local = now.astimezone(run.order.timezone)
    visible_photo = recipient.photo if run.order.photo_placement is Placement.VISIBLE else None

    def appearance(serial_number: int) -> HandwrittenAppearance:
        return HandwrittenAppearance(
            handwriting=recipient.handwriting,
            photo=visible_photo,
            role_label=ROLE_WORDS[recipient.role].zh,
            name=recipient.name,
            time=local,
            serial_number=serial_number,
            notice=run.services.notice,
        )

    act = Act(recipient.field, recipient.name, local, evidence, appearance)
    return sign_for_recipient(opener_of(run.work.stream), act, run.services.issuer, token_size=_token_size(run))


def _sign_seal(run: _Run, seal: Seal) -> Signature:
    local = run.services.clock().astimezone(run.order.timezone)

    def appearance(serial_number: int) -> SealAppearance:
        return SealAppearance(seal.organisation, local, serial_number, run.services.notice)

    return sign_with_seal(
        opener_of(run.work.stream),
        field=seal.field,
        organisation=seal.organisation,
        claimed_time=local,
        seal=seal.key,
        appearance=appearance,
        token_size=_token_size(run),
    )


def _token_size(run: _Run) -> int:
    return 0 if run.order.level is Level.B_B else run.services.timestamp_authority.token_size_bound


def _keep(run: _Run, field_name: str, signature: Signature) -> None:
    """Timestamp the signature, append it, and collect what proves it later."""
    if run.order.level >= Level.B_T:
        signature = timestamp_signature(signature, run.services.timestamp_authority)
    run.work.append(signature.increment)
    run.present.append(PresentSignature(field_name, hashlib.sha256(signature.cms.der).digest()))
    roots = run.services.trust.roots(Purpose.TIMESTAMPING, run.services.clock())
    run.data += validation_data_for(signature, run.services.revocation, roots=roots)


def _evidence(run: _Run, recipient: Recipient, now: datetime) -> SignatureEvidence:
    items = tuple(_items(run, recipient))
    for item in items:
        if item.placement is Placement.DIGEST_ONLY:
            run.detached[f"{_in_file_name(recipient.field)}-{item.file_name}"] = item.content
    manifest = Manifest(
        envelope=run.order.envelope_id,
        recipient=f"{run.order.envelope_id}.{recipient.field}",
        role=recipient.role.value,
        field=recipient.field,
        original_sha256=run.original_sha256,
        prepared_sha256=run.prepared_sha256,
        pages=(),
        signatures_present=tuple(run.present),
        consents=(),
        identity=IdentityAssurance("not-verified", "nobody"),
        mode=Mode.TEST if run.services.notice else Mode.LIVE,
        confirmed_at=now.astimezone(UTC),
        items=manifest_items(items),
    )
    return SignatureEvidence(encode_manifest(manifest), items)


def _in_file_name(field_name: str) -> str:
    """Return a field's name without what no file name can hold; different names stay different."""
    return field_name.replace("%", "%25").replace("/", "%2F").replace("\0", "%00")


def _items(run: _Run, recipient: Recipient) -> Iterable[EvidenceItem]:
    def sealed(kind: ItemKind, media_type: str, data: bytes, placement: Placement) -> EvidenceItem:
        salt = run.services.entropy(SALT_BYTES)
        return sealed_item(kind, media_type, data, placement=placement, salt=salt, envelope_public_key=run.envelope_key)

    strokes = encode_handwriting(recipient.handwriting)
    yield sealed(ItemKind.HANDWRITING, "application/json", strokes, Placement.SEALED)
    if recipient.photo is not None:
        if run.order.photo_placement is Placement.VISIBLE:
            yield visible_item(ItemKind.PHOTO, "image/jpeg", recipient.photo.jpeg)
        else:
            yield sealed(ItemKind.PHOTO, "image/jpeg", recipient.photo.jpeg, run.order.photo_placement)


def _verified(run: _Run, name: str) -> Report:
    """Let our own verifier judge the result. Raises `LevelNotReached` unless it accepts everything.

    It is shown the revocation answers that were collected: a file of level B-B or B-T does not carry them.
    """
    known = SecurityStore(ocsp_responses=run.data.ocsp_responses, crls=run.data.crls)
    report = verify(run.work.stream, name=name, trust=run.services.trust, at=run.services.clock(), supplement=known)
    if report.conclusion != "TOTAL-PASSED":
        reasons = "; ".join(f.message for f in report.findings if f.severity != "info") or report.conclusion
        raise LevelNotReached(
            "result-not-verified",
            f"our verifier does not accept the result ({reasons})",
            "nothing was released; check that every authority in use is among the trusted roots (--trust)",
        )
    short = [s.field for s in report.signatures if s.kind == "signature" and Level(s.level) < run.order.level]
    if short:
        raise LevelNotReached(
            "level-not-reached",
            f"{'、'.join(short)} did not reach {run.order.level.value}",
            "nothing was released; check the timestamp and revocation services, or ask for a lower level",
        )
    return report
