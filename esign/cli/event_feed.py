"""The service's feed of events as a program outside reads it: over HTTP, with a key of the API."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, TypeAlias, cast
from urllib.parse import quote, urlencode, urlsplit

from ca.exchange import Destination, Lookup, exchange, system_lookup
from ca.ports import HttpAnswer, TransportFailed
from esign.cli.output import printable
from esign.errors import EsignError
from esign.infra.columns import JsonValue
from esign.infra.outgoing_rules import AddressRefused, OutgoingRules
from esign.infra.secret import Secret

PAGE: Final = 200
PAGE_BYTES_AT_MOST: Final = 8 * 1024 * 1024
FEED_SECONDS: Final = 15.0
_TOO_MANY: Final = 429
_KEY: Final = re.compile(r"esk_[A-Za-z0-9_.-]{20,200}")

Event: TypeAlias = Mapping[str, JsonValue]


class Interrupted(Exception):
    """No answer now; the next try may have one. Its text says who did not answer, and why."""


@dataclass(frozen=True)
class Page:
    """Events in their order, the cursor after them, and whether more wait already."""

    events: Sequence[Event]
    cursor: str
    has_more: bool


class Feed:
    """The service's feed of events."""

    def __init__(self, url: str, key: Secret, *, lookup: Lookup = system_lookup) -> None:
        """Raises `EsignError`: `listen-key`, `listen-url`, `listen-key-in-clear`."""
        if not _KEY.fullmatch(key.reveal()):
            raise EsignError("listen-key", "this is no key of the API", "make one: esign clients create NAME")
        self._name = url.rstrip("/")
        self._key = key
        self._lookup = lookup
        destination = destination_of(f"{self._name}/v1/events")
        if not destination.is_https and not _is_this_machine(destination.host):
            raise EsignError("listen-key-in-clear", "the key would travel unencrypted", "use the service's https url")

    def page(self, after: str | None) -> Page:
        """Return what comes after the cursor. Raises `Interrupted`, and `EsignError` (`feed-refused`, `feed-odd`)."""
        query = {"limit": str(PAGE)} | ({} if after is None else {"after": after})
        answer = self._ask(f"/v1/events?{urlencode(query, quote_via=quote)}")
        if answer.status >= 500 or answer.status == _TOO_MANY:
            raise Interrupted(f"{self._name} answers with {answer.status}")
        if answer.status != 200:
            raise EsignError(
                "feed-refused",
                f"{self._name} refuses to tell events ({answer.status} {_code(answer.body)})",
                "check --url, the key, and whether it has the scope events:read",
            )
        return _page(answer.body, self._name)

    def _ask(self, target: str) -> HttpAnswer:
        try:
            return exchange(
                "GET",
                destination_of(f"{self._name}{target}"),
                lookup=self._lookup,
                tls=ssl.create_default_context(),
                body=None,
                headers={"Authorization": f"Bearer {self._key.reveal()}", "User-Agent": "esign-listen/1"},
                timeout_seconds=FEED_SECONDS,
                max_bytes=PAGE_BYTES_AT_MOST,
            )
        except TransportFailed as failed:
            raise Interrupted(f"{self._name} does not answer ({failed.failure.value})") from failed


def destination_of(url: str) -> Destination:
    """Return whom the URL names, on any port: whoever runs the command chose it."""
    try:
        parts = urlsplit(url)
        listed = [f"{parts.hostname}:{parts.port}"] if parts.hostname and parts.port else []
        return OutgoingRules(listed).destination(url)
    except (ValueError, AddressRefused) as error:
        raise EsignError(
            "listen-url", "an address given is not a plain http or https url", "write http://127.0.0.1:9000/hook"
        ) from error


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _page(body: bytes, name: str) -> Page:
    odd = EsignError("feed-odd", f"{name} answers something that is no page of events", "check --url")
    try:
        found = json.loads(body)
        events, cursor, has_more = found["items"], found["next_cursor"], found["has_more"]
        whole = (
            isinstance(events, list)
            and isinstance(cursor, str)
            and isinstance(has_more, bool)
            and all(
                isinstance(event, dict) and isinstance(event.get("id"), str) and isinstance(event.get("type"), str)
                for event in events
            )
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise odd from error
    if not whole:
        raise odd
    return Page(cast(Sequence[Event], events), cursor, has_more)


def _code(body: bytes) -> str:
    """Return the code of a problem document, cleaned: it goes to a terminal."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return "without a reason"
    code = found.get("code") if isinstance(found, dict) else None
    return printable(code[:60]) if isinstance(code, str) else "without a reason"
