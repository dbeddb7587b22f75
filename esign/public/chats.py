"""Group chats that a room writes to (`house.chats`): an address is checked, and a text is posted.

The address is the key of the group's robot: whoever has it writes into the group, so it is kept as a sealed record. A
group has members whom nobody of ours chose: a text to it holds numbers and ids, and nothing of a person.
"""

from __future__ import annotations

from esign.infra.group_chat import TEXT_AT_MOST, GroupChats
from esign.infra.notifications import ChannelRefused, ChannelUnavailable, NotificationError
from esign.infra.secret import Secret

__all__ = ["TEXT_AT_MOST", "ChannelRefused", "ChannelUnavailable", "GroupChats", "NotificationError", "Secret"]
