"""Any sequence of commands, in order or not, repeated or wrong, and a bank that says anything: what holds always.

The invariants are read from the events alone, as an auditor would, and not from the fold that they made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any, ClassVar

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from claims.domain import Actor, Claim, evolve, fold, next_moves
from claims.domain import commands as c
from claims.domain import events as e
from claims.domain.table import MOVES, OPEN, TABLE
from claims.domain.values import ENDS, Agreement, ClaimState, Lane, PaymentKind, SurveyWay
from claims.errors import ClaimRefused
from claims.service.streams import FORMS
from esign.trail.event import canonical, parse_event, record
from tests.unit.claims.claim_play import ACCOUNT, HANDLER, LEAD, MANAGER, OTHER_ACCOUNT, SURVEYOR, Play

S = ClaimState
KINDS = tuple(kind for kind in c.COMMANDS if kind is not c.Report)
SETBACKS = (c.Withdraw, c.Refuse, c.Join, c.Supplement, c.AskForPerson, c.ChangeSurvey)
AFTER_END = (
    *(e.PaymentMade, e.PaymentFailed, e.PaymentUnanswered, e.PaymentContradicted, e.PaymentFoundSurplus),
    *(e.CallBackAsked, e.CalledBack, e.FormFiled, e.DeviceRevoked, e.ClockReminded, e.ClockBroken),
    *(e.AlarmAcknowledged, e.CallBackTaken),
    *(e.QuoteReceived, e.QuoteDeclined, e.PartsDelivered, e.PartsCancelled),
    *(e.RefusalNotified, e.ClaimReopened, e.ClaimRated, e.RecoveryOpened, e.MoneyRecovered, e.RecoveryClosed),
)
BANK = (c.RecordPaid, c.RecordPaymentFailed, c.RecordUnanswered)
RECOVERED = (c.RecordRecovered, c.CloseRecovery)
SUPPLIED = (c.RecordQuote, c.DeclineQuote, c.OrderParts, c.RecordPartsDelivered, c.CancelParts)
CALLED = (c.TakeCallBack, c.RecordCalledBack)
SEEDS = 180
FINDING = (Phase.explicit, Phase.reuse, Phase.generate)
"""A failing run is told as it is: making it smaller takes minutes, and the seeds above are small enough."""
PEOPLE = (HANDLER, SURVEYOR, LEAD, MANAGER)


def stored_and_read(event: e.Event, version: int) -> e.Event:
    """Return the event after the trail's own canonical bytes."""
    (new,) = FORMS.new_events((event,))
    recorded = record(new, id=f"evt_{version:016d}", stream="clm_1", version=version, actor="system", time=event.at)
    return FORMS.event_of(parse_event(canonical(recorded)))


def twisted(command: c.Command, state: Claim, random: Random) -> c.Command:
    """Return the command with one of its members made another: a stale id, another amount, another person."""
    twists: dict[str, Any] = {
        "lane": random.choice(tuple(Lane)),
        "way": random.choice(tuple(SurveyWay)),
        "survey": random.choice((f"svy_{random.randrange(4)}", "svy_stranger")),
        "assessment": f"ass_{random.randrange(4)}",
        "offer": f"ofr_{random.randrange(4)}",
        "envelope": random.choice((None, f"env_{random.randrange(4)}")),
        "by": random.choice(PEOPLE),
        "passed": random.random() < 0.5,
        "released": random.random() < 0.5,
        "changed": random.random() < 0.5,
        "reached": random.random() < 0.5,
        "reasons": random.choice(((), ("unclear",))),
        "fen": random.choice((state.payable or 1, 1, 113_000)),
        "approvals": random.choice((0, 1, 2)),
        "agreement": random.choice(tuple(Agreement)),
        "account": random.choice((ACCOUNT, OTHER_ACCOUNT)),
        "matches": random.random() < 0.5,
        "kind": random.choice(tuple(PaymentKind)),
        "payment": random.choice((*(one.id for one in state.payments), "pay_stranger")),
        "asked_at": random.choice((None, command.at)),
        "device": random.choice((None, "dev_1", "dev_2")),
        "to_people": True,
        "score": random.choice((0, 60)),
        "maximum": random.choice((0, 60, 90)),
    }
    names = sorted(twists.keys() & vars(command).keys())
    if isinstance(command, c.AddPicture):
        names.remove("kind")
    name = random.choice(names) if names else None
    return command if name is None else replace(command, **{name: twists[name]})


class ClaimMachine(RuleBasedStateMachine):
    reached: ClassVar[set[ClaimState]] = set()
    seen: ClassVar[set[type[e.Event]]] = set()

    play: Play
    read_back: Claim | None

    @initialize(vip=st.booleans(), seed=st.integers(0, 10_000))
    def report(self, vip: bool, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  # for what to try, not for secrets
        agreement = self.random.choice(tuple(Agreement))
        always: dict[type[c.Command], dict[str, Any]] = {
            c.Report: {"vip": vip},
            c.Verify: {"by": self.random.choice((None, LEAD))},
            c.Adjudicate: {"approvals": self.random.choice((0, 0, 1, 2)), "agreement": agreement},
        }
        if self.random.random() < 0.4:
            always[c.Triage] = {"way": SurveyWay.SURVEYOR, "lane": Lane.ORDINARY}
        if self.random.random() < 0.3:
            always[c.SetPayee] = {"matches": False}
        self.play = Play(always).go(c.Report)
        self.read_back, self.checked = None, 0
        for _ in range(self.random.choice((0, 5, 9, 14, 18))):
            self.go_on()
            if self.random.random() < 0.2:
                self.wander(self.random.randrange(10**6), 1)

    def attempt(self, command: c.Command) -> bool:
        """Give a command, and tell whether it led to something; whatever it does, an end stays an end."""
        ended, before = self.play.claim.ended, self.play.state
        try:
            events = self.play.do(command)
        except ClaimRefused:
            assert self.play.state == before
            return False
        assert not ended or all(isinstance(event, AFTER_END) for event in events)
        return bool(events)

    @rule(kind=st.sampled_from(KINDS), twist=st.booleans())
    def give_any_command(self, kind: type[c.Command], twist: bool) -> None:
        command = self.play.command(kind)
        self.attempt(twisted(command, self.play.claim, self.random) if twist else command)

    @rule(seed=st.integers(0, 2**32), steps=st.integers(1, 20))
    def wander(self, seed: int, steps: int) -> None:
        """Give commands that make sense where the claim stands, evenly chosen: hypothesis alone would take long."""
        random = Random(seed)  # noqa: S311  # as above
        for _ in range(steps):
            kinds = [
                kind
                for kind in KINDS
                if kind is not c.SendToPeople  # it blocks, as a score does, and would do it everywhere
                and self.makes_sense(kind)
                and (kind not in SETBACKS or random.random() < 0.12)
            ]
            own = [kind for kind in kinds if kind not in OPEN and kind not in BANK]
            command = self.play.command(random.choice(own if own and random.random() < 0.4 else kinds))
            if isinstance(command, c.RecordScore) and random.random() < 0.3:
                command = replace(command, score=60, maximum=max(60, command.maximum), to_people=True)
            if isinstance(command, BANK):
                payment = random.choice(self.play.claim.payments)
                command = replace(command, payment=payment.id)
                command = replace(command, fen=payment.fen) if isinstance(command, c.RecordPaid) else command
            self.attempt(twisted(command, self.play.claim, random) if random.random() < 0.2 else command)
            if random.random() < 0.2:
                self.play.later(hours=random.choice((1, 5, 20, 60)))
        self.keeps_everything()

    def keeps_everything(self) -> None:
        """Ask every invariant, as hypothesis does after each of its own steps."""
        for one in INVARIANTS:
            getattr(self, one)()

    def makes_sense(self, kind: type[c.Command]) -> bool:
        state = self.play.claim
        if kind in BANK:
            return bool(state.payments)
        if kind in RECOVERED and not state.recoveries:
            return False
        if kind in SUPPLIED and not any(one.is_open for one in state.supplies):
            return False
        if kind in CALLED and all(one.done for one in state.callbacks):
            return False
        if kind is c.AcknowledgeAlarm and not any(broke for _clock, _due, broke in state.told):
            return False
        return kind in TABLE[state.state].accepts

    @rule()
    def go_on(self) -> None:
        """Do what the first who is named is named for."""
        move = next_moves(self.play.claim)[0]
        for kind, changes in ACTS[move.act].items():
            about: dict[str, Any] = {ABOUT[kind]: move.about} if kind in ABOUT and move.about else {}
            if move.act in ("ask-bank", "await-bank"):
                about["fen"] = self.fen_of(move.about)
            if move.act == "ask-bank":
                about["asked_at"] = self.play.later(minutes=1).now
            if self.attempt(self.play.command(kind, **{**changes, **about})):
                break

    def fen_of(self, payment: str | None) -> int:
        return next(one.fen for one in self.play.claim.payments if one.id == payment)

    @precondition(lambda self: self.play.claim.payments)
    @rule(which=st.integers(0, 9), says=st.sampled_from(BANK), asked=st.booleans())
    def the_bank_says_anything_about_any_payment(self, which: int, says: type[c.Command], asked: bool) -> None:
        payments = self.play.claim.payments
        payment = payments[which % len(payments)]
        changes: dict[str, Any] = {"payment": payment.id}
        if says is not c.RecordUnanswered:
            changes["asked_at"] = self.play.now if asked else None
        if says is c.RecordPaid:
            changes["fen"] = payment.fen
        self.attempt(self.play.command(says, **changes))

    @rule(which=st.integers(0, 1000))
    def give_an_old_command_again(self, which: int) -> None:
        self.attempt(self.play.given[which % len(self.play.given)])

    @rule(hours=st.sampled_from((0, 1, 12, 72, 24 * 31)))
    def let_time_pass(self, hours: int) -> None:
        self.play.later(hours=hours, minutes=1)

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

    def of(self, *kinds: type[e.Event], upto: int | None = None) -> list[Any]:
        return [event for event in self.play.events[:upto] if isinstance(event, kinds)]

    def since(self, start: int, end: int, *kinds: type[e.Event]) -> list[Any]:
        return [event for event in self.play.events[start:end] if isinstance(event, kinds)]

    def last(self, end: int, *kinds: type[e.Event]) -> int:
        """Return where the last event of these kinds before `end` stands, -1 where there is none."""
        return max((n for n, event in enumerate(self.play.events[:end]) if isinstance(event, kinds)), default=-1)

    @invariant()
    def what_is_paid_was_adjudicated_agreed_and_not_paid_before(self) -> None:
        for at, event in enumerate(self.play.events):
            if not isinstance(event, e.PaymentOrdered) or event.kind is not PaymentKind.FINAL:
                continue
            adjudicated = self.last(at, e.ClaimAdjudicated)
            agreed = self.last(at, e.OfferAgreed)
            assert 0 <= adjudicated < agreed
            assert not self.since(adjudicated, at, e.SupplementOpened, e.ClaimReopened, e.LossAssessed)
            assert self.money_out(at) + event.fen == self.play.events[adjudicated].fen  # type: ignore[attr-defined]

    def money_out(self, upto: int) -> int:
        """Return what the bank had paid by then, contradicted payments not counted."""
        out: dict[str, int] = {}
        for event in self.play.events[:upto]:
            if isinstance(event, e.PaymentMade):
                out[event.payment] = event.fen
            elif isinstance(event, e.PaymentContradicted):
                out.pop(event.payment)
        return sum(out.values())

    @invariant()
    def no_payment_is_ordered_twice_or_over_one_without_an_answer(self) -> None:
        opened: set[str] = set()
        known: set[str] = set()
        for event in self.play.events:
            if isinstance(event, e.PaymentOrdered):
                assert not opened
                assert event.payment not in known
                opened.add(event.payment)
                known.add(event.payment)
            elif isinstance(event, e.PaymentContradicted):
                opened.add(event.payment)
            elif isinstance(event, e.PaymentMade | e.PaymentFailed):
                opened.discard(event.payment)

    @invariant()
    def a_blocked_claim_is_never_paid_without_a_person_nor_above_the_limit_without_two(self) -> None:
        for at, event in enumerate(self.play.events):
            if not isinstance(event, e.PaymentOrdered):
                continue
            state = fold(self.play.events[:at])
            assert state is not None
            assert state.second_above == self.of(e.ClaimTriaged, upto=at)[-1].second_above
            if state.lane is not Lane.BLOCKED:
                continue
            begun = max(self.last(at, e.ClaimBlocked), self.newly_blocked_by_triage(at))
            assert self.since(begun, at, e.BlockReviewed)
            if event.kind is PaymentKind.ADVANCE:
                assert self.of(e.AdvanceAllowed, upto=at)
                continue
            approved = self.approved(at)
            whole = self.play.events[self.last(at, e.ClaimAdjudicated)].fen  # type: ignore[attr-defined]
            assert len({one.by for one in approved}) >= (2 if whole > state.second_above else 1)

    def newly_blocked_by_triage(self, end: int) -> int:
        """Return where a triage before `end` blocked a claim that no score had blocked, -1 where none did."""
        triaged = self.last(end, e.ClaimTriaged)
        before = fold(self.play.events[:triaged]) if triaged > 0 else None
        return triaged if before is not None and before.lane is not Lane.BLOCKED else -1

    def approved(self, at: int) -> list[Any]:
        """Return the approvals that hold at a moment."""
        return self.since(max(0, self.last(at, e.ApprovalFallen, e.ClaimReopened)), at, e.PaymentApproved)

    @invariant()
    def what_people_approved_is_exactly_what_is_paid(self) -> None:
        for at, event in enumerate(self.play.events):
            if isinstance(event, e.PaymentOrdered) and event.kind is PaymentKind.FINAL:
                approved = self.approved(at)
                needed = self.play.events[self.last(at, e.ClaimAdjudicated)].approvals  # type: ignore[attr-defined]
                assert len(approved) >= needed
                assert len({one.by for one in approved}) == len(approved)
                assert all((one.fen, one.account) == (event.fen, event.account) for one in approved)

    @invariant()
    def whoever_is_paid_is_the_insured_or_was_approved_by_a_second_person(self) -> None:
        for at, event in enumerate(self.play.events):
            if isinstance(event, e.PaymentOrdered):
                named = self.last(at, e.PayeeSet)
                payee: Any = self.play.events[named]
                assert payee.account == event.account
                approved = self.since(named, at, e.PayeeApproved)
                assert payee.matches or approved
                assert all(one.by not in payee.barred and one.by != payee.by for one in approved)

    @invariant()
    def nobody_verifies_or_approves_what_they_assessed(self) -> None:
        by: dict[str, str | None] = {event.assessment: event.by for event in self.of(e.LossAssessed)}
        assert all(event.by is None or event.by != by[event.assessment] for event in self.of(e.LossVerified))
        for at, event in enumerate(self.play.events):
            if isinstance(event, e.PaymentApproved | e.AdvanceAllowed):
                assert self.of(e.LossAssessed, upto=at)[-1].by != event.by

    @invariant()
    def people_decide_where_it_is_blocked_or_they_were_asked_for(self) -> None:
        kinds = (e.LossAssessed, e.LossVerified, e.ClaimAdjudicated, e.OfferMade)
        asked = self.last(len(self.play.events), e.PersonAsked)
        for at, event in enumerate(self.play.events):
            if isinstance(event, kinds) and event.by is None:
                assert asked < 0 or at < asked

    @invariant()
    def nothing_that_is_not_small_and_express_is_decided_by_itself(self) -> None:
        for at, event in enumerate(self.play.events):
            if isinstance(event, e.LossVerified | e.ClaimAdjudicated) and event.by is None:
                assessed = self.of(e.LossAssessed, upto=at)[-1]
                assert not assessed.injury
                assert assessed.vehicle <= self.of(e.ClaimTriaged, upto=at)[-1].alone_upto
                state = fold(self.play.events[:at])
                assert state is not None
                assert state.lane is Lane.EXPRESS

    @invariant()
    def papers_are_asked_for_once(self) -> None:
        rounds = len(self.of(e.ClaimReopened)) + 1
        assert len(self.of(e.PapersAsked)) <= rounds

    @invariant()
    def each_clock_is_told_of_once(self) -> None:
        told = [(type(event), event.clock, event.due) for event in self.of(e.ClockReminded, e.ClockBroken)]
        assert len(set(told)) == len(told)

    @invariant()
    def an_alarm_is_seen_once_and_after_it_was_raised(self) -> None:
        broke: set[Any] = set()
        for event in self.play.events:
            if isinstance(event, e.ClockBroken):
                broke.add((event.clock, event.due))
            elif isinstance(event, e.AlarmAcknowledged):
                broke.remove((event.clock, event.due))

    @invariant()
    def parts_are_ordered_once_of_a_shop_that_quoted_exactly_that(self) -> None:
        quoted: dict[str, tuple[int, int]] = {}
        ordered: set[str] = set()
        for event in self.play.events:
            if isinstance(event, e.QuoteReceived):
                quoted[event.quote] = (event.fen, event.days)
            elif isinstance(event, e.QuoteDeclined):
                quoted.pop(event.quote, None)
            elif isinstance(event, e.PartsOrdered):
                assert quoted[event.quote] == (event.fen, event.days)
                assert event.supply not in ordered
                ordered.add(event.supply)
            elif isinstance(event, e.PartsDelivered):
                assert event.supply in ordered

    @invariant()
    def nothing_counts_that_comes_from_a_lost_phone(self) -> None:
        lost: set[str] = set()
        for event in self.play.events:
            if isinstance(event, e.DeviceRevoked):
                lost.add(event.device)
            elif isinstance(event, e.FormFiled | e.SurveyDone | e.SurveyTaken):
                assert event.device not in lost

    @invariant()
    def somebody_acts_next_unless_there_is_nothing_left(self) -> None:
        state = self.play.claim
        moves = next_moves(state)
        assert moves
        awaited = [move for move in moves if move.actor is not Actor.NOBODY]
        assert awaited or state.ended
        assert all(move.act in ACTS for move in moves)

    def teardown(self) -> None:
        """From wherever it is, a claim comes to its end when those who are named do their part."""
        if not hasattr(self, "play"):
            return
        for _ in range(60):
            if next_moves(self.play.claim)[0].actor is Actor.NOBODY:
                break
            self.go_on()
            self.every_step_is_in_the_table_and_survives_the_trail()
        state = self.play.claim
        assert state.state in ENDS
        assert state.state is not S.CLOSED or (not state.payable and state.open_payment is None)


ACTS: Mapping[str, Mapping[type[c.Command], Mapping[str, Any]]] = {
    # What each named act is: a command that does it, and what is done where that is refused.
    "score": {c.RecordScore: {}, c.SendToPeople: {}},
    "triage": {c.Triage: {}},
    "review-block": {c.ReviewBlock: {"released": False, "by": LEAD}},
    "choose-survey": {c.ChangeSurvey: {"by": HANDLER}},
    "survey-by-phone": {c.RecordSurvey: {"device": None}},
    "dispatch-surveyor": {c.TakeSurvey: {"device": None}},
    "answer-dispatch": {c.TakeSurvey: {"device": None}, c.DeclineSurvey: {}},
    "find-surveyor": {c.SendSurveyor: {"to": "usr_third", "by": LEAD}, c.TakeSurvey: {"device": None}},
    "order-parts": {c.CancelParts: {}},
    "receive-parts": {c.RecordPartsDelivered: {}},
    "survey": {c.RecordSurvey: {}, c.TakeSurvey: {"device": None}, c.ReassignSurvey: {"to": None}},
    "assess": {c.Assess: {"by": HANDLER}},
    "verify": {c.Verify: {"by": "usr_third"}},
    "adjudicate": {c.Adjudicate: {"by": HANDLER}, c.WaivePapers: {}},
    "make-offer": {c.MakeOffer: {"by": HANDLER}},
    "send-agreement": {c.SendAgreement: {}},
    "agree": {c.Agree: {}},
    "sign": {c.Agree: {}},
    "answer-dispute": {c.AnswerDispute: {}},
    "name-payee": {c.SetPayee: {"by": None}},
    "approve-payee": {c.ApprovePayee: {"by": "usr_third"}},
    "approve-payment": {c.ApprovePayment: {}, c.Supplement: {}},
    "order-payment": {c.OrderPayment: {}},
    "order-advance": {c.OrderPayment: {}},
    "await-bank": {c.RecordPaid: {}},
    "ask-bank": {c.RecordPaid: {}},
    "mend-payment": {c.OrderPayment: {}, c.SetPayee: {"account": "e" * 64}},
    "close": {c.Close: {"by": HANDLER}},
    "call-back": {c.RecordCalledBack: {}},
    "send-papers": {c.RecordPapers: {}},
    "notify-refusal": {c.RecordNotice: {}},
    "reclaim-surplus": {c.OpenRecovery: {}},
    "recover-overpaid": {c.OpenRecovery: {}},
    "recover": {c.CloseRecovery: {}},
    "none": {},
}
ABOUT: Mapping[type[c.Command], str] = {
    c.RecordScore: "step",
    c.SendToPeople: "step",
    c.RecordPaid: "payment",
    c.RecordCalledBack: "callback",
    c.CloseRecovery: "recovery",
    c.CancelParts: "supply",
    c.RecordPartsDelivered: "supply",
}


INVARIANTS = tuple(name for name, one in vars(ClaimMachine).items() if hasattr(one, "hypothesis_stateful_invariant"))


def test_no_sequence_of_commands_breaks_what_a_claim_must_keep() -> None:
    run_state_machine_as_test(ClaimMachine, settings=settings(max_examples=20, stateful_step_count=10, phases=FINDING))


def test_the_machine_goes_everywhere_and_everything_happens_in_it() -> None:
    """With seeds of its own, so that what hypothesis draws decides nothing here."""
    ClaimMachine.reached.clear()
    ClaimMachine.seen.clear()
    for seed in range(SEEDS):
        machine = ClaimMachine()
        machine.report(vip=seed % 3 == 0, seed=seed)
        machine.wander(seed, 25)
        machine.teardown()
    assert set(S) - ClaimMachine.reached == set()
    assert set(e.EVENTS) - ClaimMachine.seen == set()
