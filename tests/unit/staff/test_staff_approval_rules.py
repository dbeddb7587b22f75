"""Two people for one act: no sequence of acts approves one's own, uses one twice, or uses one that has expired."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from esign.staff.domain import events as e
from esign.staff.domain.approvals import (
    LIFETIME,
    Approval,
    ApprovalState,
    Approve,
    Command,
    Consume,
    Refuse,
    Request,
    Standing,
    decide,
    evolve,
    fold,
)
from esign.staff.domain.roles import DECIDERS, ApprovalKind, Role
from esign.staff.errors import StaffRefused, StaffTrailBroken

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
EVERYTHING = frozenset(Role)
LIN = Standing("usr_lin", EVERYTHING, True, True)
ZHAO = Standing("usr_zhao", EVERYTHING, True, True)
REQUEST = Request(
    at=NOON,
    by=LIN,
    kind=ApprovalKind.ROLES,
    subject="usr_sun",
    institution="ins_1",
    reason="promoted",
    terms="sales-supervisor",
)
CONSUME = Consume(
    at=NOON, by="usr_lin", kind=ApprovalKind.ROLES, subject="usr_sun", covers=True, terms="sales-supervisor"
)


def after(*commands: Command) -> Approval:
    state: Approval | None = None
    for command in commands:
        state = fold(decide(state, command), state)
    assert state is not None
    return state


def refused(state: Approval | None, command: Command) -> str:
    with pytest.raises(StaffRefused) as caught:
        decide(state, command)
    return caught.value.code


def test_a_second_person_says_yes_and_the_act_uses_it_up() -> None:
    approved = after(REQUEST, Approve(at=NOON, by=ZHAO))
    assert (approved.state, approved.decided_by) == (ApprovalState.APPROVED, "usr_zhao")
    used = after(REQUEST, Approve(at=NOON, by=ZHAO), CONSUME)
    assert used.state is ApprovalState.CONSUMED
    assert refused(used, CONSUME) == "approval-used"


def test_nobody_decides_their_own_request_nor_one_about_themselves() -> None:
    asked = after(REQUEST)
    sun = replace(ZHAO, member="usr_sun")
    for by in (LIN, sun):
        assert refused(asked, Approve(at=NOON, by=by)) == "own-approval"
        assert refused(asked, Refuse(at=NOON, by=by, reason="no")) == "own-approval"


def test_who_invited_whoever_asked_or_was_invited_by_them_decides_nothing() -> None:
    asked, tied = after(REQUEST), replace(ZHAO, tied=True)
    assert refused(asked, Approve(at=NOON, by=tied)) == "approval-of-invited"
    assert refused(asked, Refuse(at=NOON, by=tied, reason="no")) == "approval-of-invited"


def test_a_decision_needs_sight_a_second_factor_and_a_role_for_its_kind() -> None:
    asked = after(REQUEST)
    assert refused(asked, Approve(at=NOON, by=replace(ZHAO, sees=False))) == "no-approval"
    assert refused(asked, Approve(at=NOON, by=replace(ZHAO, second_factor=False))) == "second-factor-needed"
    for role in Role:
        approve = Approve(at=NOON, by=replace(ZHAO, roles=frozenset({role})))
        if role in DECIDERS[ApprovalKind.ROLES].decide:
            assert decide(asked, approve)
        else:
            assert refused(asked, approve) == "not-allowed"


@pytest.mark.parametrize("kind", ApprovalKind)
def test_every_kind_names_who_asks_and_who_decides(kind: ApprovalKind) -> None:
    assert DECIDERS[kind].ask
    assert DECIDERS[kind].decide
    for role in Role:
        request = replace(REQUEST, kind=kind, by=replace(LIN, roles=frozenset({role})))
        if role in DECIDERS[kind].ask:
            assert decide(None, request)
        else:
            assert refused(None, request) == "not-allowed"
    assert refused(None, replace(REQUEST, kind=kind, by=replace(LIN, sees=False))) == "no-institution"


def test_what_somebody_waits_for_is_not_asked_for_again() -> None:
    assert refused(None, replace(REQUEST, waits=True)) == "approval-open"


def test_what_was_refused_or_not_decided_allows_nothing() -> None:
    assert refused(after(REQUEST), CONSUME) == "approval-open"
    said_no = after(REQUEST, Refuse(at=NOON, by=ZHAO, reason="not-now"))
    assert refused(said_no, CONSUME) == "approval-not-given"
    assert refused(said_no, Approve(at=NOON, by=ZHAO)) == "approval-decided"
    assert refused(None, CONSUME) == "no-approval"


def test_it_expires_seventy_two_hours_after_the_request() -> None:
    last, over = NOON + LIFETIME - timedelta(microseconds=1), NOON + LIFETIME
    assert refused(after(REQUEST), Approve(at=over, by=ZHAO)) == "approval-expired"
    approved = after(REQUEST, Approve(at=last, by=ZHAO))
    assert decide(approved, replace(CONSUME, at=last))
    assert refused(approved, replace(CONSUME, at=over)) == "approval-expired"


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": ApprovalKind.TOTP_RESET},
        {"subject": "usr_other"},
        {"terms": "admin-sales"},
        {"terms": None},
        {"by": "usr_zhao"},
        {"covers": False},
    ],
)
def test_it_allows_exactly_what_was_asked_for_and_whoever_asked(changes: dict[str, object]) -> None:
    approved = after(REQUEST, Approve(at=NOON, by=ZHAO))
    assert refused(approved, replace(CONSUME, **changes)) == "approval-of-something-else"  # type: ignore[arg-type]
    assert decide(approved, replace(CONSUME, by=None))


def test_an_event_that_cannot_follow_is_a_broken_trail() -> None:
    (requested,) = decide(None, REQUEST)
    asked = after(REQUEST)
    for state, event in ((asked, requested), (None, e.ApprovalApproved(at=NOON, by="usr_1"))):
        with pytest.raises(StaffTrailBroken):
            evolve(state, event)
    with pytest.raises(StaffTrailBroken):
        evolve(asked, e.LoginFailed(at=NOON))


class ApprovalMachine(RuleBasedStateMachine):
    """Three people and an operator, who ask, decide and use approvals about one another, at any pace."""

    people = st.sampled_from(["usr_lin", "usr_zhao", "usr_sun"])

    @initialize()
    def begin(self) -> None:
        self.now = NOON
        self.states: dict[str, Approval | None] = {f"apr_{number}": None for number in range(3)}
        self.events: dict[str, list[e.Event]] = {one: [] for one in self.states}

    def attempt(self, which: int, command: Command) -> None:
        approval = f"apr_{which}"
        try:
            events = decide(self.states[approval], command)
        except StaffRefused:
            return
        self.events[approval] += events
        self.states[approval] = fold(events, self.states[approval])

    @rule(hours=st.integers(0, 30))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(which=st.integers(0, 2), by=people, about=people)
    def request(self, which: int, by: str, about: str) -> None:
        self.attempt(which, replace(REQUEST, at=self.now, by=replace(LIN, member=by), subject=about))

    @rule(which=st.integers(0, 2), by=people, sees=st.booleans(), second=st.booleans())
    def approve(self, which: int, by: str, sees: bool, second: bool) -> None:
        self.attempt(which, Approve(at=self.now, by=Standing(by, EVERYTHING, second, sees)))

    @rule(which=st.integers(0, 2), by=people)
    def approve_well(self, which: int, by: str) -> None:
        self.attempt(which, Approve(at=self.now, by=replace(ZHAO, member=by)))

    @rule(which=st.integers(0, 2), by=people)
    def refuse(self, which: int, by: str) -> None:
        self.attempt(which, Refuse(at=self.now, by=replace(ZHAO, member=by), reason="no"))

    @rule(which=st.integers(0, 2), by=st.none() | people, about=people)
    def consume(self, which: int, by: str | None, about: str) -> None:
        self.attempt(which, replace(CONSUME, at=self.now, by=by, subject=about))

    @invariant()
    def two_people_stand_behind_every_use(self) -> None:
        for events in self.events.values():
            uses = [event for event in events if isinstance(event, e.ApprovalConsumed)]
            assert len(uses) <= 1
            for use in uses:
                asked, approved = events[0], events[1]
                assert isinstance(asked, e.ApprovalRequested)
                assert isinstance(approved, e.ApprovalApproved)
                assert approved.by not in (asked.by, asked.subject)
                assert use.by in (None, asked.by)
                assert asked.at <= approved.at <= use.at < asked.expires_at == asked.at + LIFETIME

    @invariant()
    def a_request_is_decided_once(self) -> None:
        for events in self.events.values():
            decisions = [one for one in events if isinstance(one, e.ApprovalApproved | e.ApprovalRefused)]
            assert len(decisions) <= 1


TestApprovals = ApprovalMachine.TestCase
