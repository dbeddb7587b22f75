"""The key store's checkpoint key as the trail knows keys of notes."""

from __future__ import annotations

from dataclasses import dataclass

from esign.infra.keystore import KeyStore


@dataclass(frozen=True)
class CheckpointKey:
    """A `esign.trail.note.NoteKey` that lives in the key store."""

    keys: KeyStore

    @property
    def public_key(self) -> bytes:
        """The Ed25519 public key, 32 bytes."""
        return self.keys.checkpoint_public_key

    def sign(self, data: bytes) -> bytes:
        """Return the Ed25519 signature, 64 bytes."""
        return self.keys.sign_checkpoint(data)
