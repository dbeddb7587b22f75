"""What an operator does about staff and institutions, before there is a page and beside it."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import make_url, text

from esign.infra.database import Database, open_database
from esign.infra.keystore import open_key_store
from esign.infra.secret import Secret
from esign.staff.domain.roles import ApprovalKind, Role, role_terms
from esign.staff.errors import StaffRefused
from esign.staff.room import staff_door, staff_room
from esign.trail.log import read_stream
from tests.command import Desk
from tests.unit.staff.staff_office import CHEAP, Limits, Office, person

LIN = ("--login", "lin.qiushi", "--name", "林秋实", "--phone", "13800004026")


def invite(desk: Desk, institution: str, login: str, *roles: str, status: int = 0) -> dict[str, Any]:
    options = [option for role in roles for option in ("--role", role)]
    about = ("--name", "孙小梅", "--phone", person(login).phone, "--institution", institution)
    return desk.json("staff", "invite", login, *about, *options, status=status)


def test_the_first_administrator_is_invited_once_and_logs_in_with_the_invitation(
    started_office: Desk, staff: Office
) -> None:
    told = started_office.run("staff", "init", *LIN).stdout
    words = dict(line.split(maxsplit=1) for line in told.splitlines())
    assert "not shown again" in told
    assert words["link"].endswith(f"/console/invitation#{words['invitation']}")
    member = staff.door.own_account.accept_invitation(
        Secret(words["invitation"]), Secret("eleven herons went by boat"), now=staff.now
    )
    assert member == words["member"]
    opened = staff.log_in("lin.qiushi", Secret("eleven herons went by boat"))
    assert opened.enrolment_due
    assert "[admin-exists]" in started_office.run("staff", "init", *LIN, status=10).stderr


def test_name_and_phone_are_asked_for_where_they_are_not_given(started_office: Desk) -> None:
    refused = started_office.run("staff", "init", "--login", "lin.qiushi", status=1)
    assert "Name" in refused.output


def test_everybody_is_listed(started_office: Desk) -> None:
    first = started_office.json("staff", "init", *LIN, "--institution", "青禾人寿")
    sun = invite(started_office, first["institution"], "sun.xiaomei", "sales")
    listed = started_office.json("staff", "list")["members"]
    assert {one["id"]: (one["login"], one["roles"], one["state"]) for one in listed} == {
        first["member"]: ("lin.qiushi", ["admin"], "invited"),
        sun["member"]: ("sun.xiaomei", ["sales"], "invited"),
    }
    lines = started_office.run("staff", "list").stdout.splitlines()
    assert sorted(line.rsplit(maxsplit=1)[-1] for line in lines) == sorted(["林秋实", "孙小梅"])


def test_roles_take_two_people_as_soon_as_there_are_two(started_office: Desk, staff: Office) -> None:
    first = started_office.json("staff", "init", *LIN)
    place = first["institution"]
    zhao = invite(started_office, place, "zhao.min", "sales")
    started_office.run("staff", "roles", zhao["member"], "--role", "admin", "--role", "compliance")
    refused = invite(started_office, place, "wu.ke", "supervisor", status=10)
    assert refused["error"]["code"] == "roles-need-approval"
    sun = invite(started_office, place, "sun.xiaomei", "sales")["member"]
    change = ("staff", "roles", sun, "--role", "sales", "--role", "supervisor")
    assert "[roles-need-approval]" in started_office.run(*change, status=10).stderr
    for invited in (first, zhao):
        staff.door.own_account.accept_invitation(
            Secret(invited["invitation"]), Secret("湖边有七只灰鹤 in the reeds"), now=staff.now
        )
    asks, decides = staff.with_totp("lin.qiushi"), staff.with_totp("zhao.min")
    staff.now = datetime.now(UTC)
    approval = staff.approved(asks, decides, ApprovalKind.ROLES, sun, role_terms([Role.SALES, Role.SUPERVISOR]))
    assert started_office.json(*change, "--approval", approval) == {"member": sun, "roles": ["sales", "supervisor"]}
    wrong = started_office.run("staff", "roles", sun, "--role", "admin", "--approval", approval, status=10)
    assert "[approval-of-something-else]" in wrong.stderr


def test_suspending_and_reinstating_are_in_the_trail_with_their_reason(started_office: Desk, stored: Database) -> None:
    place = started_office.json("staff", "init", *LIN)["institution"]
    sun = invite(started_office, place, "sun.xiaomei", "sales")["member"]
    assert started_office.run("staff", "suspend", sun, "--reason", "left-company").stdout == f"{sun} is suspended\n"
    assert started_office.json("staff", "reinstate", sun, "--reason", "came-back")["state"] == "reinstated"
    with stored.reading() as session:
        told = [(event.type, event.payload.get("reason"), event.actor) for event in read_stream(session, sun)]
    assert told[1:] == [
        ("staff.suspended", "left-company", "operator"),
        ("staff.reinstated", "came-back", "operator"),
    ]


def test_the_only_administrator_who_lost_the_authenticator_gets_in_again(started_office: Desk, staff: Office) -> None:
    first = started_office.json("staff", "init", *LIN)
    assert "[totp-not-enrolled]" in started_office.run("staff", "totp-reset", first["member"], status=10).stderr
    staff.door.own_account.accept_invitation(
        Secret(first["invitation"]), Secret("湖边有七只灰鹤 in the reeds"), now=staff.now
    )
    staff.with_totp("lin.qiushi")
    assert "anew" in started_office.run("staff", "totp-reset", first["member"]).stdout
    assert not staff.log_in("lin.qiushi").caller.factor.is_second


def test_another_invitation_voids_the_first(started_office: Desk, staff: Office) -> None:
    first = started_office.json("staff", "init", *LIN)
    second = started_office.json("staff", "reinvite", first["member"])
    accept = staff.door.own_account.accept_invitation
    with pytest.raises(StaffRefused, match="not valid"):
        accept(Secret(first["invitation"]), Secret("eleven herons went by boat"), now=staff.now)
    assert accept(Secret(second["invitation"]), Secret("eleven herons went by boat"), now=staff.now) == first["member"]


def test_the_role_of_the_service_is_enough_for_staff(
    office: Desk, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESIGN_DATABASE_URL", postgresql_url)
    office.run("db", "upgrade")
    office.run("keys", "create")
    role = f"staffing_{secrets.token_hex(6)}"
    owner = open_database(postgresql_url)
    with owner.engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
    office.run("db", "grant", role)
    served = make_url(postgresql_url).set(username=role).render_as_string(hide_password=False)
    monkeypatch.setenv("ESIGN_DATABASE_URL", served)
    first = office.json("staff", "init", *LIN)
    database, keys = open_database(served), open_key_store(office.folder / "esign-data-keys")
    room, limits = staff_room(database, keys), Limits()
    door = staff_door(room, keys, limits, issuer="esign", cost=CHEAP)
    staff = Office(database, keys, room, door, limits, datetime.now(UTC))
    door.own_account.accept_invitation(
        Secret(first["invitation"]), Secret("湖边有七只灰鹤 in the reeds"), now=staff.now
    )
    lin = staff.with_totp("lin.qiushi")
    sun = staff.join(
        "sun.xiaomei", room.institutions.open(lin, "浦东支公司", lin.institution, now=staff.now), Role.SALES
    )
    room.accounts.suspend(lin, sun.member, reason="left", now=staff.now)
    assert {one.member.state for one in room.directory.visible(lin)} == {"active", "suspended"}
    database.close()
    owner.close()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("staff", "suspend", "usr_none", "--reason", "left"), "no-member"),
        (("staff", "suspend", "usr_none", "--reason", "he left us"), "no-member"),
        (("staff", "reinstate", "usr_none", "--reason", "back"), "no-member"),
        (("staff", "roles", "usr_none", "--role", "sales"), "no-member"),
        (("staff", "totp-reset", "usr_none"), "no-member"),
        (("institutions", "add", "浦东", "--below", "ins_none"), "no-institution"),
        (("institutions", "move", "ins_none", "--below", "ins_other"), "no-institution"),
        (("staff", "init", "--login", "L", "--name", "林", "--phone", "13800004026"), "login-name-malformed"),
        (("staff", "init", "--login", "lin", "--name", "林", "--phone", "none"), "person-malformed"),
    ],
)
def test_what_is_refused_is_told_in_one_line_with_its_code(
    started_office: Desk, arguments: tuple[str, ...], code: str
) -> None:
    told = started_office.run(*arguments, status=10)
    assert len(told.stderr.splitlines()) == 1
    assert f"[{code}]" in told.stderr
    assert started_office.json(*arguments, status=10)["error"]["code"] == code


def test_a_reason_is_a_code_and_not_a_sentence(started_office: Desk) -> None:
    place = started_office.json("staff", "init", *LIN)["institution"]
    sun = invite(started_office, place, "sun.xiaomei", "sales")["member"]
    assert "[event-payload]" in started_office.run("staff", "suspend", sun, "--reason", "he left us", status=10).stderr
    assert {one["state"] for one in started_office.json("staff", "list")["members"]} == {"invited"}


def test_institutions_are_added_moved_and_shown_as_a_tree(started_office: Desk) -> None:
    top = started_office.json("staff", "init", *LIN, "--institution", "青禾人寿")["institution"]
    east = started_office.json("institutions", "add", "华东", "--below", top)["institution"]
    north = started_office.run("institutions", "add", "华北", "--below", top).stdout.split()[-1]
    started_office.run("institutions", "move", north, "--below", east)
    assert started_office.run("institutions", "list").stdout.splitlines() == [
        f"{top}  青禾人寿",
        f"{east}    华东",
        f"{north}      华北",
    ]
    listed = started_office.json("institutions", "list")["institutions"]
    assert [one["parent"] for one in listed] == [None, top, east]
    assert (
        "[institution-in-itself]"
        in started_office.run("institutions", "move", east, "--below", north, status=10).stderr
    )


def test_before_anybody_is_there_nothing_is_listed(started_office: Desk) -> None:
    assert started_office.json("staff", "list") == {"members": []}
    assert json.loads(started_office.run("institutions", "list", "--json").stdout) == {"institutions": []}
    assert person().login not in started_office.run("staff", "list").stdout
