"""Members and their own accounts: invitation, authenticator, recovery codes, password, sessions."""

from __future__ import annotations

import base64
import re

from werkzeug.test import TestResponse

from esign.infra.secret import Secret
from esign.staff.domain.roles import Role
from esign.staff.totp import code_of, step_at
from tests.unit.staff.staff_office import PASSWORD
from tests.unit.web.console_room import ConsoleRoom, Member, form_in

NEW = "一艘蓝色的旧渡船 at noon"


def bind(console: ConsoleRoom, member: Member) -> list[str]:
    """Bind an authenticator through the pages; return the recovery codes that are shown."""
    return re.findall(r'<li class="mono">([^<]+)</li>', bound(console, member).text)


def bound(console: ConsoleRoom, member: Member) -> TestResponse:
    """Bind an authenticator through the pages; return the answer."""
    begun = member.send("/console/account/authenticator", "/console/account/authenticator/begin")
    secret = re.search(r'class="mono secret">([A-Z2-7 ]+)<', begun.text)
    assert secret is not None
    key = secret[1].replace(" ", "")
    assert "<svg" in begun.text
    told = member.fill(
        begun,
        "/console/account/authenticator",
        code=code_of(base64.b32decode(key + "=" * (-len(key) % 8)), step_at(console.office.now)),
    )
    assert told.status_code == 200
    return told


def test_an_invitation_sets_a_password_once(console: ConsoleRoom) -> None:
    invited = console.office.begin()
    visitor = console.visitor()
    page = "/console/invitation"
    token = invited.token.reveal()
    assert visitor.send(page, page, invitation=token, new="short", again="short").status_code == 422
    assert "两次输入的密码不一样" in visitor.send(page, page, invitation=token, new=NEW, again="x").text
    guessed = visitor.send(page, page, invitation="made-up", new=NEW, again=NEW)
    assert guessed.status_code == 401
    assert "邀请无效或已过期" in guessed.text
    link = f"https://sign.example/console/invitation#{token}"  # whoever pastes the whole link is understood
    let = visitor.send(page, page, invitation=link, new=NEW, again=NEW)
    assert (let.status_code, let.location) == (303, "/console/login?note=set")
    assert visitor.send(page, page, invitation=token, new=NEW, again=NEW).status_code == 401
    assert console.log_in("lin.qiushi", Secret(NEW)).get("/console").status_code == 200


def test_guessing_invitations_is_counted_by_address(console: ConsoleRoom) -> None:
    console.office.begin()
    console.office.limits.left = 1
    visitor, page = console.visitor(), "/console/invitation"
    told = [visitor.send(page, page, invitation="x", new=NEW, again=NEW).status_code for _ in range(2)]
    assert told == [401, 429]


def test_an_authenticator_is_bound_with_its_code_and_opens_the_roles_that_need_it(console: ConsoleRoom) -> None:
    console.office.accept(console.office.begin())
    admin = console.log_in("lin.qiushi")
    assert admin.get("/console/staff").status_code == 403
    begun = admin.send("/console/account/authenticator", "/console/account/authenticator/begin")
    wrong = admin.fill(begun, "/console/account/authenticator", code="000000")
    assert wrong.status_code == 422
    assert "动态码不正确" in wrong.text
    codes = bind(console, admin)
    assert len(set(codes)) == 10
    assert admin.get("/console/staff").status_code == 200
    assert "身份验证器已绑定" in admin.get("/console/account/authenticator").text


def test_a_session_that_rises_has_another_token_and_the_old_one_is_worth_nothing(console: ConsoleRoom) -> None:
    console.office.accept(console.office.begin())
    admin = console.log_in("lin.qiushi")
    before, thief = str(admin.token()), console.visitor()
    thief.client.set_cookie("__Host-staff", before, domain="sign.example", secure=True)
    assert thief.get("/console").status_code == 200
    told = bound(console, admin)
    assert admin.token() != before
    assert thief.get("/console").location == "/console/login?note=over"
    assert admin.get("/console/staff").status_code == 200
    assert admin.fill(told, "/console/logout").location == "/console/login?note=out"  # the forms of that page hold


def test_a_recovery_code_logs_in_once_in_place_of_the_authenticator(console: ConsoleRoom) -> None:
    console.office.accept(console.office.begin())
    codes = bind(console, console.log_in("lin.qiushi"))
    for expected in (303, 401):
        visitor = console.visitor()
        asked = visitor.send(
            "/console/login", "/console/login", login="lin.qiushi", password=PASSWORD.reveal(), next="/console/account"
        )
        given = visitor.fill(asked, "/console/login/code", recovery=codes[0].upper())
        assert given.status_code == expected
        if expected == 303:
            assert given.location == "/console/account"
            renewed = visitor.send("/console/account", "/console/account/recovery-codes")
            fresh = re.findall(r'<li class="mono">([^<]+)</li>', renewed.text)
            assert len(fresh) == 10
            assert set(fresh).isdisjoint(codes)


def test_a_changed_password_logs_out_everywhere(console: ConsoleRoom) -> None:
    institution = console.begin()
    here = console.member("sun.xiaomei", Role.SALES, institution=institution)
    there = console.log_in("sun.xiaomei")
    page = "/console/account/password"
    wrong = here.send(page, page, old="not the present one", new=NEW, again=NEW)
    assert wrong.status_code == 422
    assert "当前密码不正确" in wrong.text
    for bad, said in (("kurz", "太短"), ("sun.xiaomei12", "登录名"), ("password1234", "太常见")):
        told = here.send(page, page, old=PASSWORD.reveal(), new=bad, again=bad)
        assert told.status_code == 422, bad
        assert said in told.text
    changed = here.send(page, page, old=PASSWORD.reveal(), new=NEW, again=NEW)
    assert (changed.status_code, changed.location) == (303, "/console/login?note=elsewhere")
    assert here.token() is None
    assert there.get("/console").status_code == 303
    assert console.log_in("sun.xiaomei", Secret(NEW)).get("/console").status_code == 200


def test_other_sessions_are_seen_and_ended_one_or_all(console: ConsoleRoom) -> None:
    institution = console.begin()
    here = console.member("sun.xiaomei", Role.SALES, institution=institution)
    others = [console.log_in("sun.xiaomei") for _ in range(3)]
    stranger = console.log_in("lin.qiushi")
    page = here.get("/console/account")
    listed = re.findall(r'name="session" value="(ses_\w+)"', page.text)
    assert len(listed) == 3
    foreign = form_in(stranger.get("/console/account"), "/console/logout").fields
    stranger.post("/console/account/sessions", {**foreign, "session": listed[0]})
    assert all(one.get("/console").status_code == 200 for one in others)  # nobody ends the sessions of others
    told = here.send("/console/account", "/console/account/sessions", session=listed[0])
    assert "那台设备上的登录已结束" in here.get(told.location).text
    assert sorted(one.get("/console").status_code for one in others) == [200, 200, 303]
    here.send("/console/account", "/console/account/sessions", session="others")
    assert [one.get("/console").status_code for one in others] == [303, 303, 303]
    assert here.get("/console").status_code == 200


def test_a_secret_is_in_no_page_that_can_be_loaded_anew(console: ConsoleRoom) -> None:
    console.office.accept(console.office.begin())
    admin = console.log_in("lin.qiushi")
    admin.send("/console/account/authenticator", "/console/account/authenticator/begin")
    for path in ("/console/account", "/console/account/authenticator"):
        assert '<svg class="qr"' not in admin.get(path).text
        assert 'class="mono secret"' not in admin.get(path).text


def test_the_console_speaks_english(console: ConsoleRoom) -> None:
    institution = console.begin()
    member = console.member("sun.xiaomei", Role.SALES, institution=institution)
    told = member.get("/console", headers={"Accept-Language": "en"})
    assert told.headers["Content-Language"] == "en"
    assert "Hello, 孙小梅" in told.text
