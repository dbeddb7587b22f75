"""Where the three signatures of the story go: beside the words that ask for them, on the last page."""

from __future__ import annotations

from typing import Final

from policy.documents.places import signing_places

PLACES: Final = signing_places(("applicant", "insured", "seal"))
