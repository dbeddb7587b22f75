"""Signals of signing for somebody else: raised once, held by policy, cleared by somebody whom they do not concern."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from esign.ceremony.domain import Move, Refusal, event_of, next_actor
from esign.ceremony.domain import commands as c
from esign.ceremony.domain import events as e
from esign.ceremony.domain.rules import SIGNALS_AT_MOST
from esign.ceremony.domain.signals import SIGNALS, USUALLY_HELD
from esign.ceremony.domain.table import Actor
from esign.ceremony.domain.values import EnvelopeState, RecipientState, SignalStrength
from esign.trail.event import parse_event
from tests.unit.ceremony.domain_envelopes import Play, copy, creation, names, signer

GOLDEN = Path(__file__).parents[2] / "vectors" / "ceremony" / "golden-envelope-0.1.jsonl"
WEAK, STRONG = SignalStrength.WEAK, SignalStrength.STRONG


def held() -> Play:
    """Everybody has signed, and one signal keeps the seal."""
    play = Play(signer("one"), copy(), hold_on=("shared-device",)).send().to(RecipientState.DRAWN)
    play.give(c.RaiseSignal, signal="sig_held")
    return play.to(RecipientState.SIGNED)


def test_a_signal_changes_nothing_where_no_policy_names_it() -> None:
    play = Play(signer("one")).send()
    assert names(play.give(c.RaiseSignal)) == ("recipient.signal-raised",)
    play.sign_all()
    assert play.state.state is EnvelopeState.SEALING
    assert not play.state.held


def test_a_signal_that_the_policy_names_keeps_the_seal_and_a_supervisor_is_awaited() -> None:
    play = held()
    assert play.state.state is EnvelopeState.IN_PROGRESS
    assert play.state.held
    assert names(tuple(play.events))[-1] == "envelope.held"
    assert next_actor(play.state) == (Move(Actor.SUPERVISOR, "review-signal", "rcp_one"),)
    assert play.refused(c.StartSeal) == "envelope-in-progress"


def test_sealing_goes_on_when_the_last_signal_that_holds_is_cleared() -> None:
    play = Play(signer("one"), hold_on=("shared-device", "shared-phone")).send().to(RecipientState.DRAWN)
    play.give(c.RaiseSignal, signal="sig_a")
    play.give(c.RaiseSignal, signal="sig_b", finding="shared-phone")
    play.give(c.RaiseSignal, signal="sig_c", finding="too-fast")
    play.to(RecipientState.SIGNED)
    assert names(play.give(c.ClearSignal, signal="sig_a")) == ("signal.cleared",)
    assert names(play.give(c.ClearSignal, signal="sig_b")) == ("signal.cleared", "envelope.signed")
    assert [one.cleared is None for one in play.state.signals] == [False, False, True]
    assert not play.state.held


def test_a_signal_cleared_before_everybody_has_signed_never_holds() -> None:
    play = Play(signer("one"), hold_on=("shared-device",)).send().to(RecipientState.DRAWN)
    play.give(c.RaiseSignal)
    play.give(c.ClearSignal)
    play.to(RecipientState.SIGNED)
    assert "envelope.held" not in names(tuple(play.events))
    assert play.state.state is EnvelopeState.SEALING


def test_a_held_envelope_can_be_voided() -> None:
    play = held()
    play.give(c.Void, by="usr_lead", reason="signed-for-another")
    assert play.state.state is EnvelopeState.VOIDED


def test_a_signal_of_somebody_who_was_replaced_holds_nothing() -> None:
    play = Play(signer("one"), hold_on=("shared-device",)).send().to(RecipientState.DRAWN)
    play.give(c.RaiseSignal)
    play.give(c.ReplaceRecipient, replacement="rcp_new")
    assert play.state.holding == ()
    play.sign_all()
    assert play.state.state is EnvelopeState.SEALING


def test_the_same_is_said_once_and_more_strongly_once_more() -> None:
    play = Play(signer("one")).send()
    about = {"with_recipient": "rcp_other"}
    assert play.give(c.RaiseSignal, strength=WEAK, **about)
    assert play.give(c.RaiseSignal, strength=WEAK, **about) == ()
    assert play.give(c.RaiseSignal, strength=STRONG, **about)
    assert play.give(c.RaiseSignal, strength=WEAK, **about) == ()
    assert play.give(c.RaiseSignal, strength=WEAK, with_recipient="rcp_third")


def test_what_was_cleared_is_not_raised_anew() -> None:
    play = Play(signer("one"), hold_on=("shared-device",)).send()
    play.give(c.RaiseSignal, with_recipient="rcp_other")
    play.give(c.ClearSignal)
    assert play.give(c.RaiseSignal, with_recipient="rcp_other") == ()
    assert play.state.holding == ()


@pytest.mark.parametrize("by", ["usr_seller", "usr_there"])
def test_whom_a_signal_concerns_does_not_clear_it(by: str) -> None:
    play = Play(signer("one"))
    play.current = None
    play.do(c.CreateEnvelope(**{**vars(creation(signer("one"))), "salesperson": "usr_seller"}))
    play.send()
    play.give(c.RaiseSignal, finding="staff-device", with_recipient=None, with_envelope=None, with_member="usr_there")
    assert play.refused(c.ClearSignal, by=by) == "own-signal"
    assert play.give(c.ClearSignal, by="usr_lead")


def test_clearing_twice_changes_nothing_and_every_look_is_taken_down() -> None:
    play = held()
    assert names(play.give(c.ShowCaptures)) == names(play.give(c.ShowCaptures)) == ("signal.captures-shown",)
    play.give(c.ClearSignal)
    assert play.give(c.ClearSignal, by="usr_another", reason="other") == ()
    assert play.state.signals[0].cleared is not None
    assert play.state.signals[0].cleared.by == "usr_lead"


def test_a_signal_that_is_not_there_is_not_cleared_or_looked_at() -> None:
    play = held()
    for kind in (c.ClearSignal, c.ShowCaptures):
        assert play.refused(kind, signal="sig_stranger") == "no-signal"


def test_a_look_at_handwriting_beside_another_envelopes_is_taken_down_here_too() -> None:
    play = held()
    events = play.give(c.ShowCaptures, signal="sig_elsewhere", elsewhere=True)
    assert names(events) == ("signal.captures-shown",)
    assert play.state.find_signal("sig_elsewhere") is None


def test_a_completed_envelope_still_takes_the_review() -> None:
    play = Play(signer("one")).send()
    play.give(c.RaiseSignal)
    play.sign_all().complete()
    assert names(play.give(c.ClearSignal)) == ("signal.cleared",)
    assert play.state.state is EnvelopeState.COMPLETED


def test_an_unknown_code_is_neither_raised_nor_held_on() -> None:
    play = Play(signer("one")).send()
    assert play.refused(c.RaiseSignal, finding="bad-feeling") == "signal-unknown"
    for wrong in (("bad-feeling",), ("shared-phone", "shared-phone")):
        with pytest.raises(Refusal) as refused:
            Play(signer("one"), hold_on=wrong)
        assert refused.value.about == ("hold-on",)


def test_an_envelope_takes_so_many_signals_and_no_more() -> None:
    play = Play(signer("one")).send()
    for _ in range(SIGNALS_AT_MOST):
        play.give(c.RaiseSignal)
    assert play.refused(c.RaiseSignal) == "signals-full"


def test_a_copy_recipient_raises_no_signal() -> None:
    play = Play(signer("one"), copy()).send()
    assert play.refused(c.RaiseSignal, "rcp_copy") == "copy-never-signs"


def events_of_the_first_release() -> Iterator[e.Event]:
    return (event_of(parse_event(line)) for line in GOLDEN.read_bytes().splitlines())


def test_an_envelope_from_before_there_were_signals_holds_on_nothing() -> None:
    created = [event for event in events_of_the_first_release() if isinstance(event, e.EnvelopeCreated)]
    assert created
    assert {event.settings.hold_on for event in created} == {()}


def test_every_signal_has_a_name_and_a_reason_in_both_languages() -> None:
    assert set(USUALLY_HELD) <= set(SIGNALS)
    for words in SIGNALS.values():
        assert words.zh_reason.endswith("。")
        assert not set(words.zh + words.zh_reason) & set(",;.?!")
        assert (words.en + words.en_reason).isascii()
        assert words.en_reason.endswith(".")
        assert words.zh_reason.count("。") >= 2  # what was found, and what explains it harmlessly
