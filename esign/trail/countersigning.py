"""What a witness does before it signs: the checkpoint must continue what it saw before.

It is handed an exported trail, which it recomputes, or a checkpoint with the proof that it continues an earlier one,
in the form in which logs ask witnesses (C2SP tlog-witness, add-checkpoint): a line `old <size>`, the hashes of the
proof in base64, a line each, an empty line, and the note. A note alone is a request without a proof.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from esign.trail.checkpoint import Checkpoint, SignedCheckpoint, parse_checkpoint
from esign.trail.cosignature import Cosigner, cosigned_by
from esign.trail.errors import NoteRefused, ProofRefused, WitnessContradicted, WitnessRefused
from esign.trail.merkle import HASH_SIZE
from esign.trail.note import BYTES_AT_MOST as NOTE_BYTES_AT_MOST
from esign.trail.proof import PATH_AT_MOST, verify_continues

BYTES_AT_MOST: Final = NOTE_BYTES_AT_MOST + 8192
_OLD: Final = b"old "


@dataclass(frozen=True)
class Request:
    """A checkpoint that is to be countersigned, and the proof that it continues the one of size `old`."""

    signed: SignedCheckpoint
    old: int = 0
    path: tuple[bytes, ...] = field(default=())

    def encode(self) -> bytes:
        """Return the request as a witness takes it."""
        lines = [f"old {self.old}", *(base64.b64encode(one).decode("ascii") for one in self.path), ""]
        return "".join(f"{line}\n" for line in lines).encode("ascii") + self.signed.encode()


def parse_request(data: bytes) -> Request:
    """Read a request, strictly, or a note alone. Nothing is verified. Raises `WitnessRefused` (`witness-request`)."""
    try:
        if not data.startswith(_OLD):
            return Request(parse_checkpoint(data))
        head, _, note = data.partition(b"\n\n")
        old, *path = head.decode("ascii").split("\n")
        hashes = tuple(base64.b64decode(line, validate=True) for line in path)
        request = Request(parse_checkpoint(note), int(old[len(_OLD) :]), hashes)
    except (NoteRefused, binascii.Error, ValueError) as error:
        raise _malformed() from error
    is_path = len(hashes) <= PATH_AT_MOST and all(len(one) == HASH_SIZE for one in hashes)
    if request.old < 0 or not is_path or request.encode() != data:
        raise _malformed()
    return request


def require_continuation(request: Request, seen: Collection[Checkpoint]) -> None:
    """Check that the checkpoint, whose signature was verified, continues what was seen of its log.

    The first checkpoint of a log is believed. Raises `WitnessRefused`: `witness-new-epoch` (only an export shows what
    was lost before it), `witness-older`, `witness-proof` (none from the size that was seen last); and
    `WitnessContradicted` (`witness-rewritten`).
    """
    head = request.signed.checkpoint
    of_log = [one for one in seen if one.origin.log == head.origin.log]
    known = max((one for one in of_log if one.origin == head.origin), key=lambda one: one.size, default=None)
    if known is None:
        if of_log:
            raise WitnessRefused(
                "witness-new-epoch",
                f"epoch {head.origin.epoch} of this log was not seen yet, and other ones were",
                "ask for an export of the whole trail: it says what was lost before the epoch",
            )
        return
    if head.size < known.size:
        raise WitnessRefused(
            "witness-older",
            f"it is over {head.size} events, and {known.size} were seen",
            "ask the log for its latest checkpoint; if it insists, tell others",
        )
    path: Sequence[bytes] = request.path if head.size > known.size else ()
    if head.size > known.size and request.old != known.size:
        raise WitnessRefused(
            "witness-proof",
            f"nothing proves that it continues the {known.size} events that were seen",
            f"ask the log by: esign trail checkpoint --since {known.size}; or for an export",
        )
    try:
        verify_continues(known, head, path)
    except ProofRefused as error:
        raise WitnessContradicted(
            "witness-rewritten",
            f"it does not continue the {known.size} events that were seen ({error.cause})",
            "do not sign it; if the proof is not merely broken, the log rewrote its trail: keep both, tell others",
        ) from error


def remembered(state: Collection[SignedCheckpoint], new: SignedCheckpoint, own: Cosigner) -> list[SignedCheckpoint]:
    """Return what a witness keeps: of each log and epoch the last one of every day (UTC) on which it signed.

    A later checkpoint continues an earlier one, so nothing that could be shown is lost.
    """
    kept: dict[tuple[str, str], SignedCheckpoint] = {}
    for one in (*state, new):
        at = cosigned_by(one, [own]).get(own, datetime.min.replace(tzinfo=UTC))
        kept[str(one.checkpoint.origin), at.strftime("%Y-%m-%d")] = one
    return list(kept.values())


def _malformed() -> WitnessRefused:
    return WitnessRefused(
        "witness-request",
        "it is neither an exported trail nor a checkpoint, with or without a proof before it",
        "hand over an export (esign trail export) or what esign trail checkpoint --since SIZE prints",
    )
