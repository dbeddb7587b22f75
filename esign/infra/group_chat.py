"""Messages to a group chat, by an address that the group's robot was given: `wecombot://KEY` and whatever else Apprise
can write to over HTTP.

Apprise makes its own requests; they are held to the one guarded way out as those of messages to people are
(ADR 0022). WeCom answers a robot that it does not know, or that writes too often, with status 200 and a code in the
body, which Apprise does not read: to it, we speak ourselves, by the guarded transport.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, Protocol

from ca.ports import HttpTransport, TransportFailed
from esign.infra.connection_guard import guarded_connections
from esign.infra.notifications import ChannelRefused, ChannelUnavailable
from esign.infra.outgoing_rules import OutgoingRules
from esign.infra.secret import Secret

if TYPE_CHECKING:
    from apprise import NotifyBase

SECONDS_AT_MOST: Final = 20.0
ANSWER_AT_MOST: Final = 16_384
TEXT_AT_MOST: Final = 600
"""Characters of a message: WeCom takes 2,048 bytes, and a Chinese one is three."""
ADDRESS_AT_MOST: Final = 500
_WECOM: Final = "apprise.plugins.wecombot"


class GroupChats(Protocol):
    """What group chats are written to by."""

    def check(self, address: Secret) -> str:
        """Return the name of the service of an address, such as `wecombot`. Nothing is sent.

        Raises `ChannelRefused` (`chat-address`) for one that cannot be used.
        """

    def post(self, address: Secret, text: str) -> None:
        """Hand the text over, at least once; the group sees it as it stands.

        Raises `ChannelRefused` (`chat-address`), `ChannelUnavailable` (`chat-unavailable`, `chat-connection-denied`,
        `chat-refused`), `ValueError` for a text of more than `TEXT_AT_MOST` characters.
        """


class NoGroupChats:
    """Where nothing goes out: every address is refused."""

    def check(self, address: Secret) -> str:
        """See `GroupChats`."""
        raise _unusable("is not used here", "run this in a service")

    def post(self, address: Secret, text: str) -> None:
        """See `GroupChats`."""
        raise _unusable("is not used here", "run this in a service")


class AppriseChats:
    """Group chats by Apprise, each connection under the rules."""

    def __init__(self, rules: OutgoingRules, transport: HttpTransport) -> None:
        """`transport` goes by the same rules."""
        self._rules = rules
        self._transport = transport

    def check(self, address: Secret) -> str:
        """See `GroupChats`."""
        return str(self._service(address).schema)

    def post(self, address: Secret, text: str) -> None:
        """See `GroupChats`."""
        if len(text) > TEXT_AT_MOST:
            raise ValueError(f"a message to a group has {TEXT_AT_MOST} characters at most")
        service = self._service(address)
        if type(service).__module__ == _WECOM:
            self._post_to_wecom(str(getattr(service, "api_url", "")), text)
        else:
            self._post_by_apprise(service, text)

    def _service(self, address: Secret) -> NotifyBase:
        from apprise import Apprise  # noqa: PLC0415  # loading it is slow

        from esign.infra.apprise_channel import asset_for_sending, shortcoming_of  # noqa: PLC0415  # as above

        said = address.reveal().strip()
        if not 0 < len(said) <= ADDRESS_AT_MOST or not said.isprintable():
            raise _unusable("is none", "give it as wecombot://KEY, with the key of the group's robot")
        asset = asset_for_sending()
        with guarded_connections(self._rules):
            service = Apprise.instantiate(said, asset=asset)
        if service is None:
            raise _unusable("is not one that Apprise can use", "give it as wecombot://KEY, or as Apprise documents it")
        if (shortcoming := shortcoming_of(service, self._rules)) is not None:
            cause, cure = shortcoming
            raise _unusable(cause, cure)
        return service

    def _post_by_apprise(self, service: NotifyBase, text: str) -> None:
        from apprise import Apprise, NotifyFormat  # noqa: PLC0415  # loading it is slow

        from esign.infra.apprise_channel import asset_for_sending  # noqa: PLC0415  # as above

        sending = Apprise(asset=asset_for_sending())
        sending.add(service)
        with guarded_connections(self._rules) as connections:
            taken = bool(sending.notify(body=text, body_format=NotifyFormat.TEXT))
        if connections.denied:
            raise ChannelUnavailable(
                "chat-connection-denied",
                "the group's address leads to where outgoing requests may not reach",
                "use a public host, or name its host and port in outgoing.allow",
            )
        if not taken:
            raise _unavailable()

    def _post_to_wecom(self, url: str, text: str) -> None:
        body = json.dumps({"msgtype": "text", "text": {"content": text}}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        try:
            answer = self._transport.post(
                url, body=body, headers=headers, timeout_seconds=SECONDS_AT_MOST, max_bytes=ANSWER_AT_MOST
            )
            told = json.loads(answer.body) if answer.status == 200 else {}
            code = told.get("errcode") if isinstance(told, dict) else None
        except (TransportFailed, ValueError) as error:
            raise _unavailable() from error
        if answer.status != 200:
            raise _unavailable()
        if code != 0:
            shown = f" ({code})" if type(code) is int else ""
            raise ChannelUnavailable(
                "chat-refused",
                f"WeCom did not take the message{shown}",
                "see whether the group's robot is still there, and set its address again",
            )


def _unavailable() -> ChannelUnavailable:
    return ChannelUnavailable(
        "chat-unavailable",
        "the group chat did not take the message",
        "it is tried again; check the service and its key",
    )


def _unusable(cause: str, cure: str) -> ChannelRefused:
    return ChannelRefused("chat-address", f"the address of the group chat {cause}", cure)
