"""The console of a branch: the pages about envelopes, and its staff at them."""

from __future__ import annotations

from dataclasses import dataclass

from esign.staff.actors import Caller
from tests.unit.desk.desk_office import Branch
from tests.unit.web.console_room import ConsoleRoom, Member, console_over


@dataclass
class EnvelopeConsole:
    """A branch whose desk is that of the console, so that both have one time."""

    branch: Branch
    room: ConsoleRoom

    def at(self, caller: Caller) -> Member:
        """Return the browser of a member of the branch, logged in."""
        login = next(login for login, one in self.branch.people.items() if one.member == caller.member)
        return self.room.log_in(login)


def console_of(branch: Branch) -> EnvelopeConsole:
    room = console_over(branch.service, messages=branch.messages)
    room.office.now, room.office.secrets = branch.office.now, branch.office.secrets
    branch.office, branch.desk = room.office, room.services.desk
    return EnvelopeConsole(branch, room)
