"""Any sequence of commands, in order or not, repeated or stale: what holds for every envelope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from esign.ceremony.domain import Actor, Envelope, Recipient, Refusal, event_of, evolve, fold, new_events, next_actor
from esign.ceremony.domain import commands as c
from esign.ceremony.domain import events as e
from esign.ceremony.domain.signals import SIGNALS
from esign.ceremony.domain.table import ENVELOPE_MOVES, ENVELOPE_TABLE, RECIPIENT_MOVES, RECIPIENT_TABLE
from esign.ceremony.domain.values import (
    ENDS,
    ConsentStage,
    EnvelopeState,
    Presence,
    RecipientPlan,
    RecipientRole,
    RecipientState,
    SignalStrength,
)
from esign.trail.event import canonical, parse_event, record
from tests.examples import MANY_EXAMPLES
from tests.unit.ceremony.domain_envelopes import PAGES, START, Play, copy, digest, document, signer

KINDS = [kind for kind in c.COMMANDS if kind is not c.CreateEnvelope]
SETBACKS = (c.Void, c.Expire, c.Decline, c.ReplaceRecipient, c.CorrectPhone)
PLANS = (
    (signer("one"),),
    (signer("one"), signer("two"), copy()),
    (signer("one"), signer("two", 2, role="insured")),
    (signer("one"), signer("two", role="agent", of="doc_b"), signer("three", 2, of="doc_b"), copy()),
)
COUNTED = (c.FailIdentification, c.ShowCaptures)
"""What counts each time: a wrong try, a look."""
AFTERWARDS = {e.CertificateAbandoned, e.CapturesShown, e.SignalCleared, e.CompletionCertified, e.DocumentRenewed}
FAR = START + timedelta(days=300)


def stored_and_read(event: e.Event, version: int) -> e.Event:
    """Return the event after the trail's own canonical bytes."""
    (new,) = new_events((event,))
    recorded = record(new, id=f"evt_{version:016d}", stream="env_1", version=version, actor="system", time=event.at)
    return event_of(parse_event(canonical(recorded)))


class EnvelopeMachine(RuleBasedStateMachine):
    play: Play
    read_back: Envelope | None

    @initialize(
        plan=st.sampled_from(PLANS),
        face_statement=st.booleans(),
        photo=st.booleans(),
        held=st.booleans(),
        head_start=st.integers(0, 16),
    )
    def create(
        self, plan: tuple[RecipientPlan, ...], face_statement: bool, photo: bool, held: bool, head_start: int
    ) -> None:
        documents = {one.document: document(one.document) for one in plan if one.document is not None}
        self.play = Play(
            *plan,
            documents=tuple(documents.values()),
            expires_at=FAR,
            face_statement=face_statement,
            photo_roles=(RecipientRole.APPLICANT,) if photo else (),
            hold_on=("shared-device",) if held else (),
        )
        self.read_back = None
        self.checked = 0
        for which in range(head_start):
            self.go_on(which)

    def attempt(self, command: c.Command) -> None:
        ended = self.play.state.ended
        try:
            events = self.play.do(command)
        except Refusal:
            return
        assert not ended or {type(event) for event in events} <= AFTERWARDS

    @rule(kind=st.sampled_from(KINDS), which=st.integers(0, 7))
    def give_any_command(self, kind: type[c.Command], which: int) -> None:
        recipients = self.play.state.recipients
        self.attempt(self.command(kind, recipients[which % len(recipients)].id))

    @rule(random=st.randoms(use_true_random=True), steps=st.integers(1, 12))
    def wander(self, random: Random, steps: int) -> None:
        """Give commands that the tables accept, evenly chosen: what hypothesis alone would take long to find."""
        for _ in range(1 if self.play.state.ended else steps):
            one = random.choice(self.play.state.recipients)
            kinds = [
                kind for kind in KINDS if self.fits(kind, one) and (kind not in SETBACKS or random.random() < 0.15)
            ]
            if kinds:
                self.attempt(self.play.command(random.choice(kinds), one.id))
            if random.random() < 0.2:
                self.go_on(random.randrange(8))
            self.every_step_is_in_the_table_and_survives_the_trail()

    def command(self, kind: type[c.Command], recipient: str) -> c.Command:
        if kind is c.Expire:
            return c.Expire(at=self.play.now)
        return self.play.command(kind, recipient)

    def fits(self, kind: type[c.Command], one: Recipient) -> bool:
        about_one = issubclass(kind, c.RecipientCommand)
        accepted = kind in ENVELOPE_TABLE[self.play.state.state].accepts
        return accepted and (not about_one or kind in RECIPIENT_TABLE[one.state].accepts)

    @rule(which=st.integers(0, 7))
    def go_on_where_somebody_is_awaited(self, which: int) -> None:
        self.go_on(which)

    def go_on(self, which: int) -> None:
        moves = next_actor(self.play.state)
        self.attempt_move(moves[which % len(moves)].act, moves[which % len(moves)].recipient or "")

    @rule(which=st.integers(0, 1000))
    def give_an_old_command_again(self, which: int) -> None:
        self.attempt(self.play.given[which % len(self.play.given)])

    @precondition(lambda self: not isinstance(self.play.given[-1], COUNTED))
    @rule()
    def give_the_last_command_again_and_see_nothing_happen(self) -> None:
        assert self.play.do(self.play.given[-1]) == ()

    @rule(hours=st.integers(1, 30), leap=st.integers(0, 15))
    def let_time_pass(self, hours: int, leap: int) -> None:
        self.play.now += timedelta(days=300) if leap == 9 else timedelta(hours=hours)

    @rule(recipient=st.integers(0, 7), is_customer=st.booleans())
    def speak_of_a_face(self, recipient: int, is_customer: bool) -> None:
        recipients = self.play.state.recipients
        name = recipients[recipient % len(recipients)].id
        self.attempt(self.play.command(c.StateFace, name, is_customer=is_customer))

    @rule(which=st.integers(0, 7), presence=st.sampled_from(Presence))
    def go_on_somewhere(self, which: int, presence: Presence) -> None:
        recipients = self.play.state.recipients
        name = recipients[which % len(recipients)].id
        self.attempt(self.play.command(c.SendCode, name))
        self.attempt(self.play.command(c.Identify, name, presence=presence))

    @rule(which=st.integers(0, 7), finding=st.sampled_from(sorted(SIGNALS)), weak=st.booleans())
    def raise_a_signal(self, which: int, finding: str, weak: bool) -> None:
        recipients = self.play.state.recipients
        strength = SignalStrength.WEAK if weak else SignalStrength.STRONG
        name = recipients[which % len(recipients)].id
        self.attempt(self.play.command(c.RaiseSignal, name, finding=finding, strength=strength))

    def attempt_move(self, act: str, name: str) -> None:
        try:
            ACTS[act](self.play, name)
        except Refusal:
            assert act in {"identify", "none"} or self.play.now >= FAR

    @invariant()
    def every_step_is_in_the_table_and_survives_the_trail(self) -> None:
        for event in self.play.events[self.checked :]:
            before = self.read_back
            self.checked += 1
            again = stored_and_read(event, self.checked)
            assert again == event
            self.read_back = evolve(before, again)
            if before is not None:
                assert_moves_are_in_the_table(before, self.read_back)
        assert self.read_back == self.play.state == fold(self.play.events)

    @invariant()
    def nobody_confirms_in_one_place_what_was_captured_in_the_other(self) -> None:
        for one in self.play.state.recipients:
            if one.state in (RecipientState.DRAWN, RecipientState.SIGNING_FAILED):
                assert one.session.identity is not None
                assert one.session.captured is one.session.identity.presence

    @invariant()
    def nobody_signs_twice(self) -> None:
        signed = [event for event in self.play.events if isinstance(event, e.RecipientSigned)]
        assert max(Counter(event.recipient for event in signed).values(), default=1) == 1
        assert max(Counter(event.cms for event in signed).values(), default=1) == 1
        plans = [self.play.recipient(event.recipient).plan for event in signed]
        assert len({(plan.document, plan.field) for plan in plans}) == len(plans)
        with_signature = {one.id for one in self.play.state.recipients if one.signature is not None}
        assert with_signature == {event.recipient for event in signed}

    @invariant()
    def each_revision_stands_on_the_one_before(self) -> None:
        current = {one.plan.id: one.plan.prepared for one in self.play.state.documents}
        for event in self.play.events:
            if isinstance(event, e.RecipientSigned):
                name = self.play.recipient(event.recipient).plan.document
                assert name is not None
                assert event.base == current[name]
                current[name] = event.revision
            if isinstance(event, e.DocumentSealed):
                assert event.base == current[event.document]

    @invariant()
    def sealing_begins_when_all_have_signed_and_completion_when_all_is_sealed(self) -> None:
        state = self.play.state
        all_signed = all(one.state is RecipientState.SIGNED for one in state.signers)
        if state.state in (EnvelopeState.SEALING, EnvelopeState.SEAL_FAILED, EnvelopeState.COMPLETED):
            assert all_signed
        if state.state is EnvelopeState.COMPLETED:
            assert all(one.sealed is not None for one in state.documents)
            assert all(one.state is RecipientState.SENT for one in state.recipients if waits_for_copy(one))

    @invariant()
    def there_is_one_certificate_at_most_and_only_of_what_is_completed(self) -> None:
        certified = [event.certificate for event in self.play.events if isinstance(event, e.CompletionCertified)]
        assert certified == ([] if self.play.state.certificate is None else [self.play.state.certificate])
        assert not certified or self.play.state.state is EnvelopeState.COMPLETED

    @invariant()
    def nothing_is_sealed_over_a_signal_that_holds(self) -> None:
        state = self.play.state
        kept = {one.id for one in state.recipients if one.state is not RecipientState.REPLACED}
        opened = [
            one.id
            for one in state.signals
            if one.finding in state.settings.hold_on and one.cleared is None and one.recipient in kept
        ]
        if opened:
            assert state.state not in (EnvelopeState.SEALING, EnvelopeState.SEAL_FAILED, EnvelopeState.COMPLETED)
        if state.held and not state.ended:
            assert opened
            assert all(one.state is RecipientState.SIGNED for one in state.signers)

    @invariant()
    def a_signal_is_raised_once_and_never_forgotten(self) -> None:
        raised = [event for event in self.play.events if isinstance(event, e.SignalRaised)]
        assert [one.id for one in self.play.state.signals] == [event.signal for event in raised]
        about = Counter((one.recipient, one.finding, one.strength, one.with_recipient) for one in raised)
        assert max(about.values(), default=1) == 1

    @invariant()
    def nobody_is_invited_before_earlier_groups_have_signed(self) -> None:
        for one in self.play.state.signers:
            if one.state is RecipientState.PENDING or self.play.state.ended:
                continue
            earlier = [other for other in self.play.state.signers if other.plan.group < one.plan.group]
            assert all(other.state is RecipientState.SIGNED for other in earlier)

    @invariant()
    def somebody_acts_next_unless_it_has_ended(self) -> None:
        moves = next_actor(self.play.state)
        awaited = [move for move in moves if move.actor is not Actor.NOBODY]
        assert bool(awaited) is not self.play.state.ended
        assert moves

    def teardown(self) -> None:
        """From wherever it is, an envelope comes to an end when those who are named do what they are named for."""
        if not hasattr(self, "play"):
            return
        for _ in range(300):
            if self.play.state.ended:
                break
            if self.play.now >= FAR and self.play.state.state in (EnvelopeState.DRAFT, EnvelopeState.IN_PROGRESS):
                self.play.give(c.Expire, at=self.play.now)
                continue
            move = next_actor(self.play.state)[0]
            self.play.now += timedelta(hours=3)  # so that the limits on codes are over
            ACTS[move.act](self.play, move.recipient or "")
        assert self.play.state.state in ENDS


def waits_for_copy(one: Recipient) -> bool:
    return not one.plan.signs and one.state is not RecipientState.REPLACED


def assert_moves_are_in_the_table(before: Envelope, after: Envelope) -> None:
    assert after.state in ENVELOPE_TABLE
    assert before.state is after.state or (before.state, after.state) in ENVELOPE_MOVES
    for one in before.recipients:
        now = after.recipient(one.id).state
        assert now in RECIPIENT_TABLE
        assert one.state is now or (one.state, now) in RECIPIENT_MOVES


def identify(play: Play, name: str) -> None:
    play.give(c.SendCode, name)
    play.give(c.Identify, name)


def read(play: Play, name: str) -> None:
    for stage in (ConsentStage.BEFORE_READING, ConsentStage.READING):
        for text in play.state.consents_missing(play.recipient(name), stage):
            play.give(c.GiveConsent, name, consent=text, digest=digest(text))
    for page in range(1, PAGES + 1):
        play.now += timedelta(seconds=30)
        play.give(c.RecordPageRead, name, page=page)
    play.give(c.FinishReading, name)


def confirm(play: Play, name: str) -> None:
    session = play.recipient(name).session
    if play.state.photo_asked(play.recipient(name)) and session.photo is None and session.assisted_by is None:
        for text in play.state.consents_missing(play.recipient(name), ConsentStage.PHOTO):
            play.give(c.GiveConsent, name, consent=text, digest=digest(text))
        play.give(c.TakePhoto, name)
    play.give(c.Confirm, name)


def seal(play: Play, _name: str) -> None:
    if not play.state.seal_running:
        play.give(c.StartSeal)
    unsealed = next(one for one in play.state.documents if one.sealed is None)
    name = unsealed.plan.id
    play.give(c.RecordSealed, document=name, base=unsealed.current, sealed=digest(f"{name} sealed"))


ACTS: Mapping[str, Callable[[Play, str], object]] = {
    "none": lambda _play, _name: None,
    "send": lambda play, _name: play.give(c.SendEnvelope),
    "open": lambda play, name: play.give(c.RecordOpened, name),
    "identify": identify,
    "read": read,
    "draw": lambda play, name: play.give(c.Draw, name),
    "confirm": confirm,
    "confirm-again": lambda play, name: play.give(c.Confirm, name),
    "sign": lambda play, name: play.give(c.RecordSignature, name),
    "review-signal": lambda play, _name: play.give(c.ClearSignal),
    "state-face": lambda play, name: play.give(c.StateFace, name),
    "seal": seal,
    "retry-seal": lambda play, _name: play.give(c.RetrySeal),
}

EnvelopeMachine.TestCase.settings = settings(
    max_examples=400 if MANY_EXAMPLES else 80, stateful_step_count=20, deadline=None
)
TestAnySequenceOfCommands = EnvelopeMachine.TestCase
