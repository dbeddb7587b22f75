"""The signing act of one recipient, and the seal, step by step as SIGNING.md tells them.

Each step takes and returns plain values, so that a durable service can store what one step made before it takes
the next: certificate, CMS and key are one step; the CMS is kept before a timestamp is asked for; the revocation
answer comes after the timestamp.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import BinaryIO

from asn1crypto import x509 as asn1_x509

from ca.ports import (
    CertificateIssuer,
    CertifiedKey,
    EventCertificateRequest,
    IssuedCertificate,
    RevocationReason,
    RevocationSource,
    TimestampAuthority,
    TimestampToken,
)
from esign.errors import SigningError
from esign.evidence.items import ItemKind
from esign.evidence.manifest import SignatureEvidence, manifest_digest
from esign.pades.appearance import Appearance
from esign.pades.associated_files import AssociatedFile
from esign.pades.chains import timestamp_chain
from esign.pades.cms import SignedData, sign_digest
from esign.pades.event_key import EventKey
from esign.pades.revision import OpenRevision, SignatureContent, open_revision, open_timestamp_revision
from esign.pades.validation_data import ValidationData, collect_validation_data, require_good_answers

CMS_OVERHEAD = 1536
MAX_CLOCK_DIFFERENCE = timedelta(minutes=5)

MEDIA_TYPES = {".json": "application/json", ".cms": "application/pkcs7-mime", ".jpg": "image/jpeg"}

AppearanceFor = Callable[[int], Appearance]
"""Makes the appearance once the certificate's serial number is known."""

Opener = Callable[[SignatureContent, int], OpenRevision]
"""Opens a revision of a document for this content, with so many bytes of room for the CMS: `open_revision` on the
document, or something that does it where no key is in reach."""


@dataclass(frozen=True)
class Signature:
    """A signature that is made and not yet timestamped: what must be stored before going on."""

    revision: OpenRevision
    cms: SignedData
    certificate: bytes
    chain: tuple[bytes, ...]
    claimed_time: datetime
    timestamped_at: datetime | None = None

    @property
    def serial_number(self) -> int:
        return int(asn1_x509.Certificate.load(self.certificate).serial_number)

    @property
    def increment(self) -> bytes:
        """The closed revision at the level reached so far (B-B, or B-T once timestamped)."""
        return self.revision.close(self.cms.der)


@dataclass(frozen=True)
class Act:
    """What a recipient signs: the field, the name, the claimed time with offset, and the frozen evidence."""

    field: str
    signer_name: str
    claimed_time: datetime
    evidence: SignatureEvidence
    appearance: AppearanceFor


def opener_of(document: BinaryIO) -> Opener:
    """Return the opener that reads the document in this process."""
    return lambda content, capacity: open_revision(document, content, capacity=capacity)


def sign_for_recipient(open_with: Opener, act: Act, issuer: CertificateIssuer, *, token_size: int) -> Signature:
    """Fresh key, event certificate bound to the evidence, CMS, key dropped: one step (SIGNING.md, Sign, 1 and 2).

    `token_size` is the room for a timestamp in bytes (0 for level B-B). If anything fails after the certificate
    was issued, that certificate is revoked before the error goes on. Raises `SigningError`, `FieldError` and
    what the issuer raises.
    """
    key = EventKey()
    issued = issuer.issue_event_certificate(_certificate_request(key, act))
    serial_number = asn1_x509.Certificate.load(issued.certificate).serial_number
    try:
        return _sign(open_with, act, key, issued, serial_number, token_size)
    except BaseException:
        issuer.revoke(serial_number, RevocationReason.CESSATION_OF_OPERATION)
        raise


def _certificate_request(key: EventKey, act: Act) -> EventCertificateRequest:
    digests = {item.kind: item.digest for item in act.evidence.items}
    if ItemKind.HANDWRITING not in digests:
        raise SigningError("handwriting-missing", "there is no handwriting to sign for", "let the recipient sign first")
    return EventCertificateRequest(
        certification_request=key.certification_request(act.signer_name),
        common_name=act.signer_name,
        manifest_digest=manifest_digest(act.evidence.manifest),
        handwriting_digest=digests[ItemKind.HANDWRITING],
        photo_digest=digests.get(ItemKind.PHOTO),
    )


def _sign(
    open_with: Opener,
    act: Act,
    key: EventKey,
    issued: IssuedCertificate,
    serial_number: int,
    token_size: int,
) -> Signature:
    content = SignatureContent(
        field=act.field,
        signer_name=act.signer_name,
        claimed_time=act.claimed_time,
        appearance=act.appearance(serial_number),
        files={
            name: AssociatedFile(data, MEDIA_TYPES[PurePosixPath(name).suffix])
            for name, data in act.evidence.files().items()
        },
    )
    certified = CertifiedKey(key, issued.certificate, issued.chain)
    return _close_with(open_with, content, certified, token_size)


def sign_with_seal(
    open_with: Opener,
    *,
    field: str,
    organisation: str,
    claimed_time: datetime,
    seal: CertifiedKey,
    appearance: AppearanceFor,
    token_size: int,
) -> Signature:
    """Put the organisation's seal over everything signed so far. Raises `FieldError` and what the key raises."""
    serial_number = asn1_x509.Certificate.load(seal.certificate).serial_number
    content = SignatureContent(field, organisation, claimed_time, appearance(serial_number))
    return _close_with(open_with, content, seal, token_size)


def _close_with(open_with: Opener, content: SignatureContent, certified: CertifiedKey, token_size: int) -> Signature:
    carried = len(certified.certificate) + sum(map(len, certified.chain))
    revision = open_with(content, carried + CMS_OVERHEAD + token_size)
    return Signature(
        revision=revision,
        cms=sign_digest(revision.digest, certified),
        certificate=certified.certificate,
        chain=certified.chain,
        claimed_time=content.claimed_time,
    )


def timestamp_signature(signature: Signature, authority: TimestampAuthority) -> Signature:
    """Return the signature with its timestamp: level B-T (SIGNING.md, Sign, 3).

    Raises `SigningError` with code `clock-disagrees` if the claimed time is more than five minutes from the
    timestamp, or `timestamp-outside-certificate` if the certificate was not valid then; and what the authority
    raises.
    """
    token = authority.timestamp(signature.cms.timestamp_digest)
    require_fitting_timestamp(token, signature.claimed_time, signature.certificate)
    return replace(signature, cms=signature.cms.with_timestamp(token), timestamped_at=token.gen_time)


def require_fitting_timestamp(token: TimestampToken, claimed_time: datetime, certificate: bytes) -> None:
    """Check that a signature's timestamp fits the time it claims and the signing certificate (DER).

    Raises `SigningError`: `clock-disagrees`, `timestamp-outside-certificate`.
    """
    if abs(token.gen_time - claimed_time) > MAX_CLOCK_DIFFERENCE:
        raise SigningError(
            "clock-disagrees",
            f"this machine says {claimed_time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC and the timestamp "
            f"authority {token.gen_time:%Y-%m-%d %H:%M:%S} UTC",
            "set the clock right (NTP) and sign again",
        )
    validity = asn1_x509.Certificate.load(certificate)["tbs_certificate"]["validity"].native
    if not validity["not_before"] <= token.gen_time <= validity["not_after"]:
        raise SigningError(
            "timestamp-outside-certificate",
            "the signing certificate was not valid when the timestamp was made",
            "let the recipient confirm and sign again",
        )


def validation_data_for(
    signature: Signature, revocation: RevocationSource, *, roots: Iterable[bytes] = ()
) -> ValidationData:
    """Collect what proves the signature later: chains and revocation answers, asked after the timestamp
    (SIGNING.md, Sign, 4). `roots` (DER) completes the timestamp's chain where the token leaves them out.

    Raises `SigningError` (`revocation-data-missing`, `certificate-revoked`, `revocation-answer-stale`,
    `revocation-answer-refused`) and what the source raises.
    """
    chains = [(signature.certificate, *signature.chain)]
    if signature.cms.timestamp is not None:
        chains.append(timestamp_chain(signature.cms.timestamp, [*signature.chain, *roots]))
    data = collect_validation_data(chains, revocation)
    after = signature.timestamped_at or signature.claimed_time
    require_good_answers(data.ocsp_responses, not_before=after.replace(microsecond=0))
    return data


def archive(document: BinaryIO, data: ValidationData, authority: TimestampAuthority) -> bytes:
    """Return the increment with validation data and a document timestamp over everything: level B-LTA."""
    revision = open_timestamp_revision(document, data, capacity=authority.token_size_bound)
    return revision.close(authority.timestamp(revision.digest).der)
