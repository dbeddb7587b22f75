"""What commands about staff tell: invitations, what was done, members as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import click

from esign.cli.output import print_json
from esign.staff.accounts import Invited
from esign.staff.directory import MemberFacts


def tell_invitation(invited: Invited, public_url: str, *, as_json: bool) -> None:
    """Tell an invitation, this once, and the link of the console that takes it up: what stands behind the # is seen by
    no server and no log."""
    ends_at, link = _time(invited.ends_at), f"{public_url}/console/invitation#{invited.token.reveal()}"
    if as_json:
        print_json(
            {
                "member": invited.member,
                "institution": invited.institution,
                "invitation": invited.token.reveal(),
                "link": link,
                "ends_at": ends_at,
            }
        )
        return
    click.echo(f"member      {invited.member}")
    click.echo(f"institution {invited.institution}")
    click.echo(f"invitation  {invited.token.reveal()}")
    click.echo(f"link        {link}")
    click.echo(f"Hand the invitation over now: it is not shown again, and sets a password once, until {ends_at}.")


def tell_done(member: str, facts: Mapping[str, object], words: str, *, as_json: bool) -> None:
    """Tell what was done to a member."""
    if as_json:
        print_json({"member": member, **facts})
    else:
        click.echo(words)


def member_form(one: MemberFacts) -> Mapping[str, object]:
    """Return a member as JSON data; no secret is in it."""
    member = one.member
    return {
        "id": one.id,
        "name": one.name,
        "login": one.login,
        "institution": member.institution,
        "roles": [role.value for role in member.roles],
        "state": member.state.value,
        "second_factor": member.has_totp,
        "locked_until": None if member.locked_until is None else _time(member.locked_until),
        "last_login_at": None if member.last_login_at is None else _time(member.last_login_at),
    }


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
