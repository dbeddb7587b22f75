"""What a rule for a command is: when it had its effect already, and which events it leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from policy.domain.event import Event
from policy.domain.state import Proposal


@dataclass(frozen=True)
class Rule:
    """Both functions take the proposal and the command, and may refuse.

    `repeats` tells that the command had its effect already, so that it leads to nothing more. `events` is asked only
    where the state table accepts the command.
    """

    repeats: Callable[[Proposal, Any], bool]
    events: Callable[[Proposal, Any], tuple[Event, ...]]
