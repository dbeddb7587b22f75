"""What a rule for a command is: when it had its effect already, and which events it leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from delivery.domain.event import Event
from delivery.domain.state import Delivery


@dataclass(frozen=True)
class Rule:
    """Both functions take the delivery and the command, and may refuse.

    `repeats` tells that the command had its effect already, so that it leads to nothing more: a scan may come twice.
    `events` is asked only where the state table accepts the command.
    """

    repeats: Callable[[Delivery, Any], bool]
    events: Callable[[Delivery, Any], tuple[Event, ...]]


def never(_state: Delivery, _command: object) -> bool:
    """Say that a command is always meant anew."""
    return False
