"""What somebody without rights may learn: whether exactly this file is one of ours, and how it stands.

Who asks must have the whole file, so its names and evidence are no news to them. They are told neither envelope nor
institution, neither digests nor positions of the trail, nor who else was to sign; and of a document that nobody has
signed, nothing at all: it can be guessed from a form and a name, so answering would tell whether somebody was sent it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from esign.verify.acceptance.knowledge import (
    COMPLETED,
    ENDED,
    OPEN,
    OVER_WITHOUT_SEAL,
    Knowledge,
    NotRecognised,
    Recognised,
    Stage,
    TrailKnowledge,
)
from esign.verify.acceptance.requirements.trail import proof_holds


class Standing(StrEnum):
    """How a file of ours stands, in the words for anybody."""

    IN_FORCE = "in-force"
    NOT_SEALED = "not-sealed"
    SUPERSEDED = "superseded"
    ENDED = "ended"
    """The envelope was declined, expired or voided: which of them is nobody else's business."""


@dataclass(frozen=True)
class PublicAnswer:
    """The answer for anybody. `standing` is None where the file is none of ours."""

    is_ours: bool
    standing: Standing | None
    as_of: datetime


MaySee: TypeAlias = Callable[[Recognised], bool]
"""Whether whoever asks may see the envelope that was recognised."""


def nobody(_known: Recognised) -> bool:
    """Let nobody see anything."""
    return False


class PublicTrail:
    """A `TrailKnowledge` that tells a policy no more than anybody may learn; all that it knows to who may see it."""

    def __init__(self, inner: TrailKnowledge, may_see: MaySee = nobody) -> None:
        """For strangers `inner` does not look at documents that nobody signed: `StoredTrail(from_piece=...)`."""
        self._inner = inner
        self._may_see = may_see

    @property
    def keys(self) -> frozenset[bytes]:
        return self._inner.keys

    def about(self, sha256: str) -> Knowledge:
        """See `TrailKnowledge`."""
        known = self._inner.about(sha256)
        if isinstance(known, Recognised) and self._may_see(known):
            return known
        if isinstance(known, NotRecognised) or known.stage is Stage.PREPARED:
            return NotRecognised(known.as_of)
        proof, keys = known.proof, self._inner.keys
        return Recognised(
            stage=known.stage,
            state=_state(known.state),
            superseded=known.superseded,
            as_of=known.as_of,
            stand_ins=known.stand_ins,
            fixed=None if proof is None else proof_holds(proof, sha256, known.stage, keys),
        )


def told_to_anybody(trail: PublicTrail, sha256: str) -> PublicAnswer:
    """Return whether the file with this SHA-256 (lower-case hex) is one of ours, and how it stands."""
    known = trail.about(sha256)
    if isinstance(known, NotRecognised):
        return PublicAnswer(False, None, known.as_of)
    return PublicAnswer(True, _standing(known), known.as_of)


def _standing(known: Recognised) -> Standing:
    if known.state == ENDED:
        return Standing.ENDED
    if known.superseded:
        return Standing.SUPERSEDED
    in_force = known.stage is Stage.SEALED and known.state == COMPLETED
    return Standing.IN_FORCE if in_force else Standing.NOT_SEALED


def _state(state: str) -> str:
    if state == COMPLETED:
        return COMPLETED
    return ENDED if state in OVER_WITHOUT_SEAL else OPEN
