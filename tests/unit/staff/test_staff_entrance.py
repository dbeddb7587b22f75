"""Logging in: who is let in, who is not, what is counted, and that nobody is told why."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from esign.infra.secret import Secret
from esign.staff.domain.roles import Factor, Role
from esign.staff.passwords import HashCost
from esign.staff.room import staff_door
from tests.unit.staff.staff_office import ADDRESS, OPERATOR, PASSWORD, Office, both_at_once, person

WRONG = Secret("not the password of anybody")


@pytest.fixture
def sun(office: Office) -> str:
    """A salesperson with a password and no authenticator: login sun.xiaomei."""
    first = office.begin()
    office.accept(first)
    invited = office.room.accounts.invite(OPERATOR, person(), first.institution, [Role.SALES], now=office.now)
    return office.accept(invited)


def test_login_name_and_password_open_a_session(office: Office, sun: str) -> None:
    opened = office.log_in(" Sun.Xiaomei ")
    assert opened.caller.member == sun
    assert opened.caller.roles == {Role.SALES}
    assert not opened.enrolment_due
    assert office.room.sessions.caller(opened.token, at=office.now) == opened.caller
    assert office.types(sun)[-1] == "login.succeeded"
    assert office.events(sun)[-1].actor == f"staff:{sun}"


@pytest.mark.parametrize("login", ["nobody.here", "", "孙小梅", "x" * 10_000, "sun.xiaomei\x00", "\ud800"])
def test_an_unknown_login_reads_as_a_wrong_password(office: Office, sun: str, login: str) -> None:
    assert office.refused(login) == office.refused("sun.xiaomei", WRONG) == "login-refused"


def test_every_refusal_costs_one_hash(office: Office, sun: str, monkeypatch: pytest.MonkeyPatch) -> None:
    passwords, asked = office.door.entrance._passwords, []
    check = passwords.check
    monkeypatch.setattr(passwords, "check", lambda *given: (asked.append(given), check(*given))[1])
    office.refused("sun.xiaomei", WRONG)
    office.refused("nobody.here")
    office.room.accounts.suspend(OPERATOR, sun, reason="left", now=office.now)
    office.refused("sun.xiaomei")
    assert [stored is None for stored, _password in asked] == [False, True, False]


def test_an_invitation_that_was_not_taken_up_is_no_login(office: Office) -> None:
    office.begin()
    assert office.refused("lin.qiushi") == "login-refused"


def test_five_failures_lock_the_login_and_a_right_password_reads_the_same(office: Office, sun: str) -> None:
    for _ in range(5):
        assert office.refused("sun.xiaomei", WRONG) == "login-refused"
    assert office.types(sun)[-2:] == ["login.failed", "login.locked"]
    assert office.refused("sun.xiaomei") == "login-refused"
    assert office.types(sun)[-1] == "login.locked"
    office.wait(minutes=15)
    assert office.log_in("sun.xiaomei").caller.member == sun


def test_tries_are_limited_by_address_before_anything_is_looked_at(office: Office, sun: str) -> None:
    office.limits.left = 1
    assert office.refused("nobody.here") == "login-refused"
    assert office.refused("sun.xiaomei") == "too-many-tries"
    assert office.limits.asked == [ADDRESS, ADDRESS]


def test_whoever_logged_in_here_before_tries_on_while_strangers_lock_the_login(office: Office, sun: str) -> None:
    marks = office.log_in("sun.xiaomei").marks
    for _ in range(5):
        office.refused("sun.xiaomei", WRONG)
    assert office.types(sun)[-1] == "login.locked"
    assert office.refused("sun.xiaomei") == "login-refused"
    assert office.refused("sun.xiaomei", WRONG, marks=marks) == "login-refused"
    assert office.types(sun)[-1] == "login.failed"
    opened = office.log_in("sun.xiaomei", marks=marks)
    assert opened.caller.member == sun
    assert len(opened.marks) == 1  # in the place of the one before


def test_a_mark_opens_nothing_and_is_of_one_member_under_one_password(office: Office, sun: str) -> None:
    place = office.log_in("sun.xiaomei").caller.institution
    invited = office.room.accounts.invite(OPERATOR, person("wu.ke"), place, [Role.SALES], now=office.now)
    wu = office.accept(invited)
    before = office.log_in("wu.ke").marks
    office.accept(office.room.accounts.reinvite(OPERATOR, wu, now=office.now))
    for login, marks in (("sun.xiaomei", before), ("wu.ke", before), ("wu.ke", ("x" * 43, "", "\ud800"))):
        for _ in range(5):
            office.refused(login, WRONG)
        assert office.refused(login, marks=marks) == "login-refused"


def test_what_is_right_counts_against_no_address_and_a_known_browser_for_its_member(office: Office, sun: str) -> None:
    office.bind(office.log_in("sun.xiaomei").caller)
    left = office.limits.left
    office.wait(minutes=1)
    assert office.refused("sun.xiaomei") == "code-needed"
    marks = office.log_in("sun.xiaomei", totp=office.code(sun)).marks
    assert office.limits.left == left
    office.refused("sun.xiaomei", totp="000000")
    office.refused("nobody.here", marks=marks)
    office.refused("sun.xiaomei", WRONG, marks=marks)
    assert office.limits.left == left - 3
    assert office.limits.asked[-3:] == [ADDRESS, ADDRESS, sun]


def test_fifty_wrong_codes_in_a_row_end_all_codes_until_a_recovery_code(office: Office, sun: str) -> None:
    codes = office.bind(office.log_in("sun.xiaomei").caller)
    for _ in range(50):
        office.wait(minutes=16)
        assert office.refused("sun.xiaomei", totp="000000") == "login-refused"
    assert office.types(sun)[-1] == "login.code-wrong"
    assert office.refused("sun.xiaomei", totp=office.code(sun)) == "codes-locked"
    assert office.refused("sun.xiaomei", WRONG, totp=office.code(sun)) == "login-refused"
    opened = office.log_in("sun.xiaomei", recovery=codes[0].reveal())
    assert opened.wrong_codes == 50
    office.wait(minutes=1)
    assert office.log_in("sun.xiaomei", totp=office.code(sun)).wrong_codes == 0


def test_a_bound_authenticator_is_asked_for_after_the_right_password_alone(office: Office, sun: str) -> None:
    office.bind(office.log_in("sun.xiaomei").caller)
    office.wait(minutes=1)
    assert office.refused("sun.xiaomei") == "code-needed"
    assert office.types(sun)[-1] == "staff.recovery-codes-made"
    assert office.refused("sun.xiaomei", WRONG) == "login-refused"
    assert office.refused("sun.xiaomei", totp="000000") == "login-refused"
    opened = office.log_in("sun.xiaomei", totp=office.code(sun))
    assert opened.caller.factor is Factor.TOTP


def test_wrong_codes_count_as_failures(office: Office, sun: str) -> None:
    office.bind(office.log_in("sun.xiaomei").caller)
    office.wait(minutes=1)
    for _ in range(5):
        office.refused("sun.xiaomei", totp="000000")
    assert office.types(sun)[-1] == "login.locked"


def test_a_step_is_accepted_once(office: Office, sun: str) -> None:
    office.bind(office.log_in("sun.xiaomei").caller)
    assert office.refused("sun.xiaomei", totp=office.code(sun)) == "login-refused"
    office.wait(seconds=30)
    code = office.code(sun)
    office.log_in("sun.xiaomei", totp=code)
    assert office.refused("sun.xiaomei", totp=code) == "login-refused"


def test_two_who_show_the_same_code_at_once_are_one_login(office: Office, sun: str) -> None:
    office.bind(office.log_in("sun.xiaomei").caller)
    office.wait(minutes=1)
    code, members = office.code(sun), []
    came = both_at_once(lambda: members.append(office.log_in("sun.xiaomei", totp=code).caller.member))
    assert came == ["done", "login-refused"]
    assert members == [sun]
    assert office.types(sun).count("login.code-wrong") == 1


def test_a_recovery_code_opens_once(office: Office, sun: str) -> None:
    codes = office.bind(office.log_in("sun.xiaomei").caller)
    assert len(codes) == 10
    opened = office.log_in("sun.xiaomei", recovery=codes[3].reveal().upper())
    assert opened.caller.factor is Factor.RECOVERY
    assert office.refused("sun.xiaomei", recovery=codes[3].reveal()) == "login-refused"
    office.log_in("sun.xiaomei", recovery=codes[4].reveal())


def test_two_who_show_the_same_recovery_code_at_once_are_one_login(office: Office, sun: str) -> None:
    codes = office.bind(office.log_in("sun.xiaomei").caller)
    recovery, members = codes[0].reveal(), []
    came = both_at_once(lambda: members.append(office.log_in("sun.xiaomei", recovery=recovery).caller.member))
    assert came == ["done", "login-refused"]
    assert members == [sun]


def test_a_role_that_needs_a_second_factor_is_not_in_a_session_without_one(office: Office) -> None:
    office.accept(office.begin())
    opened = office.log_in("lin.qiushi")
    assert opened.enrolment_due
    assert opened.caller.roles == frozenset()
    token = office.bound(opened.caller).token
    assert office.room.sessions.caller(token, at=office.now).roles == {Role.ADMIN}


def test_somebody_who_is_suspended_reads_the_same(office: Office, sun: str) -> None:
    office.room.accounts.suspend(OPERATOR, sun, reason="left", now=office.now)
    assert office.refused("sun.xiaomei") == "login-refused"
    office.room.accounts.reinstate(OPERATOR, sun, reason="back", now=office.now)
    office.log_in("sun.xiaomei")


def test_a_login_at_another_cost_is_hashed_anew(office: Office, sun: str) -> None:
    dearer = HashCost(passes=2, memory=64)
    door = staff_door(office.room, office.keys, office.limits, issuer="esign", cost=dearer)
    records = "SELECT password_record FROM staff_credentials WHERE member = :member"
    with office.database.reading() as session:
        before = session.scalar(text(records), {"member": sun})
    for _ in range(2):
        door.entrance.authenticate("sun.xiaomei", PASSWORD, address=ADDRESS, now=office.now)
    with office.database.reading() as session:
        after = session.scalar(text(records), {"member": sun})
        assert session.scalar(text("SELECT count(*) FROM data_keys WHERE record_id = :id"), {"id": before}) == 0
    assert after != before
    office.log_in("sun.xiaomei")


def test_a_failure_while_another_process_changed_the_member_counts_once_each(office: Office, sun: str) -> None:
    together = threading.Barrier(4)

    def run() -> None:
        together.wait()
        office.refused("sun.xiaomei", WRONG)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert office.types(sun).count("login.failed") == 4


def test_nothing_that_opens_an_account_is_in_trail_or_tables(office: Office, sun: str) -> None:
    codes = office.bind(office.log_in("sun.xiaomei").caller)
    token = office.log_in("sun.xiaomei", recovery=codes[0].reveal()).token
    sought = [
        PASSWORD.reveal().encode(),
        b"$argon2",
        office.secrets[sun],
        codes[1].reveal().encode(),
        codes[1].reveal().replace("-", "").encode(),
        token.reveal().encode(),
        b"sun.xiaomei",
        "孙小梅".encode(),
        person().phone.encode(),
    ]
    tables = (
        "trail_events",
        "staff",
        "staff_credentials",
        "staff_sessions",
        "staff_recovery_codes",
        "personal_records",
    )
    with office.database.reading() as session:
        stored = b"".join(
            value if isinstance(value, bytes) else str(value).encode()
            for table in tables
            for row in session.execute(text(f"SELECT * FROM {table}"))  # noqa: S608  # names of ours
            for value in row
        )
    assert len(stored) > 2000
    assert [one for one in sought if one in stored] == []
