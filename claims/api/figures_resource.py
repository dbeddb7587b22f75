"""Figures of claims for the insurer's own systems: the same rows as the CSV of the page and of the command."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from claims.figures.reading import Choice, figures_of_service
from claims.figures.rows import rows_of
from esign.public.api import Call, FiguresView, Query, Reply, Resource, RoomScope
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


def figures_resource(house: House) -> Resource:
    """Return the resource."""
    resource = Resource("claims-figures", "理赔报表", "Figures of claims", "Counted from the trail.")

    @resource.operation(
        "GET",
        "/v1/claims/figures",
        access=FIGURES,
        zh="查看理赔报表",
        en="See the figures of claims",
        about="Counts over all institutions, whoever reported: for the insurer's own systems, not for a partner's. "
        "By `month`, `institution`, `tier` and `lane`; what each is: docs/claims-figures.md.",
        query=ClaimsFiguresQuery,
        answer=FiguresView,
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
        return Reply(FiguresView.of(report.on, rows_of(report)))

    return resource
