"""Proofs that somebody takes away: one event under a checkpoint, and one checkpoint continuing another.

The first has the form of C2SP tlog-proof v1, with the event itself as the extra data, so that one small file and
the log's public key are all that its verifier needs.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

from esign.trail.checkpoint import Checkpoint, SignedCheckpoint, parse_checkpoint, verify_checkpoint
from esign.trail.errors import ProofRefused
from esign.trail.event import Event, parse_event
from esign.trail.merkle import HASH_SIZE, leaf_hash, verify_consistency, verify_inclusion
from esign.trail.note import BYTES_AT_MOST as NOTE_BYTES_AT_MOST

MAGIC: Final = "c2sp.org/tlog-proof@v1"
PATH_AT_MOST: Final = 63
"""No tree of fewer than 2**63 leaves is higher."""
BYTES_AT_MOST: Final = 100 * 1024 + NOTE_BYTES_AT_MOST


@dataclass(frozen=True)
class InclusionProof:
    """An event (`canonical` bytes), its position, the path to the root, and the checkpoint over that."""

    entry: bytes
    index: int
    path: tuple[bytes, ...]
    signed: SignedCheckpoint

    @property
    def event(self) -> Event:
        """The event, read from the entry. Raises `EventRefused`."""
        return parse_event(self.entry)

    def encode(self) -> bytes:
        """Return the proof as a file (`.tlog-proof`)."""
        lines = [MAGIC, f"extra {_base64(self.entry)}", f"index {self.index}", *map(_base64, self.path), ""]
        return "".join(f"{line}\n" for line in lines).encode("ascii") + self.signed.encode()


def parse_inclusion_proof(data: bytes) -> InclusionProof:
    """Read a proof, strictly: `encode` of the result is `data` again. Nothing is verified.

    Raises `ProofRefused` (`inclusion-proof-form`) and `NoteRefused`.
    """
    if len(data) > BYTES_AT_MOST:
        _refuse(f"the proof has {len(data)} bytes, more than {BYTES_AT_MOST}")
    head, _, note = data.partition(b"\n\n")
    try:
        _, extra, index, *path = head.decode("ascii").split("\n")
        entry = base64.b64decode(extra.removeprefix("extra "), validate=True)
        position = int(index.removeprefix("index "))
        hashes = tuple(base64.b64decode(line, validate=True) for line in path)
    except (ValueError, binascii.Error):
        _refuse(f"the proof is not in the form {MAGIC} with its entry")
    if len(hashes) > PATH_AT_MOST or any(len(value) != HASH_SIZE for value in hashes):
        _refuse(f"a path has at most {PATH_AT_MOST} hashes of {HASH_SIZE} bytes")
    proof = InclusionProof(entry, position, hashes, parse_checkpoint(note))
    if proof.encode() != data:
        _refuse("the proof is not written as it must be")
    return proof


def verify_inclusion_proof(proof: InclusionProof, public_keys: Collection[bytes]) -> Event:
    """Return the event that is proven to stand in the log of these Ed25519 public keys (32 bytes each).

    Raises `NoteRefused`, `ProofRefused` (`inclusion-proof`), `EventRefused`.
    """
    head = verify_checkpoint(proof.signed, public_keys)
    verify_inclusion(leaf_hash(proof.entry), proof.index, head.size, proof.path, head.root)
    return proof.event


def verify_continues(earlier: Checkpoint, later: Checkpoint, path: Sequence[bytes]) -> None:
    """Check that the later checkpoint's tree begins with the earlier one's, and is of the same log.

    Raises `ProofRefused`: `consistency-proof`, `consistency-origin` (another log, or an epoch before).
    """
    if earlier.origin.log != later.origin.log or earlier.origin.epoch > later.origin.epoch:
        raise ProofRefused(
            "consistency-origin",
            f"a checkpoint of {later.origin} cannot continue one of {earlier.origin}",
            "compare checkpoints of one log, the earlier one first",
        )
    verify_consistency(earlier.size, later.size, path, earlier.root, later.root)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _refuse(cause: str) -> NoReturn:
    raise ProofRefused("inclusion-proof-form", cause, "ask the log for a new proof")
