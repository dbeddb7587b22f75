"""Who signs a document, and where: beside the printed words that ask for the signature, found by themselves.

The templates print a box beside each anchor text. Its lower left corner is 8 pt right of the text and 30 pt below it,
where fields are put by default; the more people sign, the lower their boxes, so that all stand on one page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from esign.public.places import AtAnchor
from policy.proposal import Proposal
from policy.proposing.signers import signers_of

ANCHORS: Final[Mapping[str, str]] = {
    "applicant": "投保人签名",
    "insured": "被保险人签名",
    "guardian": "监护人签名",
    "agent": "销售人员签名",
    "seal": "保险人签章",
}
"""What is printed beside the place of each role: the recipient's roles of the signing service, and the seal."""
RECEIPT_ANCHOR: Final = "投保人签收"
BOX_WIDTH: Final = 311
_HEIGHTS: Final[Mapping[int, int]] = {2: 122, 3: 122, 4: 84}
SEAL_HEIGHT, RECEIPT_HEIGHT, REQUEST_HEIGHT = 92, 110, 84
"""The boxes of the contract, for the insurer's seal and the receipt, and those of a service request."""
_RIGHT, _ABOVE, _BORDER = 10.0, 4.0, 4


def signing_roles(proposal: Proposal, *, agent_signs: bool = False) -> tuple[str, ...]:
    """Return who signs the proposal's documents, in the order of the page; the insurer's seal is the last."""
    return (*(one.value for one in signers_of(proposal)), *(("agent",) if agent_signs else ()), "seal")


def box_height(roles: Sequence[str]) -> int:
    """Return how high the printed boxes are where these sign, in points."""
    return _HEIGHTS[len(roles)]


def anchor_drop(height: int) -> int:
    """Return how far the text beside a box of this height stands above the box's foot, in points."""
    return 32 if height >= SEAL_HEIGHT else 12


def signing_places(roles: Sequence[str]) -> dict[str, AtAnchor]:
    """Return the place of each role's signature on the proposal's documents that these roles sign."""
    return {role: _place(ANCHORS[role], box_height(roles)) for role in roles}


def request_places(roles: Sequence[str]) -> dict[str, AtAnchor]:
    """Return the place of each role's signature on a service request that these roles sign, and of the seal."""
    return {role: _place(ANCHORS[role], REQUEST_HEIGHT) for role in (*roles, "seal")}


def _place(anchor: str, height: int) -> AtAnchor:
    return AtAnchor(
        anchor, right=_RIGHT, up=_ABOVE - anchor_drop(height), width=BOX_WIDTH - _BORDER, height=height - _BORDER
    )


SEAL_PLACE: Final = _place(ANCHORS["seal"], SEAL_HEIGHT)
"""Where the insurer seals the contract: on the schedule."""
RECEIPT_PLACE: Final = _place(RECEIPT_ANCHOR, RECEIPT_HEIGHT)
"""Where the applicant signs the receipt: on the contract's last page, or on the receipt by itself."""
