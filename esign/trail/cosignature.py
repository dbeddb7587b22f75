"""Cosignatures, C2SP tlog-cosignature: a witness says that it saw a checkpoint, when, and that it continued the last.

Ed25519, `cosignature/v1`. It is a line of the checkpoint's note like the log's own, under another kind of key (type
0x04); its signature is the time (8 bytes, POSIX seconds) and Ed25519 over two lines and the text of the note:

cosignature/v1
time 1793001600
signing.insurer.example/trail/1
...
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from esign.trail.checkpoint import SignedCheckpoint, parse_checkpoint
from esign.trail.errors import NoteRefused
from esign.trail.note import KEY_ID_SIZE, NAME_AT_MOST, Ed25519NoteKey, NoteSignature, NoteVerifier, SignedNote

COSIGNATURE: Final = b"\x04"
LATEST: Final = 253402300799
"""The last second of the year 9999; the format allows more, and no calendar of Python does."""

_PRIVATE: Final = "PRIVATE+KEY+"
_TIME_SIZE: Final = 8
_SEED_SIZE: Final = 32


@dataclass(frozen=True)
class Cosigner:
    """A witness to believe: its name, and its Ed25519 public key (32 bytes). Raises `NoteRefused` on making."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        NoteVerifier(self.name, self.public_key)  # the same names and keys are refused

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || 0x04 || public key), the first four bytes."""
        return _key_id(self.name, self.public_key)

    @property
    def vkey(self) -> str:
        """The verifier key as text, to be published: `<name>+<hex key id>+<base64 of type and key>`."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(COSIGNATURE + self.public_key)}"

    @classmethod
    def from_vkey(cls, vkey: str) -> Cosigner:
        """Read a verifier key. Raises `NoteRefused`: `note-key`, `note-name`."""
        name, material = _key_material(vkey, "verifier key")
        cosigner = cls(name, material)
        if cosigner.vkey != vkey:
            _refuse("key", "the key id is not that of the witness's verifier key")
        return cosigner


@dataclass(frozen=True)
class CosigningKey:
    """A witness's own key. `encode` is how its file holds it; nothing of it is in `repr`."""

    name: str
    key: Ed25519NoteKey

    def __post_init__(self) -> None:
        Cosigner(self.name, self.key.public_key)  # the same names are refused

    def __repr__(self) -> str:
        return f"CosigningKey({self.name!r})"

    @property
    def cosigner(self) -> Cosigner:
        """Whom others are to believe."""
        return Cosigner(self.name, self.key.public_key)

    @classmethod
    def generate(cls, name: str) -> CosigningKey:
        """Draw a new key. Raises `NoteRefused` (`note-name`)."""
        return cls(name, Ed25519NoteKey(Ed25519PrivateKey.generate()))

    def encode(self) -> str:
        """Return the key as a line: `PRIVATE+KEY+<name>+<hex key id>+<base64 of type and seed>`."""
        seed = self.key.key.private_bytes_raw()
        return f"{_PRIVATE}{self.name}+{self.cosigner.key_id.hex()}+{_base64(COSIGNATURE + seed)}\n"

    @classmethod
    def parse(cls, text: str) -> CosigningKey:
        """Read such a line. Raises `NoteRefused` (`note-key`); no part of it is in the message."""
        if not text.startswith(_PRIVATE) or not text.endswith("\n"):
            _refuse("key", "this is not a witness's key")
        name, seed = _key_material(text.removeprefix(_PRIVATE)[:-1], "key")
        key = cls(name, Ed25519NoteKey(Ed25519PrivateKey.from_private_bytes(seed)))
        if key.encode() != text:
            _refuse("key", "the key id is not that of the witness's key")
        return key


def cosign(signed: SignedCheckpoint, key: CosigningKey, time: datetime) -> SignedCheckpoint:
    """Return the checkpoint with the witness's line under it, instead of an earlier one of the same key.

    Whoever calls this has verified that the checkpoint is the log's and continues what the witness saw before. `time`
    is aware, and is cut to whole seconds.
    """
    seconds = int(time.timestamp())
    signature = seconds.to_bytes(_TIME_SIZE, "big") + key.key.sign(_message(signed.note.text, seconds))
    line = NoteSignature(key.name, key.cosigner.key_id, signature)
    others = tuple(one for one in signed.note.signatures if (one.name, one.key_id) != (line.name, line.key_id))
    cosigned = parse_checkpoint(SignedNote(signed.note.text, (*others, line)).encode())
    if key.cosigner not in cosigned_by(cosigned, [key.cosigner]):
        _refuse("key", "the key made a signature that its own public half does not verify")
    return cosigned


def cosigned_by(signed: SignedCheckpoint, witnesses: Collection[Cosigner]) -> dict[Cosigner, datetime]:
    """Return which of these witnesses signed the checkpoint, and when each says it did.

    Lines of others are ignored. Raises `NoteRefused` (`note-signature`) if a line under a known name and key id does
    not verify. The log's own signature is not looked at.
    """
    known = {(witness.name, witness.key_id): witness for witness in witnesses}
    found: dict[Cosigner, datetime] = {}
    for line in signed.note.signatures:
        witness = known.get((line.name, line.key_id))
        if witness is None:
            continue
        seconds = int.from_bytes(line.signature[:_TIME_SIZE], "big")
        verifier = NoteVerifier(witness.name, witness.public_key)
        message = _message(signed.note.text, seconds)
        if seconds > LATEST or not verifier.is_signed(message, line.signature[_TIME_SIZE:]):
            _refuse("signature", f"the cosignature of {witness.name} does not verify")
        found[witness] = datetime.fromtimestamp(seconds, UTC)
    return found


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _key_id(name: str, public_key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + COSIGNATURE + public_key).digest()[:KEY_ID_SIZE]


def _key_material(text: str, what: str) -> tuple[str, bytes]:
    """Return the name, and the 32 bytes behind the type, of `<name>+<key id>+<base64>`."""
    parts = text.split("+", 2)  # base64 has plus signs of its own
    if len(text) > 2 * NAME_AT_MOST or len(parts) != 3:
        _refuse("key", f"a witness's {what} is a name, a key id and a key, joined by plus signs")
    try:
        material = base64.b64decode(parts[2], validate=True)
    except (binascii.Error, ValueError):
        _refuse("key", f"a witness's {what} is not base64")
    if material[:1] != COSIGNATURE or len(material) != 1 + _SEED_SIZE:
        _refuse("key", f"a witness's {what} is not one for cosignatures by Ed25519 (type 0x04)")
    return parts[0], material[1:]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _refuse(reason: str, cause: str) -> NoReturn:
    raise NoteRefused(f"note-{reason}", cause, "get the checkpoint and the key again from the witness")
