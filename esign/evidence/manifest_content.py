"""What a manifest says, as values. It lies readable in the PDF, so there is no name, no ID number, no salt in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from esign.evidence.consent import Consent, PageView
from esign.evidence.items import ItemKind, Placement


class Mode(StrEnum):
    """Whether stand-ins (embedded authority, simulated services) were allowed."""

    TEST = "test"
    LIVE = "live"


class Presence(StrEnum):
    """How the ceremony was held: on the signer's own device, or handed over on the salesperson's tablet."""

    REMOTE = "remote"
    IN_PERSON = "in-person"


class PresentSignature(NamedTuple):
    """A signature that was in the document already: its field, and SHA-256 (32 bytes) of its CMS (DER, unpadded)."""

    field: str
    cms_sha256: bytes


@dataclass(frozen=True)
class IdentityAssurance:
    """How well the person is known: `level` is a code of the operator's (`not-verified`, ...), `by` says by whom.

    `presence` is None where no ceremony was held, such as for signatures made on the command line.
    """

    level: str
    by: str
    presence: Presence | None = None


@dataclass(frozen=True)
class ManifestItem:
    """What the manifest says of an `EvidenceItem`; `digest` (32 bytes) is salted unless the item is visible."""

    kind: ItemKind
    media_type: str
    placement: Placement
    digest: bytes
    file_name: str


@dataclass(frozen=True)
class Manifest:
    """Everything one signature stands on. Digests are SHA-256 (32 bytes), times timezone-aware UTC.

    `envelope` and `recipient` are ids; `role` is the word from ARCHITECTURE.md (`applicant`, `insured`,
    ...); `field` is the signature field's name in the PDF; `original_sha256` and `prepared_sha256` are of
    the document as it was handed in and of its prepared revision.
    """

    envelope: str
    recipient: str
    role: str
    field: str
    original_sha256: bytes
    prepared_sha256: bytes
    pages: tuple[PageView, ...]
    signatures_present: tuple[PresentSignature, ...]
    consents: tuple[Consent, ...]
    identity: IdentityAssurance
    mode: Mode
    confirmed_at: datetime
    items: tuple[ManifestItem, ...]

    def item(self, kind: ItemKind) -> ManifestItem | None:
        """Return the item of this kind, of which there is at most one."""
        return next((item for item in self.items if item.kind is kind), None)
