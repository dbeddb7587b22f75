"""Signed notes, C2SP signed-note v1: a text and under it the lines of those who signed it, Ed25519 (type 0x01).

example.com/trail        the text, ending in a newline
...
                         an empty line
— example.com/trail Az3grl...    em dash, name, base64 of key id (4 bytes) and signature
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, NoReturn, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from esign.trail.errors import NoteRefused

BYTES_AT_MOST: Final = 256 * 1024
SIGNATURES_AT_MOST: Final = 32
NAME_AT_MOST: Final = 256
KEY_ID_SIZE: Final = 4
ED25519: Final = b"\x01"
_DASH: Final = "\N{EM DASH} "


class NoteKey(Protocol):
    """A key that signs notes and is never seen."""

    @property
    def public_key(self) -> bytes:
        """The Ed25519 public key, 32 bytes (RFC 8032)."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Return the Ed25519 signature (64 bytes) over the data."""
        ...


@dataclass(frozen=True)
class Ed25519NoteKey:
    """A `NoteKey` whose private half lies in this process's memory."""

    key: Ed25519PrivateKey

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data)


@dataclass(frozen=True)
class NoteVerifier:
    """Whom to believe: a name, and the Ed25519 public key (32 bytes) that signs under it."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public_key) != 32:
            _refuse("key", "an Ed25519 public key has 32 bytes")

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || 0x01 || public key), the first four bytes."""
        named = self.name.encode() + b"\n" + ED25519 + self.public_key
        return hashlib.sha256(named).digest()[:KEY_ID_SIZE]

    @property
    def vkey(self) -> str:
        """The verifier key as text, to be published: `<name>+<hex key id>+<base64 of type and key>`."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(ED25519 + self.public_key)}"

    @classmethod
    def from_vkey(cls, vkey: str) -> NoteVerifier:
        """Read a verifier key. Raises `NoteRefused`: `note-key`, `note-name`."""
        parts = vkey.split("+", 2)  # base64 has plus signs of its own
        if len(vkey) > 2 * NAME_AT_MOST or len(parts) != 3:
            _refuse("key", "a verifier key is a name, a key id and a key, joined by plus signs")
        material = _from_base64(parts[2], "key")
        if material[:1] != ED25519:
            _refuse("key", "the verifier key is not one for Ed25519")
        verifier = cls(parts[0], material[1:])
        if verifier.vkey != vkey:
            _refuse("key", "the key id is not that of the verifier key")
        return verifier

    def is_signed(self, text: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class NoteSignature:
    """One signature line: by whom, and what. A type that is not Ed25519 has another length."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        return f"{_DASH}{self.name} {_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True)
class SignedNote:
    """A note: the text, ending in a newline, and its signatures, which are not verified yet."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def encode(self) -> bytes:
        return (self.text + "\n" + "".join(signature.line for signature in self.signatures)).encode()

    def signed_also(self, name: str, key: NoteKey) -> SignedNote:
        """Return the note with one more signature: a witness's, or a new key's beside the old one's."""
        verifier = NoteVerifier(name, key.public_key)
        signature = NoteSignature(name, verifier.key_id, key.sign(self.text.encode()))
        if not verifier.is_signed(self.text.encode(), signature.signature):
            _refuse("key", "the key made a signature that its own public half does not verify")
        return parse_note(SignedNote(self.text, (*self.signatures, signature)).encode())


def sign_note(text: str, name: str, key: NoteKey) -> SignedNote:
    """Sign the text, which must end in a newline. Raises `NoteRefused` if the note could not be read back."""
    return SignedNote(text, ()).signed_also(name, key)


def parse_note(data: bytes) -> SignedNote:
    """Read a note, strictly: `encode` of the result is `data` again. Nothing is verified.

    Raises `NoteRefused`: `note-size`, `note-form`, `note-name`.
    """
    if len(data) > BYTES_AT_MOST:
        _refuse("size", f"the note has {len(data)} bytes, more than {BYTES_AT_MOST}")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("form", "the note is not UTF-8")
    if any(character < " " and character != "\n" for character in whole):
        _refuse("form", "the note has a control character")
    text, separator, below = whole.rpartition("\n\n")
    if not separator or not text or not below.endswith("\n"):
        _refuse("form", "the note must be a text, an empty line and signature lines")
    lines = below[:-1].split("\n")
    if len(lines) > SIGNATURES_AT_MOST:
        _refuse("size", f"the note has more than {SIGNATURES_AT_MOST} signatures")
    note = SignedNote(text + "\n", tuple(_signature(line) for line in lines))
    if note.encode() != data:
        _refuse("form", "a signature line is not written as it must be")
    return note


def verify_note(note: SignedNote, verifiers: Collection[NoteVerifier]) -> frozenset[NoteVerifier]:
    """Return those of the verifiers who signed it. Lines of unknown keys are ignored, as the format demands.

    Raises `NoteRefused`: `note-signature` if a line under a known name and key id fails, or nobody known signed.
    """
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    signed_by = set()
    for signature in note.signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier is None:
            continue
        if not verifier.is_signed(note.text.encode(), signature.signature):
            _refuse("signature", f"the signature of {verifier.name} does not verify")
        signed_by.add(verifier)
    if not signed_by:
        _refuse("signature", "nobody who is believed signed the note")
    return frozenset(signed_by)


def _signature(line: str) -> NoteSignature:
    parts = line.removeprefix(_DASH).split(" ")
    if not line.startswith(_DASH) or len(parts) != 2:
        _refuse("form", "a signature line must be an em dash, a name and a signature")
    _check_name(parts[0])
    blob = _from_base64(parts[1], "form")
    if len(blob) <= KEY_ID_SIZE:
        _refuse("form", "a signature line holds no signature")
    return NoteSignature(parts[0], blob[:KEY_ID_SIZE], blob[KEY_ID_SIZE:])


def _check_name(name: str) -> None:
    spaced = any(character.isspace() or unicodedata.category(character).startswith(("Z", "C")) for character in name)
    if not 0 < len(name) <= NAME_AT_MOST or spaced or "+" in name:
        _refuse("name", f"a key's name must be 1 to {NAME_AT_MOST} characters without space and plus sign")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _from_base64(text: str, reason: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return _refuse(reason, "a signature or key is not base64")


def _refuse(reason: str, cause: str) -> NoReturn:
    raise NoteRefused(f"note-{reason}", cause, "get the note again from the log, and its key from whoever runs it")
