"""The whole API as a web process serves it, in this process: from settings, over SQLite, with a worker's work done.

from tests.integration.whole_api import *  # noqa: F403
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest
from werkzeug.test import Client, TestResponse

from esign.api.app import ApiApp, mount
from esign.api.keys import Clients
from esign.api.scopes import Granted, Scope
from esign.ceremony.domain.values import EnvelopeState
from esign.ceremony.tokens import TEST_CODE
from esign.cli.serving import _prepare
from esign.infra.database import Database
from esign.infra.settings import load_settings
from esign.process import Process, api_of, worker
from tests.documents import contract
from tests.proposals import proposal_body, salesperson
from tests.quick_start import lay_database, share_quarantine
from tests.service import YE, YU, Desk, system_now
from wsgi import build, product_rooms

__all__ = ["EVERY_SCOPE", "WholeApi", "whole_api"]

METRICS_TOKEN: Final = "m" * 40
KEYS: Final = 20
EVERY_SCOPE: Final[tuple[Granted, ...]] = (*Scope, *product_rooms().scopes)
"""The service's own and those of rooms."""


@dataclass(frozen=True)
class WholeApi:
    """The application, and what exists in it: by the names of path parameters, for an envelope that is being signed
    (`session` is its first recipient's) and for one that is completed."""

    app: ApiApp
    wsgi: Callable[..., Iterable[bytes]]
    database: Database
    keys: tuple[str, ...]
    """Keys of one client, with every scope: each has its own rate."""
    session: str
    known: Mapping[str, str]
    completed: Mapping[str, str]

    @property
    def key(self) -> str:
        return self.keys[0]

    def call(self, method: str, path: str, token: str | None = None, **given: Any) -> TestResponse:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        headers |= given.pop("headers", {})
        return Client(self.wsgi).open(path, method=method, headers=headers, **given)

    def key_for(self, *scopes: Granted) -> str:
        """Return the key of a new client, with these scopes."""
        return _keys(self.database, scopes, 1)[0]


@pytest.fixture(scope="module")
def whole_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeApi]:
    """The API with two envelopes in it: one is being signed, one is completed."""
    folder = tmp_path_factory.mktemp("whole")
    settings = load_settings(
        {
            "ESIGN_DATA": str(folder / "data"),
            "ESIGN_KEYS_FOLDER": str(folder / "keys"),
            "ESIGN_PUBLIC_URL": "http://127.0.0.1:8320",
            "ESIGN_HTTP_METRICS_TOKEN": METRICS_TOKEN,
        }
    )
    builders = build()
    lay_database(settings.data / "esign.db")
    _prepare(builders, settings)
    share_quarantine()
    process = builders.open_process(settings)
    app = api_of(process)
    database = process.service.ports.database
    served = _from_many_addresses(mount(app))
    api = WholeApi(app, served, database, _keys(database, EVERY_SCOPE, KEYS), "", {}, {})
    sales = salesperson(process.service)
    completed = {**_create(api, "order-1"), **_propose(api, sales, "proposal-1"), "endpoint": _register(api)}
    _complete(process, completed["envelope"])
    known = {**_create(api, "order-2"), **_propose(api, sales, "proposal-2"), "endpoint": _register(api)}
    yield replace(api, session=_enter(api, known["link"]), known=known, completed=completed)
    process.service.ports.quarantine.close()
    database.close()


def _create(api: WholeApi, external_id: str) -> dict[str, str]:
    people = [
        {"role": "applicant", "name": YU.name, "phone": YU.phone, "id_number": YU.id_number},
        {"role": "insured", "name": YE.name, "phone": YE.phone},
    ]
    document = {"name": "合同.pdf", "content": base64.b64encode(contract()).decode("ascii")}
    body = {"title": "人身保险合同", "documents": [document], "recipients": people, "external_id": external_id}
    made = _post(api, "/v1/envelopes", api.key, body)
    events = api.call("GET", f"/v1/envelopes/{made['id']}/events", api.key).get_json()["items"]
    first = made["recipients"][0]
    return {
        "envelope": made["id"],
        "recipient": first["id"],
        "document": made["documents"][0]["id"],
        "event": events[0]["id"],
        "link": first["token"],
        "page": "1",
        "code": "no-envelope",
        "resource": "envelopes",
    }


def _propose(api: WholeApi, sales: dict[str, str], external_id: str) -> dict[str, str]:
    made = _post(api, "/v1/proposals", api.key, proposal_body(sales, external_id=external_id, send=False))
    return {"proposal": made["id"]}


def _complete(process: Process, envelope: str) -> None:
    """Play both people, and do what a worker does until a checkpoint covers it all."""
    desk = Desk(process.service)
    for number, person in enumerate((YU, YE)):
        desk.play(desk.envelope(envelope), number, person)
        desk.work()
    assert desk.envelope(envelope).state is EnvelopeState.COMPLETED
    keeper = worker(process, name="tests")._keeper
    keeper.place()
    keeper.publish()
    keeper.consume()


def _register(api: WholeApi) -> str:
    return str(_post(api, "/v1/webhook-endpoints", api.key, {"url": "https://hooks.example/esign"})["id"])


def _enter(api: WholeApi, link: str) -> str:
    """Open the link as the first recipient; return the session."""
    _post(api, f"/v1/ceremonies/{link}/open")
    _post(api, f"/v1/ceremonies/{link}/code")
    answer = {"code": TEST_CODE, "name": YU.name, "id_last_four": (YU.id_number or "")[-4:]}
    return str(_post(api, f"/v1/ceremonies/{link}/identify", body=answer)["token"])


def _post(api: WholeApi, path: str, token: str | None = None, body: object = None) -> Any:
    answer = api.call("POST", path, token, **({} if body is None else {"json": body}))
    assert answer.status_code < 300, answer.text
    return answer.get_json()


def _keys(database: Database, scopes: Iterable[Granted], count: int) -> tuple[str, ...]:
    clients, at = Clients(product_rooms().scopes), system_now()
    with database.transaction() as session:
        client = clients.create_client(session, "Sales platform", "test", at=at).id
        return tuple(
            clients.create_key(session, client, f"key {number}", frozenset(scopes), at=at).token.reveal()
            for number in range(count)
        )


def _from_many_addresses(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Let every request come from an address of its own: rate limits have tests of their own."""
    numbers = itertools.count()

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        number = next(numbers)
        environ["REMOTE_ADDR"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        return application(environ, start_response)

    return serve
