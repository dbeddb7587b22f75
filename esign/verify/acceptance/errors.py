"""Errors of acceptance policies."""

from __future__ import annotations

from esign.errors import EsignError


class PolicyRefused(EsignError):
    """The policy is not there, or is not written as a policy must be."""
