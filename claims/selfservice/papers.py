"""Which papers are still missing, as the customer knows them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from claims.domain import Claim
from claims.wording import Words

PAPERS: Final[Mapping[str, Words]] = {
    "vehicle-licence": Words("行驶证", "vehicle licence"),
    "driving-licence": Words("驾驶证", "driving licence"),
    "identity-card": Words("身份证", "identity card"),
    "police-report": Words("交警的事故认定书", "police report"),
    "repair-invoice": Words("修车发票", "repair invoice"),
    "medical-invoice": Words("医疗发票", "medical invoice"),
}
"""Papers by their codes; one that is none of these is called by what it is asked for."""


def papers_of(state: Claim) -> dict[str, Words]:
    """Return the papers that are still missing, by code, with their names."""
    missing = () if state.papers is None or state.ended else sorted(state.papers.missing)
    return {code: PAPERS.get(code, Words(code, code)) for code in missing}
