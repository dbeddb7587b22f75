"""Texts in two languages, as the person who looks at the page reads them."""

from __future__ import annotations

from claims.errors import ClaimRefused
from claims.selfservice.inviting import INVITATION
from claims.service.streams import CLAIM
from claims.settlement.telling import in_yuan
from claims.wording import Words
from esign.public.pages import Visitor, words


def is_claim(visitor: Visitor) -> bool:
    """Tell whether a visitor's link is about a claim."""
    return visitor.subject.startswith(f"{CLAIM}_")


def is_invitation(visitor: Visitor) -> bool:
    """Tell whether a visitor's link is about an invitation to report."""
    return visitor.subject.startswith(f"{INVITATION}_")


def text(said: Words) -> str:
    """Return a text in the language of the page."""
    return words().choose(said.zh, said.en)


def said_of(refused: ClaimRefused) -> str:
    """Return why something is refused, and what to do."""
    return words().choose(refused.zh, refused.en)


def yuan(fen: int) -> str:
    """Return an amount in yuan."""
    return in_yuan(fen)
