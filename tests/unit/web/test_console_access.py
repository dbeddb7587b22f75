"""Every route of the console, asked by nobody, by every role and by a stranger: each answers as it was declared."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from werkzeug.routing import Rule
from werkzeug.test import Client

from esign.api.rates import Allowance, RateLimits
from esign.infra.database import Database
from esign.staff.domain.roles import NEEDS_TOTP, Role
from esign.web.console.app import create_console
from esign.web.console.navigation import NAVIGATION, RUNNING, Shown, menus_for, nearest
from tests.examples import MANY_EXAMPLES
from tests.unit.staff.staff_office import OPERATOR, person
from tests.unit.web.console_room import ConsoleRoom, Member, form_in

UNKNOWN = "0" * 26


def address(rule: Rule, **known: str) -> str:
    """Return an address of the route, with ids of nothing where none is known."""
    return re.sub(r"<(\w+)>", lambda found: known.get(found[1], f"{found[1][:3]}_{UNKNOWN}"), rule.rule)


def routes(console: ConsoleRoom) -> list[tuple[Rule, str]]:
    """Return every route with its one method."""
    return [
        (rule, method)
        for rule in console.console.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]


def form_token(somebody: Member) -> str:
    """Return the form token of the session that there is: it stays as long as the session."""
    return form_in(somebody.get("/console"), "/console/logout").fields["form_token"]


def ask(somebody: Member, token: str, rule: Rule, method: str, /, **known: str) -> int:
    """Ask for the route as it stands, with this form token; return the status."""
    path = address(rule, **known)
    if method == "GET":
        return somebody.get(path).status_code
    return somebody.post(path, {"form_token": token}).status_code


def test_nobody_is_led_to_the_login_and_sends_nothing(console: ConsoleRoom) -> None:
    console.begin()
    for rule, method in routes(console):
        visitor, to = console.visitor(), console.console.access[rule.endpoint]
        path = address(rule)
        if method == "POST":
            assert visitor.post(path, {"form_token": "made-up"}).status_code == 403, path
        elif to.at_the_door:
            assert visitor.get(path).status_code == 200, path
        else:
            led = visitor.get(path)
            assert (led.status_code, led.location.partition("?")[0]) == (303, "/console/login"), path


def asked_by(role: Role, turn: int, let: frozenset[Role] | None) -> bool:
    """Whether this role asks the route of this turn: each does in `make test-all`.

    In `make test` a route is asked by one role that is let and by two that are not, and each role has its share.
    """
    if MANY_EXAMPLES:
        return True
    inside = [one for one in Role if let is None or one in let]
    outside = [one for one in Role if one not in inside]
    return role in {*_in_turn(inside, turn, 1), *_in_turn(outside, turn, 2)}


def _in_turn(roles: list[Role], turn: int, count: int) -> list[Role]:
    return [roles[(turn * count + further) % len(roles)] for further in range(count)] if roles else []


def test_every_role_gets_where_it_was_let_and_nowhere_else(console: ConsoleRoom) -> None:
    institution = console.begin()
    for number, role in enumerate(Role):
        member = console.member(f"mem{number}.{role.value}", role, institution=institution)
        token = form_token(member)
        for turn, (rule, method) in enumerate(routes(console)):
            to = console.console.access[rule.endpoint]
            if not asked_by(role, turn, to.roles):
                continue
            if to.at_the_door or rule.endpoint == "log_out":
                continue
            if rule.endpoint in {"begin_binding", "bind", "renew_recovery_codes"}:
                continue  # those change what the member logs in with; they have tests of their own
            status = ask(member, token, rule, method)
            if to.roles is not None and role not in to.roles:
                assert status == 403, (role, rule.rule)
            else:
                assert status in {200, 204, 303, 404, 422}, (role, rule.rule, status)
                assert status != 403


def test_what_belongs_to_a_stranger_is_as_what_is_not_there(console: ConsoleRoom) -> None:
    root = console.begin()
    office = console.office
    lin = console.caller("lin.qiushi")
    here = office.room.institutions.open(lin, "杭州分公司", root, now=office.now)
    there = office.room.institutions.open(lin, "宁波分公司", root, now=office.now)
    console.member("xu.bai", Role.SALES, institution=there)
    strangers = console.id_of("xu.bai")
    admin = console.member("zhou.minglan", Role.ADMIN, institution=here)
    nobody = f"usr_{UNKNOWN}"
    access = console.console.access
    asked = [
        (rule, method)
        for rule, method in routes(console)
        if "<" in rule.rule and Role.ADMIN in (access[rule.endpoint].roles or Role)
    ]
    assert len(asked) > 10
    token = form_token(admin)
    for rule, method in asked:
        statuses = {
            ask(admin, token, rule, method, member=member, institution=place, approval=f"apr_{UNKNOWN}")
            for member, place in ((strangers, there), (nobody, f"ins_{UNKNOWN}"))
        }
        assert statuses == {404}, (rule.rule, statuses)


def test_the_navigation_offers_what_the_pages_let_in(console: ConsoleRoom) -> None:
    for entry in NAVIGATION:
        assert console.console.access[entry.endpoint].roles == entry.roles, entry.endpoint


def test_a_role_that_needs_a_second_factor_is_not_there_without_it(console: ConsoleRoom) -> None:
    office = console.office
    office.accept(office.begin())
    admin = console.log_in("lin.qiushi")
    told = admin.get("/console/staff")
    assert told.status_code == 403
    assert "绑定身份验证器" in told.text
    assert "/console/staff" not in admin.get("/console").text
    assert Role.ADMIN in NEEDS_TOTP


def test_who_may_decide_is_asked_to_bind_an_authenticator_at_the_start(console: ConsoleRoom) -> None:
    office = console.office
    office.accept(office.begin())
    root = office.log_in("lin.qiushi").caller.institution
    for login, role in (("xu.bai", Role.SUPERVISOR), ("bai.lu", Role.SALES)):
        office.accept(office.room.accounts.invite(OPERATOR, person(login), root, [role], now=office.now))
        told = console.log_in(login).get("/console").text
        assert ("才能审批和办理全部事项" in told) is (role is Role.SUPERVISOR), login


def _needs_a_subject(rule: Rule) -> bool:
    """Tell whether the page is about something of which there is none here."""
    return any(
        f"{subject}>" in rule.rule
        for subject in ("approval", "envelope", "export", "matter", "prq", "recipient", "signal", "verification")
    )


def test_no_page_changes_anything_by_being_looked_at_and_none_is_kept(console: ConsoleRoom) -> None:
    institution = console.begin()
    people = {
        Role.ADMIN: console.log_in("lin.qiushi"),
        Role.SUPERVISOR: console.member("xu.bai", Role.SUPERVISOR, institution=institution),
        Role.COMPLIANCE: console.member("he.an", Role.COMPLIANCE, institution=institution),
    }
    known = {"member": console.id_of("zhao.min"), "institution": institution}
    before = console.office.events(known["member"])
    elsewhere = {"login", "tablet_locked", "awake"}
    for rule, method in routes(console):
        if method == "GET" and not _needs_a_subject(rule) and rule.endpoint not in elsewhere:
            roles = console.console.access[rule.endpoint].roles
            reader = next(one for role, one in people.items() if roles is None or role in roles)
            told = reader.get(address(rule, **known))
            assert told.status_code == 200, rule.rule
            assert told.headers["Cache-Control"] == "no-store"
            assert "script-src 'self'" in told.headers["Content-Security-Policy"]
            assert " style=" not in told.text
            assert "<script>" not in told.text
    assert console.office.events(known["member"]) == before


def test_an_office_of_live_pages_shuts_nobody_out(console: ConsoleRoom) -> None:
    """Twenty pages that ask by themselves use what their own session may ask, and nothing of anybody else's."""
    console.begin()
    limits = RateLimits(address=Allowance("few", 10), staff=Allowance("few", 10), asking=Allowance("some", 20))
    narrow = create_console(replace(console.services, limits=limits))

    def at(login: str) -> Member:
        token = console.log_in(login).token()
        assert token is not None
        client = Client(narrow)
        client.set_cookie("__Host-staff", token, domain="sign.example", secure=True, path="/")
        return Member(client)

    lin, zhao = at("lin.qiushi"), at("zhao.min")
    asked = [lin.get("/console/awake").status_code for _ in range(30)]
    assert asked == [204] * 20 + [429] * 10
    assert [lin.get("/console").status_code for _ in range(11)] == [200] * 10 + [429]
    assert zhao.get("/console").status_code == 200
    nobody = Member(Client(narrow))
    assert [nobody.get("/console/login").status_code for _ in range(11)] == [200] * 10 + [429]
    stale = Member(Client(narrow))
    stale.client.set_cookie("__Host-staff", "x" * 43, domain="sign.example", secure=True, path="/")
    assert stale.get("/console/awake").status_code == 429


def test_an_id_of_something_else_is_nobody_of_the_staff(console: ConsoleRoom) -> None:
    institution = console.begin()
    member = console.log_in("zhao.min")
    about_members = [(rule, method) for rule, method in routes(console) if rule.arguments == {"member"}]
    assert len(about_members) > 5
    token = form_token(member)
    for odd in ("institutions", institution, "api-keys", "handovers", f"env_{UNKNOWN}", "%00", "\u202e", "a" * 200):
        for rule, method in about_members:
            assert ask(member, token, rule, method, member=odd) == 404, (rule, odd)


@pytest.mark.parametrize("asked_first", range(6))
def test_a_page_of_an_error_comes_while_the_database_is_gone(
    console: ConsoleRoom, monkeypatch: pytest.MonkeyPatch, asked_first: int
) -> None:
    console.begin()
    member, asked, real = console.log_in("lin.qiushi"), list[object](), Database.reading

    def gone(database: Database) -> object:
        asked.append(database)
        if len(asked) > asked_first:
            raise RuntimeError("no place for 13800000001")
        return real(database)

    monkeypatch.setattr(Database, "reading", gone)
    told = member.get("/console")
    assert told.status_code in {500, 503}
    assert "问题在我们这边" in told.text
    assert "13800000001" not in told.text
    assert (told.headers["Cache-Control"], told.headers["X-Frame-Options"]) == ("no-store", "DENY")
    assert "default-src 'none'" in told.headers["Content-Security-Policy"]
    if asked_first:  # a session was read: the page of an error would ask on, and cannot
        assert told.status_code == 503
        assert 'href="/console/approvals"' not in told.text


def entry(endpoint: str, group: str = "") -> Shown:
    return Shown(endpoint, "", f"/console/{endpoint}", False, endpoint, group)


def test_few_entries_stand_beside_one_another_and_many_in_menus() -> None:
    few = [entry("start"), entry("outbox", RUNNING), entry("jobs", RUNNING), entry("board", "claims")]
    assert [menu.label for menu in menus_for(few)] == ["start", "outbox", "jobs", "board"]
    many = [*few, entry("alarms", "claims"), entry("cases", "policy")]
    assert [(menu.label, len(menu.entries)) for menu in menus_for(many)] == [
        ("start", 1),
        ("claims", 2),
        ("cases", 1),
        (RUNNING, 2),
    ]


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/console/claims", "/console/claims"),
        ("/console/claims/", "/console/claims"),
        ("/console/claims/clm_1", "/console/claims"),
        ("/console/claims/shops", "/console/claims/shops"),
        ("/console/claims/shops/shp_1", "/console/claims/shops"),
        ("/console/claims/shopsoiled", "/console/claims"),
        ("/console/jobs", None),
    ],
)
def test_somebody_is_at_one_entry_only_the_nearest_above_the_page(path: str, here: str | None) -> None:
    assert nearest(path, ["/console/claims", "/console/claims/shops"]) == here


def test_every_entry_of_the_console_is_at_the_top_once_whatever_the_menus(console: ConsoleRoom) -> None:
    office = console.office
    office.leadership()
    page = console.log_in("lin.qiushi").get("/console").text
    top = page.split("<nav", 1)[1].split("</nav>", 1)[0]
    assert "<details" in top
    for endpoint in ("staff", "institutions", "approvals", "envelopes", "outbox"):
        assert top.count(f'href="/console/{endpoint}"') == 1, endpoint
