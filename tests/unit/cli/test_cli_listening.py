"""`esign listen`: every event once and in order, signed, across interruptions, and to nobody beyond this machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from ca.exchange import SocketAddress
from ca.ports import TransportFailed
from esign.cli.event_feed import Feed
from esign.cli.listening import Forwarder, Listener, forward_transport
from esign.errors import EsignError
from esign.infra.secret import Secret
from esign.webhooks.signature import new_secret, verify
from tests.command import Desk
from tests.unit.cli.local_servers import KEY, FakeFeed, Program, event, serving
from tests.unit.cli.running_service import free_port

NOW = datetime(2026, 3, 1, 4, 0, 5, tzinfo=UTC)
SECRET = new_secret()


@dataclass
class Bench:
    """A feed, a program and the listener between them. Whenever it would wait, the next of `between` happens; when
    nothing is left to happen, its user ends it."""

    stack: ExitStack
    feed: FakeFeed = field(default_factory=FakeFeed)
    program: Program = field(default_factory=Program)
    between: list[Callable[[], object]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    types: tuple[str, ...] = ()
    forward_port: int = 0

    def listen(self, since: str | None = None) -> None:
        feed_port = self.stack.enter_context(serving(feed=self.feed))
        port = self.forward_port or self.stack.enter_context(serving(program=self.program))
        target = f"http://127.0.0.1:{port}/hook"
        forwarder = Forwarder(target, SECRET, forward_transport(target, anywhere=False), lambda: NOW)
        listener = Listener(
            Feed(f"http://127.0.0.1:{feed_port}", Secret(KEY)),
            forwarder,
            lambda: NOW,
            types=self.types,
            tell=self.told.append,
            warn=self.warned.append,
            pause=self._pause,
        )
        with pytest.raises(KeyboardInterrupt):
            listener.run(since)

    def happen(self, *numbers: int) -> Callable[[], object]:
        return lambda: self.feed.events.extend(map(event, numbers))

    def _pause(self, _seconds: float) -> None:
        if not self.between:
            raise KeyboardInterrupt
        self.between.pop(0)()


@pytest.fixture
def bench() -> Iterator[Bench]:
    with ExitStack() as stack:
        yield Bench(stack)


def ids(*numbers: int) -> list[str]:
    return [event(number)["id"] for number in numbers]


def test_what_happens_from_now_on_is_forwarded_in_order(bench: Bench) -> None:
    bench.feed.events = [event(number) for number in range(5)]
    bench.between = [bench.happen(5, 6, 7), bench.happen(8)]
    bench.listen()
    assert bench.program.ids() == ids(5, 6, 7, 8)
    assert bench.told == [f"2026-03-01T04:00:05Z  envelope.sent  {one}  200" for one in ids(5, 6, 7, 8)]


@pytest.mark.parametrize("since", [0, 1, 2, 3])
def test_it_begins_after_the_event_that_is_named(bench: Bench, since: int) -> None:
    bench.feed.events = [event(number) for number in range(5)]
    bench.listen(since=ids(since)[0])
    assert bench.program.ids() == ids(*range(since + 1, 5))


def test_an_event_that_the_feed_does_not_have_is_refused(bench: Bench) -> None:
    with serving(feed=bench.feed) as port:
        transport = forward_transport("http://127.0.0.1:9/", anywhere=False)
        listener = Listener(
            Feed(f"http://127.0.0.1:{port}", Secret(KEY)),
            Forwarder("http://127.0.0.1:9/", SECRET, transport, lambda: NOW),
            lambda: NOW,
            types=(),
            tell=bench.told.append,
            warn=bench.warned.append,
            pause=bench.between.append,
        )
        with pytest.raises(EsignError, match="no event of the id") as refused:
            listener.run(ids(7)[0])
    assert refused.value.code == "event-unknown"


def test_only_the_types_that_are_asked_for_are_forwarded(bench: Bench) -> None:
    bench.types = ("document.sealed",)
    more = [event(1), event(2, "document.sealed"), event(3)]
    bench.between = [lambda: bench.feed.events.extend(more)]
    bench.listen()
    assert bench.program.ids() == ids(2)


def test_the_program_can_verify_what_it_gets(bench: Bench) -> None:
    bench.between = [bench.happen(1)]
    bench.listen()
    ((headers, body),) = bench.program.taken
    assert verify(SECRET, headers, body, now=NOW) == ids(1)[0]
    assert json.loads(body) == event(1)
    assert headers["content-type"] == "application/json"


def test_a_service_that_fails_for_a_while_loses_nothing(bench: Bench) -> None:
    def fail() -> None:
        bench.feed.events.append(event(1))
        bench.feed.failures.extend([503, 429, 500])

    bench.between = [fail, *[lambda: None] * 3]
    bench.listen()
    assert bench.program.ids() == ids(1)
    assert len(bench.warned) == 4
    assert bench.warned[1].endswith("answers with 503; trying again in 1 s")


def test_a_program_that_is_started_later_gets_what_happened_before(bench: Bench) -> None:
    bench.forward_port = free_port()

    def start() -> None:
        bench.stack.enter_context(serving(program=bench.program, port=bench.forward_port))

    bench.between = [bench.happen(1, 2), lambda: None, start]
    bench.listen()
    assert bench.program.ids() == ids(1, 2)
    assert len(bench.warned) == 3
    assert "does not answer (unreachable)" in bench.warned[1]


def test_a_program_that_answers_with_an_error_has_had_its_event(bench: Bench) -> None:
    bench.program.statuses = [500, 302]
    bench.between = [bench.happen(1, 2, 3)]
    bench.listen()
    assert bench.program.ids() == ids(1, 2, 3)
    assert [line.split("  ")[-1] for line in bench.told] == ["500", "302", "200"]


@pytest.mark.parametrize(
    "target", ["http://192.0.2.7:9000/hook", "http://[2001:db8::1]:9000/", "http://10.0.0.8/", "http://0.0.0.0:9000/"]
)
def test_no_address_beyond_this_machine_is_forwarded_to(target: str) -> None:
    with pytest.raises(EsignError) as refused:
        forward_transport(target, anywhere=False)
    assert refused.value.code == "forward-not-local"


def test_a_name_that_leads_elsewhere_later_is_not_followed() -> None:
    answers: list[list[SocketAddress]] = [[("127.0.0.1", 9000)], [("127.0.0.1", 9000), ("192.0.2.7", 9000)]]
    transport = forward_transport(
        "http://local.example:9000/", anywhere=False, lookup=lambda _host, _port, _seconds: answers.pop(0)
    )
    with pytest.raises(TransportFailed, match="beyond this machine"):
        transport.post("http://local.example:9000/", body=b"", headers={}, timeout_seconds=5, max_bytes=10)


def test_anywhere_is_reached_by_whoever_says_so() -> None:
    assert forward_transport("http://192.0.2.7:9000/hook", anywhere=True) is not None


WRONG = {
    "listen-key": ["--key", "not a key"],
    "listen-url": ["--key", KEY, "--url", "gopher://127.0.0.1/"],
    "listen-key-in-clear": ["--key", KEY, "--url", "http://signing.insurer.example"],
    "forward-not-local": ["--key", KEY, "--forward", "http://192.0.2.7/"],
    "webhook-secret": ["--key", KEY, "--secret", "whsec_short"],
}


@pytest.mark.parametrize("code", WRONG)
def test_what_is_given_wrong_is_one_line(office: Desk, code: str) -> None:
    result = office.run("listen", "--forward", "http://127.0.0.1:9000/", *WRONG[code], status=10)
    assert result.stderr.endswith(f"[{code}]\n")
    assert len(result.stderr.splitlines()) == 1


def test_a_key_that_the_service_refuses_ends_it_with_the_reason(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESIGN_API_KEY", KEY[:-1] + "x")
    with serving(feed=FakeFeed()) as port:
        result = office.run(
            "listen", "--url", f"http://127.0.0.1:{port}", "--forward", "http://127.0.0.1:9/", status=10
        )
    assert "(401 credentials-refused)" in result.stderr
    assert "[feed-refused]" in result.stderr


def test_something_that_is_no_feed_is_told_apart(office: Desk) -> None:
    feed = FakeFeed()
    feed.answer = lambda _path, _headers: (200, {"items": [{"id": 7}], "next_cursor": "c", "has_more": False})  # type: ignore[method-assign]
    with serving(feed=feed) as port:
        result = office.run(
            "listen", "--key", KEY, "--url", f"http://127.0.0.1:{port}", "--forward", "http://127.0.0.1:9/", status=10
        )
    assert "[feed-odd]" in result.stderr
