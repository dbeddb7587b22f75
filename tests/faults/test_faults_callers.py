"""Callers that ask twice at once, links that are used again, and a clock that somebody moved, over real HTTP."""

from __future__ import annotations

import http.client
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from demo.player import TEST_CODE, Api, Platform, Refused, Signer
from tests.documents import contract
from tests.faults.falls import Watch
from tests.faults.patience import PatientApi, People, Sales
from tests.faults.running_service import RunningService, running

AT_ONCE = 6
SECONDS = 90


@dataclass(frozen=True)
class Shop:
    """A service that runs, and what watches it."""

    service: RunningService
    watch: Watch
    people: People
    opened: list[Sales] = field(default_factory=list)

    def sales(self) -> Sales:
        """Return a client of its own: nothing that other tests did is in its way. Open until the shop closes."""
        self.opened.append(Sales(self.service.url, self.service.new_client(), self.people))
        return self.opened[-1]

    def events(self, envelope: str) -> Counter[str]:
        rows = self.watch.figures("SELECT type FROM trail_events WHERE stream = :envelope", envelope=envelope)
        return Counter(str(kind) for (kind,) in rows)

    def all_at_once(
        self, path: str, token: str, body: Mapping[str, object] | None = None, key: str | None = None
    ) -> list[tuple[int, dict[str, Any]]]:
        """Post the same from several connections in the same moment; return each status and answer."""

        def post(_number: int) -> tuple[int, dict[str, Any]]:
            headers = {"Content-Type": "application/json"} if body is not None else {}
            if token:
                headers["Authorization"] = f"Bearer {token}"
            if key is not None:
                headers["Idempotency-Key"] = key
            with closing(http.client.HTTPConnection(urlsplit(self.service.url).netloc, timeout=60)) as connection:
                connection.request("POST", path, None if body is None else json.dumps(body), headers)
                answer = connection.getresponse()
                return answer.status, json.loads(answer.read())

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(post, range(AT_ONCE)))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with running(RunningService(tmp_path_factory.mktemp("shop"))) as service, closing(Watch(service)) as watch:
        shop = Shop(service, watch, People())
        yield shop
        for sales in shop.opened:
            sales.close()


def wanted(sales: Sales, signer: Signer) -> dict[str, object]:
    """Return the form of an envelope for one person, as `Platform.create` would send it."""
    sent: list[dict[str, object]] = []

    class Silent(Api):
        def post(self, path: str, body: object = None, **_more: Any) -> dict[str, Any]:
            assert path == "/v1/envelopes"
            assert isinstance(body, dict)
            sent.append(body)
            return {}

    Platform(sales.platform.url, "", connect=Silent).create("人身保险合同", contract(), [signer])
    return sent[0]


def through(shop: Shop, link: str, signer: Signer) -> str:
    """Take a recipient as far as the session; return its token."""
    with closing(Api(shop.service.url)) as door:
        door.post(f"/v1/ceremonies/{link}/open")
        door.post(f"/v1/ceremonies/{link}/code")
        return str(door.post(f"/v1/ceremonies/{link}/identify", {"code": TEST_CODE, "name": signer.name})["token"])


def test_the_same_envelope_posted_at_once_under_one_key_is_made_once(shop: Shop) -> None:
    sales = shop.sales()
    key = sales.key
    answers = shop.all_at_once("/v1/envelopes", key, wanted(sales, shop.people.next("applicant")), key="order-1")
    assert {status for status, _answer in answers} <= {201, 409}
    assert {answer["code"] for status, answer in answers if status == 409} <= {"request-running"}
    assert len({answer["id"] for status, answer in answers if status == 201}) == 1
    assert len(sales.platform.api.json("/v1/envelopes")["items"]) == 1


def test_the_same_envelope_posted_at_once_without_a_key_is_made_once_for_its_external_id(shop: Shop) -> None:
    sales = shop.sales()
    form = {**wanted(sales, shop.people.next("applicant")), "external_id": "order-2"}
    answers = shop.all_at_once("/v1/envelopes", sales.key, form)
    assert {status for status, _answer in answers} <= {200, 201}
    assert len({answer["id"] for _status, answer in answers}) == 1
    assert len(sales.platform.api.json("/v1/envelopes")["items"]) == 1


@pytest.mark.parametrize("key", [None, "confirm-1"], ids=["without a key", "with a key"])
def test_confirming_several_times_at_once_is_one_confirmation_and_one_signature(shop: Shop, key: str | None) -> None:
    sales = shop.sales()
    made, signers = sales.create()
    sessions: list[str] = []

    class Stopping(Api):
        """A device that does everything but confirm."""

        def post(self, path: str, *given: Any, **more: Any) -> Any:
            if path.endswith("/confirm"):
                sessions.append(self._token)
                return None
            return super().post(path, *given, **more)

    Platform(shop.service.url, sales.key, connect=Stopping).play(made["recipients"][0], signers[0])
    answers = shop.all_at_once("/v1/ceremony/confirm", sessions[0], key=key)
    assert {status for status, _answer in answers} <= {200, 409}
    assert any(status == 200 for status, _answer in answers)
    assert {answer["code"] for status, answer in answers if status == 409} <= {"request-running", "stream-changed"}
    sales.platform.play(made["recipients"][1], signers[1])
    sales.platform.wait(made["id"], "completed", seconds=SECONDS, pause=0.3)
    happened = shop.events(made["id"])
    assert (happened["recipient.confirmed"], happened["recipient.signed"]) == (2, 2)
    assert (happened["document.sealed"], happened["envelope.completed"]) == (1, 1)


def test_one_code_opens_one_session_however_many_use_it_at_once(shop: Shop) -> None:
    made, signers = shop.sales().create()
    link = str(made["recipients"][0]["token"])
    with closing(Api(shop.service.url)) as door:
        door.post(f"/v1/ceremonies/{link}/open")
        door.post(f"/v1/ceremonies/{link}/code")
    answers = shop.all_at_once(f"/v1/ceremonies/{link}/identify", "", {"code": TEST_CODE, "name": signers[0].name})
    assert [status for status, _answer in answers].count(200) == 1
    assert shop.events(made["id"])["recipient.identified"] == 1


def test_looking_at_a_link_again_and_again_changes_nothing(shop: Shop) -> None:
    made, _signers = shop.sales().create()
    before = shop.events(made["id"])
    with closing(Api(shop.service.url)) as scanner:
        for _ in range(5):
            assert scanner.json(f"/v1/ceremonies/{made['recipients'][0]['token']}")["state"] == "sent"
    assert shop.events(made["id"]) == before


def test_a_link_used_on_another_device_ends_the_first_session_and_a_burned_code_opens_nothing(shop: Shop) -> None:
    made, signers = shop.sales().create()
    link = str(made["recipients"][0]["token"])
    first = through(shop, link, signers[0])
    with closing(Api(shop.service.url)) as thief, pytest.raises(Refused) as refused:
        thief.post(f"/v1/ceremonies/{link}/identify", {"code": TEST_CODE, "name": signers[0].name})
    assert refused.value.code in {"code-unknown", "code-burned"}
    second = through(shop, link, signers[0])
    with closing(Api(shop.service.url, first)) as old, pytest.raises(Refused) as ended:
        old.json("/v1/ceremony")
    assert ended.value.status in {401, 409}
    with closing(Api(shop.service.url, second)) as new:
        assert new.json("/v1/ceremony")["state"] == "identified"


def test_a_link_replayed_after_the_end_signs_nothing_more(shop: Shop) -> None:
    sales = shop.sales()
    made, signers = sales.create()
    sales.sign(made, signers)
    sales.platform.wait(made["id"], "completed", seconds=SECONDS, pause=0.3)
    before = shop.events(made["id"])
    with pytest.raises(Refused) as refused:
        Platform(shop.service.url, "", connect=PatientApi).play(made["recipients"][0], signers[0])
    assert refused.value.status == 409
    assert shop.events(made["id"]) == before


def test_a_clock_moved_by_twelve_days_reminds_and_by_three_more_expires(shop: Shop) -> None:
    sales = shop.sales()
    made, signers = sales.create(reminders={"first_after_hours": 24, "every_hours": 72, "at_most": 3})
    other = shop.sales()
    untouched, _signers = other.create(reminders={"first_after_hours": 24, "every_hours": 72, "at_most": 3})
    sales.platform.api.post("/v1/test/clock", {"advance": "P12D"})
    assert shop.events(made["id"])["recipient.reminded"] >= len(made["recipients"])
    assert sales.platform.envelope(made["id"])["state"] == "in_progress"
    sales.platform.api.post("/v1/test/clock", {"advance": "P3D"})
    assert sales.platform.envelope(made["id"])["state"] == "expired"
    assert shop.events(made["id"])["envelope.expired"] == 1
    with pytest.raises(Refused) as refused:
        sales.platform.play(made["recipients"][0], signers[0])
    assert refused.value.code == "envelope-expired"
    assert other.platform.envelope(untouched["id"])["state"] == "in_progress"
    assert shop.events(untouched["id"])["recipient.reminded"] == 0
