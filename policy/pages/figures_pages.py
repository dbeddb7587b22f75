"""The page of figures: for operations, compliance and sales managers, of what their part of the insurer sold."""

from __future__ import annotations

from typing import Final

from flask import Response, request

from esign.public.charts import month_said
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
from esign.public.figures import BYTE_ORDER_MARK, ChosenMonths
from policy.figures.figures import Report
from policy.figures.reading import Choice, choosable, figures_of_service
from policy.figures.rows import csv_of
from policy.pages.figures_view import charts_of, tables_of, tiles_of
from policy.pages.figures_words import LEGEND
from policy.service.office import Office

ROLES: Final = frozenset({Role.OPERATIONS, Role.COMPLIANCE, Role.SUPERVISOR})
HERE: Final = "/console/policy/figures"
ENTRIES: Final = (Entry(N_("投保报表"), "policy_figures", N_("多久签完、多久出单，客户停在哪一步"), ROLES),)
SENTENCES: Final[dict[str, str]] = {}


def declare(console: RoomConsole, office: Office) -> None:
    """Declare it."""
    to = only(*ROLES)

    @console.page("/figures", to=to)
    def policy_figures() -> Response:
        view = _View(office)
        report = view.report()
        return page(
            "policy_figures.html",
            view=view,
            report=report,
            address=HERE,
            is_provisional=report.whole.is_provisional and report.whole.sent > 0,
            command="esign policy figures --trail",
            tiles=tiles_of(report.whole),
            charts=charts_of(report),
            tables=tables_of(report, view.product_name, view.institution_name),
            legend=LEGEND,
            month_said=month_said,
        )

    @console.page("/figures.csv", to=to)
    def policy_figures_csv() -> Response:
        view = _View(office)
        answer = Response(BYTE_ORDER_MARK + csv_of(view.report()), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="figures-{view.chosen.named}.csv"'
        return answer


class _View:
    """What was asked for, out of what there is: whatever is not there, or not in reach, is passed over."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.who = caller()
        house = office.house
        with house.database.reading() as session:
            there = choosable(session, self.who)
            reached = institutions_reached(session, house.records, self.who)
            self.institutions = reached
            asked = request.args.get("institution", "")
            self.institution = asked if asked in {one.id for one in reached} else None
            self.below = None if self.institution is None else institution_and_below(session, self.institution)
        self.products = there.products
        self.chosen = ChosenMonths.of(request.args.get("month", ""), there.months)
        self.months, self.month, self.since = self.chosen.months, self.chosen.month, self.chosen.since
        product = request.args.get("product", "")
        self.product = product if product in there.products else None
        self._names = {one.id: one.name for one in reached}

    def report(self) -> Report:
        choice = Choice(month=self.month, since=self.since, product=self.product, institutions=self.below)
        with self._office.house.database.reading() as session:
            return figures_of_service(session, choice, self.who)

    def product_name(self, code: str) -> str:
        """Return what the newest version of the product is called; its code where there is none."""
        named = [one.name for one in self._office.catalogue.products if one.code == code]
        return words().choose(named[-1].zh, named[-1].en) if named else code

    def institution_name(self, institution: str) -> str:
        return self._names.get(institution, institution)

    @property
    def query(self) -> dict[str, str]:
        """What the address of the same figures as CSV carries."""
        asked = {"month": self.chosen.named, "product": self.product, "institution": self.institution}
        return {name: value for name, value in asked.items() if value}
