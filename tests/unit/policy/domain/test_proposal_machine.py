"""Any sequence of commands, in order or not, repeated or wrong, and a bank that says anything: what holds always.

The invariants are read from the events alone, as an auditor would, and not from the fold that they made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from esign.trail.event import canonical, parse_event, record
from policy.domain import Actor, Proposal, due_day, evolve, fold, next_moves
from policy.domain import commands as c
from policy.domain import events as e
from policy.domain.table import MOVES, TABLE
from policy.domain.values import ENDS, DebitState, Outcome, ProposalState, Signer, VisitWay
from policy.errors import PolicyRefused
from policy.service.streams import FORMS
from tests.examples import some_of
from tests.unit.policy.proposal_play import BOTH, OTHER_CONTENT, REVIEWER, SELLER, UNDERWRITER, Play, asked

S = ProposalState
KINDS = tuple(kind for kind in c.COMMANDS if kind is not c.Enter)
SETBACKS = (c.Withdraw, c.RecordRefused, c.Cancel, c.Surrender)
MONEY_EVENTS = (
    e.DebitCollected,
    e.DebitFailed,
    e.DebitUnanswered,
    e.DebitFoundSurplus,
    e.RefundOwed,
    e.RefundOrdered,
    e.RefundPaid,
    e.RefundFailed,
)
WITH_MONEY = (S.PAID, S.ISSUED, S.SURRENDERED)
BANK = (c.RecordCollected, c.RecordDebitFailed, c.RecordUnanswered)
OUTCOMES = (*[Outcome.ACCEPT] * 6, *[Outcome.ASK] * 3, *[Outcome.REFER] * 3, Outcome.DECLINE)
DECISIONS = (c.Underwrite, c.DecideCase)
REFUNDS = (c.OrderRefund, c.RecordRefunded, c.RecordRefundFailed)
SEEDS = 150
PEOPLE = (SELLER, UNDERWRITER, REVIEWER)


def stored_and_read(event: e.Event, version: int) -> e.Event:
    """Return the event after the trail's own canonical bytes."""
    (new,) = FORMS.new_events((event,))
    recorded = record(new, id=f"evt_{version:016d}", stream="prp_1", version=version, actor="system", time=event.at)
    return FORMS.event_of(parse_event(canonical(recorded)))


def twisted(command: c.Command, state: Proposal, random: Random) -> c.Command:
    """Return the command with one of its members made another: a stale id, another digest, another person."""
    twists: dict[str, Any] = {
        "envelope": random.choice((*state.sent, "env_stranger")),
        "content": random.choice((state.contents.digest, OTHER_CONTENT)),
        "signers": random.choice(((Signer.APPLICANT,), BOTH, tuple(Signer))),
        "signed_on": command.day + timedelta(days=random.choice((-1, 0, 1))),
        "outcome": random.choice(tuple(Outcome)),
        "loading": random.choice((0, 25)),
        "requirements": random.choice(((), (asked(f"req_{random.randrange(6)}"),))),
        "requirement": f"req_{random.randrange(6)}",
        "by": random.choice(PEOPLE),
        "passed": random.random() < 0.5,
        "reasons": random.choice(((), ("no-face",))),
        "debit": random.choice((*(one.id for one in state.debits), "dbt_stranger")),
        "asked_at": random.choice((None, command.at)),
        "fen": random.choice((state.fen, state.contents.fen, 1)),
        "refund": random.choice((*(one.id for one in state.refunds), "rfd_stranger")),
        "recording": random.choice((*(one.id for one in state.recordings), "vid_stranger")),
        "policy": random.choice(("CY330126112700", "CY330126112701")),
        "effective_on": command.day + timedelta(days=random.choice((-1, 0, 1, 2))),
        "asked_on": command.day - timedelta(days=random.choice((0, 1, 30))),
        "visit": random.choice((*(one.id for one in state.visits), "vis_stranger")),
        "concerns": random.choice(((), ("not-signed-by-me",))),
        "way": random.choice(tuple(VisitWay)),
        "digest": random.choice((state.contents.digest, "6" * 64, "7" * 64)),
        "applicant_on": command.day + timedelta(days=random.choice((-1, 0, 1))),
        "holds_until": command.day + timedelta(days=random.choice((-1, 0, 90))),
    }
    names = sorted(twists.keys() & vars(command).keys())
    if not names:
        return command
    name = random.choice(names)
    return replace(command, **{name: twists[name]})


class ProposalMachine(RuleBasedStateMachine):
    reached: ClassVar[set[ProposalState]] = set()
    seen: ClassVar[set[type[e.Event]]] = set()

    play: Play
    read_back: Proposal | None

    @initialize(needs_recording=st.booleans(), for_self=st.booleans(), seed=st.integers(0, 10_000))
    def enter(self, needs_recording: bool, for_self: bool, seed: int) -> None:
        signers = (Signer.APPLICANT,) if for_self else BOTH
        self.play = Play(needs_recording=needs_recording, signers=signers).go(c.Enter)
        self.random = Random(seed)  # noqa: S311  # for what to try, not for secrets
        self.read_back, self.checked, self.settling = None, 0, False
        for _ in range(self.random.choice((0, 1, 2, 4, 8, 12))):
            self.go_on()
            if self.random.random() < 0.2:
                self.wander(self.random.randrange(10**6), 1)

    def attempt(self, command: c.Command) -> bool:
        """Give a command, and tell whether it led to something; whatever it does, an end stays an end."""
        ended = self.play.proposal.ended
        before = self.play.state
        try:
            events = self.play.do(command)
        except PolicyRefused:
            assert self.play.state == before
            return False
        assert not ended or all(isinstance(event, (*MONEY_EVENTS, e.VisitSeenTo)) for event in events)
        return bool(events)

    @rule(kind=st.sampled_from(KINDS), twist=st.booleans())
    def give_any_command(self, kind: type[c.Command], twist: bool) -> None:
        command = self.play.command(kind)
        self.attempt(twisted(command, self.play.proposal, self.random) if twist else command)

    @rule(seed=st.integers(0, 2**32), steps=st.integers(1, 20))
    def wander(self, seed: int, steps: int) -> None:
        """Give commands that make sense where the proposal stands, evenly chosen: hypothesis alone would take long."""
        random = Random(seed)  # noqa: S311  # as above
        for _ in range(steps):
            state = self.play.proposal
            kinds = [
                kind for kind in KINDS if self.makes_sense(kind) and (kind not in SETBACKS or random.random() < 0.15)
            ]
            kind = random.choice(kinds or [c.Withdraw])
            chosen = self.decision(random) if kind in DECISIONS else {}
            if kind is c.AnswerVisit and random.random() < 0.5:
                chosen = {"concerns": ("not-signed-by-me",)}
            command = self.play.command(kind, **chosen)
            self.attempt(twisted(command, state, random) if random.random() < 0.2 else command)
            if random.random() < 0.2:
                self.play.later(days=random.choice((1, 5, 20, 60)))
            self.keeps_everything()

    def keeps_everything(self) -> None:
        """Ask every invariant, as hypothesis does after each of its own steps."""
        for one in INVARIANTS:
            getattr(self, one)()

    def makes_sense(self, kind: type[c.Command]) -> bool:
        state = self.play.proposal
        if kind in REFUNDS:
            return bool(state.refunds)
        if kind in BANK:
            return bool(state.debits)
        return kind in TABLE[state.state].accepts

    def decision(self, random: Random) -> dict[str, Any]:
        """Return an outcome with what belongs to it."""
        outcome = Outcome.ACCEPT if self.settling else random.choice(OUTCOMES)
        loading = random.choice((0, 25)) if outcome is Outcome.ACCEPT else 0
        due = self.play.now.date() + timedelta(days=9)
        names = [f"req_{random.randrange(10**6)}" for _ in range(random.choice((1, 2)))]
        requirements = tuple(asked(name, due=due) for name in names) if outcome is Outcome.ASK else ()
        return {"outcome": outcome, "loading": loading, "requirements": requirements}

    @rule()
    def go_on(self) -> None:
        """Do what the first who is named is named for."""
        move = next_moves(self.play.proposal)[0]
        for kind, changes in ACTS[move.act].items():
            about = {ABOUT[kind]: move.about} if kind in ABOUT else {}
            decision = self.decision(self.random) if kind in DECISIONS else {}
            if move.act == "ask-bank":
                decision["asked_at"] = self.play.later(minutes=1).now
            if self.attempt(self.play.command(kind, **changes, **about, **decision)):
                break

    @precondition(lambda self: self.play.proposal.debits)
    @rule(which=st.integers(0, 9), says=st.sampled_from(BANK), asked=st.booleans())
    def the_bank_says_anything_about_any_debit(self, which: int, says: type[c.Command], asked: bool) -> None:
        debits = self.play.proposal.debits
        debit = debits[which % len(debits)]
        changes: dict[str, Any] = {"debit": debit.id}
        if says is not c.RecordUnanswered:
            changes["asked_at"] = self.play.now if asked else None
        if says is c.RecordCollected:
            changes["fen"] = debit.fen
        self.attempt(self.play.command(says, **changes))

    @rule(which=st.integers(0, 1000))
    def give_an_old_command_again(self, which: int) -> None:
        self.attempt(self.play.given[which % len(self.play.given)])

    @rule()
    def give_the_last_command_again_and_see_nothing_happen(self) -> None:
        assert self.play.do(self.play.given[-1]) == ()

    @rule(days=st.sampled_from((0, 1, 1, 16, 120)))
    def let_time_pass(self, days: int) -> None:
        self.play.later(days=days, hours=1)

    @invariant()
    def every_step_is_in_the_table_and_survives_the_trail(self) -> None:
        for event in self.play.events[self.checked :]:
            before, again = self.read_back, stored_and_read(event, self.checked + 1)
            self.checked += 1
            assert again == event
            self.read_back = evolve(before, again)
            self.seen.add(type(event))
            self.reached.add(self.read_back.state)
            if before is not None and before.state is not self.read_back.state:
                assert (before.state, self.read_back.state) in MOVES
        assert self.read_back == self.play.state == fold(self.play.events)

    def of(self, *kinds: type[e.Event]) -> list[Any]:
        return [event for event in self.play.events if isinstance(event, kinds)]

    @invariant()
    def exactly_one_premium_is_kept_where_there_is_a_policy_and_none_elsewhere(self) -> None:
        ordered = {event.debit: event.fen for event in self.of(e.DebitOrdered)}
        taken = sum(event.fen for event in self.of(e.DebitCollected, e.DebitFoundSurplus))
        taken -= sum(ordered[event.debit] for event in self.of(e.DebitContradicted))
        owed = sum(event.fen for event in self.of(e.RefundOwed) if event.reason != "surrender")
        kept = self.play.proposal.fen if self.play.proposal.state in WITH_MONEY else 0
        assert taken - owed == kept

    @invariant()
    def one_debit_is_open_at_most_and_none_is_ordered_over_one_without_an_answer(self) -> None:
        opened: str | None = None
        known = set()
        for event in self.of(e.DebitOrdered, e.DebitCollected, e.DebitFailed, e.DebitContradicted, e.DebitFoundSurplus):
            if isinstance(event, e.DebitOrdered):
                assert opened is None
                assert event.debit not in known
                known.add(event.debit)
                opened = event.debit
            elif isinstance(event, e.DebitContradicted):
                assert opened is None
                opened = event.debit
            elif event.debit == opened:
                opened = None
        states = [one.state for one in self.play.proposal.debits]
        assert sum(state in (DebitState.ORDERED, DebitState.UNANSWERED) for state in states) == (opened is not None)
        assert states.count(DebitState.COLLECTED) <= 1

    @invariant()
    def a_debit_takes_exactly_what_was_agreed(self) -> None:
        offers = self.of(e.OfferMade)
        agreed = offers[-1].fen if offers else self.play.proposal.contents.fen
        assert all(event.fen == agreed for event in self.of(e.DebitOrdered))

    @invariant()
    def a_policy_is_issued_once_and_only_on_what_it_needs(self) -> None:
        issued = self.of(e.PolicyIssued)
        assert len(issued) <= 1
        if not issued and not self.of(e.DebitOrdered):
            return
        (signed,) = self.of(e.ProposalSigned)
        sent = [event for event in self.of(e.ProposalSent) if event.envelope == signed.envelope]
        assert set(self.play.proposal.contents.signers) <= set(signed.signers)
        assert [event.digest for event in sent] == [self.play.proposal.contents.digest]
        (decided,) = self.of(e.UnderwritingDecided)
        assert decided.content == sent[0].digest
        judged = [event for event in self.of(e.CaseDecided) if event.outcome is Outcome.ACCEPT]
        assert decided.outcome is Outcome.ACCEPT or len(judged) == 1
        assert all(event.by != SELLER for event in self.of(e.CaseDecided, e.RequirementWaived))
        assert len(self.of(e.OfferSigned)) == len(self.of(e.OfferMade)) <= 1
        opened = {event.requirement for event in self.of(e.RequirementOpened)}
        assert opened == {event.requirement for event in self.of(e.RequirementMet, e.RequirementWaived)}
        if self.play.proposal.contents.needs_recording:
            about = {event.recording: event for event in self.of(e.RecordingAdded)}
            passed = [event for event in self.of(e.RecordingReviewed) if event.passed]
            assert any(about[event.recording].content == decided.content for event in passed)
        if issued:
            at = self.play.events.index(issued[0])
            collected = [event for event in self.play.events[:at] if isinstance(event, e.DebitCollected)]
            assert collected

    @invariant()
    def nobody_passes_a_recording_of_their_own(self) -> None:
        about = {event.recording: event.by for event in self.of(e.RecordingAdded)}
        assert all(event.by not in (SELLER, about[event.recording]) for event in self.of(e.RecordingReviewed))

    @invariant()
    def a_visit_follows_the_receipt_and_is_answered_once_and_no_concern_is_closed_by_who_sold(self) -> None:
        answered, closed = self.of(e.VisitAnswered), self.of(e.VisitSeenTo)
        received = [self.play.events.index(event) for event in self.of(e.PolicyReceived)]
        assert len(answered) <= 1 and len(closed) <= 1
        for event in self.of(e.VisitInvited, e.VisitReminded, e.VisitAnswered, e.VisitSeenTo):
            assert received and received[0] < self.play.events.index(event)
        assert all(event.visit == answered[0].visit and answered[0].concerns for event in closed)
        assert all(event.by != SELLER for event in (*answered, *closed))
        assert all((event.way is VisitWay.PHONE) is (event.by is not None) for event in answered)

    @invariant()
    def nothing_is_signed_that_was_quoted_for_an_earlier_day(self) -> None:
        for event in self.of(e.ProposalSent):
            assert c.Send(at=event.at, envelope=event.envelope).day <= max(
                one.holds_until for one in self.of(e.ProposalEntered, e.ProposalAmended) if one.at <= event.at
            )

    @invariant()
    def a_refund_is_of_money_that_came_and_is_paid_once(self) -> None:
        came = {event.debit for event in self.of(e.DebitCollected, e.DebitFoundSurplus)}
        owed = self.of(e.RefundOwed)
        assert all(event.debit in came for event in owed)
        assert len({event.refund for event in owed}) == len(owed)
        assert len({event.debit for event in owed}) == len(owed), "no debit goes back twice"
        paid = [event.refund for event in self.of(e.RefundPaid)]
        assert len(set(paid)) == len(paid)
        ordered = {event.refund for event in self.of(e.RefundOrdered)}
        assert set(paid) <= ordered <= {event.refund for event in owed}

    @invariant()
    def somebody_acts_next_unless_there_is_nothing_left(self) -> None:
        state = self.play.proposal
        moves = next_moves(state)
        assert moves
        awaited = [move for move in moves if move.actor is not Actor.NOBODY]
        assert awaited or state.ended or state.state is S.ISSUED
        assert due_day(state) == min((move.due for move in moves if move.due), default=None)
        assert all(move.act in ACTS for move in moves)

    def teardown(self) -> None:
        """From wherever it is, a proposal comes to a policy or an end when those who are named do their part."""
        if not hasattr(self, "play"):
            return
        self.settling = True
        for _ in range(40):
            if next_moves(self.play.proposal)[0].actor is Actor.NOBODY:
                break
            self.go_on()
            self.every_step_is_in_the_table_and_survives_the_trail()
        state = self.play.proposal
        assert state.state in ENDS | {S.ISSUED}
        assert state.collected is not None or state.state not in (S.ISSUED, S.CANCELLED, S.SURRENDERED)


ACTS: Mapping[str, Mapping[type[c.Command], Mapping[str, Any]]] = {
    # What each named act is: a command that does it, and what is done where that is refused.
    "send": {c.Send: {}, c.Withdraw: {}},
    "sign": {c.RecordSigned: {}},
    "send-again": {c.Send: {}, c.Withdraw: {}},
    "underwrite": {c.Underwrite: {}},
    "decide-case": {c.DecideCase: {}},
    "meet-requirement": {c.MeetRequirement: {}},
    "send-offer": {c.Send: {}},
    "sign-offer": {c.RecordSigned: {}},
    "add-recording": {c.AddRecording: {}, c.Withdraw: {}},
    "review-recording": {c.ReviewRecording: {}},
    "order-debit": {c.OrderDebit: {}},
    "await-bank": {c.RecordCollected: {}},
    "order-debit-again": {c.OrderDebit: {}, c.Withdraw: {}},
    "ask-bank": {c.RecordCollected: {}},
    "issue": {c.Issue: {}},
    "invite-visit": {c.InviteVisit: {}},
    "answer-visit": {c.AnswerVisit: {}},
    "see-to-visit": {c.SeeToVisit: {}},
    "order-refund": {c.OrderRefund: {}},
    "ask-bank-refund": {c.RecordRefunded: {}},
    "none": {},
}
ABOUT: Mapping[type[c.Command], str] = {
    c.RecordCollected: "debit",
    c.OrderRefund: "refund",
    c.RecordRefunded: "refund",
    c.ReviewRecording: "recording",
    c.MeetRequirement: "requirement",
    c.AnswerVisit: "visit",
    c.SeeToVisit: "visit",
}


INVARIANTS = tuple(name for name, one in vars(ProposalMachine).items() if hasattr(one, "hypothesis_stateful_invariant"))


def test_no_sequence_of_commands_breaks_what_a_proposal_must_keep() -> None:
    run_state_machine_as_test(ProposalMachine, settings=settings(max_examples=some_of(60), stateful_step_count=15))


def test_the_machine_goes_everywhere_and_everything_happens_in_it() -> None:
    """With seeds of its own, so that what hypothesis draws decides nothing here."""
    ProposalMachine.reached.clear()
    ProposalMachine.seen.clear()
    for seed in range(SEEDS):
        machine = ProposalMachine()
        machine.enter(needs_recording=seed % 2 == 0, for_self=seed % 3 == 0, seed=seed)
        machine.wander(seed, 25)
        machine.give_the_last_command_again_and_see_nothing_happen()
        machine.teardown()
    assert set(S) - ProposalMachine.reached == set()
    assert set(e.EVENTS) - ProposalMachine.seen == set()
