"""The base of every error: a stable code, a cause and a cure. A room's own errors are classes of it."""

from __future__ import annotations

from esign.errors import EsignError

__all__ = ["EsignError"]
