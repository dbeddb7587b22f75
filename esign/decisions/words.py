"""A text in both languages of the product."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str
