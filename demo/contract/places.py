"""Where the three signatures of the story go: beside the words that ask for them, on the last page."""

from __future__ import annotations

from typing import Final

from esign.pades.fields import AtAnchor
from policy.documents.places import signing_places

PLACES: Final = signing_places(("applicant", "insured", "seal"))


def anchor_of(place: AtAnchor) -> dict[str, object]:
    """Return the place as the API takes it."""
    return {
        "text": place.text,
        "right": place.right,
        "up": place.up,
        "width": place.width,
        "height": place.height,
    }
