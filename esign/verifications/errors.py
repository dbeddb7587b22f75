"""Errors of this room."""

from __future__ import annotations

from esign.errors import EsignError


class LineFull(EsignError):
    """So many files wait to be judged that another one is not taken."""


def line_full() -> LineFull:
    """Return the error for a file beyond what may wait."""
    return LineFull("workers-busy", "too many files wait to be judged", "hand it in again in a minute")
