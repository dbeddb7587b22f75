"""Connections of a library that makes its own requests, held to the rules of the one guarded way out.

Such a library resolves and connects where we cannot hand it a client. CPython tells an audit hook (PEP 578) of every
connection before it is made, with the very address, and does not make it if the hook raises. So what is checked is
what is connected to: a name that changes between a check and its use gains nothing. Only connections inside
`guarded_connections` are judged; work that is handed to other threads with its context (`contextvars`) is inside.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Final

from esign.infra.outgoing_rules import AddressRefused, OutgoingRules

_CONNECTING: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


class ConnectionDenied(OSError):
    """Raised where a connection would have been made, as an `OSError`, for which libraries close their sockets.

    Where to is not told: it may be part of a credential.
    """


@dataclass
class GuardedConnections:
    """What happened inside: whether a connection was denied, and the name that was looked up last."""

    rules: OutgoingRules
    denied: bool = False
    looked_up: str | None = None

    def judge(self, address: object) -> None:
        """Raise `ConnectionDenied` unless it is the address of a socket that the rules admit."""
        match address:
            case (str(host), int(port), *_):
                try:
                    self.rules.refuse_inside(self.looked_up or host, port, [host])
                except AddressRefused:
                    self.denied = True
                    raise ConnectionDenied from None
            case _:
                self.denied = True
                raise ConnectionDenied


_inside: ContextVar[GuardedConnections | None] = ContextVar("esign_guarded_connections", default=None)


@contextmanager
def guarded_connections(rules: OutgoingRules) -> Iterator[GuardedConnections]:
    """Let only connections be made that the rules admit. Others raise `ConnectionDenied` inside the library.

    The library may swallow that; `denied` tells of it afterwards. Anything but TCP and UDP to an IP address is denied.
    """
    _install()
    guarded = GuardedConnections(rules)
    token = _inside.set(guarded)
    try:
        yield guarded
    finally:
        _inside.reset(token)


@cache
def _install() -> None:
    """Add the hook, once in a process: it cannot be taken away again, and costs a look at the event's name."""
    sys.addaudithook(_judge)


def _judge(event: str, arguments: tuple[object, ...]) -> None:
    if not event.startswith("socket."):
        return
    guarded = _inside.get()
    if guarded is None:
        return
    if event == "socket.getaddrinfo":
        guarded.looked_up = _name(arguments[0])
    elif event in _CONNECTING:
        guarded.judge(arguments[1])


def _name(host: object) -> str | None:
    """Return the name as the operator's list has it."""
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    return text.lower().rstrip(".") if isinstance(text, str) else None
