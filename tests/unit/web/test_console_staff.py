"""Administrators at the pages of staff and institutions; two people for roles, resets and erasure."""

from __future__ import annotations

import html
import re
from datetime import timedelta

from esign.staff.actors import Operator
from esign.staff.domain.member import Member as StaffMember
from esign.staff.domain.roles import ApprovalKind, Role
from tests.databases import asked_of
from tests.unit.staff.staff_office import PASSWORD, person
from tests.unit.web.console_room import ConsoleRoom, Member, form_in

SUN = {"name": "孙小梅", "phone": "139 0000 7730", "login": "Sun.Xiaomei", "role": ["sales"]}
INVITE = "/console/staff/invite"


def state(console: ConsoleRoom, member: str) -> StaffMember:
    return console.office.room.directory.get(Operator(), member).member


def asked(told_location: str) -> str:
    """Return the page of the approval that a form led to."""
    assert "done=asked" in told_location
    return told_location.partition("?")[0]


def test_an_invitation_is_told_once_as_a_link_whose_secret_no_server_sees(console: ConsoleRoom) -> None:
    institution = console.begin()
    admin = console.log_in("lin.qiushi")
    made = admin.send(INVITE, INVITE, **SUN, institution=institution)
    assert made.status_code == 200
    link = re.search(r'value="(https://sign.example/console/invitation#[\w-]+)"', made.text)
    assert link is not None
    member = console.id_of("sun.xiaomei")
    assert link[1].partition("#")[2] not in admin.get(f"/console/staff/{member}").text
    visitor, page = console.visitor(), "/console/invitation"
    visitor.send(page, page, invitation=link[1], new="一艘蓝色的旧渡船 at noon", again="一艘蓝色的旧渡船 at noon")
    assert state(console, member).roles == (Role.SALES,)
    assert state(console, member).has_password


def test_a_form_that_is_wrong_keeps_what_was_typed(console: ConsoleRoom) -> None:
    institution = console.begin()
    admin = console.log_in("lin.qiushi")
    for changes, said in (
        ({"login": "1"}, "登录名格式不正确"),
        ({"login": "zhao.min"}, "登录名已被使用"),
        ({"phone": "12"}, "姓名或电话格式不正确"),
        ({"role": []}, "没有选择角色"),
        ({"role": ["admin"]}, "没有选择角色"),
        ({"institution": "ins_x"}, "没有此机构"),
    ):
        told = admin.send(INVITE, INVITE, **{**SUN, "institution": institution, **changes})
        assert told.status_code in {404, 409, 422}, changes
        assert said in told.text
        assert 'value="孙小梅"' in told.text


def test_names_are_shown_as_text_whatever_is_in_them(console: ConsoleRoom) -> None:
    institution = console.begin()
    admin = console.log_in("lin.qiushi")
    name = '<script>alert("1")</script>'
    assert admin.send(INVITE, INVITE, **{**SUN, "name": name}, institution=institution).status_code == 200
    member = console.id_of("sun.xiaomei")
    for page in ("/console/staff", f"/console/staff/{member}"):
        told = admin.get(page).text
        assert html.escape(name, quote=True).replace("&quot;", "&#34;") in told
        assert "<script>alert" not in told


def test_roles_are_asked_for_by_one_given_by_another_and_carried_out_by_the_first(console: ConsoleRoom) -> None:
    institution = console.begin()
    console.member("sun.xiaomei", Role.SALES, institution=institution)
    member = console.id_of("sun.xiaomei")
    lin, zhao = console.log_in("lin.qiushi"), console.log_in("zhao.min")
    page = f"/console/staff/{member}"
    told = lin.send(page, f"{page}/roles", role=["sales", "supervisor"], words="她从下月起带队")
    approval = asked(told.location)
    own = lin.get(approval)
    assert "申请和审批必须是两个人" in own.text
    assert "/approve" not in own.text
    token = form_in(own, "/console/logout").fields["form_token"]
    assert lin.post(f"{approval}/approve", {"form_token": token}).status_code == 403  # even if they send it
    assert lin.post(f"{approval}/carry-out", {"form_token": token}).status_code == 409
    assert "等您审批的申请：1 项" in zhao.get("/console").text
    seen = zhao.get(approval)
    for said in ("她从下月起带队", "林秋实", "孙小梅 现在的角色：销售。", "变更后的角色：销售、主管。"):
        assert said in seen.text
    assert "您已同意" in zhao.get(zhao.fill(seen, f"{approval}/approve").location).text
    assert zhao.post(f"{approval}/carry-out", form_in(zhao.get(approval), "/console/logout").fields).status_code == 409
    done = lin.send(approval, f"{approval}/carry-out")
    assert "角色已变更" in lin.get(done.location).text
    assert state(console, member).roles == (Role.SALES, Role.SUPERVISOR)
    assert "已办理" in lin.get(approval).text
    assert lin.post(f"{approval}/carry-out", {"form_token": token}).status_code == 409  # it is used up


def test_a_request_is_refused_with_a_reason_and_changes_nothing(console: ConsoleRoom) -> None:
    institution = console.begin()
    console.member("sun.xiaomei", Role.SALES, institution=institution)
    member = console.id_of("sun.xiaomei")
    lin, zhao = console.log_in("lin.qiushi"), console.log_in("zhao.min")
    page = f"/console/staff/{member}"
    approval = asked(lin.send(page, f"{page}/roles", role=["admin"], words="").location)
    zhao.send(approval, f"{approval}/refuse", reason="not-justified")
    assert "已拒绝" in lin.get(approval).text
    assert state(console, member).roles == (Role.SALES,)
    events = console.office.events(approval.rpartition("/")[2])
    assert events[-1].payload["reason"] == "not-justified"


def test_a_request_that_nobody_decides_expires_and_says_so(console: ConsoleRoom) -> None:
    institution = console.begin()
    console.member("sun.xiaomei", Role.SALES, institution=institution)
    page = f"/console/staff/{console.id_of('sun.xiaomei')}"
    approval = asked(console.log_in("lin.qiushi").send(page, f"{page}/roles", role=["admin"]).location)
    console.office.now += timedelta(hours=73)
    zhao = console.log_in("zhao.min")
    told = zhao.get(approval)
    assert "已过期" in told.text
    assert "/approve" not in told.text
    assert "现在没有等您审批的申请" in zhao.get("/console/approvals").text


def test_nobody_asks_for_their_own_roles_and_decides_about_themselves(console: ConsoleRoom) -> None:
    console.begin()
    lin, zhao = console.log_in("lin.qiushi"), console.log_in("zhao.min")
    own = f"/console/staff/{console.id_of('lin.qiushi')}"
    assert "这是您自己" in lin.get(own).text
    token = form_in(lin.get(own), "/console/logout").fields
    assert lin.post(f"{own}/roles", {**token, "role": "auditor"}).status_code == 403
    about = f"/console/staff/{console.id_of('zhao.min')}"
    approval = asked(lin.send(about, f"{about}/roles", role=["sales"]).location)
    told = zhao.get(approval)
    assert "关系到您本人" in told.text
    assert zhao.post(f"{approval}/approve", form_in(told, "/console/logout").fields).status_code == 403


def test_a_lost_phone_takes_two_people_and_a_forgotten_password_one_for_plain_roles(console: ConsoleRoom) -> None:
    institution = console.begin()
    console.member("sun.xiaomei", Role.SALES, institution=institution)
    lin = console.log_in("lin.qiushi")
    plain = f"/console/staff/{console.id_of('sun.xiaomei')}"
    again = lin.send(plain, f"{plain}/reinvite")
    assert "/console/invitation#" in again.text
    console.member("gu.zhixing", Role.SALES, Role.SUPERVISOR, institution=institution, name="顾知行")
    lin, zhao = console.log_in("lin.qiushi"), console.log_in("zhao.min")
    lead = f"/console/staff/{console.id_of('gu.zhixing')}"
    token = form_in(lin.get(lead), "/console/logout").fields
    assert lin.post(f"{lead}/reinvite", token).status_code == 403
    for act, said in (("0", "身份验证器已解除绑定"), ("1", "/console/invitation#")):
        if act == "1":
            console.office.wait(minutes=1)
        approval = asked(lin.post(f"{lead}/reset", {**token, "words": "当面核实过"}).location)
        zhao.send(approval, f"{approval}/approve")
        done = lin.post(f"{approval}/carry-out", {**token, "act": act})
        assert said in (done.text if done.status_code == 200 else lin.get(done.location).text)
    assert not state(console, console.id_of("gu.zhixing")).has_totp


def test_a_suspended_member_is_out_at_once_and_comes_back_or_is_forgotten_by_two(console: ConsoleRoom) -> None:
    institution = console.begin()
    sun = console.member("sun.xiaomei", Role.SALES, institution=institution, name="方木兰")
    member = console.id_of("sun.xiaomei")
    lin, zhao, page = console.log_in("lin.qiushi"), console.log_in("zhao.min"), f"/console/staff/{member}"
    assert lin.send(page, f"{page}/suspend", reason="left-company").status_code == 303
    assert sun.get("/console").status_code == 303
    assert lin.send(page, f"{page}/reinstate", reason="mistake").status_code == 303
    assert console.log_in("sun.xiaomei").get("/console").status_code == 200
    lin.send(page, f"{page}/suspend", reason="no such reason")
    approval = asked(lin.send(page, f"{page}/forget", words="本人要求").location)
    assert "无法恢复" in zhao.get(approval).text
    zhao.send(approval, f"{approval}/approve")
    done = lin.send(approval, f"{approval}/carry-out")
    assert done.location == "/console/staff?done=forgotten"
    assert "已删除" in lin.get(page).text
    assert "方木兰" not in lin.get("/console/staff").text


def test_the_tree_of_institutions_is_opened_renamed_moved_and_closed(console: ConsoleRoom) -> None:
    root = console.begin()
    lin = console.log_in("lin.qiushi")
    top = f"/console/institutions/{root}"

    def id_named(name: str) -> str:
        found = re.search(rf'/institutions/(ins_\w+)"><bdi>{name}<', lin.get("/console/institutions").text)
        assert found is not None
        return found[1]

    for name in ("杭州分公司", "西湖支公司"):
        assert lin.send(top, f"{top}/open", name=name).location == "/console/institutions?done=institution-opened"
    assert lin.send(top, f"{top}/open", name=" ").status_code == 422
    hangzhou, xihu = id_named("杭州分公司"), id_named("西湖支公司")
    page = f"/console/institutions/{xihu}"
    assert lin.send(page, f"{page}/move", parent=hangzhou).status_code == 303
    assert lin.send(page, f"{page}/rename", name="西溪支公司").status_code == 303
    assert 'class="level-2"' in lin.get("/console/institutions").text
    branch = f"/console/institutions/{hangzhou}"
    into_itself = lin.send(branch, f"{branch}/move", parent=xihu)
    assert into_itself.status_code == 409
    assert "机构不能移到自己之下" in into_itself.text
    assert "该机构下还有机构或员工" in lin.send(branch, f"{branch}/close").text
    assert lin.send(page, f"{page}/close").status_code == 303
    assert "这个机构已关闭" in lin.get(page).text


def test_members_are_moved_and_seen_from_where_they_belong(console: ConsoleRoom) -> None:
    root = console.begin()
    lin = console.log_in("lin.qiushi")
    here = console.office.room.institutions.open(
        console.caller("lin.qiushi"), "杭州分公司", root, now=console.office.now
    )
    console.member("sun.xiaomei", Role.SALES, institution=root)
    boss = console.member("gu.zhixing", Role.SUPERVISOR, institution=here, name="顾知行")
    lin = console.log_in("lin.qiushi")
    page = f"/console/staff/{console.id_of('sun.xiaomei')}"
    assert boss.get(page).status_code == 404
    assert lin.send(page, f"{page}/transfer", institution=here).status_code == 303
    told = boss.get(page)
    assert told.status_code == 200
    assert f"{page}/suspend" not in told.text  # who may not, is not offered it
    assert "林秋实" not in boss.get("/console/staff").text


def test_a_request_of_another_kind_is_shown_to_whom_it_concerns_and_to_no_other(console: ConsoleRoom) -> None:
    institution = console.begin()
    sun = console.member("sun.xiaomei", Role.SALES, institution=institution)
    other = console.member("xu.bai", Role.SALES, institution=institution)
    lead = console.member("gu.zhixing", Role.SUPERVISOR, institution=institution)
    office = console.office
    who = office.log_in("sun.xiaomei").caller
    approval = office.room.approvals.request(
        who,
        ApprovalKind.PHONE_CORRECTION,
        "rcp_0123456789abcdefghjkmnpqrs",
        institution,
        reason="typed",
        now=office.now,
    )
    page = f"/console/approvals/{approval}"

    def sees(member: Member) -> bool:
        return member.get(page).status_code == 200

    assert [sees(one) for one in (sun, other, lead)] == [True, False, True]
    assert "更正手机号" in sun.get("/console/approvals").text
    assert "更正手机号" not in other.get("/console/approvals").text
    assert "请先绑定身份验证器" in lead.get(page).text or "同意" in lead.get(page).text


def test_a_member_is_found_by_whole_name_phone_or_login_within_what_one_sees(console: ConsoleRoom) -> None:
    root = console.begin()
    office = console.office
    here = office.room.institutions.open(console.caller("lin.qiushi"), "杭州分公司", root, now=office.now)
    console.member("xu.bai", Role.SALES, institution=root, name="徐白")
    boss = console.member("gu.zhixing", Role.SUPERVISOR, institution=here, name="顾知行")
    admin = console.log_in("lin.qiushi")
    phone = person("xu.bai").phone
    for typed in ("徐白", phone, f"+86 {phone}", "Xu.Bai "):
        found = admin.send("/console/staff", "/console/staff/find", q=typed).text
        assert "徐白" in found, typed
        assert "顾知行" not in found
        assert "没有这位员工" in boss.send("/console/staff", "/console/staff/find", q=typed).text
    for typed in ("徐", "%", "\x00", "x" * 500, "' or 1=1"):
        assert "没有这位员工" in admin.send("/console/staff", "/console/staff/find", q=typed).text, typed


def test_nobody_approves_in_the_console_through_a_colleague_whom_they_invented(console: ConsoleRoom) -> None:
    institution = console.begin()
    zhao, office = console.log_in("zhao.min"), console.office
    told = zhao.send(
        *("/console/staff/invite", "/console/staff/invite"),
        **{**SUN, "role": "operations", "institution": institution},
    )
    link = re.search(r"/console/invitation#([A-Za-z0-9_-]+)", told.text)
    assert link is not None
    puppet, password = console.visitor(), PASSWORD.reveal()
    puppet.send("/console/invitation", "/console/invitation", invitation=link[1], new=password, again=password)
    who = office.log_in("sun.xiaomei").caller
    approval = office.room.approvals.request(
        who, ApprovalKind.PHONE_CORRECTION, "rcp_1", institution, reason="mistyped", terms="per_1", now=office.now
    )
    page = f"/console/approvals/{approval}"
    shown = zhao.get(page)
    assert "一个邀请过另一个" in shown.text
    assert f"{page}/approve" not in shown.text
    refused = zhao.post(f"{page}/approve", form_in(shown, "/console/logout").fields)
    assert refused.status_code == 403
    assert "请让没有参与邀请的同事审批" in refused.text


def test_hundreds_of_requests_cost_a_page_what_it_shows(console: ConsoleRoom) -> None:
    institution = console.begin()
    zhao, office = console.log_in("zhao.min"), console.office
    console.member("sun.xiaomei", Role.SALES, institution=institution)
    who, made = office.log_in("sun.xiaomei").caller, []

    def ask(count: int) -> None:
        for _ in range(count):
            made.append(
                office.room.approvals.request(
                    who,
                    ApprovalKind.PHONE_CORRECTION,
                    f"rcp_{len(made):026}",
                    institution,
                    reason="mistyped",
                    now=office.now,
                )
            )

    def asked_of_the_database(path: str) -> int:
        with asked_of(office.database) as asked:
            assert zhao.get(path).status_code == 200
        return len(asked)

    ask(25)
    zhao.get("/console/approvals")  # who is who is remembered from now on
    few = asked_of_the_database("/console/approvals"), asked_of_the_database("/console/account")
    ask(35)
    assert (asked_of_the_database("/console/approvals"), asked_of_the_database("/console/account")) == few
    assert '<b class="count">60<' in zhao.get("/console/account").text
    seen, path = list[str](), "/console/approvals"
    while path:
        told = html.unescape(zhao.get(path).text)
        seen += re.findall(r'href="/console/approvals/(apr_[0-9a-z]+)"', told)
        more = re.search(r'href="(/console/approvals\?list=waiting&before=apr_[0-9a-z]+)"', told)
        path = "" if more is None else more[1]
    assert seen == sorted(made, reverse=True)
    for odd in ("?list=waiting&before=x", "?list=nothing&before=apr_1", "?before=%00"):
        assert zhao.get(f"/console/approvals{odd}").status_code == 200


def test_what_somebody_waits_for_is_not_asked_for_again(console: ConsoleRoom) -> None:
    institution = console.begin()
    console.member("sun.xiaomei", Role.SALES, institution=institution)
    lin, member = console.log_in("lin.qiushi"), console.id_of("sun.xiaomei")
    page = f"/console/staff/{member}"
    assert lin.send(page, f"{page}/roles", role=["sales", "supervisor"]).status_code == 303
    again = lin.send(page, f"{page}/roles", role=["sales", "operations"])
    assert again.status_code == 409
    assert "这项申请还在等人审批" in again.text


def test_an_act_that_is_no_number_or_a_very_long_one_is_no_act(console: ConsoleRoom) -> None:
    institution = console.begin()
    console.member("sun.xiaomei", Role.SALES, institution=institution)
    lin, zhao = console.log_in("lin.qiushi"), console.log_in("zhao.min")
    page = f"/console/staff/{console.id_of('sun.xiaomei')}"
    approval = asked(lin.send(page, f"{page}/roles", role=["sales", "operations"]).location)
    zhao.send(approval, f"{approval}/approve")
    for act in ("0" * 5000, "9" * 5000, "7", "-1", "x", "٠", ""):
        assert lin.send(approval, f"{approval}/carry-out", act=act).status_code == 409, act[:3]
    assert lin.send(approval, f"{approval}/carry-out", act="0").status_code == 303


def test_a_request_about_somebody_who_moved_away_is_read_and_refused(console: ConsoleRoom) -> None:
    root = console.begin()
    office, lin = console.office, console.caller("lin.qiushi")
    east, west = (office.room.institutions.open(lin, name, root, now=office.now) for name in ("华东", "华西"))
    admin = console.member("gu.zhixing", Role.ADMIN, institution=east, name="顾知行")
    officer = console.member("wei.ran", Role.COMPLIANCE, institution=east, name="魏然")
    console.member("sun.xiaomei", Role.SALES, institution=east, name="方木兰")
    page = f"/console/staff/{console.id_of('sun.xiaomei')}"
    open_ = asked(admin.send(page, f"{page}/roles", role=["sales", "operations"]).location)
    lin = console.caller("lin.qiushi")
    office.room.accounts.transfer(lin, console.id_of("sun.xiaomei"), west, now=office.now)
    told = officer.get(open_)
    assert told.status_code == 200
    assert "方木兰 已调到您看不到的机构" in told.text
    assert officer.send(open_, f"{open_}/approve").status_code == 303
    refused = admin.send(open_, f"{open_}/carry-out")
    assert refused.status_code == 404
    assert "没有此员工" in refused.text
    assert admin.get(page).status_code == 404
    office.room.accounts.transfer(console.caller("lin.qiushi"), console.id_of("sun.xiaomei"), east, now=office.now)
    again = asked(admin.send(page, f"{page}/roles", role=["operations"]).location)
    office.room.accounts.transfer(console.caller("lin.qiushi"), console.id_of("sun.xiaomei"), west, now=office.now)
    assert officer.send(again, f"{again}/refuse", reason="other").status_code == 303
