"""A text in both languages, as data files and traces have it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Chinese first, English beside it."""

    zh: str
    en: str
