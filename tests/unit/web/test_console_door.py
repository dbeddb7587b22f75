"""Who gets into the console, how, and how they get out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from werkzeug.test import Client, TestResponse

from esign.api.staff_limits import STAFF_INVITATIONS, STAFF_LOGINS, TriesAtTheDoor
from esign.infra.secret import Secret
from esign.staff.domain.roles import Role
from esign.staff.room import staff_door
from esign.web.console.access import Console
from esign.web.console.app import create_console
from esign.web.console.held_forms import WRITING, open_held
from tests.unit.staff.staff_office import CHEAP, OPERATOR, PASSWORD
from tests.unit.web.console_room import ConsoleRoom, Member, form_in


def test_whoever_is_nobody_is_led_to_the_login_and_then_to_what_they_asked_for(console: ConsoleRoom) -> None:
    office = console.office
    office.accept(office.begin())
    visitor = console.visitor()
    led = visitor.get("/console")
    assert (led.status_code, led.location) == (303, "/console/login")
    page = visitor.get("/console/login?next=/console")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Frame-Options"] == "DENY"
    let_in = visitor.fill(page, "/console/login", login="lin.qiushi", password="湖边有七只灰鹤 in the reeds")
    assert (let_in.status_code, let_in.location) == (303, "/console/account/authenticator")
    cookie = next(one for one in let_in.headers.getlist("Set-Cookie") if one.startswith("__Host-staff="))
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert "林秋实" in visitor.get("/console").text


def test_a_login_that_is_wrong_in_any_way_reads_the_same(console: ConsoleRoom) -> None:
    office = console.office
    office.accept(office.begin())
    visitor = console.visitor()
    told = [
        visitor.send("/console/login", "/console/login", login=login, password=password)
        for login, password in (("lin.qiushi", "wrong wrong wrong"), ("nobody.here", "wrong"), ("", ""))
    ]
    assert [one.status_code for one in told] == [401, 401, 401]
    said = {one.text.partition('role="alert"')[2].partition("</p>")[0] for one in told}
    assert len(said) == 1
    assert "登录未成功" in said.pop()
    assert visitor.token() is None


def test_an_authenticator_asks_for_its_code_and_takes_each_once(console: ConsoleRoom) -> None:
    console.begin()
    office, visitor = console.office, console.visitor()
    office.wait(minutes=1)
    code = office.code(console.id_of("lin.qiushi"))
    for expected in (303, 401):
        asked = visitor.send(
            "/console/login", "/console/login", login="lin.qiushi", password="湖边有七只灰鹤 in the reeds"
        )
        assert asked.status_code == 200
        assert "灰鹤" not in asked.text  # the password is not in the page
        given = visitor.fill(asked, "/console/login/code", code=code)
        assert given.status_code == expected
        visitor = console.visitor()


def test_the_second_step_is_for_the_browser_that_took_the_first_and_for_five_minutes(console: ConsoleRoom) -> None:
    console.begin()
    office, visitor, other = console.office, console.visitor(), console.visitor()
    login = {"login": "lin.qiushi", "password": "湖边有七只灰鹤 in the reeds"}
    asked = visitor.send("/console/login", "/console/login", **login)
    ticket = form_in(asked, "/console/login/code").fields["ticket"]
    elsewhere = other.send("/console/login", "/console/login", **login)
    office.wait(minutes=1)
    code = office.code(console.id_of("lin.qiushi"))
    assert "从登录名和密码重新开始" in other.fill(elsewhere, "/console/login/code", ticket=ticket, code=code).text
    assert "从登录名和密码重新开始" in visitor.fill(asked, "/console/login/code", ticket="x" * 40, code=code).text
    office.wait(minutes=5)
    late = visitor.fill(asked, "/console/login/code", code=office.code(console.id_of("lin.qiushi")))
    assert "从登录名和密码重新开始" in late.text
    assert (visitor.token(), other.token()) == (None, None)


def test_logging_out_ends_the_session_and_not_only_the_cookie(console: ConsoleRoom) -> None:
    institution = console.begin()
    member = console.member("sun.xiaomei", Role.SALES, institution=institution)
    token = member.token()
    assert token is not None
    left = member.send("/console", "/console/logout")
    assert (left.status_code, left.location) == (303, "/console/login?note=out")
    assert member.token() is None
    thief = console.visitor()
    thief.client.set_cookie("__Host-staff", token, domain="sign.example", secure=True)
    assert thief.get("/console").location == "/console/login?note=over"


def test_a_login_makes_a_new_session_and_ends_the_one_before(console: ConsoleRoom) -> None:
    institution = console.begin()
    member = console.member("sun.xiaomei", Role.SALES, institution=institution)
    before, door = member.token(), console.visitor()
    door.client.set_cookie("__Host-staff", str(before), domain="sign.example", secure=True)
    page = door.get("/console/login")
    assert page.location == "/console"  # whoever is in need not log in
    door.client.delete_cookie("__Host-staff", domain="sign.example")
    page = door.get("/console/login")
    door.client.set_cookie("__Host-staff", str(before), domain="sign.example", secure=True)
    door.fill(page, "/console/login", login="sun.xiaomei", password="湖边有七只灰鹤 in the reeds")
    assert door.token() not in {None, before}
    assert member.get("/console").status_code == 303


def test_what_was_written_when_the_session_was_over_is_offered_again_to_whoever_wrote_it(console: ConsoleRoom) -> None:
    place = console.begin()
    member = console.log_in("lin.qiushi")
    page = f"/console/institutions/{place}"
    fields = form_in(member.get(page), f"{page}/open").fields
    console.office.wait(minutes=31)
    over = member.post(f"{page}/open", {**fields, "name": "写了<b>很久", "password": "abc-secret", "code": "123456"})
    assert over.status_code == 401
    assert "登录已失效" in over.text
    assert "您刚才填写的内容还在" in over.text
    assert "很久" not in over.text  # the next person at this browser reads nothing
    assert member.fill(over, "/console/login", login="lin.qiushi", password="wrong").status_code == 401
    back = _back(console, member, over, "lin.qiushi")
    for shown in ("开设下级机构", "<dt>名称</dt><dd><bdi>写了&lt;b&gt;很久</bdi>", f"{page}/open"):
        assert shown in back.text
    held = form_in(back, f"{page}/open").fields
    assert held.keys() == {"form_token", "name"}  # no secret, and nothing that is not shown
    assert len(_names(console)) == 1  # nothing is done before they say so
    assert member.fill(back, f"{page}/open").status_code == 303
    assert "写了<b>很久" in _names(console)


def test_what_somebody_else_wrote_is_not_offered_to_whoever_logs_in_next(console: ConsoleRoom) -> None:
    place = console.begin()
    member, page = console.log_in("lin.qiushi"), f"/console/institutions/{place}"
    fields = form_in(member.get(page), f"{page}/open").fields
    console.office.wait(minutes=31)
    over = member.post(f"{page}/open", {**fields, "name": "别人写的"})
    let_in = _back(console, member, over, "zhao.min")
    assert (let_in.status_code, let_in.location) == (303, "/console")
    console.office.wait(minutes=31)
    stale = console.log_in("lin.qiushi")
    held = form_in(over, "/console/login").fields["held"]
    page_of_door = console.visitor()
    login = page_of_door.get("/console/login")
    console.office.wait(hours=12)
    late = _back(console, page_of_door, login, "lin.qiushi", held=held)
    assert (late.status_code, late.location) == (303, "/console")
    assert stale.get("/console").status_code == 303


def test_nothing_but_what_was_written_is_ever_held(console: ConsoleRoom) -> None:
    """A held decision would be taken by whoever logs in next, in one click and unseen."""
    institution = console.begin()
    forms = [rule for rule in console.console.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert {rule.endpoint for rule in forms} >= WRITING.keys()
    member = console.log_in("lin.qiushi")
    fields = form_in(member.get("/console"), "/console/logout").fields
    console.office.wait(minutes=31)
    held = set()
    for rule in forms:
        path = rule.rule
        for argument in rule.arguments:
            path = path.replace(f"<{argument}>", institution)
        filled = dict.fromkeys(("name", "words", "phone", "reason", "role", "act", "approval", "key", "photo"), "x")
        browser = console.visitor()
        browser.client.set_cookie("__Host-staff", str(member.token()), domain="sign.example", secure=True)
        told = browser.post(path, {**fields, **filled})
        if told.status_code == 401 and "您刚才填写的内容还在" in told.text:
            held.add(rule.endpoint)
    assert held == WRITING.keys()
    assert not {one for one in held if "approve" in one or "carry" in one or "void" in one or "role" in one}


def test_a_form_of_a_session_that_nobody_knows_is_not_held(console: ConsoleRoom) -> None:
    place = console.begin()
    member, page = console.log_in("lin.qiushi"), f"/console/institutions/{place}"
    fields = form_in(member.get(page), f"{page}/open").fields
    office = console.office
    who = office.room.sessions.caller(Secret(str(member.token())), at=office.now)
    office.room.sessions.end_own(who, who.session)
    over = member.post(f"{page}/open", {**fields, "name": "写了很久"})
    assert over.status_code == 401
    assert "您刚才填写的内容还在" not in over.text


def test_a_form_that_another_site_made_up_is_not_held(console: ConsoleRoom) -> None:
    institution = console.begin()
    member = console.member("sun.xiaomei", Role.SALES, institution=institution)
    console.office.wait(minutes=31)
    for sent in ({"words": "x"}, {"words": "x", "form_token": "made-up"}):
        assert member.post("/console/logout", sent).status_code == 403
    keys = console.office.keys
    for held in ('["https://evil.example/", [["a", "b"]]]', "1.AAAA.AAAA", "1..", "[]", "{", "\ud800.x.y", "9" * 5000):
        assert open_held(keys, held, now=console.office.now) is None


def _back(console: ConsoleRoom, member: Member, told: TestResponse, login: str, **filled: str) -> TestResponse:
    """Log in at a page of the login that is at hand, with a code."""
    asked = member.fill(told, "/console/login", login=login, password=PASSWORD.reveal(), **filled)
    assert asked.status_code == 200
    console.office.wait(minutes=1)
    return member.fill(asked, "/console/login/code", code=console.office.code(console.id_of(login)))


def _names(console: ConsoleRoom) -> list[str]:
    return [one.name for one in console.office.room.institutions.visible(OPERATOR)]


def test_forms_at_the_door_are_bound_to_the_browser(console: ConsoleRoom) -> None:
    console.office.accept(console.office.begin())
    one, other = console.visitor(), console.visitor()
    page = one.get("/console/login")
    other.get("/console/login")
    assert other.fill(page, "/console/login", login="a", password="b").status_code == 403
    assert console.visitor().fill(page, "/console/login", login="a", password="b").status_code == 403
    elsewhere = one.post(
        "/console/login", form_in(page, "/console/login").fields, headers={"Origin": "https://evil.example"}
    )
    assert elsewhere.status_code == 403


def test_a_page_must_say_who_may_come() -> None:
    with pytest.raises(TypeError):
        Console().add_url_rule("/console/open", "open", lambda: "")


def test_too_many_logins_from_one_address_are_told_so(console: ConsoleRoom) -> None:
    console.office.limits.left = 0
    told = console.visitor().send("/console/login", "/console/login", login="lin.qiushi", password=Secret("x").reveal())
    assert told.status_code == 429
    assert "十五分钟" in told.text


def test_a_link_in_a_message_logs_nobody_out_and_leads_on(console: ConsoleRoom) -> None:
    institution = console.begin()
    member = console.member("sun.xiaomei", Role.SALES, institution=institution)
    by_link = {"Sec-Fetch-Site": "cross-site"}  # so the session's cookie stays at home
    stranger = console.visitor()
    led = stranger.get("/console/approvals", headers=by_link)
    assert led.location == "/console/login?next=/console/approvals"
    assert "Set-Cookie" not in led.headers
    page = stranger.get(led.location, headers=by_link)
    assert '<a href="/console/approvals">已经登录过，直接打开</a>' in page.text
    assert not any("__Host-staff=" in one for one in page.headers.getlist("Set-Cookie"))
    assert member.get("/console/approvals").status_code == 200
    for onward in ("https://evil.example", "//evil.example", "/s/link", "/console/../s/x", "/console/login"):
        login = {"login": "sun.xiaomei", "password": "湖边有七只灰鹤 in the reeds", "next": onward}
        assert console.visitor().send("/console/login", "/console/login", **login).location == "/console"


def test_an_address_with_nothing_at_it_says_so_and_keeps_the_sections(console: ConsoleRoom) -> None:
    institution = console.begin()
    member = console.member("sun.xiaomei", Role.SALES, institution=institution)
    for path in ("/console/nothing", "/console/staff/x/y"):
        told = member.get(path)
        assert told.status_code == 404
        assert "没有这个页面" in told.text
        assert "/console/approvals" in told.text
        assert console.visitor().get(path).status_code == 404
        assert member.post(path).status_code == 404


def _counted(console: ConsoleRoom) -> Console:
    """Return the console with the limits that it has in earnest."""
    services, office = console.services, console.office
    logins, invitations = (
        TriesAtTheDoor(services.rates, office.keys, one) for one in (STAFF_LOGINS, STAFF_INVITATIONS)
    )
    door = staff_door(office.room, office.keys, logins, issuer="esign", cost=CHEAP)
    return create_console(replace(services, door=door, invitations=invitations))


def test_an_office_behind_one_address_logs_in_as_often_as_it_likes(console: ConsoleRoom) -> None:
    console.begin()
    counted, office = _counted(console), console.office
    while office.now.minute % 15:
        office.wait(seconds=60 - office.now.second)
    for _ in range(20):
        browser = Member(Client(counted))
        asked = browser.send("/console/login", "/console/login", login="lin.qiushi", password=PASSWORD.reveal())
        office.wait(seconds=31)
        let_in = browser.fill(asked, "/console/login/code", code=office.code(console.id_of("lin.qiushi")))
        assert let_in.status_code == 303


def test_neither_invitations_nor_strangers_use_up_the_logins_of_who_was_here_before(console: ConsoleRoom) -> None:
    institution = console.begin()
    console.member("sun.xiaomei", Role.SALES, institution=institution)
    counted, password = _counted(console), PASSWORD.reveal()
    known, stranger = Member(Client(counted)), Member(Client(counted))
    assert known.send("/console/login", "/console/login", login="sun.xiaomei", password=password).status_code == 303
    cookie = known.client.get_cookie("__Host-staff-known", domain="sign.example")
    assert cookie is not None
    assert (cookie.http_only, cookie.secure, cookie.same_site) == (True, True, "Strict")
    form = stranger.form("/console/invitation", "/console/invitation").fields
    told = [
        stranger.post("/console/invitation", {**form, "invitation": "nothing", "new": password, "again": password})
        for _ in range(31)
    ]
    assert [one.status_code for one in told[-2:]] == [401, 429]
    wrong = [
        stranger.send("/console/login", "/console/login", login=login, password="wrong wrong wrong").status_code
        for login in ["sun.xiaomei"] * 5 + ["nobody.here"] * 26
    ]
    assert wrong == [401] * 30 + [429]
    known.send("/console", "/console/logout")
    again = known.send("/console/login", "/console/login", login="sun.xiaomei", password=password)
    assert (again.status_code, again.location) == (303, "/console")
    late = stranger.send("/console/login", "/console/login", login="sun.xiaomei", password=password)
    assert late.status_code == 429


def test_whoever_logs_in_reads_how_many_codes_were_wrong_before(console: ConsoleRoom) -> None:
    console.begin()
    office = console.office
    for _ in range(3):
        office.wait(minutes=1)
        office.refused("lin.qiushi", totp="000000")
    member = console.visitor()
    login = {"login": "lin.qiushi", "password": PASSWORD.reveal(), "next": "/console/staff"}
    asked = member.send("/console/login", "/console/login", **login)
    office.wait(minutes=1)
    let_in = member.fill(asked, "/console/login/code", code=office.code(console.id_of("lin.qiushi")))
    assert let_in.location == "/console"  # and not what was asked for
    for page in ("/console", "/console/account"):
        assert "有 3 次密码正确而动态码不对" in member.get(page).text
    office.wait(minutes=1)
    assert "动态码不对" not in console.log_in("lin.qiushi").get("/console").text


def test_codes_that_were_wrong_too_often_are_told_to_whoever_has_the_password(console: ConsoleRoom) -> None:
    console.begin()
    office = console.office
    for _ in range(50):
        office.wait(minutes=16)
        office.refused("lin.qiushi", totp="000000")
    member = console.visitor()
    asked = member.send("/console/login", "/console/login", login="lin.qiushi", password=PASSWORD.reveal())
    told = member.fill(asked, "/console/login/code", code=office.code(console.id_of("lin.qiushi")))
    assert told.status_code == 401
    assert "动态码连续输错五十次，已停用" in told.text
