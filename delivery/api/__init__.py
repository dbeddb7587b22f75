"""The room in the REST API: where deliveries stand, and what webhooks tell of them."""

from __future__ import annotations

from delivery.api.deliveries_resource import SCOPES, deliveries_resource
from delivery.api.told import TOLD, client_of

__all__ = ["SCOPES", "TOLD", "client_of", "deliveries_resource"]
