"""Every command in every state, compared line by line with the table that was read and agreed on."""

from __future__ import annotations

import pytest

from esign.ceremony.domain import Refusal, catalogue, decide
from esign.ceremony.domain import commands as c
from esign.ceremony.domain.decide import ENVELOPE_RULES, RECIPIENT_RULES
from esign.ceremony.domain.events import EVENTS, EnvelopeCreated
from esign.ceremony.domain.evolve import ENVELOPE_STEPS
from esign.ceremony.domain.evolve_recipient import RECIPIENT_STEPS
from esign.ceremony.domain.table import ENVELOPE_TABLE, RECIPIENT_TABLE
from esign.ceremony.domain.values import EnvelopeState, RecipientState
from tests.unit.ceremony.domain_envelopes import Play, in_envelope_state, in_recipient_state
from tests.vectors.ceremony.make_decisions import DECISIONS, envelope_lines, recipient_lines

AGREED = DECISIONS.read_text("ascii").splitlines()


def agreed(subject: str, state: str) -> list[str]:
    return [line for line in AGREED if line.startswith(f"{subject} {state} ")]


@pytest.mark.parametrize("state", RecipientState)
def test_each_command_about_a_recipient_comes_out_as_agreed(state: RecipientState) -> None:
    assert list(recipient_lines(state)) == agreed("recipient", state.value)


@pytest.mark.parametrize("state", EnvelopeState)
def test_each_command_to_an_envelope_comes_out_as_agreed(state: EnvelopeState) -> None:
    assert list(envelope_lines(state)) == agreed("envelope", state.value)


def test_the_agreed_table_holds_every_pair_of_state_and_command() -> None:
    about_recipients = [kind for kind in c.COMMANDS if issubclass(kind, c.RecipientCommand)]
    pairs = len(RecipientState) * len(about_recipients) + len(EnvelopeState) * len(c.COMMANDS)
    assert len(AGREED) == len(set(AGREED)) == pairs


@pytest.mark.parametrize("state", RecipientState)
def test_what_a_recipients_state_does_not_accept_leads_to_no_event(state: RecipientState) -> None:
    for kind in c.COMMANDS:
        if issubclass(kind, c.RecipientCommand) and kind not in RECIPIENT_TABLE[state].accepts:
            assert_leads_to_nothing(in_recipient_state(state), kind)


@pytest.mark.parametrize("state", EnvelopeState)
def test_what_an_envelopes_state_does_not_accept_leads_to_no_event(state: EnvelopeState) -> None:
    for kind in c.COMMANDS:
        if kind is not c.CreateEnvelope and kind not in ENVELOPE_TABLE[state].accepts:
            assert_leads_to_nothing(in_envelope_state(state), kind)


def assert_leads_to_nothing(play: Play, kind: type[c.Command]) -> None:
    try:
        events = decide(play.state, play.command(kind))
    except Refusal:
        return
    assert events == ()


@pytest.mark.parametrize("kind", [kind for kind in c.COMMANDS if kind is not c.CreateEnvelope])
def test_nothing_can_be_asked_of_an_envelope_that_was_never_created(kind: type[c.Command]) -> None:
    command = Play().command(kind)
    with pytest.raises(Refusal) as refused:
        decide(None, command)
    assert refused.value.code == "no-envelope"


def test_every_command_has_one_rule_and_every_event_one_step() -> None:
    assert set(c.COMMANDS) == {c.CreateEnvelope} | set(RECIPIENT_RULES) | set(ENVELOPE_RULES)
    assert not set(RECIPIENT_RULES) & set(ENVELOPE_RULES)
    assert set(EVENTS) == {EnvelopeCreated} | set(RECIPIENT_STEPS) | set(ENVELOPE_STEPS)
    assert len({event.type.name for event in EVENTS}) == len(EVENTS)


def test_every_state_has_its_row() -> None:
    assert set(RECIPIENT_TABLE) == set(RecipientState)
    assert set(ENVELOPE_TABLE) == set(EnvelopeState)


def test_every_state_says_who_acts_next_and_what() -> None:
    for row in (*RECIPIENT_TABLE.values(), *ENVELOPE_TABLE.values()):
        assert row.act


def test_every_refusal_tells_cause_and_cure_in_both_languages() -> None:
    words = catalogue()
    assert len(words) > 60
    for refusal in words:
        assert refusal.zh.endswith("。")
        assert refusal.zh.count("。") == 2, refusal.code
        assert not set(refusal.zh) & set(",;.?!"), refusal.code
        assert refusal.en.isascii()
        assert refusal.en.count(". ") == 1, refusal.code
        assert "\n" not in refusal.zh + refusal.en + refusal.cause + refusal.cure


def test_every_envelope_state_has_a_refusal_of_its_own() -> None:
    codes = {refusal.code for refusal in catalogue()}
    assert {f"envelope-{state.value.replace('_', '-')}" for state in EnvelopeState} <= codes
