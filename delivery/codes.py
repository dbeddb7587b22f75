"""The codes by which the room refuses, each with a status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from delivery.domain.words import WORDS
from delivery.errors import DeliveryRefused
from esign.public.api import CodeWords, RoomCodes

_STATUSES: Final[Mapping[str, int]] = {
    "no-delivery": 404,
    "delivery-no-institution": 404,
    "delivery-no-contract": 404,
    "delivery-not-allowed": 403,
    "delivery-no-code": 422,
    "delivery-barcode-differs": 422,
    "delivery-picture-unreadable": 422,
    "delivery-no-salesperson": 422,
    "delivery-words-many": 422,
    "delivery-contact-malformed": 422,
    "delivery-day-missing": 422,
    "delivery-check-reason": 422,
    "delivery-stops": 422,
    "no-print-run": 404,
    "no-stuck-receipt": 404,
    "no-parcel": 404,
    "no-stray-receipt": 404,
    "print-file-erased": 410,
    "scan-no-salesperson": 422,
    "scan-unreadable": 422,
    "scan-misread": 422,
    "malformed-command": 422,
}
"""All others are conflicts with where the delivery stands."""
_SHARED: Final = frozenset({"malformed-command"})
"""Refusals that the signing service has words for: they hold here, too."""
CODES: Final = RoomCodes(
    (DeliveryRefused,),
    {code: CodeWords(_STATUSES.get(code, 409), *words) for code, words in WORDS.items() if code not in _SHARED},
)


def status_of(refused: DeliveryRefused) -> int:
    """Return the status of an answer that tells this refusal."""
    return _STATUSES.get(refused.code, 409)
