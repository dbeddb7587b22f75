"""The base of every error: a stable `code`, a cause and a cure, in one line for whoever meets it."""

from __future__ import annotations

from esign.errors import EsignError

__all__ = ["EsignError"]
