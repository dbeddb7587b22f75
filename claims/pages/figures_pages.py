"""The page of figures: for team leads and claims managers, compliance and auditors, of their part of the insurer."""

from __future__ import annotations

from typing import Final

from flask import Response, request
from sqlalchemy import ColumnElement

from claims.board.reach import LEADERS, in_reach
from claims.figures.courses import NOBODYS
from claims.figures.figures import Report
from claims.figures.models import ClaimsLotRow
from claims.figures.reading import Choice, choosable, figures_of_service
from claims.figures.rows import csv_of
from claims.pages.figures_charts import charts_of
from claims.pages.figures_view import tables_of, tiles_of
from claims.pages.figures_words import LEGEND, lane_said, tier_said
from claims.service.office import Office
from esign.public.charts import day_said, month_said
from esign.public.console import (
    N_,
    Entry,
    Role,
    RoomConsole,
    caller,
    institution_and_below,
    institutions_reached,
    only,
    page,
    words,
)
from esign.public.figures import BYTE_ORDER_MARK, ChosenMonths, Month
from esign.public.house import House

HERE: Final = "/console/claims/figures"
READERS: Final = LEADERS | {Role.COMPLIANCE, Role.AUDITOR}
ENTRIES: Final = (Entry(N_("理赔报表"), "claims_figures", N_("多久赔到、拦截和放行、用了哪些工具"), READERS),)
SENTENCES: Final[dict[str, str]] = {}


def declare(console: RoomConsole, office: Office) -> None:
    """Declare it."""
    to = only(*READERS)

    @console.page("/figures", to=to)
    def claims_figures() -> Response:
        view = _View(office.house)
        report = view.report()
        return page(
            "claims_figures.html",
            view=view,
            report=report,
            address=HERE,
            is_provisional=report.whole.is_provisional,
            command="esign claims figures --trail",
            tiles=tiles_of(report.whole, view.year_ago()),
            charts=charts_of(report, view.by_month()),
            tables=tables_of(report, view.institution_name),
            legend=LEGEND,
            month_said=month_said,
            day_said=day_said,
            tier_said=tier_said,
            lane_said=lane_said,
        )

    @console.page("/figures.csv", to=to)
    def claims_figures_csv() -> Response:
        view = _View(office.house)
        answer = Response(BYTE_ORDER_MARK + csv_of(view.report()), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="claims-figures-{view.chosen.named}.csv"'
        return answer


class _View:
    """What was asked for, out of what there is: whatever is not there, or not in reach, is passed over."""

    def __init__(self, house: House) -> None:
        self._house = house
        who = caller()
        with house.database.reading() as session:
            self._within: list[ColumnElement[bool]] = [in_reach(session, who, ClaimsLotRow.institution, READERS)]
            there = choosable(session, self._within)
            self.institutions = institutions_reached(session, house.records, who, READERS)
            asked = request.args.get("institution", "")
            self.institution = asked if asked in {one.id for one in self.institutions} else None
            if self.institution is not None:
                below = institution_and_below(session, self.institution)
                self._within.append(ClaimsLotRow.institution.in_(sorted(below)))
        self.chosen = ChosenMonths.of(request.args.get("month", ""), there.months)
        self.months, self.month, self.since = self.chosen.months, self.chosen.month, self.chosen.since
        self.tiers, self.lanes = there.tiers, there.lanes
        self.tier = _one_of(request.args.get("tier", ""), there.tiers)
        self.lane = _one_of(request.args.get("lane", ""), there.lanes)
        self._names = {one.id: one.name for one in self.institutions}

    def report(self) -> Report:
        return self._report(self.month, self.since)

    def by_month(self) -> Report:
        """Return the months up to the newest, for the lines; what was asked for says what is counted."""
        if self.month is None:
            return self.report()
        return self._report(None, self.chosen.first_of_year)

    def year_ago(self) -> Report | None:
        """Return the same month of the year before, where one month was asked for and that one is known."""
        before = self.chosen.year_ago
        return None if before is None else self._report(before, None)

    def _report(self, month: Month | None, since: Month | None) -> Report:
        choice = Choice(month=month, since=since, tier=self.tier, lane=self.lane)
        with self._house.database.reading() as session:
            return figures_of_service(session, choice, self._within)

    def institution_name(self, institution: str) -> str:
        if institution == NOBODYS:
            return words().say(N_("不属于任何机构"))
        return self._names.get(institution, institution)

    @property
    def query(self) -> dict[str, str]:
        """What the address of the same figures as CSV carries."""
        asked = {
            "month": self.chosen.named,
            "tier": self.tier,
            "lane": self.lane,
            "institution": self.institution,
        }
        return {name: value for name, value in asked.items() if value}


def _one_of(asked: str, there: tuple[str, ...]) -> str | None:
    return asked if asked in there else None
