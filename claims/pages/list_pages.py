"""The work list: on a phone first, the most urgent on top, with the clock that runs and what is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response, request

from claims.alarms.texts import short
from claims.domain.values import Lane
from claims.handling.sight import STAFF
from claims.handling.worklist import Show, WorkList
from claims.pages.words import ACTORS, ACTS, LANES, SHOWS, STATES, in_yuan, text_of
from claims.service.office import Office
from esign.public.console import N_, Entry, Role, RoomConsole, caller, only, page

HERE: Final = "/console/claims"
READERS: Final = only(*sorted(STAFF))
ENTRIES: Final = (Entry(N_("案件"), "claims_list", N_("要办的案件，最急的在前"), READERS.roles),)
SENTENCES: Final[Mapping[str, str]] = {}


def declare(console: RoomConsole, office: Office) -> None:
    """Declare it."""
    work = WorkList(office)

    @console.page("", to=READERS)
    def claims_list() -> Response:
        who, asked = caller(), request.args.get("show", "")
        counts = work.counts(who)
        usual = Show.MINE if counts[Show.MINE] else Show.ALL
        show = Show(asked) if asked in set(Show) else usual
        lane = request.args.get("lane") if request.args.get("lane") in set(Lane) else None
        find, after = request.args.get("find", "")[:40], request.args.get("after", "")[:120]
        if find:
            show = Show.ALL  # whoever looks for a claim has not found it among their own
        found = work.page(who, show, lane=lane, find=find, after=after)
        return page(
            "claims_list.html",
            lines=found.lines,
            after=found.after,
            first=not after,
            show=show,
            shows=SHOWS,
            counts=counts,
            lane=lane,
            find=find,
            may_take=not {Role.HANDLER, Role.TEAM_LEAD}.isdisjoint(who.roles),
            sees_phones=not {Role.SURVEYOR, Role.TEAM_LEAD, Role.CLAIMS_MANAGER}.isdisjoint(who.roles),
            states=STATES,
            lanes=LANES,
            actors=ACTORS,
            acts=ACTS,
            yuan=in_yuan,
            text=text_of,
            short=short,
        )

    console.count("claims_list", lambda: work.urgent(caller()))
