"""Every state, act and event of a proposal has words on the pages."""

from __future__ import annotations

from policy.domain.events import EVENTS
from policy.domain.table import TABLE, Actor
from policy.domain.values import ProposalState
from policy.pages.sales_words import ACTORS, ACTS, HAPPENED, STATES


def test_every_state_act_and_event_has_words() -> None:
    assert set(STATES) == set(ProposalState)
    assert set(ACTORS) == set(Actor)
    assert {row.act for row in TABLE.values()} - {"none"} <= set(ACTS)
    assert set(HAPPENED) == {one.type.name for one in EVENTS}
