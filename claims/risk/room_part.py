"""What the room of claims hands in of risk: its tables, and links under the house's key."""

from __future__ import annotations

from typing import Final

from claims.risk.links import LinkKeys
from claims.risk.models import ClaimLink, IndexedClaim, KeptScoreRow, PictureBand
from esign.public.house import House

RISK_CHANGING: Final = (IndexedClaim, ClaimLink, PictureBand)
RISK_ADDING: Final = (KeptScoreRow,)
_USE: Final = "claim-links"


def link_keys(house: House) -> LinkKeys:
    """Return the maker of links, under the key of the house by which records are found."""
    return LinkKeys(lambda data: house.records.index.digest_for(_USE, data))
