"""Figures of deliveries for the insurer's own systems: the same rows as the CSV of the page and the command."""

from __future__ import annotations

from datetime import date
from typing import Final

from pydantic import BaseModel, Field

from delivery.figures.reading import Choice, figures_of_service
from delivery.figures.rows import rows_of
from esign.public.api import Call, Query, Reply, Resource, RoomScope
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


class FigureView(BaseModel):
    """One figure."""

    by: str = Field(description="`all`, `month`, `institution`, `channel` or `product`.")
    of: str = Field(description="Which of them: a month, an id, a code; empty for all.")
    provisional: bool = Field(description="Whether it can still change: receipts are awaited.")
    figure: str = Field(description="Its name, as docs/delivery-figures.md explains it.")
    value: int | str | None = Field(description="Counts and hours are numbers, shares percent as text.")


class FiguresView(BaseModel):
    """All of them."""

    on: date | None = Field(description="The day of the last event that was counted.")
    figures: list[FigureView]


def figures_resource(house: House) -> Resource:
    """Return the resource."""
    resource = Resource("delivery-figures", "送达报表", "Figures of deliveries", "Counted from the trail.")

    @resource.operation(
        "GET",
        "/v1/deliveries/figures",
        access=FIGURES,
        zh="查看送达报表",
        en="See the figures of deliveries",
        about="Counts over all institutions, whoever sold: for the insurer's own systems, not for a sales platform.",
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
        rows = [
            FigureView(by=one.by, of=one.of, provisional=one.is_provisional, figure=one.figure, value=one.value)
            for one in rows_of(report)
        ]
        return Reply(FiguresView(on=report.on, figures=rows))

    return resource
