"""The page of figures: for operations, compliance and sub-branches, of the deliveries of their part of the insurer."""

from __future__ import annotations

from typing import Final

from flask import Response, request

from delivery.figures.figures import Report
from delivery.figures.product_names import product_names
from delivery.figures.reading import Choice, choosable, figures_of_service
from delivery.figures.rows import csv_of
from delivery.pages.figures_view import charts_of, tables_of, tiles_of
from delivery.pages.figures_words import LEGEND, channel_said
from delivery.service.deliveries import Deliveries
from esign.public.charts import day_said, month_said
from esign.public.console import (
    N_,
    Entry,
    Reach,
    Role,
    RoomConsole,
    caller,
    institution_and_below,
    institutions_reached,
    only,
    page,
)
from esign.public.figures import BYTE_ORDER_MARK, ChosenMonths, Month
from esign.public.house import House

ROLES: Final = frozenset({Role.OPERATIONS, Role.COMPLIANCE, Role.SUPERVISOR})
HERE: Final = "/console/delivery/figures"
ENTRIES: Final = (Entry(N_("送达报表"), "delivery_figures", N_("15 日送达率，每一段用了几天"), ROLES),)
SENTENCES: Final[dict[str, str]] = {}


def declare(console: RoomConsole, deliveries: Deliveries) -> None:
    """Declare it."""
    to = only(*ROLES)

    @console.page("/figures", to=to)
    def delivery_figures() -> Response:
        view = _View(deliveries.house)
        report = view.report()
        return page(
            "delivery_figures.html",
            view=view,
            report=report,
            address=HERE,
            is_provisional=report.whole.is_provisional,
            command="esign delivery figures --trail",
            tiles=tiles_of(report.whole, view.year_ago()),
            charts=charts_of(report, view.by_month()),
            tables=tables_of(report, view.institution_name, view.product_name),
            legend=LEGEND,
            month_said=month_said,
            day_said=day_said,
            channel_said=channel_said,
        )

    @console.page("/figures.csv", to=to)
    def delivery_figures_csv() -> Response:
        view = _View(deliveries.house)
        answer = Response(BYTE_ORDER_MARK + csv_of(view.report()), content_type="text/csv; charset=utf-8")
        name = f"delivery-figures-{view.chosen.named}.csv"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


class _View:
    """What was asked for, out of what there is: whatever is not there, or not in reach, is passed over."""

    def __init__(self, house: House) -> None:
        self._house = house
        who = caller()
        with house.database.reading() as session:
            within = Reach.of(session, who).institutions
            there = choosable(session, within)
            self._products = product_names(session, house.records, there.newest)
            self.institutions = institutions_reached(session, house.records, who)
            asked = request.args.get("institution", "")
            self.institution = asked if asked in {one.id for one in self.institutions} else None
            below = within if self.institution is None else institution_and_below(session, self.institution)
        self._within = frozenset(below) & within
        self.products, self.channels = there.products, there.channels
        self.chosen = ChosenMonths.of(request.args.get("month", ""), there.months)
        self.months, self.month, self.since = self.chosen.months, self.chosen.month, self.chosen.since
        self.product = _one_of(request.args.get("product", ""), there.products)
        self.channel = _one_of(request.args.get("channel", ""), there.channels)
        self._names = {one.id: one.name for one in self.institutions}

    def report(self) -> Report:
        return self._report(self.month, self.since)

    def by_month(self) -> Report:
        """Return the rates of the months up to the newest, for their line; what was asked for says what is counted."""
        return self._report(None, self.chosen.first_of_year, with_legs=False)

    def year_ago(self) -> Report | None:
        """Return the same month of the year before, where one month was asked for and that one is known."""
        before = self.chosen.year_ago
        return None if before is None else self._report(before, None, with_legs=False)

    def _report(self, month: Month | None, since: Month | None, *, with_legs: bool = True) -> Report:
        choice = Choice(month, since, self.product, self.channel, self._within)
        with self._house.database.reading() as session:
            return figures_of_service(session, choice, with_legs=with_legs)

    def institution_name(self, institution: str) -> str:
        return self._names.get(institution, institution)

    def product_name(self, product: str) -> str:
        """Return what a product is called; its code where no policy tells its name any more."""
        return self._products.get(product, product)

    @property
    def query(self) -> dict[str, str]:
        """What the address of the same figures as CSV carries."""
        asked = {
            "month": self.chosen.named,
            "product": self.product,
            "channel": self.channel,
            "institution": self.institution,
        }
        return {name: value for name, value in asked.items() if value}


def _one_of(asked: str, there: tuple[str, ...]) -> str | None:
    return asked if asked in there else None
