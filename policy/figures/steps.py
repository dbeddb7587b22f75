"""The steps on the way of a proposal, how it may end, and how a signature came about: the words of the figures."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Step(StrEnum):
    """How far a proposal came, in this order. From `OPENED` to `CONFIRMED`, each of its signers came so far."""

    SENT = "sent"
    OPENED = "opened"
    IDENTIFIED = "identified"
    READ = "read"
    DRAWN = "drawn"
    CONFIRMED = "confirmed"
    SIGNED = "signed"
    UNDERWRITTEN = "underwritten"
    PAID = "paid"
    ISSUED = "issued"


STEPS: Final = tuple(Step)
RANK: Final = {step: rank for rank, step in enumerate(STEPS)}


class End(StrEnum):
    """How a proposal ended without a policy. The envelope that came back unsigned is an end until it is sent again."""

    DECLINED = "declined"
    """By the insurer, in underwriting."""
    REFUSED = "refused"
    """By a signer: the proposal, or the offer of other terms."""
    EXPIRED = "expired"
    VOIDED = "voided"
    QUOTE_OVER = "quote-over"
    SIGNED_BY_OTHERS = "signed-by-others"
    WITHDRAWN = "withdrawn"


class Mode(StrEnum):
    """How a person signed, as the evidence of the ceremony names it."""

    REMOTE = "remote"
    ASSISTED = "assisted"
    """On a device of their own, without a photo, helped by a member of staff who is named."""
    IN_PERSON = "in-person"


class Channel(StrEnum):
    """Where a proposal was entered: by a program of the sales platform, or by staff at the pages."""

    PLATFORM = "platform"
    CONSOLE = "console"


class Delivery(StrEnum):
    """How the issued policy is delivered, as `policy.issued` says."""

    ELECTRONIC = "electronic"
    PAPER = "paper"
