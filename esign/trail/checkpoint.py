"""Checkpoints, C2SP tlog-checkpoint: the head of the tree as a signed note, and a timestamp over that.

A log never signs two heads that do not continue each other. A trail that was restored from a backup may have lost
events that were already under a published checkpoint; it then goes on as another log: the last part of the origin
line is an epoch, counted from 1, and a restored trail takes the next one (the `trail.restored` event says from where).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NoReturn

from asn1crypto import cms, tsp

from ca.ports import TimestampAuthority, TimestampToken
from esign.trail.errors import NoteRefused
from esign.trail.merkle import EMPTY_ROOT, HASH_SIZE
from esign.trail.note import NoteKey, NoteVerifier, SignedNote, parse_note, sign_note, verify_note

LARGEST_SIZE: Final = 2**53 - 1
LARGEST_EPOCH: Final = 2**31 - 1
EXTENSIONS_AT_MOST: Final = 16
TOKEN_BYTES_AT_MOST: Final = 64 * 1024

_ORIGIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._/-]{0,199})/(0|[1-9][0-9]{0,9})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)
"""What asn1crypto raises on input that is not what it should be; its parsing is lazy, so any access may."""


@dataclass(frozen=True)
class Origin:
    """Which log: a name like `signing.insurer.example/trail`, and its epoch. `str()` is the origin line."""

    log: str
    epoch: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.epoch <= LARGEST_EPOCH or not _ORIGIN.fullmatch(str(self)):
            _refuse("origin", "an origin must be a name of letters, digits and . _ - /, then a slash and the epoch")

    def __str__(self) -> str:
        return f"{self.log}/{self.epoch}"

    @classmethod
    def parse(cls, line: str) -> Origin:
        found = _ORIGIN.fullmatch(line)
        if found is None:
            _refuse("origin", "the origin line does not end in a slash and an epoch")
        return cls(found[1], int(found[2]))

    def verifier(self, public_key: bytes) -> NoteVerifier:
        """Return whom to believe for this log; its key signs under the origin's own name."""
        return NoteVerifier(str(self), public_key)


@dataclass(frozen=True)
class Checkpoint:
    """The head of a tree: `size` leaves under `root` (32 bytes). Raises `NoteRefused` on making."""

    origin: Origin
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= LARGEST_SIZE or len(self.root) != HASH_SIZE:
            _refuse("form", "a checkpoint has a size of at most 2**53 - 1 and a root of 32 bytes")
        if self.size == 0 and self.root != EMPTY_ROOT:
            _refuse("form", "the root of an empty tree is the hash of nothing")
        if len(self.extensions) > EXTENSIONS_AT_MOST or any(
            not line or "\n" in line or not line.isascii() for line in self.extensions
        ):
            _refuse("form", f"extension lines are at most {EXTENSIONS_AT_MOST} lines of ASCII, none of them empty")

    @property
    def text(self) -> str:
        """What is signed: origin, size, base64 root, and extension lines, each ending in a newline."""
        head = (str(self.origin), str(self.size), base64.b64encode(self.root).decode("ascii"))
        return "".join(f"{line}\n" for line in (*head, *self.extensions))

    @classmethod
    def from_text(cls, text: str) -> Checkpoint:
        """Read the text of a checkpoint's note. Raises `NoteRefused`: `checkpoint-form`, `checkpoint-origin`."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not _SIZE.fullmatch(lines[1]):
            _refuse("form", "a checkpoint must be lines of origin, size and root")
        try:
            root = base64.b64decode(lines[2], validate=True)
        except (binascii.Error, ValueError):
            _refuse("form", "the root of a checkpoint is not base64")
        checkpoint = cls(Origin.parse(lines[0]), int(lines[1]), root, tuple(lines[3:-1]))
        if checkpoint.text != text:
            _refuse("form", "the checkpoint is not written as it must be")
        return checkpoint


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint and the note that carries it. Its signatures are not verified by being here."""

    checkpoint: Checkpoint
    note: SignedNote

    def encode(self) -> bytes:
        return self.note.encode()

    @property
    def digest(self) -> bytes:
        """SHA-256 of the note with its signatures: what is timestamped."""
        return hashlib.sha256(self.encode()).digest()


def sign_checkpoint(checkpoint: Checkpoint, key: NoteKey) -> SignedCheckpoint:
    """Sign the head with the log's key, under the name of its origin."""
    return SignedCheckpoint(checkpoint, sign_note(checkpoint.text, str(checkpoint.origin), key))


def parse_checkpoint(data: bytes) -> SignedCheckpoint:
    """Read a signed checkpoint, strictly. Nothing is verified. Raises `NoteRefused`."""
    note = parse_note(data)
    return SignedCheckpoint(Checkpoint.from_text(note.text), note)


def verify_checkpoint(
    signed: SignedCheckpoint,
    public_keys: Collection[bytes],
    *,
    witnesses: Collection[NoteVerifier] = (),
    witnesses_needed: int = 0,
) -> Checkpoint:
    """Return the checkpoint after its signatures were verified: the log's own, and those of known witnesses.

    `public_keys` are the Ed25519 public keys (32 bytes) that sign for this log, or once did. Raises `NoteRefused`:
    `note-signature`, and `checkpoint-witnesses` if fewer than needed signed.
    """
    log = {signed.checkpoint.origin.verifier(public_key) for public_key in public_keys}
    # The log first and alone: a note that only witnesses signed is not the log's.
    verify_note(signed.note, log)
    signed_by = verify_note(signed.note, log.union(witnesses)) - log
    if len(signed_by) < witnesses_needed:
        _refuse("witnesses", f"{len(signed_by)} witnesses signed the checkpoint, {witnesses_needed} are needed")
    return signed.checkpoint


@dataclass(frozen=True)
class TimestampedCheckpoint:
    """A signed checkpoint and an RFC 3161 token over the SHA-256 of its note.

    Raises `NoteRefused` (`checkpoint-timestamp`) on making, if the token is over something else. That the token is
    signed by an authority that is believed is for the verifier to say.
    """

    signed: SignedCheckpoint
    token: TimestampToken

    def __post_init__(self) -> None:
        if len(self.token.der) > TOKEN_BYTES_AT_MOST or _imprint(self.token.der) != ("sha256", self.signed.digest):
            _refuse("timestamp", "the timestamp is not one of this checkpoint")

    @property
    def checkpoint(self) -> Checkpoint:
        return self.signed.checkpoint


def timestamp_checkpoint(signed: SignedCheckpoint, authority: TimestampAuthority) -> TimestampedCheckpoint:
    """Have the checkpoint timestamped. Raises `TrustServiceUnavailable`, `TokenRefused`, `NoteRefused`."""
    return TimestampedCheckpoint(signed, authority.timestamp(signed.digest))


def read_token(der: bytes) -> TimestampToken:
    """Return the token with the time in it. Its signature is not verified. Raises `NoteRefused`."""
    try:
        moment: datetime = _tst_info(der)["gen_time"].native
        return TimestampToken(der, moment.astimezone(UTC))
    except _UNREADABLE:
        return _refuse("timestamp", "the timestamp is not an RFC 3161 token")


def _imprint(der: bytes) -> tuple[str, bytes]:
    try:
        imprint = _tst_info(der)["message_imprint"]
        return imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native
    except _UNREADABLE:
        return _refuse("timestamp", "the timestamp is not an RFC 3161 token")


def _tst_info(der: bytes) -> tsp.TSTInfo:
    content = cms.ContentInfo.load(der, strict=True)["content"]["encap_content_info"]["content"]
    return tsp.TSTInfo.load(bytes(content), strict=True)


def _refuse(reason: str, cause: str) -> NoReturn:
    raise NoteRefused(
        f"checkpoint-{reason}", cause, "get the checkpoint again from the log, and its key from whoever runs it"
    )
