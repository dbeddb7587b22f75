"""Where the three signatures go on the contract's last page: beside the words that ask for them."""

from __future__ import annotations

from esign.pades.fields import AtAnchor

# The box printed there is 311 x 122 pt, its lower left corner 8 pt right of the anchor text and 30 pt below.
_RIGHT, _UP, _WIDTH, _HEIGHT = 10.0, -28.0, 307.0, 118.0

APPLICANT_PLACE = AtAnchor("投保人签名", right=_RIGHT, up=_UP, width=_WIDTH, height=_HEIGHT)
INSURED_PLACE = AtAnchor("被保险人签名", right=_RIGHT, up=_UP, width=_WIDTH, height=_HEIGHT)
SEAL_PLACE = AtAnchor("保险人签章", right=_RIGHT, up=_UP, width=_WIDTH, height=_HEIGHT)
PLACES = {"applicant": APPLICANT_PLACE, "insured": INSURED_PLACE, "seal": SEAL_PLACE}
