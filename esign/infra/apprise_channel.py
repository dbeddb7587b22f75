"""Real channels by Apprise: text messages, e-mail, chat, each by a URL that the operator configured.

Apprise makes its own requests; what holds them to the one guarded way out is told in ADR 0022. Whatever it writes to
its log may quote a URL, so it is kept silent; what went wrong is told by a code and the number of the URL.
"""

from __future__ import annotations

import logging
import re
import sys
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from ca.exchange import Destination
from esign.infra.connection_guard import guarded_connections
from esign.infra.errors import ConfigurationError
from esign.infra.notifications import Address, ChannelRefused, ChannelUnavailable, Words
from esign.infra.outgoing_rules import OutgoingRules
from esign.infra.secret import Secret

if TYPE_CHECKING:
    from apprise import AppriseAsset, NotifyBase

SECONDS_AT_MOST: Final = 20
"""For one message by one URL, all tries and waits of Apprise together."""

URLS_AT_MOST: Final = 6
"""So many are tried one after the other well within the time that a worker has (`esign.infra.messages.CLAIM`)."""

SENDER: Final = "esign"
"""Where a channel names who sends and the URL does not: also a header of HTTP, so ASCII."""

_PLACEHOLDER: Final = re.compile(r"\{(phone|email)\}")
_SOMEBODY: Final = Address("13900000000", "somebody@example.com", "")
_EMAIL: Final = "apprise.plugins.email.base"


class AppriseChannel:
    """Sends by the first URL that takes the message. A URL for an address that the person does not have is passed over.

    `{phone}` and `{email}` in a URL stand for the person's, percent-encoded; `rules` judge every connection. Raises
    `ConfigurationError` (`notification-urls`) if a URL is not whole, would send everybody's messages to one place, or
    leaves out a check that we rely on.
    """

    def __init__(self, urls: Sequence[Secret], *, rules: OutgoingRules) -> None:
        self._asset = asset_for_sending()
        self._urls = tuple(urls)
        self._rules = rules
        if not 0 < len(urls) <= URLS_AT_MOST:
            raise ConfigurationError(
                "notification-urls", f"there are {len(urls)} notification URLs", f"give 1 to {URLS_AT_MOST}"
            )
        for number, url in enumerate(urls, start=1):
            if (shortcoming := self._shortcoming(url)) is not None:
                cause, cure = shortcoming
                raise ConfigurationError("notification-urls", f"notification URL number {number} {cause}", cure)

    @property
    def name(self) -> str:
        return "apprise"

    def send(self, to: Address, message: Words) -> None:
        """Hand the message over, at least once.

        Raises `ChannelUnavailable` (`channel-unavailable`, `channel-connection-denied`) if one of the URLs may take it
        later, else `ChannelRefused` (`no-channel-for-person`, `channel-address`).
        """
        failure: ChannelUnavailable | ChannelRefused | None = None
        for number, url in enumerate(self._urls, start=1):
            filled = _filled(url, to)
            if filled is None:
                continue
            problem = self._send_by(filled, message, number)
            if problem is None:
                return
            if failure is None or isinstance(failure, ChannelRefused):
                failure = problem
        raise failure or ChannelRefused(
            "no-channel-for-person",
            "no notification URL is for an address that the person has",
            "add a URL with {phone}, which everybody has",
        )

    def _send_by(self, filled: str, message: Words, number: int) -> ChannelUnavailable | ChannelRefused | None:
        from apprise import Apprise, NotifyFormat  # noqa: PLC0415  # loading it is slow

        service = self._service(filled)
        if service is None:
            return ChannelRefused(
                "channel-address",
                f"notification URL number {number} does not take this person's address",
                "correct the person's phone number or e-mail address",
            )
        subject = message.subject if service.title_maxlen > 0 else ""  # else it would be put before the text
        sending = Apprise(asset=self._asset)
        sending.add(service)
        with guarded_connections(self._rules) as connections:
            taken = bool(sending.notify(body=message.text, title=subject, body_format=NotifyFormat.TEXT))
        if taken:
            return None
        if connections.denied:
            return ChannelUnavailable(
                "channel-connection-denied",
                f"notification URL number {number} leads to an address that outgoing requests may not reach",
                "use a public host, or name its host and port in outgoing.allow",
            )
        return ChannelUnavailable(
            "channel-unavailable",
            f"notification URL number {number} did not take the message",
            "it will be tried again; check the service, and the URL's credentials",
        )

    def _service(self, filled: str) -> NotifyBase | None:
        """Return what Apprise makes of the URL, None if it can make nothing of it."""
        from apprise import Apprise  # noqa: PLC0415  # loading it is slow

        with guarded_connections(self._rules):
            return Apprise.instantiate(filled, asset=self._asset)

    def _shortcoming(self, url: Secret) -> tuple[str, str] | None:
        """Return what is wrong with a URL, and what to do about it."""
        if not _PLACEHOLDER.search(url.reveal()):
            return "has neither {phone} nor {email}", "put one where the receiver's number or address belongs"
        service = self._service(_filled(url, _SOMEBODY) or "")
        if service is None:
            return "is not one that Apprise can use", "write it as Apprise documents that service"
        if "host" in type(service).template_tokens and _PLACEHOLDER.search(_authority(url)) is not None:
            return "has the receiver in the place of the host", "let only the path or the query name the receiver"
        return shortcoming_of(service, self._rules)


def shortcoming_of(service: NotifyBase, rules: OutgoingRules) -> tuple[str, str] | None:
    """Return which check of ours a service of Apprise would go past, and what to do about it; None where none."""
    found = (
        (
            not _makes_plain_connections(service),
            "is of a service whose connections cannot be judged",
            "use one over HTTP, or e-mail",
        ),
        (
            service.redirects or not service.verify_certificate,
            "follows redirects or trusts any certificate",
            "leave out redirect= and verify=",
        ),
        (
            service.optional,
            "is optional, so that a failure would go unnoticed",
            "leave out optional=",
        ),
        (
            _is_unprotected(service) and not rules.lists(_host_of(service)),
            "sends without TLS",
            "use the service's form with TLS, or name its host and port in outgoing.allow",
        ),
    )
    return next(((cause, cure) for wrong, cause, cure in found if wrong), None)


def asset_for_sending() -> AppriseAsset:
    """Load Apprise and return its settings: no redirects, no pictures of others, nothing read into the text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its optional parts import what Python will drop
        from apprise import Apprise, AppriseAsset  # noqa: PLC0415  # loading it is slow

        Apprise.instantiate("json://localhost")  # at the first URL it loads every service that it knows
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    return AppriseAsset(
        app_id=SENDER,
        app_desc=SENDER,
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
        http_redirects=False,
        interpret_escapes=False,
        interpret_emojis=False,
        service_timeout=SECONDS_AT_MOST,
    )


def _filled(url: Secret, to: Address) -> str | None:
    """Return the URL for this person, None if it asks for an address that the person does not have."""
    values: Mapping[str, str | None] = {"phone": to.phone, "email": to.email}
    asked = {str(found) for found in _PLACEHOLDER.findall(url.reveal())}
    if any(values[name] is None for name in asked):
        return None
    return _PLACEHOLDER.sub(lambda found: quote(values[found[1]] or "", safe=""), url.reveal())


def _authority(url: Secret) -> str:
    """Return what stands in a URL before its path and query."""
    return re.split("[/?]", url.reveal().partition("://")[2], maxsplit=1)[0]


def _host_of(service: NotifyBase) -> Destination:
    return Destination(False, str(service.host).lower(), service.port or 80, "/")


def _makes_plain_connections(service: NotifyBase) -> bool:
    """Tell whether all it does is connect from Python, in our context, where the guard sees it."""
    module = type(service).__module__
    return module == _EMAIL or hasattr(sys.modules[module], "requests")


def _is_unprotected(service: NotifyBase) -> bool:
    """Tell whether the URL names the form without TLS of a service that has one."""
    plain: object = getattr(type(service), "protocol", None)
    return service.schema in (plain if isinstance(plain, tuple | list) else (plain,))
