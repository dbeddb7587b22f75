"""The way of a proposal, as its own events and those of its envelopes tell it."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign.public.events import Event
from policy.figures.journeys import Journey, journeys_in
from policy.figures.steps import Channel, Delivery, End, Step
from tests.unit.policy.figures.journey_play import CEREMONY, Story

PRP, ENV = "prp_1", "env_1"


@pytest.fixture
def story() -> Story:
    """A proposal that was sent to an applicant and an insured."""
    told = Story()
    told.enter(PRP)
    told.send(PRP, ENV, "applicant", "insured")
    told.wait(minutes=30)
    return told


def way(story: Story) -> Journey:
    (found,) = journeys_in(story.events)
    return found


def test_one_that_was_never_sent_is_not_counted() -> None:
    told = Story()
    told.enter(PRP)
    told.tell(PRP, "proposal.withdrawn", reason="customer-changed-mind")
    assert journeys_in(told.events) == []


@pytest.mark.parametrize("step", CEREMONY[:-1])
def test_a_step_is_reached_when_each_signer_reached_it(story: Story, step: str) -> None:
    story.walk(ENV, "applicant")
    assert way(story).step is Step.SENT
    story.walk(ENV, "insured", to=step)
    assert way(story).step is Step(step)


def test_signed_is_what_the_proposal_says_after_the_seal(story: Story) -> None:
    for role in ("applicant", "insured"):
        story.walk(ENV, role)
    assert (way(story).step, way(story).signed_at) == (Step.CONFIRMED, None)
    story.wait(minutes=1)
    story.sign(PRP, ENV)
    found = way(story)
    assert found.step is Step.SIGNED
    assert found.signed_at is not None
    assert found.signed_at - found.sent_at == 31 * 60


def test_who_signs_for_the_agency_is_not_waited_for(story: Story) -> None:
    story.walk(ENV, "agent", to="opened")
    for role in ("applicant", "insured"):
        story.walk(ENV, role, to="read")
    assert way(story).step is Step.READ


def test_who_was_replaced_counts_no_more_and_who_came_instead_does(story: Story) -> None:
    story.walk(ENV, "applicant")
    story.walk(ENV, "insured", to="drawn")
    story.tell(ENV, "recipient.replaced", recipient=f"{ENV}.insured", replacement=f"{ENV}.other")
    assert way(story).step is Step.SENT
    story.walk(ENV, "other")
    story.sign(PRP, ENV)
    assert (way(story).step, way(story).remote) == (Step.SIGNED, 2)


def test_each_signature_is_remote_assisted_or_in_person_as_its_evidence_says(story: Story) -> None:
    story.walk(ENV, "applicant", to="drawn")
    story.tell(ENV, "recipient.face-not-given", recipient=f"{ENV}.applicant")
    story.walk(ENV, "applicant")
    story.walk(ENV, "insured", to="identified")
    story.tell(ENV, "recipient.device-changed", recipient=f"{ENV}.insured", presence="in-person")
    for step in CEREMONY[2:]:
        story.tell(ENV, f"recipient.{step}", recipient=f"{ENV}.insured")
    story.sign(PRP, ENV)
    assert (way(story).remote, way(story).assisted, way(story).in_person) == (0, 1, 1)


def test_who_goes_home_with_the_link_signs_remotely_after_all(story: Story) -> None:
    story.walk(ENV, "applicant", to="identified", presence="in-person")
    story.tell(ENV, "recipient.device-changed", recipient=f"{ENV}.applicant", presence="remote")
    for step in CEREMONY[2:]:
        story.tell(ENV, f"recipient.{step}", recipient=f"{ENV}.applicant")
    story.walk(ENV, "insured")
    story.sign(PRP, ENV)
    assert (way(story).remote, way(story).in_person) == (2, 0)


def test_what_expired_has_ended_until_it_is_sent_again_and_time_runs_from_the_first_sending(story: Story) -> None:
    story.walk(ENV, "applicant", to="read")
    story.walk(ENV, "insured", to="read")
    story.tell(PRP, "proposal.returned", envelope=ENV, reason="expired")
    assert (way(story).end, way(story).step) == (End.EXPIRED, Step.READ)
    first = way(story).sent_at
    story.wait(days=2)
    story.send(PRP, "env_2", "applicant", "insured")
    found = way(story)
    assert (found.end, found.is_open, found.step, found.sent_at) == (None, True, Step.READ, first)


@pytest.mark.parametrize(
    ("type_", "payload", "end"),
    [
        ("proposal.refused", {"signer": "insured"}, End.REFUSED),
        ("proposal.withdrawn", {}, End.WITHDRAWN),
        ("proposal.returned", {"reason": "voided"}, End.VOIDED),
        ("proposal.returned", {"reason": "quote-over"}, End.QUOTE_OVER),
        ("proposal.returned", {"reason": "signed-by-others"}, End.SIGNED_BY_OTHERS),
        ("underwriting.decided", {"outcome": "decline"}, End.DECLINED),
        ("case.decided", {"outcome": "decline"}, End.DECLINED),
        ("offer.returned", {"reason": "expired"}, End.EXPIRED),
    ],
)
def test_every_end_has_a_name(story: Story, type_: str, payload: dict[str, str], end: End) -> None:
    story.tell(PRP, type_, **payload)
    assert (way(story).end, way(story).is_open) == (end, False)


def test_what_is_referred_or_asked_for_is_on_its_way_and_a_person_may_accept_it(story: Story) -> None:
    story.sign(PRP, ENV)
    story.tell(PRP, "underwriting.decided", outcome="refer")
    story.tell(PRP, "case.decided", outcome="ask")
    assert (way(story).step, way(story).is_open) == (Step.SIGNED, True)
    story.tell(PRP, "case.decided", outcome="accept")
    assert way(story).step is Step.UNDERWRITTEN


@pytest.mark.parametrize(
    ("told", "delivery"),
    [({}, None), ({"delivery": "electronic"}, Delivery.ELECTRONIC), ({"delivery": "paper"}, Delivery.PAPER)],
)
def test_how_a_policy_is_delivered_is_what_its_issue_says(
    story: Story, told: dict[str, str], delivery: Delivery | None
) -> None:
    story.sign(PRP, ENV)
    story.issue(PRP, **told)
    found = way(story)
    assert (found.step, found.delivery, found.is_open) == (Step.ISSUED, delivery, False)
    assert found.issued_at is not None
    assert found.signed_at is not None
    assert found.issued_at - found.signed_at == 3 * 3600


def test_an_issued_policy_that_is_cancelled_was_issued(story: Story) -> None:
    story.sign(PRP, ENV)
    story.issue(PRP)
    before = way(story)
    story.tell(PRP, "policy.cancelled")
    assert way(story) == before


def test_a_proposal_of_a_program_comes_by_the_platform_and_what_is_amended_is_what_counts() -> None:
    told = Story()
    told.enter(PRP, client="cli_1")
    told.tell(PRP, "proposal.amended", product="term-life", holds_until="2026-12-24")
    told.send(PRP, ENV, "applicant")
    found = way(told)
    assert (found.channel, found.product, found.holds_until) == (Channel.PLATFORM, "term-life", "2026-12-24")


def test_envelopes_of_others_and_of_service_requests_tell_nothing(story: Story) -> None:
    before = way(story)
    story.tell("env_9", "envelope.created", recipients=[{"id": "rcp_9", "role": "applicant"}])
    story.tell("env_9", "recipient.opened", recipient="rcp_9")
    story.tell("srq_1", "proposal.sent", envelope="env_9")
    assert way(story) == before


@given(st.randoms(use_true_random=False))
def test_it_does_not_matter_how_streams_lie_between_one_another(chance: object) -> None:
    """The trail orders events of different streams as it places them; each stream keeps its own order."""
    told = Story()
    told.enter(PRP)
    told.send(PRP, ENV, "applicant", "insured")
    for role in ("insured", "applicant"):
        told.walk(ENV, role)
    told.sign(PRP, ENV)
    told.issue(PRP, delivery="paper")
    told.enter("prp_2")
    told.send("prp_2", "env_2", "applicant")
    streams: dict[str, list[Event]] = defaultdict(list)
    for event in told.events:
        streams[event.stream].append(event)
    turns = [event.stream for event in told.events]
    chance.shuffle(turns)  # type: ignore[attr-defined]
    mixed = [streams[stream].pop(0) for stream in turns]
    assert sorted(journeys_in(mixed)) == sorted(journeys_in(told.events))
