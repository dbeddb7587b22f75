"""Figures of claims for the insurer's own systems: the same rows as the CSV of the page and of the command."""

from __future__ import annotations

from datetime import date
from typing import Final

from pydantic import BaseModel, Field

from claims.figures.reading import Choice, figures_of_service
from claims.figures.rows import rows_of
from esign.public.api import Call, Query, Reply, Resource, RoomScope
from esign.public.figures import Month
from esign.public.house import House

FIGURES: Final = RoomScope("claims:figures")
FIGURES_SCOPE: Final = {FIGURES: ("查看全部机构的理赔报表", "see figures of the claims of all institutions")}
_CODE: Final = r"^[a-z0-9-]{1,64}$"


class ClaimsFiguresQuery(Query):
    """Which claims are counted: all, where nothing is chosen."""

    month: str | None = Field(
        None, pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="Reported in this month, as 2026-11."
    )
    tier: str | None = Field(None, pattern=_CODE, description="Of this tier, by its code.")
    lane: str | None = Field(None, pattern=_CODE, description="Of this lane, by its code.")


class ClaimsFigureView(BaseModel):
    """One figure."""

    by: str = Field(description="`all`, `month`, `institution`, `tier` or `lane`.")
    of: str = Field(description="Which of them: a month, an id, a code; empty for all.")
    provisional: bool = Field(description="Whether it can still change: claims of it are open.")
    figure: str = Field(description="Its name, as docs/claims-figures.md explains it.")
    value: int | str | None = Field(
        description="Counts and minutes are numbers; shares in percent, means and yuan are text."
    )


class ClaimsFiguresView(BaseModel):
    """All of them."""

    on: date | None = Field(description="The day of the last event that was counted.")
    figures: list[ClaimsFigureView]


def figures_resource(house: House) -> Resource:
    """Return the resource."""
    resource = Resource("claims-figures", "理赔报表", "Figures of claims", "Counted from the trail.")

    @resource.operation(
        "GET",
        "/v1/claims/figures",
        access=FIGURES,
        zh="查看理赔报表",
        en="See the figures of claims",
        about="Counts over all institutions, whoever reported: for the insurer's own systems, not for a partner's.",
        query=ClaimsFiguresQuery,
        answer=ClaimsFiguresView,
        answer_example={
            "on": "2026-11-27",
            "figures": [
                {"by": "all", "of": "", "provisional": True, "figure": "reported", "value": 412},
                {"by": "all", "of": "", "provisional": True, "figure": "real-time-percent", "value": "50.9"},
            ],
        },
    )
    def claims_figures(call: Call) -> Reply:
        asked = call.query(ClaimsFiguresQuery)
        month = None if asked.month is None else Month(asked.month)
        with house.database.reading() as session:
            report = figures_of_service(session, Choice(month=month, tier=asked.tier, lane=asked.lane))
        rows = [
            ClaimsFigureView(by=one.by, of=one.of, provisional=one.is_provisional, figure=one.figure, value=one.value)
            for one in rows_of(report)
        ]
        return Reply(ClaimsFiguresView(on=report.on, figures=rows))

    return resource
