"""What a command leads to: `decide(state, command) -> events`, pure; it raises `PolicyRefused` and nothing else.

Every command passes the same gates in the same order:

1. it is well formed, and the proposal exists;
2. if it had its effect already, it leads to nothing more: commands may be repeated;
3. the proposal's state accepts it (`policy.domain.table`);
4. its own rule is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from policy.domain import commands as c
from policy.domain.event import Event
from policy.domain.forms import FormError, check_members
from policy.domain.money_rules import MONEY_RULES
from policy.domain.policy_rules import POLICY_RULES
from policy.domain.refusal import refusal
from policy.domain.rule import Rule
from policy.domain.signing_rules import SIGNING_RULES, enter
from policy.domain.state import Proposal
from policy.domain.table import TABLE
from policy.domain.underwriting_rules import UNDERWRITING_RULES
from policy.domain.visit_rules import VISIT_RULES

RULES: Final[Mapping[type[c.Command], Rule]] = {
    **SIGNING_RULES,
    **UNDERWRITING_RULES,
    **MONEY_RULES,
    **POLICY_RULES,
    **VISIT_RULES,
}


def decide(state: Proposal | None, command: c.Command) -> tuple[Event, ...]:
    """Return the events that `command` leads to; none where it had its effect already. Raises `PolicyRefused`."""
    try:
        check_members(command)
    except FormError as error:
        raise refusal("malformed-command", (error.place,)) from error
    if isinstance(command, c.Enter):
        return enter(state, command)
    if state is None:
        raise refusal("no-proposal")
    rule = RULES[type(command)]
    if rule.repeats(state, command):
        return ()
    if type(command) not in TABLE[state.state].accepts:
        raise refusal(f"proposal-{state.state.value}")
    return rule.events(state, command)
