"""`esign delivery routes`: who prints for whom and how its parcels go, shown along the tree, and set from a day on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import click
from sqlalchemy.orm import Session

from delivery.domain.clocks import day_of
from delivery.domain.routes import RouteRule, RouteTable, SetRoute
from delivery.domain.values import RouteWay
from delivery.errors import DeliveryRefused
from delivery.institutions.routes import Route, route_to
from delivery.service.routing import Routing
from esign.public.commands import Family, errors_in_one_line, json_option, open_house, print_json, settings_option
from esign.public.house import House
from esign.public.institutions import Tree, read_tree
from esign.public.people import name_of_institution

ROOM: Final = "delivery"
OPERATOR: Final = "operator"


@dataclass(frozen=True)
class RouteLine:
    """An institution on a day: how far down it is, the rule of its own, the next that has not begun, and the way a
    policy goes to it, None where none is known."""

    institution: str
    level: int
    own: RouteRule | None
    coming: RouteRule | None
    route: Route | None


@click.group("routes", cls=Family)
def route_commands() -> None:
    """Which print centre prints for whom, and how its parcels go."""


def _day(_context: click.Context, _option: click.Parameter, typed: str | None) -> date | None:
    if typed is None:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise click.BadParameter("give a day as 2026-12-01") from None


@route_commands.command("show")
@click.option("--on", "day", callback=_day, help="As it is on this day, such as 2026-12-01; default: today in China.")
@settings_option
@json_option
@click.pass_context
def show(context: click.Context, day: date | None, config: Path | None, as_json: bool) -> None:
    """Show the tree of institutions, and how a policy gets to each: by which print centre, direct or by relay.

    An institution without a rule of its own goes by that of the nearest one above it. One to which nothing leads is
    said to have no route: what is sold there waits until a rule is set.

    \b
    Example:
        esign delivery routes show
        esign delivery routes show --on 2027-01-01 --json
    """
    with errors_in_one_line(as_json=as_json), open_house(context, config, ROOM) as house:
        on = day or day_of(house.clock())
        with house.database.reading() as session:
            lines = route_lines(read_tree(session), Routing(house).table(session), on)
            names = _names(session, house, lines)
    if as_json:
        print_json({"on": on.isoformat(), "institutions": [_form(one, names) for one in lines]})
        return
    for one in lines:
        click.echo(f"{one.institution}  {'  ' * one.level}{names[one.institution]}: {_said(one, names)}")


@route_commands.command("set")
@click.argument("institution")
@click.option("--print-centre", required=True, help="Id of the institution that prints: esign institutions list.")
@click.option(
    "--way",
    required=True,
    type=click.Choice([one.value for one in RouteWay]),
    help="direct: from the print centre to the outlet; relay: scanned in and out at each institution between.",
)
@click.option(
    "--from", "from_on", callback=_day, help="The first day on which it holds, such as 2026-12-01; default: today."
)
@settings_option
@json_option
@click.pass_context
def set_(
    context: click.Context,
    institution: str,
    print_centre: str,
    way: str,
    from_on: date | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Say who prints for INSTITUTION and all below it, from a day on. Set again, the same rule changes nothing.

    A rule begins today or later, for what went by the old one is told by it. A parcel goes by the rule of the day on
    which it was opened.

    \b
    Example:
        esign delivery routes set ins_01k9x7m2qv8w3c5t6r4n0b1d2e --print-centre ins_01k9x8a1d2e7m2qv8w3c5t6r4n \\
            --way relay --from 2026-12-01
    """
    with errors_in_one_line(as_json=as_json), open_house(context, config, ROOM) as house:
        routing, now = Routing(house), house.clock()
        rule = SetRoute(
            at=now,
            institution=institution,
            from_on=from_on or day_of(now),
            print_centre=print_centre,
            way=RouteWay(way),
        )
        is_new = bool(routing.set(rule, actor=OPERATOR).events)
    told = {"institution": institution, "print_centre": print_centre, "way": way, "from": rule.from_on.isoformat()}
    if as_json:
        print_json({**told, "new": is_new})
    else:
        click.echo(f"{'set' if is_new else 'was set already'}: {', '.join(f'{n} {v}' for n, v in told.items())}")


def route_lines(tree: Tree, table: RouteTable, day: date) -> list[RouteLine]:
    """Return the open institutions, each below the one it belongs to, with their ways on a day."""
    roots = tree.children.get(None, ())
    found = [one for root in roots for one in tree.downwards(root)]
    return [_line(tree, table, one, level, day) for one, level in found if not tree.institutions[one].closed]


def _line(tree: Tree, table: RouteTable, institution: str, level: int, day: date) -> RouteLine:
    own = table.rule_for((institution,), day)
    later = [rule for (place, from_on), rule in table.rules.items() if place == institution and from_on > day]
    coming = min(later, key=lambda rule: rule.from_on, default=None)
    try:
        route = route_to(tree, table, institution, day)
    except DeliveryRefused:  # no rule leads to it: that is what is shown
        route = None
    return RouteLine(institution, level, own, coming, route)


def _names(session: Session, house: House, lines: Sequence[RouteLine]) -> Mapping[str, str]:
    named = {one.institution for one in lines}
    for one in lines:
        named.update(() if one.route is None else (one.route.print_centre, *one.route.stops))
        named.update(() if one.coming is None else (one.coming.print_centre,))
    return {one: name_of_institution(session, house.records, one) for one in named}


def _said(line: RouteLine, names: Mapping[str, str]) -> str:
    if line.route is None:
        said = "no route"
    else:
        stops = "".join(f", by {names[one]}" for one in line.route.stops)
        rule = f", rule from {line.own.from_on}" if line.own is not None else ""
        said = f"{line.route.way.value} from {names[line.route.print_centre]}{stops}{rule}"
    if line.coming is None:
        return said
    return f"{said}; from {line.coming.from_on} {line.coming.way.value} from {names[line.coming.print_centre]}"


def _form(line: RouteLine, names: Mapping[str, str]) -> dict[str, object]:
    route, own, coming = line.route, line.own, line.coming
    return {
        "institution": line.institution,
        "name": names[line.institution],
        "level": line.level,
        "print_centre": None if route is None else route.print_centre,
        "way": None if route is None else route.way.value,
        "stops": [] if route is None else list(route.stops),
        "own_rule_from": None if own is None else own.from_on.isoformat(),
        "next_rule_from": None if coming is None else coming.from_on.isoformat(),
    }
