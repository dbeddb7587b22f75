"""The legs of a delivery; how long each took is counted in whole hours."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

HOUR: Final = 3600


class Leg(StrEnum):
    """From where to where, of policies whose receipt is there.

    Underwriting is from the signed application to the issue; printing to the dispatch; carrying to the arrival at the
    outlet; the outlet's until the policy is handed out; visiting until the customer signs. Online is from the issue to
    the signature of an electronic policy. Returning is from the signature to the returned receipt. Whole is from the
    application to the signature.
    """

    UNDERWRITING = "underwriting"
    PRINTING = "printing"
    CARRYING = "carrying"
    OUTLET = "outlet"
    VISITING = "visiting"
    ONLINE = "online"
    RETURNING = "returning"
    WHOLE = "whole"
