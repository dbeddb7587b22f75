"""Pages of a room for staff, at `/console/<room>/...`: each says who may come, and entries lead there from the top.

    def declare(console: RoomConsole) -> None:
        @console.page("", to=only(Role.OPERATIONS))
        def letters() -> Response:
            return page("letters.html", letters=...)

        @console.form("/close", to=only(Role.OPERATIONS))
        def close_letter() -> AnyResponse:
            ...
            return done("/console/letters", "letter-closed")

The names of views are unique in the whole console: begin each with what it is about. A template extends
`console_base.html`; a form in it carries `{{ own_token() }}`, and forms are taken from pages of ours alone. A member
sees what their institution has: `Reach.of(session, caller())`. Style and modules of the room's own stand in the
folder `static` of its package: `{{ room_asset("letters", "letters.css") }}`. A member's name is had by
`member_name(session, house.records, id)`, those of many at once by `member_names`, with the phone by `member_person`;
institutions to choose from are
`institutions_reached(session, house.records, caller())`, and members with a role `members_at(session, {...}, role)`.
`end_sessions(session, member)` logs somebody out whose phone is lost.
"""

from __future__ import annotations

from esign.staff.actors import Caller, name_of, staff_actor
from esign.staff.domain.roles import Role
from esign.staff.members_at import members_at
from esign.staff.people import member_name, member_names, member_person
from esign.staff.reach import Reach
from esign.staff.reached_institutions import ReachedInstitution, institution_and_below, institutions_reached
from esign.staff.sessions import end_sessions
from esign.web.console.access import MEMBERS, Access, Entry, only
from esign.web.console.callers import caller
from esign.web.console.notices import done
from esign.web.console.room_part import ConsolePart, Guard, RoomConsole
from esign.web.rendering import page, words
from esign.web.words import N_

__all__ = [
    "MEMBERS",
    "N_",
    "Access",
    "Caller",
    "ConsolePart",
    "Entry",
    "Guard",
    "Reach",
    "ReachedInstitution",
    "Role",
    "RoomConsole",
    "caller",
    "done",
    "end_sessions",
    "institution_and_below",
    "institutions_reached",
    "member_name",
    "member_names",
    "member_person",
    "members_at",
    "name_of",
    "only",
    "page",
    "staff_actor",
    "words",
]
