"""Members of staff: what may be done to an account, and how failures lock a login, in any order of acts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from esign.staff.domain import events as e
from esign.staff.domain import member_commands as c
from esign.staff.domain.member import (
    FAILURES_AT_MOST,
    LONGEST_LOCK,
    WRONG_CODES_AT_MOST,
    Member,
    MemberState,
    evolve,
    fold,
)
from esign.staff.domain.member_rules import decide
from esign.staff.domain.roles import NEEDS_TOTP, Factor, Role, usable
from esign.staff.errors import StaffRefused, StaffTrailBroken

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
INVITE = c.Invite(at=NOON, person="per_1", institution="ins_1", roles=(Role.SALES,), by=None)
SUSPEND = c.Suspend(at=NOON, member="usr_1", by="usr_2", reason="left")


def after(*commands: c.Command, state: Member | None = None) -> Member:
    for command in commands:
        state = fold(decide(state, command), state)
    assert state is not None
    return state


def refused(state: Member | None, command: c.Command) -> str:
    with pytest.raises(StaffRefused) as caught:
        decide(state, command)
    return caught.value.code


@pytest.fixture
def active() -> Member:
    return after(INVITE, c.SetPassword(at=NOON, invited=True))


def fail(state: Member, count: int, *, at: datetime = NOON) -> Member:
    return after(*(c.FailLogin(at=at) for _ in range(count)), state=state)


def test_an_invitation_gives_plain_roles_and_no_others() -> None:
    for role in set(Role) - {Role.SALES, Role.OPERATIONS, Role.CLERK, Role.HANDLER, Role.SURVEYOR}:
        command = c.Invite(at=NOON, person="per_1", institution="ins_1", roles=(Role.SALES, role), by="usr_9")
        assert refused(None, command) == "roles-need-approval"
    assert after(INVITE).state is MemberState.INVITED


def test_somebody_without_a_password_cannot_log_in() -> None:
    assert refused(after(INVITE), c.SucceedLogin(at=NOON, factor=Factor.PASSWORD)) == "login-refused"


def test_nobody_acts_on_their_own_account(active: Member) -> None:
    own = {"at": NOON, "member": "usr_1", "by": "usr_1"}
    for command in (
        c.Reinvite(**own),  # type: ignore[arg-type]
        c.ChangeRoles(**own, roles=(Role.ADMIN,), approval="apr_1"),  # type: ignore[arg-type]
        c.Transfer(**own, institution="ins_2"),  # type: ignore[arg-type]
        c.ResetTotp(**own, approval="apr_1"),  # type: ignore[arg-type]
        c.Suspend(**own, reason="left"),  # type: ignore[arg-type]
        c.Reinstate(**own, reason="back"),  # type: ignore[arg-type]
        c.Forget(**own, approval="apr_1"),  # type: ignore[arg-type]
    ):
        assert refused(active, command) == "own-account"


def test_five_failures_within_fifteen_minutes_lock_the_login(active: Member) -> None:
    four = fail(active, FAILURES_AT_MOST - 1)
    assert not four.is_locked(NOON)
    five = fail(four, 1, at=NOON + 14 * MINUTE)
    assert five.locked_until == NOON + 29 * MINUTE
    assert refused(five, c.SucceedLogin(at=NOON + 28 * MINUTE, factor=Factor.PASSWORD)) == "login-refused"
    assert decide(five, c.SucceedLogin(at=NOON + 29 * MINUTE, factor=Factor.PASSWORD))


def test_failures_that_are_old_do_not_count(active: Member) -> None:
    four = fail(active, FAILURES_AT_MOST - 1)
    assert not fail(four, 1, at=NOON + 15 * MINUTE).is_locked(NOON + 15 * MINUTE)


def test_each_lock_is_longer_until_somebody_logs_in(active: Member) -> None:
    state, at, lasted = active, NOON, []
    for _ in range(7):
        state = fail(state, FAILURES_AT_MOST, at=at)
        assert state.locked_until is not None
        lasted.append(state.locked_until - at)
        at = state.locked_until
    assert lasted[:4] == [15 * MINUTE, 30 * MINUTE, 60 * MINUTE, 120 * MINUTE]
    assert lasted[-1] == LONGEST_LOCK
    in_again = after(c.SucceedLogin(at=at, factor=Factor.PASSWORD), state=state)
    assert fail(in_again, FAILURES_AT_MOST, at=at).locked_until == at + 15 * MINUTE


def test_failures_while_locked_are_not_counted(active: Member) -> None:
    locked = fail(active, FAILURES_AT_MOST)
    assert decide(locked, c.FailLogin(at=NOON + MINUTE)) == ()


def test_a_lock_is_for_strangers_and_not_for_a_browser_of_the_members(active: Member) -> None:
    locked = fail(active, FAILURES_AT_MOST)
    known = c.FailLogin(at=NOON + MINUTE, known=True)
    after_many = after(*[known] * 20, state=locked)
    assert after_many.locked_until == locked.locked_until  # nor do they make it longer
    assert decide(after_many, c.SucceedLogin(at=NOON + MINUTE, factor=Factor.PASSWORD, known=True))
    suspended = after(SUSPEND, state=locked)
    assert refused(suspended, c.SucceedLogin(at=NOON, factor=Factor.PASSWORD, known=True)) == "login-refused"


def test_wrong_codes_are_counted_without_a_window_and_fifty_in_a_row_end_them(active: Member) -> None:
    state, at = after(c.EnrolTotp(at=NOON), state=active), NOON
    for _ in range(WRONG_CODES_AT_MOST):
        assert not state.codes_locked
        at += 16 * MINUTE  # too slow for any lock
        state = after(c.FailLogin(at=at, code=True), state=state)
    assert state.codes_locked
    assert not state.is_locked(at)
    right = c.SucceedLogin(at=at, factor=Factor.TOTP)
    assert refused(state, right) == "codes-locked"
    recovered = after(c.SucceedLogin(at=at, factor=Factor.RECOVERY), state=state)
    assert (recovered.wrong_codes_before, recovered.wrong_codes) == (WRONG_CODES_AT_MOST, 0)
    again = after(right, state=recovered)
    assert again.wrong_codes_before == 0
    reset = c.ResetTotp(at=at, member="usr_1", by="usr_2", approval="apr_1")
    assert not after(reset, state=state).codes_locked


def test_wrong_passwords_are_no_wrong_codes(active: Member) -> None:
    state = after(c.EnrolTotp(at=NOON), state=active)
    for number in range(WRONG_CODES_AT_MOST + 1):
        state = after(c.FailLogin(at=NOON + 16 * MINUTE * number), state=state)
    assert not state.codes_locked


def test_a_bound_authenticator_is_asked_for(active: Member) -> None:
    bound = after(c.EnrolTotp(at=NOON), state=active)
    assert refused(bound, c.SucceedLogin(at=NOON, factor=Factor.PASSWORD)) == "code-needed"
    assert refused(active, c.SucceedLogin(at=NOON, factor=Factor.TOTP)) == "login-refused"
    assert refused(bound, c.EnrolTotp(at=NOON)) == "totp-enrolled-already"
    assert decide(bound, c.SucceedLogin(at=NOON, factor=Factor.RECOVERY))


def test_what_was_suspended_returns_to_what_it_was(active: Member) -> None:
    back = c.Reinstate(at=NOON, member="usr_1", by="usr_2", reason="back")
    assert after(SUSPEND, back, state=active) == active
    assert after(INVITE, SUSPEND, back).state is MemberState.INVITED
    assert refused(after(SUSPEND, state=active), c.SetPassword(at=NOON, invited=True)) == "member-suspended"


def test_only_who_is_suspended_is_forgotten_and_nothing_happens_to_them_afterwards(active: Member) -> None:
    forget = c.Forget(at=NOON, member="usr_1", by="usr_2", approval="apr_1")
    assert refused(active, forget) == "member-not-suspended"
    gone = after(SUSPEND, forget, state=active)
    assert (gone.state, gone.roles) == (MemberState.FORGOTTEN, ())
    assert refused(gone, c.Reinstate(at=NOON, member="usr_1", by="usr_2", reason="back")) == "member-forgotten"


def test_commands_that_had_their_effect_lead_to_nothing(active: Member) -> None:
    suspended = after(SUSPEND, state=active)
    assert decide(suspended, SUSPEND) == ()
    assert decide(active, c.Transfer(at=NOON, member="usr_1", by=None, institution="ins_1")) == ()
    roles = c.ChangeRoles(at=NOON, member="usr_1", by=None, roles=(Role.SALES, Role.SALES), approval=None)
    assert decide(active, roles) == ()


def test_a_session_without_a_second_factor_goes_without_the_roles_that_need_one() -> None:
    assert usable(set(Role), Factor.PASSWORD) == set(Role) - NEEDS_TOTP
    assert usable(set(Role), Factor.TOTP) == usable(set(Role), Factor.RECOVERY) == set(Role)


def test_an_event_that_cannot_follow_is_a_broken_trail(active: Member) -> None:
    (invited,) = decide(None, INVITE)
    with pytest.raises(StaffTrailBroken):
        evolve(active, invited)
    for state, event in ((None, e.LoginFailed(at=NOON)), (active, e.ApprovalApproved(at=NOON, by="usr_2"))):
        with pytest.raises(StaffTrailBroken):
            evolve(state, event)


class LoginMachine(RuleBasedStateMachine):
    """Any sequence of right and wrong passwords, at any pace."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.events: list[e.Event] = []
        self.failed_at: list[datetime] = []
        self.state = after(INVITE, c.SetPassword(at=NOON, invited=True))

    def take(self, events: Sequence[e.Event]) -> None:
        self.events += events
        state = fold(events, self.state)
        assert state is not None
        self.state = state

    @rule(seconds=st.integers(0, 1200))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(times=st.integers(1, 8))
    def fail(self, times: int) -> None:
        for _ in range(times):
            locked = self.state.is_locked(self.now)
            events = decide(self.state, c.FailLogin(at=self.now))
            assert (not events) is locked
            if events:
                self.failed_at.append(self.now)
            self.take(events)

    @rule()
    def succeed(self) -> None:
        if self.state.is_locked(self.now):
            assert refused(self.state, c.SucceedLogin(at=self.now, factor=Factor.PASSWORD)) == "login-refused"
            return
        self.take(decide(self.state, c.SucceedLogin(at=self.now, factor=Factor.PASSWORD)))
        self.failed_at.clear()

    @invariant()
    def never_more_than_five_failures_in_any_fifteen_minutes(self) -> None:
        for first in self.failed_at:
            assert sum(first <= one < first + 15 * MINUTE for one in self.failed_at) <= FAILURES_AT_MOST

    @invariant()
    def no_success_lies_within_a_lock(self) -> None:
        until = NOON
        for event in self.events:
            if isinstance(event, e.LoginLocked):
                assert 15 * MINUTE <= event.until - event.at <= LONGEST_LOCK
                until = event.until
            elif isinstance(event, e.LoginSucceeded):
                assert event.at >= until


TestLogins = LoginMachine.TestCase
