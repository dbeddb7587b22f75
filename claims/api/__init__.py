"""The room in the REST API: motor policies, and losses reported on them."""

from __future__ import annotations

from claims.api.codes import CODES, SCOPES
from claims.api.resources import claims_resources

__all__ = ["CODES", "SCOPES", "claims_resources"]
