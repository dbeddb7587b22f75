"""What became of an earlier print of a policy: when it was given up for another one, by whom, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from delivery.domain.values import ReprintReason
from esign.public.events import read_stream

CHECK_FAILED: Final = "delivery.check-failed"
REPRINTED: Final = "delivery.reprinted"


@dataclass(frozen=True)
class EarlierPrint:
    """The print `copy`, which counts no more since `at`; `current` is the one that does, or that is to be printed.

    `by` is the member of staff who reported it, None where the service did.
    """

    copy: int
    current: int
    reason: ReprintReason
    at: datetime
    by: str | None


def earlier_print(session: Session, delivery: str, copy: int) -> EarlierPrint | None:
    """Return what became of the print `copy` (from 1), None where it counts still or there never was one."""
    given_up = [one for one in read_stream(session, delivery) if one.type in (CHECK_FAILED, REPRINTED)]
    if not 1 <= copy <= len(given_up):
        return None
    event = given_up[copy - 1]  # each print is given up once, in order
    is_check = event.type == CHECK_FAILED
    reason = ReprintReason.CHECK_FAILED if is_check else ReprintReason(str(event.payload["reason"]))
    by = event.payload.get("by")
    return EarlierPrint(copy, len(given_up) + 1, reason, event.time, None if by is None else str(by))
