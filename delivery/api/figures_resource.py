"""Figures of deliveries for the insurer's own systems: the same rows as the CSV of the page and the command."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from delivery.figures.reading import Choice, figures_of_service
from delivery.figures.rows import rows_of
from esign.public.api import Call, FiguresView, Query, Reply, Resource, RoomScope
from esign.public.figures import Month
from esign.public.house import House

FIGURES: Final = RoomScope("deliveries:figures")
FIGURES_SCOPE: Final = {FIGURES: ("查看全部机构的送达报表", "see figures of the deliveries of all institutions")}
_CODE: Final = r"^[a-z0-9-]{1,64}$"


class FiguresQuery(Query):
    """Which policies are counted: all, where nothing is chosen."""

    month: str | None = Field(
        None, pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="Underwritten in this month, as 2026-11."
    )
    product: str | None = Field(None, pattern=_CODE, description="Of this product, by its code.")
    channel: str | None = Field(None, pattern=_CODE, description="Of this channel, by its code.")


def figures_resource(house: House) -> Resource:
    """Return the resource."""
    resource = Resource("delivery-figures", "送达报表", "Figures of deliveries", "Counted from the trail.")

    @resource.operation(
        "GET",
        "/v1/deliveries/figures",
        access=FIGURES,
        zh="查看送达报表",
        en="See the figures of deliveries",
        about="Counts over all institutions, whoever sold: for the insurer's own systems, not for a sales platform. "
        "By `month`, `institution`, `channel` and `product`; what each is: docs/delivery-figures.md.",
        query=FiguresQuery,
        answer=FiguresView,
        answer_example={
            "on": "2026-11-27",
            "figures": [
                {"by": "all", "of": "", "provisional": False, "figure": "rate-percent", "value": "99.2"},
                {"by": "all", "of": "", "provisional": False, "figure": "in-time", "value": 4182},
            ],
        },
    )
    def figures(call: Call) -> Reply:
        asked = call.query(FiguresQuery)
        month = None if asked.month is None else Month(asked.month)
        with house.database.reading() as session:
            report = figures_of_service(session, Choice(month=month, product=asked.product, channel=asked.channel))
        return Reply(FiguresView.of(report.on, rows_of(report)))

    return resource
