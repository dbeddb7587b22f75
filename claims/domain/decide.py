"""What a command leads to: `decide(state, command) -> events`, pure; it raises `ClaimRefused` and nothing else.

Every command passes the same gates in the same order:

1. it is well formed, and the claim exists;
2. if it had its effect already, it leads to nothing more: commands may be repeated;
3. the claim's state accepts it (`claims.domain.table`);
4. its own rule is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from claims.domain import commands as c
from claims.domain.dispatch_rules import DISPATCH_RULES
from claims.domain.event import Event
from claims.domain.forms import FormError, check_members
from claims.domain.handling_rules import HANDLING_RULES, report
from claims.domain.loss_rules import LOSS_RULES
from claims.domain.money_rules import MONEY_RULES
from claims.domain.refusal import refusal
from claims.domain.rule import Rule
from claims.domain.seen_rules import SEEN_RULES
from claims.domain.settlement_rules import SETTLEMENT_RULES
from claims.domain.state import Claim
from claims.domain.supply_rules import SUPPLY_RULES
from claims.domain.table import TABLE
from claims.domain.tracking_rules import TRACKING_RULES

RULES: Final[Mapping[type[c.Command], Rule]] = {
    **HANDLING_RULES,
    **TRACKING_RULES,
    **DISPATCH_RULES,
    **LOSS_RULES,
    **SUPPLY_RULES,
    **SEEN_RULES,
    **SETTLEMENT_RULES,
    **MONEY_RULES,
}


def decide(state: Claim | None, command: c.Command) -> tuple[Event, ...]:
    """Return the events that `command` leads to; none where it had its effect already. Raises `ClaimRefused`."""
    try:
        check_members(command)
    except FormError as error:
        raise refusal("malformed-command", (error.place,)) from error
    if isinstance(command, c.Report):
        return report(state, command)
    if state is None:
        raise refusal("no-claim")
    rule = RULES[type(command)]
    if rule.repeats(state, command):
        return ()
    if type(command) not in TABLE[state.state].accepts:
        raise refusal(f"claim-{state.state.value}")
    return rule.events(state, command)
