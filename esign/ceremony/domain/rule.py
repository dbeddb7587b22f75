"""What a rule for a command is: when it had its effect already, and which events it leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from esign.ceremony.domain.event import Event
from esign.ceremony.domain.state import Envelope, Recipient


@dataclass(frozen=True)
class EnvelopeRule:
    """Both functions take the envelope and the command, and may refuse.

    `repeats` tells that the command had its effect already, so that it leads to nothing more. `events` is asked
    only where the state tables accept the command.
    """

    repeats: Callable[[Envelope, Any], bool]
    events: Callable[[Envelope, Any], tuple[Event, ...]]


@dataclass(frozen=True)
class RecipientRule:
    """As `EnvelopeRule`, with the recipient between envelope and command."""

    repeats: Callable[[Envelope, Recipient, Any], bool]
    events: Callable[[Envelope, Recipient, Any], tuple[Event, ...]]
