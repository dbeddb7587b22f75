"""What a bundle says of itself: the values of `envelope.json`, and what else its pages may speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class BundledDocument:
    """A document; digests are 64 lower-case hex digits, None where there is no such file: `signed` is there only where
    somebody signed and nothing was sealed."""

    id: str
    name: str | None = field(repr=False)
    pages: int
    original: str
    prepared: str
    signed: str | None
    sealed: str | None


@dataclass(frozen=True)
class BundledRecipient:
    """A recipient as they stand. `manifest` is the digest of the manifest in force, `certificate` a serial in hex."""

    id: str
    role: str
    name: str | None = field(repr=False)
    state: str
    document: str | None = None
    field: str | None = None
    manifest: str | None = None
    confirmed_at: datetime | None = None
    certificate: str | None = None
    signed_at: datetime | None = None
    replaced_by: str | None = None


@dataclass(frozen=True)
class Exported:
    """Which export, when, by whom (an actor of the trail) and why (a code)."""

    export: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class Description:
    """What `envelope.json` says. Times are timezone-aware UTC; `streams` are events by the name of a whole stream.

    `renewals` counts those of the first checkpoint over the envelope's end that are in the bundle.
    """

    envelope: str
    title: str | None = field(repr=False)
    company: str | None
    external_id: str | None
    mode: str
    level: str
    state: str
    created_at: datetime
    ended_at: datetime
    is_erased: bool
    documents: tuple[BundledDocument, ...]
    recipients: tuple[BundledRecipient, ...]
    streams: Mapping[str, int]
    exported: Exported
    software: tuple[str, str]
    """Name and version."""
    renewals: int = 0


@dataclass(frozen=True)
class BundleFacts:
    """What `README.html` and `check.html` are made from: nothing else goes into them.

    `members` are the SHA-256 digests (64 hex digits) of every member but those two, `mimetype` and `META-INF/`, by
    name, in the order of the names. `log_key` is the log's verifier key; `size` and `root` are those of the checkpoint.
    """

    description: Description
    members: Mapping[str, str] = field(repr=False)
    log_key: str
    size: int
    root: bytes
