"""The room in the REST API: products, quotes, proposals, their documents."""

from __future__ import annotations

from policy.api.codes import CODES, SCOPES
from policy.api.resources import policy_resources

__all__ = ["CODES", "SCOPES", "policy_resources"]
