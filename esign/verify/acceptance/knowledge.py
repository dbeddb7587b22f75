"""What our trail knows of a file, by its SHA-256: the port, and what it answers. No personal data is in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

COMPLETED: Final = "completed"
OPEN, ENDED = "open", "ended"
"""What a stranger is told of an envelope's state, where a colleague is told the state itself."""
STATES: Final = (
    "draft",
    "in_progress",
    "sealing",
    "seal_failed",
    COMPLETED,
    "declined",
    "expired",
    "voided",
)
"""The states of an envelope, as in `esign.ceremony.domain.values.EnvelopeState`."""
OVER_WITHOUT_SEAL: Final = frozenset({"declined", "expired", "voided"})


class Stage(StrEnum):
    """What of ours the file is: prepared and unsigned, signed by somebody, or the sealed document."""

    PREPARED = "prepared"
    SIGNED = "signed"
    SEALED = "sealed"


class Face(StrEnum):
    """What stands behind a recipient's face photo."""

    NOT_ASKED = "not-asked"
    CHECKED = "checked"
    QUALITY_ONLY = "quality-only"
    ASSISTED = "assisted"
    """No photo was taken: a person of the staff assisted, by name and for a reason that the trail holds."""


@dataclass(frozen=True)
class KnownSigner:
    """Somebody whose signature the envelope wants on this document.

    `recipient` is the id in the manifest; `certificate` the serial number (lower-case hex) of the event certificate,
    None while they have not signed; `assurance` and `by` are codes, None while they are not identified.
    """

    recipient: str
    role: str
    field: str
    certificate: str | None
    assurance: str | None
    by: str | None
    face: Face


@dataclass(frozen=True)
class Recognised:
    """The file is one of ours. `institution` and `salesperson` are whose envelope it is among the staff.

    `state` is the envelope's (`STATES`), or `OPEN` or `ENDED`, as the trail stood at `as_of`. `superseded` tells that
    a later version of this document exists, `superseded_by` its SHA-256. `level` is the one that was sealed at.
    `signers` is None where they are not told, `stand_ins` names those that the trail saw at work on this document.
    `proof` is a `.tlog-proof` of the event that recorded this digest, None where no checkpoint covers it yet or it is
    withheld; then `fixed` tells what whoever withheld it found. `erased` tells that the private evidence was erased.
    """

    stage: Stage
    state: str
    superseded: bool
    as_of: datetime
    envelope: str | None = None
    institution: str | None = None
    salesperson: str | None = None
    mode: str | None = None
    level: str | None = None
    superseded_by: str | None = None
    signers: tuple[KnownSigner, ...] | None = None
    stand_ins: frozenset[str] | None = None
    proof: bytes | None = None
    fixed: bool | None = None
    erased: bool | None = None


@dataclass(frozen=True)
class NotRecognised:
    """The file is none of ours, as the trail stood at `as_of`."""

    as_of: datetime


Knowledge = Recognised | NotRecognised


class TrailKnowledge(Protocol):
    """Somebody who can look a file up in our trail."""

    @property
    def keys(self) -> frozenset[bytes]:
        """The log's Ed25519 public keys (32 bytes each), had from elsewhere than the answers."""
        ...

    def about(self, sha256: str) -> Knowledge:
        """Return what is known of the file with this SHA-256 (lower-case hex)."""
        ...
