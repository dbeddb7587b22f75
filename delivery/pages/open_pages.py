"""The list of open deliveries: a salesperson's own, a sub-branch's or branch's by salesperson, most urgent first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from flask import Response, request

from delivery.chasing.desk import ON_A_PAGE, Desk, Line, Show
from delivery.chasing.sight import BELOW
from delivery.domain.clocks import CHASE_DAYS
from delivery.domain.table import Owner
from delivery.pages.words import ACTS, OWNERS, SHOWS, STATES
from delivery.service.deliveries import Deliveries
from esign.public.console import N_, Caller, Entry, Role, RoomConsole, caller, only, page

HERE: Final = "/console/delivery/open"
READERS: Final = only(Role.SALES, Role.SUPERVISOR, Role.OPERATIONS, Role.CLERK)
ENTRIES: Final = (Entry(N_("送达"), "delivery_open", N_("还没有签收的保单，最急的在前"), READERS.roles),)
SENTENCES: Final[Mapping[str, str]] = {}
_MEMBER: Final = re.compile(r"[a-z]{2,8}_[0-9A-Za-z_-]{1,64}", re.ASCII)
_OWNERS: Final[Mapping[str, Role]] = {
    Owner.OUTLET.value: Role.CLERK,
    Owner.SUPERVISOR.value: Role.SUPERVISOR,
    Owner.BRANCH.value: Role.OPERATIONS,
}


def declare(console: RoomConsole, deliveries: Deliveries) -> None:
    """Declare it."""
    desk = Desk(deliveries)

    @console.page("/open", to=READERS)
    def delivery_open() -> Response:
        who, asked, start = caller(), request.args.get("show", ""), _start()
        by = request.args.get("by", "")
        seller = by if by.isprintable() and by else None
        show = Show(asked) if asked in set(Show) else Show.ALL
        lines = desk.lines(who, show, seller=seller, start=start)
        oversees = not BELOW.isdisjoint(who.roles)
        return page(
            "delivery_open.html",
            lines=lines[:ON_A_PAGE],
            oversees=oversees,
            urgency=urgency,
            show=show,
            shows=SHOWS,
            counts=desk.counts(who),
            seller=seller,
            sellers=desk.sellers(who) if oversees and seller is None and not start and show is Show.ALL else [],
            start=start,
            further=start + ON_A_PAGE if len(lines) > ON_A_PAGE else None,
            on_a_page=ON_A_PAGE,
            kept=kept_list(),
            states=STATES,
            owners=OWNERS,
            acts=ACTS,
            is_mine=lambda line: is_mine(who, line),
        )

    console.count("delivery_open", lambda: desk.urgent(caller()))


def urgency(line: Line) -> str:
    """Return the class of a line: late, or due since day 12."""
    return "late" if line.days_left < 0 else "due" if line.day >= CHASE_DAYS else ""


def is_mine(who: Caller, line: Line) -> bool:
    """Tell whether the caller is who acts next: then the next step is a button."""
    if line.owner == Owner.SALESPERSON.value:
        return Role.SALES in who.roles and line.salesperson == who.member
    return line.owner in _OWNERS and _OWNERS[line.owner] in who.roles


def kept_list() -> str:
    """Return the query of the list that somebody looks at, or came from: empty for the whole list from its beginning.

    It goes along to the page of a delivery and back, so that whoever works through a list finds their place again.
    """
    asked, by, start = request.args.get("show", ""), request.args.get("by", ""), _start()
    told = {
        "show": asked if asked in set(Show) and asked != Show.ALL.value else "",
        "by": by if _MEMBER.fullmatch(by) else "",
        "from": str(start) if start else "",
    }
    query = urlencode({name: value for name, value in told.items() if value})
    return f"?{query}" if query else ""


def _start() -> int:
    told = request.args.get("from", "0")
    return int(told) if told.isascii() and told.isdigit() and len(told) <= 6 else 0
