"""`esign listen`: what happens in the service, as webhooks to a program on this machine, while it is being written.

It follows the feed of events with a key of the API, so the service needs no way to reach this machine. What arrives
has the form, id and signature that a registered endpoint would be sent.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from ipaddress import ip_address
from typing import Final, TypeAlias, TypeVar

import click

from ca.exchange import Lookup, SocketAddress, system_lookup
from ca.ports import Clock, HttpTransport, TransportFailed, TransportFailure
from esign.cli.builders import builders_of
from esign.cli.event_feed import Event, Feed, Interrupted, Page, destination_of
from esign.cli.output import errors_in_one_line, printable
from esign.errors import EsignError
from esign.infra.columns import canonical_json
from esign.infra.outgoing import GuardedTransport
from esign.infra.outgoing_rules import OutgoingRules
from esign.infra.secret import Secret
from esign.webhooks.signature import new_secret, sign

KEY_VARIABLE: Final = "ESIGN_API_KEY"
ANSWER_BYTES_AT_MOST: Final = 64 * 1024
FORWARD_SECONDS: Final = 30.0
POLL_SECONDS: Final = 1.0
PAUSES: Final = (1.0, 2.0, 5.0, 10.0)

Pause: TypeAlias = Callable[[float], object]
Tell: TypeAlias = Callable[[str], None]
Result = TypeVar("Result")


class Forwarder:
    """Posts events to the integrator's address, signed."""

    def __init__(self, target: str, secret: Secret, transport: HttpTransport, clock: Clock) -> None:
        self._target = target
        self._secret = secret
        self._transport = transport
        self._clock = clock

    def post(self, event: Event) -> int:
        """Send one event and return the HTTP status of the answer. Raises `Interrupted`."""
        body = canonical_json(event)
        headers = {"Content-Type": "application/json", "User-Agent": "esign-webhooks/1"}
        try:
            answer = self._transport.post(
                self._target,
                body=body,
                headers=headers | sign([self._secret], str(event["id"]), self._clock(), body),
                timeout_seconds=FORWARD_SECONDS,
                max_bytes=ANSWER_BYTES_AT_MOST,
            )
        except TransportFailed as failed:
            raise Interrupted(f"{self._target} does not answer ({failed.failure.value})") from failed
        return answer.status


class Listener:
    """Takes events from the feed to the forwarder, in their order, across interruptions of either."""

    def __init__(
        self,
        feed: Feed,
        forwarder: Forwarder,
        clock: Clock,
        *,
        types: Collection[str],
        tell: Tell,
        warn: Tell,
        pause: Pause,
    ) -> None:
        """`types` are those to forward, none for all. `tell` gets a line for each event, `warn` one for the
        beginning and each interruption; `pause` waits for so many seconds."""
        self._feed = feed
        self._types = frozenset(types)
        self._forwarder = forwarder
        self._clock = clock
        self._tell = tell
        self._warn = warn
        self._pause = pause

    def run(self, since: str | None) -> None:
        """Run until interrupted (`KeyboardInterrupt`). `since` is the id of the event after which to begin; without
        it, what has happened already is passed over.

        An answer of any status settles an event; one that nobody answered is sent again. Raises `EsignError`.
        """
        cursor = self._begin(since)
        self._warn("listening; Ctrl-C ends it")
        while True:
            page = self._asked(cursor)
            for event in page.events:
                self._forward(event)
            cursor = page.cursor
            if not page.has_more:
                self._pause(POLL_SECONDS)

    def _begin(self, since: str | None) -> str:
        """Return the cursor to go on with; what stands behind `since` on its page is forwarded."""
        cursor: str | None = None
        while True:
            page = self._asked(cursor)
            cursor = page.cursor
            ids = [event["id"] for event in page.events]
            if since in ids:
                for event in page.events[ids.index(since) + 1 :]:
                    self._forward(event)
                return cursor
            if not page.has_more:
                break
        if since is not None:
            raise EsignError("event-unknown", "the feed has no event of the id in --since", "check the id and the key")
        return cursor

    def _asked(self, cursor: str | None) -> Page:
        return self._repeated(lambda: self._feed.page(cursor))

    def _forward(self, event: Event) -> None:
        if self._types and event["type"] not in self._types:
            return
        status = self._repeated(lambda: self._forwarder.post(event))
        moment = self._clock().isoformat(timespec="seconds").replace("+00:00", "Z")
        self._tell(printable(f"{moment}  {event['type']}  {event['id']}  {status}"))

    def _repeated(self, attempt: Callable[[], Result]) -> Result:
        for seconds in _pauses():
            try:
                return attempt()
            except Interrupted as interrupted:
                self._warn(f"{interrupted}; trying again in {seconds:.0f} s")
            self._pause(seconds)
        raise AssertionError("pauses never end")


@click.command()
@click.option("--key", envvar=KEY_VARIABLE, required=True, help=f"Key of the API. Default: ${KEY_VARIABLE}.")
@click.option("--forward", "target", required=True, help="Where to post events, such as http://127.0.0.1:9000/hook.")
@click.option("--url", default="http://127.0.0.1:8320", show_default=True, help="The service.")
@click.option("--since", help="Id of the event after which to begin; default: with what happens from now on.")
@click.option("--types", default="", help="Only events of these types, separated by commas.")
@click.option("--secret", help="Sign with this secret (whsec_...); default: a fresh one, which is printed.")
@click.option("--anywhere", is_flag=True, help="Allow an address beyond this machine.")
@click.pass_context
def listen(
    context: click.Context,
    key: str,
    target: str,
    url: str,
    since: str | None,
    types: str,
    secret: str | None,
    anywhere: bool,
) -> None:
    """Forward events to a program on this machine, signed as webhooks are. Runs until Ctrl-C.

    One line for each event: time, type, id, and the status that your program answered with.

    \b
    Example:
        export ESIGN_API_KEY=esk_test_...
        esign listen --forward http://127.0.0.1:9000/hook --types envelope.completed,document.sealed
    """
    builders = builders_of(context)
    with errors_in_one_line(as_json=False):
        chosen = [one.strip() for one in types.split(",") if one.strip()]
        feed = Feed(url, Secret(key))
        shared = Secret(secret) if secret is not None else new_secret(builders.entropy)
        transport = forward_transport(target, anywhere=anywhere)
        forwarder = Forwarder(target, shared, transport, builders.clock)
        sign(
            [shared], "evt_check", builders.clock(), b""
        )  # a secret in another form is told now, not at the first event
        click.echo(
            f"esign listen: {url} to {target}, secret {shared.reveal() if secret is None else 'as given'}", err=True
        )
        listener = Listener(
            feed, forwarder, builders.clock, types=chosen, tell=click.echo, warn=_warn, pause=_pause_until_ctrl_c()
        )
        try:
            listener.run(since)
        except KeyboardInterrupt:
            click.echo("esign listen: ended", err=True)


def forward_transport(target: str, *, anywhere: bool, lookup: Lookup = system_lookup) -> HttpTransport:
    """Return the way to this address alone; unless `anywhere`, only where its name leads to this machine.

    Raises `EsignError`: `listen-url`, `forward-not-local`.
    """
    destination = destination_of(target)

    def local(host: str, port: int, seconds: float) -> Sequence[SocketAddress]:
        addresses = lookup(host, port, seconds)
        if not all(ip_address(str(address[0]).partition("%")[0]).is_loopback for address in addresses):
            raise TransportFailed(TransportFailure.REFUSED, "the address leads beyond this machine")
        return addresses

    if not anywhere:
        try:
            local(destination.host, destination.port, FORWARD_SECONDS)
        except (TransportFailed, OSError) as error:
            raise EsignError(
                "forward-not-local",
                "the address to forward to is not one of this machine",
                "use one such as http://127.0.0.1:9000/hook, or say --anywhere if you mean it",
            ) from error
    listed = f"{destination.host}:{destination.port}"
    return GuardedTransport(OutgoingRules([listed]), lookup=lookup if anywhere else local)


def _pause_until_ctrl_c() -> Pause:
    """Return what waits, and raises `KeyboardInterrupt` also for a Ctrl-C that came where Python lets none through."""
    ended = threading.Event()

    def end(_number: int, _frame: object) -> None:
        ended.set()
        raise KeyboardInterrupt

    def pause(seconds: float) -> None:
        if ended.wait(seconds):
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, end)
    return pause


def _pauses() -> Iterator[float]:
    yield from PAUSES
    while True:
        yield PAUSES[-1]


def _warn(line: str) -> None:
    click.echo(f"esign listen: {line}", err=True)
