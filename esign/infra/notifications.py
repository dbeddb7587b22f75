"""Messages to people, as a port: what is sent to whom, and the channel that it goes by.

The embedded channel is the outbox: nothing leaves the machine, and who may see the message is decided where it is
shown. Real channels are in `esign.infra.apprise_channel`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from esign.errors import EsignError

OUTBOX: Final = "outbox"


class NotificationError(EsignError):
    """A message was not sent. No number, address, word or credential of it is in the text."""


class ChannelUnavailable(NotificationError):
    """The channel did not take the message now; trying again may help."""


class ChannelRefused(NotificationError):
    """The channel will never take this message; trying again is of no use."""


@dataclass(frozen=True)
class Address:
    """How somebody is reached: `phone` as digits with an optional `+`; without it, or `email`, none is written to."""

    phone: str | None
    email: str | None
    name: str


@dataclass(frozen=True)
class Words:
    """A message as a person reads it, plain text. Where a channel has no subject, `text` says everything."""

    subject: str
    text: str


@dataclass(frozen=True)
class Composed:
    """A message made ready: the words, and whom they go to."""

    to: Address
    words: Words


class Channel(Protocol):
    """What messages go by. `name` is a code, for logs and for the list of stand-ins."""

    @property
    def name(self) -> str: ...

    def send(self, to: Address, message: Words) -> None:
        """Hand the message over, at least once. Raises `ChannelUnavailable` (try again) or `ChannelRefused` (never)."""


class OutboxChannel:
    """The embedded stand-in: sends nothing. The message stays to be read in the outbox."""

    @property
    def name(self) -> str:
        return OUTBOX

    def send(self, to: Address, message: Words) -> None:
        """Send nothing."""
