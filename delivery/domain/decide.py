"""What a command leads to: `decide(state, command) -> events`, pure; it raises `DeliveryRefused` and nothing else.

Every command passes the same gates in the same order:

1. it is well formed, and the delivery exists;
2. if it had its effect already, it leads to nothing more: a scan may come twice;
3. it is not older than what happened last;
4. the delivery's state accepts it (`delivery.domain.table`);
5. its own rule is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from delivery.domain import commands as c
from delivery.domain.chase_rules import CHASE_RULES
from delivery.domain.command import Command
from delivery.domain.contract_rules import CONTRACT_RULES, opened
from delivery.domain.event import Event
from delivery.domain.forms import FormError, check_members
from delivery.domain.paper_rules import PAPER_RULES
from delivery.domain.receipt_rules import RECEIPT_RULES
from delivery.domain.refusal import refusal
from delivery.domain.rule import Rule
from delivery.domain.state import Delivery
from delivery.domain.table import TABLE
from delivery.domain.visit_rules import VISIT_RULES

RULES: Final[Mapping[type[Command], Rule]] = {
    **CONTRACT_RULES,
    **PAPER_RULES,
    **VISIT_RULES,
    **RECEIPT_RULES,
    **CHASE_RULES,
}


def decide(state: Delivery | None, command: Command) -> tuple[Event, ...]:
    """Return the events that `command` leads to; none where it had its effect already. Raises `DeliveryRefused`."""
    try:
        check_members(command)
    except FormError as error:
        raise refusal("malformed-command", (error.place,)) from error
    kind = type(command)
    if isinstance(command, c.Open):
        return opened(state, command)
    if state is None:
        raise refusal("no-delivery")
    rule = RULES[kind]
    if rule.repeats(state, command):
        return ()
    if command.at < state.last_at:
        raise refusal("delivery-back-dated", (state.last_at.isoformat(),))
    if kind not in TABLE[state.state].accepts:
        raise refusal(f"delivery-{state.state.value}")
    return rule.events(state, command)
