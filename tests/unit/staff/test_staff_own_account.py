"""One's own account: the password, the authenticator, recovery codes, and one's sessions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from esign.infra.secret import Secret
from esign.staff.domain.roles import Factor, Role
from esign.staff.entrance import Authenticated
from esign.staff.errors import StaffRefused
from esign.staff.sessions import ABSOLUTE, IDLE, KNOWN_AFTER, SEEN_EVERY
from tests.unit.staff.staff_office import OPERATOR, PASSWORD, Office, person

OTHER = Secret("eleven herons went by boat")
WRONG = Secret("not the password of anybody")


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(StaffRefused) as caught:
        act()
    return caught.value.code


@pytest.fixture
def opened(office: Office) -> Authenticated:
    """The session of a salesperson without an authenticator."""
    first = office.begin()
    office.accept(office.room.accounts.invite(OPERATOR, person(), first.institution, [Role.SALES], now=office.now))
    return office.log_in("sun.xiaomei")


def test_another_password_ends_every_session(office: Office, opened: Authenticated) -> None:
    elsewhere = office.log_in("sun.xiaomei")
    office.door.own_account.change_password(opened.caller, PASSWORD, OTHER, now=office.now)
    for one in (opened, elsewhere):
        assert refused(lambda one=one: office.room.sessions.caller(one.token, at=office.now)) == "session-over"  # type: ignore[misc]
    assert office.refused("sun.xiaomei", PASSWORD) == "login-refused"
    office.log_in("sun.xiaomei", OTHER)


def test_a_wrong_old_password_counts_as_a_failed_login(office: Office, opened: Authenticated) -> None:
    change = office.door.own_account.change_password
    for _ in range(5):
        assert refused(lambda: change(opened.caller, WRONG, OTHER, now=office.now)) == "password-wrong"
    assert office.types(opened.caller.member)[-1] == "login.locked"
    assert refused(lambda: change(opened.caller, PASSWORD, OTHER, now=office.now)) == "login-refused"


def test_a_new_password_is_judged_like_the_first(office: Office, opened: Authenticated) -> None:
    change = office.door.own_account.change_password
    for new, code in (("short", "password-short"), ("sun.xiaomei2026", "password-names-login")):
        assert refused(lambda new=new: change(opened.caller, PASSWORD, Secret(new), now=office.now)) == code  # type: ignore[misc]


def test_an_authenticator_counts_once_a_code_of_it_was_shown(office: Office, opened: Authenticated) -> None:
    own, caller = office.door.own_account, opened.caller
    assert refused(lambda: own.confirm_totp(caller, "123456", now=office.now)) == "totp-not-enrolled"
    own.begin_totp(caller, now=office.now)
    assert refused(lambda: own.confirm_totp(caller, "000000", now=office.now)) == "code-wrong"
    office.log_in("sun.xiaomei")
    bound = office.bound(caller)
    assert len({code.reveal() for code in bound.codes}) == 10
    raised = office.room.sessions.caller(bound.token, at=office.now)
    assert (raised.factor, raised.session) == (Factor.TOTP, caller.session)
    # whoever has the token from before has no session, and none of the roles that it would have now
    assert refused(lambda: office.room.sessions.caller(opened.token, at=office.now)) == "session-over"
    assert refused(lambda: own.begin_totp(caller, now=office.now)) == "totp-enrolled-already"
    assert refused(lambda: own.confirm_totp(caller, office.code(caller.member), now=office.now)) == (
        "totp-enrolled-already"
    )


def test_new_recovery_codes_void_the_old_ones(office: Office, opened: Authenticated) -> None:
    own, caller = office.door.own_account, opened.caller
    assert refused(lambda: own.renew_recovery_codes(caller, now=office.now)) == "second-factor-needed"
    old = office.bind(caller)
    new = own.renew_recovery_codes(caller, now=office.now)
    assert office.refused("sun.xiaomei", recovery=old[0].reveal()) == "login-refused"
    office.log_in("sun.xiaomei", recovery=new[0].reveal())


def test_nothing_of_it_is_done_in_a_session_that_is_over(office: Office, opened: Authenticated) -> None:
    own, caller = office.door.own_account, opened.caller
    office.room.sessions.end_own(caller, caller.session)
    for act in (
        lambda: own.change_password(caller, PASSWORD, OTHER, now=office.now),
        lambda: own.begin_totp(caller, now=office.now),
        lambda: own.confirm_totp(caller, "123456", now=office.now),
        lambda: own.renew_recovery_codes(caller, now=office.now),
    ):
        assert refused(act) == "session-over"


def test_a_session_ends_when_it_was_idle(office: Office, opened: Authenticated) -> None:
    sessions = office.room.sessions
    for _ in range(4):
        office.now += IDLE - SEEN_EVERY
        assert sessions.caller(opened.token, at=office.now) == opened.caller
    office.now += IDLE
    assert refused(lambda: sessions.caller(opened.token, at=office.now)) == "session-over"


def test_a_session_ends_after_twelve_hours_however_busy(office: Office, opened: Authenticated) -> None:
    begun, sessions = office.now, office.room.sessions
    while office.now + IDLE / 2 < begun + ABSOLUTE:
        office.now += IDLE / 2
        sessions.caller(opened.token, at=office.now)
    office.now = begun + ABSOLUTE
    assert refused(lambda: sessions.caller(opened.token, at=office.now)) == "session-over"


@pytest.mark.parametrize("token", ["", "x" * 43, "\ud800", "孙"])
def test_a_token_that_is_none_opens_nothing(office: Office, token: str) -> None:
    assert refused(lambda: office.room.sessions.caller(Secret(token), at=office.now)) == "session-over"


def test_members_see_and_end_their_own_sessions_and_no_others(office: Office, opened: Authenticated) -> None:
    office.accept(
        office.room.accounts.invite(OPERATOR, person("wu.ke"), opened.caller.institution, [Role.SALES], now=office.now)
    )
    other, elsewhere = office.log_in("wu.ke"), office.log_in("sun.xiaomei")
    sessions = office.room.sessions
    listed = sessions.own(opened.caller, at=office.now)
    assert {one.id: one.is_own for one in listed} == {opened.caller.session: True, elsewhere.caller.session: False}
    sessions.end_own(opened.caller, other.caller.session)
    sessions.end_own(opened.caller, elsewhere.caller.session)
    assert sessions.caller(other.token, at=office.now) == other.caller
    assert refused(lambda: sessions.caller(elsewhere.token, at=office.now)) == "session-over"
    assert [one.id for one in sessions.own(opened.caller, at=office.now)] == [opened.caller.session]


def test_sessions_that_are_over_are_swept_once_nobody_comes_back_for_what_was_written(
    office: Office, opened: Authenticated
) -> None:
    sessions = office.room.sessions
    office.now += IDLE / 2
    later = office.log_in("sun.xiaomei")
    office.now += IDLE / 2
    with office.database.transaction() as session:
        assert sessions.forget_old(session, at=office.now) == 0
    assert sessions.own(later.caller, at=office.now)[0].id == later.caller.session
    assert refused(lambda: sessions.caller(opened.token, at=office.now)) == "session-over"
    assert sessions.whose(opened.token) == opened.caller.member
    office.now += KNOWN_AFTER
    with office.database.transaction() as session:
        assert sessions.forget_old(session, at=office.now) == 1
    assert (sessions.whose(opened.token), sessions.whose(later.token)) == (None, later.caller.member)
