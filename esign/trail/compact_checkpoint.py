"""A checkpoint in one line of ASCII, for a QR code on what customers take away: so they are the log's witnesses.

esign-checkpoint/1 signing.insurer.example/trail/1 5 E54ki6Xi...mU= bW8Q1SRm...Aw=

Five words: the form's name, the origin (which is the signing key's name, too), the size, the root, and key id and
signature. It is the signed note without what the note says twice, so the note comes back byte for byte; docs/trail.md
tells how, also by hand. Signatures of witnesses and extension lines stay behind: a camera has to read all of it.
"""

from __future__ import annotations

import re
from typing import Final, NoReturn

from esign.trail.checkpoint import SignedCheckpoint, parse_checkpoint
from esign.trail.errors import NoteRefused

FORM: Final = "esign-checkpoint/1"
CHARACTERS_AT_MOST: Final = 512
"""An origin of 211 characters, a size, a root and a signature come to 400; a reader may add line ends and spaces."""
_ROOT: Final = re.compile(r"[A-Za-z0-9+/]{43}=")
_SIGNATURE: Final = re.compile(r"[A-Za-z0-9+/]{91}=")
"""Four bytes of key id and the 64 of Ed25519."""


def compact_checkpoint(signed: SignedCheckpoint) -> str:
    """Return the checkpoint as one line without a line end, under the log's own signature alone.

    Where the log signed it with several keys, the last is the newest. Raises `NoteRefused` (`checkpoint-compact`) where
    the log did not sign it, or it has extension lines.
    """
    origin = str(signed.checkpoint.origin)
    own = [one for one in signed.note.signatures if one.name == origin]
    if not own or signed.checkpoint.extensions:
        _refuse("only a checkpoint without extensions that the log signed can be written in one line")
    _origin, size, root, _end = signed.note.text.split("\n")
    return " ".join((FORM, origin, size, root, own[-1].line.split()[-1]))


def read_compact_checkpoint(line: str) -> SignedCheckpoint:
    """Read the line as a camera or a person gives it back: spaces and line ends about the words mean nothing.

    Nothing is verified yet (`verify_checkpoint`). Raises `NoteRefused` (`checkpoint-compact`, and what
    `parse_checkpoint` raises).
    """
    words = line.split() if len(line) <= CHARACTERS_AT_MOST else []
    if len(words) != 5 or words[0] != FORM:
        _refuse(f"a checkpoint in one line must be five words, the first of them {FORM}")
    _form, origin, size, root, signature = words
    if not (_ROOT.fullmatch(root) and _SIGNATURE.fullmatch(signature)):
        _refuse("its root must be 32 bytes in base64, and its key id and signature 68")
    return parse_checkpoint(f"{origin}\n{size}\n{root}\n\n\N{EM DASH} {origin} {signature}\n".encode())


def _refuse(cause: str) -> NoReturn:
    raise NoteRefused("checkpoint-compact", cause, "scan the code again, or take the checkpoint from the log")
