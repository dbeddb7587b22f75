"""From entering to signing: changes, sending again, refusals, and a quote that ends meanwhile."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from policy.domain import commands as c
from policy.domain import events as e
from policy.domain import evolve, fold
from policy.domain.values import ProposalState, ReturnReason, Signer
from policy.errors import PolicyTrailBroken
from tests.unit.policy.proposal_play import (
    CONTENT,
    DOCUMENT,
    ENTERED,
    HOLDS_UNTIL,
    NOON,
    OTHER_CONTENT,
    PAID,
    SENT,
    SIGNED,
    Play,
    at,
    offered,
)

S = ProposalState


def test_entering_the_same_again_is_a_retried_call_and_changes_nothing() -> None:
    play = at(*ENTERED)
    assert play.do(play.command(c.Enter)) == ()


def test_what_was_sent_is_what_is_signed() -> None:
    play = at(*SIGNED)
    signed = play.proposal.signed
    assert signed is not None
    assert (signed.content, signed.document, signed.envelope) == (CONTENT, DOCUMENT, "env_1")
    assert play.proposal.envelope is None


def test_an_envelope_that_ended_may_be_sent_again_while_the_quote_holds() -> None:
    play = at(*SENT, c.RecordReturned)
    assert play.proposal.state is S.LAPSED
    assert play.go(c.Send).proposal.envelope == "env_2"
    assert play.go(c.RecordSigned).proposal.state is S.SIGNED


def test_a_retried_call_to_send_changes_nothing_however_late_it_comes() -> None:
    for play in (at(*SENT), at(*SIGNED), at(*PAID)):
        assert play.do(play.given[1]) == ()


def test_the_last_day_of_the_quote_is_one_of_its_days() -> None:
    play = at(*ENTERED).later(days=(HOLDS_UNTIL - date(2026, 11, 27)).days)
    assert play.go(c.Send, c.RecordSigned).proposal.state is S.SIGNED


def test_who_signs_after_the_quote_has_ended_did_not_sign_in_vain_but_has_to_sign_anew() -> None:
    play = at(*SENT).later(days=(HOLDS_UNTIL - date(2026, 11, 27)).days + 1)
    (returned,) = play.do(play.command(c.RecordSigned))
    assert isinstance(returned, e.ProposalReturned)
    assert returned.reason is ReturnReason.QUOTE_OVER
    play.go(c.Amend, holds_until=HOLDS_UNTIL + timedelta(days=365))
    assert play.go(c.Send, c.RecordSigned).proposal.state is S.SIGNED


def test_who_signed_on_the_last_day_signed_in_time_however_late_the_seal_was() -> None:
    play = at(*SENT).later(days=(HOLDS_UNTIL - date(2026, 11, 27)).days + 1)
    assert play.go(c.RecordSigned, signed_on=HOLDS_UNTIL).proposal.state is S.SIGNED


def test_a_day_is_a_day_in_china() -> None:
    play = Play().go(c.Enter)
    play.now = NOON.replace(hour=17)
    assert play.command(c.Send).day == date(2026, 11, 28)


def test_a_change_brings_what_is_proposed_and_what_it_costs() -> None:
    play = at(*ENTERED).go(c.Amend, fen=1_000_000)
    assert (play.proposal.contents.digest, play.proposal.fen) == (OTHER_CONTENT, 1_000_000)
    assert play.do(play.command(c.Amend, fen=1_000_000)) == ()


@pytest.mark.parametrize("kind", [c.RecordSigned, c.RecordReturned, c.RecordRefused])
def test_an_envelope_comes_back_once(kind: type[c.Command]) -> None:
    play = at(*SENT, c.RecordReturned, c.Send)
    assert play.do(play.command(kind, envelope="env_1")) == ()
    assert play.proposal.envelope == "env_2"


def test_a_customer_who_declines_ends_it() -> None:
    play = at(*SENT).go(c.RecordRefused, signer=Signer.INSURED)
    assert play.proposal.state is S.REFUSED_BY_CUSTOMER
    assert play.proposal.ended


def test_an_offer_is_signed_by_itself_and_costs_what_it_says() -> None:
    play = offered()
    assert (play.proposal.state, play.proposal.fen) == (S.OFFERED, 2_894_400)
    play.go(c.Send, c.RecordReturned)
    assert (play.proposal.state, play.proposal.envelope) == (S.OFFERED, None)
    play.go(c.Send, c.RecordSigned, c.OrderDebit)
    assert play.proposal.debits[0].fen == 2_894_400
    assert play.proposal.signed is not None


def test_an_offer_may_be_signed_after_the_quote_ended_since_the_premium_was_agreed_before() -> None:
    play = offered().later(days=200)
    assert play.go(c.Send, c.RecordSigned).proposal.state is S.ACCEPTED


def test_an_offer_may_be_declined() -> None:
    assert offered().go(c.Send, c.RecordRefused).proposal.state is S.REFUSED_BY_CUSTOMER


@pytest.mark.parametrize("until", range(1, 5))
def test_a_proposal_may_be_withdrawn_as_long_as_no_debit_is_open(until: int) -> None:
    play = at(*PAID[:until], c.Withdraw)
    assert play.proposal.state is S.WITHDRAWN
    assert play.proposal.refunds == ()
    assert play.do(play.command(c.Withdraw)) == ()


def test_events_that_cannot_follow_break_the_trail() -> None:
    play = at(*SIGNED)
    entered, sent, signed = play.events
    for wrong in ([sent], [entered, entered], [entered, signed], [entered, sent, signed, sent]):
        with pytest.raises(PolicyTrailBroken):
            fold(wrong)
    with pytest.raises(PolicyTrailBroken, match="part that the proposal does not have"):
        evolve(play.state, e.RefundPaid(at=NOON, refund="rfd_1"))
    with pytest.raises(PolicyTrailBroken, match="never issued"):
        evolve(play.state, e.PolicyReceived(at=NOON, received_on=NOON.date(), hesitation_ends=NOON.date()))
    with pytest.raises(PolicyTrailBroken, match="nobody made"):
        evolve(play.state, e.OfferSigned(at=NOON, envelope="env_1", document=DOCUMENT, signers=()))
