"""The first checkpoint over an envelope's end, where its timestamp was renewed, with what a bundle needs of it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from esign.bundle.renewed_members import RenewedCheckpoint
from esign.renewal.chain import Stamped
from esign.renewal.checkpoint_rows import data_of, renewals_of
from esign.trail.checkpoint import Checkpoint
from esign.trail.publishing import checkpoint_covering, prove_consistency


def renewed_checkpoint(session: Session, ending: str, latest: Checkpoint) -> RenewedCheckpoint | None:
    """Return it, or None where it was not renewed. `ending` is the id of the event that ended the envelope, `latest`
    the checkpoint that covers it in the bundle.

    Raises `NotCovered`, `TrailDamaged`, `EvidenceError` (`renewal-malformed`).
    """
    first = checkpoint_covering(session, ending)
    note = first.signed.encode()
    links = renewals_of(session, note)
    if not links:
        return None
    path = prove_consistency(session, first.checkpoint, latest)
    return RenewedCheckpoint(Stamped(note, first.token.der), path, links, data_of(session, links))
