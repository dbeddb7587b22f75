"""The verdict on a certificate, a timestamp or a signer: its sub-indication (EN 319 102-1 clause 5.1.3) and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PathVerdict:
    """`sub_indication` and `reason` (the rest of a sentence) are None where it may be relied upon.

    `fails`: it is proven that the signature may not be relied upon, so that the indication is TOTAL-FAILED.
    """

    sub_indication: str | None
    reason: str | None = None
    revoked_at: datetime | None = None
    fails: bool = False

    @property
    def stands(self) -> bool:
        return self.sub_indication is None


@dataclass(frozen=True)
class TrustVerdict:
    """The signer's verdict and the earliest time at which the signature is proven to have existed, if any.

    `made_after` is a time that it is proven to have been made after, if any: by content timestamps, and by timestamps
    in what it covers.
    """

    path: PathVerdict
    proven_time: datetime | None
    timestamp_verdicts: tuple[PathVerdict, ...] = ()
    made_after: datetime | None = None


STANDS = PathVerdict(None)
