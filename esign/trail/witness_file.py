"""Files of checkpoints that somebody outside kept: what a trail is compared with.

UTF-8 text, in any order: signed notes (`esign.trail.checkpoint`), one behind the other, with whatever cosignatures
they have; checkpoints on one line (`esign.trail.compact_checkpoint`), as the code on a signer's copy holds them;
empty lines, and lines that begin with `#`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NoReturn

from esign.trail.checkpoint import SignedCheckpoint, parse_checkpoint, verify_checkpoint
from esign.trail.compact_checkpoint import read_compact_checkpoint
from esign.trail.cosignature import Cosigner, cosigned_by
from esign.trail.errors import NoteRefused, WitnessRefused

BYTES_AT_MOST: Final = 16 * 1024 * 1024
CHECKPOINTS_AT_MOST: Final = 50_000

_COMPACT: Final = "esign-checkpoint/"
_DASH: Final = "\N{EM DASH} "


@dataclass(frozen=True)
class Witnessed:
    """A checkpoint that somebody kept: from which line on it stands in their file, and when which witness signed it."""

    signed: SignedCheckpoint
    line: int
    by: dict[Cosigner, datetime] = field(default_factory=dict)


def read_witness_file(data: bytes) -> list[Witnessed]:
    """Return the checkpoints in the file. No signature is verified.

    Raises `WitnessRefused`: `witness-size`, `witness-form` (naming the line), `witness-empty`.
    """
    if len(data) > BYTES_AT_MOST:
        _refuse("size", f"the witness file has more than {BYTES_AT_MOST} bytes", "give the newest of its checkpoints")
    try:
        lines = data.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError:
        _refuse("form", "the witness file is not UTF-8 text", "give the file as it was kept")
    found: list[Witnessed] = []
    for number, text in _entries(lines):
        if len(found) == CHECKPOINTS_AT_MOST:
            _refuse("size", f"the witness file has more than {CHECKPOINTS_AT_MOST} checkpoints", "give the newest")
        try:
            signed = read_compact_checkpoint(text) if text.startswith(_COMPACT) else parse_checkpoint(text.encode())
        except NoteRefused as error:
            raise WitnessRefused(
                "witness-form",
                f"the witness file holds no checkpoint at line {number} ({error.cause})",
                "give notes and codes as they were kept, whole; put # before what is neither",
            ) from error
        found.append(Witnessed(signed, number))
    if not found:
        _refuse("empty", "the witness file holds no checkpoint", "give a file with checkpoints that somebody kept")
    return found


def verify_witnessed(
    found: Collection[Witnessed], public_keys: Collection[bytes], witnesses: Collection[Cosigner] = ()
) -> list[Witnessed]:
    """Return the checkpoints after the log's signature under each was verified, with what these witnesses signed.

    A log cannot disown what it signed, so whoever kept a checkpoint need not be believed. Raises `WitnessRefused`
    (`witness-signature`, naming the line) if the log, or a known witness, did not sign what stands there.
    """
    verified = []
    for one in found:
        try:
            verify_checkpoint(one.signed, public_keys)
            verified.append(Witnessed(one.signed, one.line, cosigned_by(one.signed, witnesses)))
        except NoteRefused as error:
            raise WitnessRefused(
                "witness-signature",
                f"the checkpoint at line {one.line} of the witness file was not signed as it says ({error.cause})",
                "give the log's earlier keys too; if they are there, the checkpoint is forged: leave it out",
            ) from error
    return verified


def _entries(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield each entry as text, a note with the ends of its lines, and the number of its first line."""
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip() or line.startswith("#"):
            at += 1
            continue
        if line.startswith(_COMPACT):
            yield at + 1, line.strip()
            at += 1
            continue
        end = at
        while end < len(lines) and lines[end]:
            end += 1
        end += 1  # the empty line between the text and its signatures
        while end < len(lines) and lines[end].startswith(_DASH):
            end += 1
        yield at + 1, "".join(f"{one}\n" for one in lines[at:end])
        at = end


def _refuse(reason: str, cause: str, cure: str) -> NoReturn:
    raise WitnessRefused(f"witness-{reason}", cause, cure)
