"""Errors of webhooks. Neither an address nor a secret is ever in their words."""

from __future__ import annotations

from esign.errors import EsignError


class WebhookError(EsignError):
    """An endpoint or a delivery is not there, is not acceptable, or cannot do this now."""


class SignatureRefused(EsignError):
    """A message does not come from whom it says, was changed, or is too old."""
