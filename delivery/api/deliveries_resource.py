"""Deliveries of a client's policies: where each stands, who acts next until when, and its receipt."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from pydantic import BaseModel, Field
from sqlalchemy import select

from delivery.domain.refusal import refusal
from delivery.models import DeliveryRow
from delivery.service.deliveries import Deliveries
from esign.public.api import Call, Page, PageQuery, Reply, Resource, RoomScope, cut

READ: Final = RoomScope("deliveries:read")
SCOPES: Final = {READ: ("查看保单送达", "see deliveries of policies")}
_LIST: Final = "deliveries"
_EXAMPLE: Final[dict[str, Any]] = {
    "id": "dlv_01kb1qxg7s3nq9v2m6w8x4y5z6",
    "proposal": "prp_01kb1qxg7s3nq9v2m6w8x4y5z6",
    "policy": "CY20261121000012",
    "medium": "electronic",
    "state": "link-sent",
    "owner": "customer",
    "act": "open-link",
    "until": "2026-12-05",
    "applied_on": "2026-11-20",
    "due_on": "2026-12-05",
    "late": False,
    "received_on": None,
    "way": None,
}


class DeliveryQuery(PageQuery):
    """Which deliveries."""

    policy: str | None = Field(None, pattern=r"^[0-9A-Z]{8,20}$", description="That of this policy number alone.")


class DeliveryView(BaseModel):
    """A delivery as it stands."""

    id: str
    proposal: str
    policy: str | None = Field(description="Null before the issue.")
    medium: str | None = Field(description="`paper` or `electronic`; null before the issue.")
    state: str = Field(description="One of the states in docs/delivery-states.md.")
    owner: str = Field(description="Who acts next, a code.")
    act: str = Field(description="Doing what, a code.")
    until: date | None = Field(description="Up to and including this day.")
    applied_on: date
    due_on: date = Field(description="The last day on which a receipt is in time.")
    late: bool
    received_on: date | None
    way: str | None = Field(description="`self`, `assisted` or `paper`: how the receipt was signed.")


class DeliveryPage(Page[DeliveryView]):
    """A page of deliveries."""


def deliveries_resource(deliveries: Deliveries) -> Resource:
    """Return the resource."""
    database = deliveries.house.database
    resource = Resource("deliveries", "保单送达", "Deliveries", "From the signed application to the signed receipt.")

    @resource.operation(
        "GET",
        "/v1/deliveries",
        access=READ,
        zh="列出送达",
        en="List deliveries",
        about="All deliveries of the client's policies, or that of one policy number.",
        query=DeliveryQuery,
        answer=DeliveryPage,
        problems=("cursor-refused",),
        answer_example={"items": [_EXAMPLE], "next_cursor": None},
    )
    def listing(call: Call) -> Reply:
        query = call.query(DeliveryQuery)
        own = DeliveryRow.client == call.client.client
        chosen = select(DeliveryRow).where(own, DeliveryRow.id > query.after(_LIST))
        if query.policy is not None:
            chosen = chosen.where(DeliveryRow.policy == query.policy)
        with database.reading() as session:
            rows = session.scalars(chosen.order_by(DeliveryRow.id).limit(query.limit + 1)).all()
            found, cursor = cut(rows, query, _LIST, lambda row: row.id)
            return Reply(DeliveryPage(items=[_view(row) for row in found], next_cursor=cursor))

    @resource.operation(
        "GET",
        "/v1/deliveries/<delivery>",
        access=READ,
        zh="查看送达",
        en="See a delivery",
        answer=DeliveryView,
        problems=("no-delivery",),
        answer_example=_EXAMPLE,
    )
    def one(call: Call) -> Reply:
        with database.reading() as session:
            row = session.get(DeliveryRow, call.path["delivery"])
            if row is None or row.client != call.client.client:
                raise refusal("no-delivery")
            return Reply(_view(row))

    return resource


def _view(row: DeliveryRow) -> DeliveryView:
    return DeliveryView.model_validate(row, from_attributes=True)
