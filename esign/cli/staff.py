"""The operator's view of staff: the first administrator, invitations, roles, and what must not wait for a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from esign.cli.builders import builders_of
from esign.cli.families import Family
from esign.cli.output import errors_in_one_line, json_option, print_json, printable
from esign.cli.service_database import service_database
from esign.cli.settings_option import read_settings, settings_option
from esign.cli.staff_output import member_form, tell_done, tell_invitation
from esign.infra.keystore import open_key_store
from esign.infra.settings import Settings
from esign.staff.actors import Operator
from esign.staff.directory import MemberFacts
from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import Role
from esign.staff.people import StaffPerson, login_name
from esign.staff.room import StaffRoom, staff_room

OPERATOR: Final = Operator()

_role_option = click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What the member may do. Repeat it.",
)
_name_option = click.option("--name", prompt=True, help="Name of the person; asked for if it is not given.")
_phone_option = click.option("--phone", prompt=True, help="Phone of the person; asked for if it is not given.")
_reason_option = click.option("--reason", required=True, help="Why, as a code such as left-company.")
_approval_option = click.option("--approval", help="Id of the approval; needed as soon as two people could give it.")


@contextmanager
def opened_room(settings: Settings) -> Iterator[StaffRoom]:
    """Yield the staff room over the database and the keys that the settings name."""
    keys = open_key_store(settings.keys)
    with service_database(settings) as database:
        yield staff_room(database, keys)


@click.group("staff", cls=Family)
def staff_commands() -> None:
    """Accounts of the insurer's staff: the first administrator, invitations, roles. Everything is in the trail."""


@staff_commands.command("init")
@click.option("--login", required=True, help="Login name: 3 to 32 of a-z, 0-9 and . _ -")
@_name_option
@_phone_option
@click.option("--institution", help="Name of the first institution; default: the organisation of the settings.")
@settings_option
@json_option
@click.pass_context
def init(
    context: click.Context,
    login: str,
    name: str,
    phone: str,
    institution: str | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Invite the first administrator, where there is none yet, and open the first institution.

    The invitation is shown once and sets the password; the administrator then binds an authenticator.

    \b
    Example:
        esign staff init --login lin.qiushi --name 林秋实 --phone 13800000010
    """
    with errors_in_one_line(as_json=as_json):
        settings, now = read_settings(config), builders_of(context).clock()
        with opened_room(settings) as room:
            organisation = institution or settings.authority.organisation
            invited = room.accounts.begin(organisation, _person(login, name, phone), now=now)
        tell_invitation(invited, settings.public_url, as_json=as_json)


@staff_commands.command("invite")
@click.argument("login")
@_name_option
@_phone_option
@click.option("--institution", required=True, help="Id of the institution: esign institutions list.")
@_role_option
@settings_option
@json_option
@click.pass_context
def invite(
    context: click.Context,
    login: str,
    name: str,
    phone: str,
    institution: str,
    roles: tuple[str, ...],
    config: Path | None,
    as_json: bool,
) -> None:
    """Invite somebody who will log in as LOGIN. The invitation is shown once.

    Roles beyond sales and operations take two people, as soon as two could decide about them.

    \b
    Example:
        esign staff invite sun.xiaomei --name 孙小梅 --phone 13800000011 --role sales \\
            --institution ins_01k9x7m2qv8w3c5t6r4n0b1d2e
    """
    with errors_in_one_line(as_json=as_json):
        settings, now = read_settings(config), builders_of(context).clock()
        with opened_room(settings) as room:
            invited = room.accounts.invite(
                OPERATOR, _person(login, name, phone), institution, [Role(role) for role in roles], now=now
            )
        tell_invitation(invited, settings.public_url, as_json=as_json)


@staff_commands.command("reinvite")
@click.argument("member")
@click.option("--approval", help="Id of an approval (totp-reset), for a member with more than sales and operations.")
@settings_option
@json_option
@click.pass_context
def reinvite(context: click.Context, member: str, approval: str | None, config: Path | None, as_json: bool) -> None:
    """Make another invitation for MEMBER, who lost the first one or forgot the password. The authenticator stays bound.

    Whoever reads an invitation can become the member: with further roles, two people have to stand behind it.

    \b
    Example:
        esign staff reinvite usr_01k9x7m2qv8w3c5t6r4n0b1d2e
    """
    with errors_in_one_line(as_json=as_json):
        settings, now = read_settings(config), builders_of(context).clock()
        with opened_room(settings) as room:
            invited = room.accounts.reinvite(OPERATOR, member, approval=approval, now=now)
        tell_invitation(invited, settings.public_url, as_json=as_json)


@staff_commands.command("list")
@settings_option
@json_option
def list_members(config: Path | None, as_json: bool) -> None:
    """List everybody: id, state, second factor, login, institution, roles, name.

    \b
    Example:
        esign staff list --json
    """
    with errors_in_one_line(as_json=as_json):
        members: list[MemberFacts] = []
        with opened_room(read_settings(config)) as room:
            while page := room.directory.visible(OPERATOR, after=members[-1].id if members else ""):
                members += page
        if as_json:
            print_json({"members": [member_form(one) for one in members]})
            return
        for one in members:
            factor = "totp" if one.member.has_totp else "-"
            roles = ",".join(one.member.roles) or "-"
            told = (one.id, one.member.state, factor, one.login, one.member.institution, roles, one.name)
            click.echo(printable("  ".join(told)))


@staff_commands.command("roles")
@click.argument("member")
@_role_option
@_approval_option
@settings_option
@json_option
@click.pass_context
def roles(
    context: click.Context,
    member: str,
    roles: tuple[str, ...],
    approval: str | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Give MEMBER exactly these roles, as an approval allows; the member's sessions end.

    \b
    Example:
        esign staff roles usr_01k9x7m2qv8w3c5t6r4n0b1d2e --role sales --role supervisor \\
            --approval apr_01k9x9c4t6r4n0b1d2e7m2qv8w
    """
    with errors_in_one_line(as_json=as_json):
        now, wanted = builders_of(context).clock(), [Role(role) for role in roles]
        with opened_room(read_settings(config)) as room:
            room.accounts.change_roles(OPERATOR, member, wanted, approval=approval, now=now)
        tell_done(
            member, {"roles": sorted(set(roles))}, f"{member} is {', '.join(sorted(set(roles)))}", as_json=as_json
        )


@staff_commands.command("suspend")
@click.argument("member")
@_reason_option
@settings_option
@json_option
@click.pass_context
def suspend(context: click.Context, member: str, reason: str, config: Path | None, as_json: bool) -> None:
    """Let MEMBER in no more: sessions and invitations end at once.

    \b
    Example:
        esign staff suspend usr_01k9x7m2qv8w3c5t6r4n0b1d2e --reason left-company
    """
    with errors_in_one_line(as_json=as_json):
        now = builders_of(context).clock()
        with opened_room(read_settings(config)) as room:
            room.accounts.suspend(OPERATOR, member, reason=reason, now=now)
        tell_done(member, {"state": "suspended"}, f"{member} is suspended", as_json=as_json)


@staff_commands.command("reinstate")
@click.argument("member")
@_reason_option
@settings_option
@json_option
@click.pass_context
def reinstate(context: click.Context, member: str, reason: str, config: Path | None, as_json: bool) -> None:
    """Let MEMBER in again, with the password and authenticator of before.

    \b
    Example:
        esign staff reinstate usr_01k9x7m2qv8w3c5t6r4n0b1d2e --reason back-from-leave
    """
    with errors_in_one_line(as_json=as_json):
        now = builders_of(context).clock()
        with opened_room(read_settings(config)) as room:
            room.accounts.reinstate(OPERATOR, member, reason=reason, now=now)
        tell_done(member, {"state": "reinstated"}, f"{member} is reinstated", as_json=as_json)


@staff_commands.command("totp-reset")
@click.argument("member")
@_approval_option
@settings_option
@json_option
@click.pass_context
def totp_reset(context: click.Context, member: str, approval: str | None, config: Path | None, as_json: bool) -> None:
    """Unbind MEMBER's authenticator, as an approval allows; recovery codes and sessions end.

    \b
    Example:
        esign staff totp-reset usr_01k9x7m2qv8w3c5t6r4n0b1d2e --approval apr_01k9x9c4t6r4n0b1d2e7m2qv8w
    """
    with errors_in_one_line(as_json=as_json):
        now = builders_of(context).clock()
        with opened_room(read_settings(config)) as room:
            room.accounts.reset_totp(OPERATOR, member, approval=approval, now=now)
        tell_done(member, {"second_factor": False}, f"{member} binds an authenticator anew", as_json=as_json)


def _person(login: str, name: str, phone: str) -> StaffPerson:
    plain = login_name(login)
    if plain is None:
        raise refusal("login-name-malformed")
    return StaffPerson(name.strip(), phone.strip(), plain)
