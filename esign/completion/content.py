"""What a completion certificate says, as values: nothing of it is a phone number or an ID number."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from esign.evidence.handwriting import Handwriting
from esign.trail.checkpoint import TimestampedCheckpoint


class Both(NamedTuple):
    """The same in both languages, side by side on one page."""

    zh: str
    en: str


@dataclass(frozen=True)
class Authority:
    """Who issued a certificate, as the certificate says: `name`, and the whole name that this stands in (RFC 4514)."""

    name: str
    whole_name: str


@dataclass(frozen=True)
class CertifiedDocument:
    """A sealed document. Digests are SHA-256 in 64 hexadecimal digits: as handed in, as people read it, as sealed."""

    number: int
    name: str = field(repr=False)
    pages: int
    original: str
    prepared: str
    sealed: str
    sealed_at: datetime
    level: str
    seal_serial: str
    seal_authority: Authority


@dataclass(frozen=True)
class Step:
    """Something a person did, or that was done about them. `times` counts where it happened several times in a row."""

    what: Both
    at: datetime
    times: int = 1


@dataclass(frozen=True)
class Agreed:
    """A text that a person agreed to on its own: its first line, version and digest (64 hexadecimal digits)."""

    title: str = field(repr=False)
    version: str
    sha256: str
    at: datetime


@dataclass(frozen=True)
class ReadPage:
    """A page and how many seconds it was before the reader's eyes, in all, to a tenth."""

    page: int
    seconds: float


@dataclass(frozen=True)
class CertifiedSigner:
    """A person who signed, in which role, what they saw, agreed to and did, and under which certificate.

    `signed_at` is the time of the signature's timestamp. `photo` (JPEG) is there where the envelope's setting shows
    it; `face` says what there is of a photo otherwise. `statement` is what the salesperson said of it. Two pages that
    were read at once count once in `reading_seconds`.
    """

    name: str = field(repr=False)
    role: Both
    document: int
    signed_at: datetime
    presence: Both
    identity: Both
    face: Both
    statement: Both | None
    handwriting: Handwriting = field(repr=False)
    photo: bytes | None = field(repr=False)
    certificate_serial: str
    authority: Authority
    manifest: str
    steps: tuple[Step, ...]
    agreed: tuple[Agreed, ...] = field(repr=False)
    pages: tuple[ReadPage, ...]
    reading_seconds: float


@dataclass(frozen=True)
class CopyReceiver:
    """A person who only receives the sealed documents, and since when."""

    name: str = field(repr=False)
    sent_at: datetime | None


@dataclass(frozen=True)
class CertificateContent:
    """Everything. `verify_address` is where anybody may have a file judged, None where there is no such page.

    `licence` is the number of the issuing authority's licence, empty where none is known. `stand_ins` say what took the
    place of a third party.
    """

    envelope: str
    external_id: str | None
    title: str = field(repr=False)
    organisation: str
    completed_at: datetime
    documents: tuple[CertifiedDocument, ...]
    signers: tuple[CertifiedSigner, ...]
    receivers: tuple[CopyReceiver, ...]
    replaced: tuple[Both, ...]
    stand_ins: tuple[Both, ...]
    licence: str
    is_test: bool
    checkpoint: TimestampedCheckpoint
    verify_address: str | None
