from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from esign.api.app import create_api
from esign.api.readings import readings_of
from esign.api.services import ApiServices
from esign.ceremony.models import EnvelopeRow, RecipientRow, Task
from esign.errors import EsignError
from esign.infra.database import Database, open_database
from esign.infra.keystore import FileKeyStore
from esign.infra.metrics import Metrics, Readings
from esign.infra.metrics_folder import FOLDER_VARIABLE
from esign.infra.models import Message
from esign.infra.schema import upgrade
from esign.trail.models import TrailCheckpoint
from esign.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests.unit.api.invented_api import METRICS_TOKEN, NOON, Caller, Moment

ROOT = Path(__file__).parents[3]
SCRAPE = {"Authorization": f"Bearer {METRICS_TOKEN}"}


@pytest.fixture
def ready(services: ApiServices, sqlite_url: str, tmp_path: Path) -> ApiServices:
    """Services over a database that migrations made."""
    (tmp_path / "ready").mkdir()
    database = open_database(f"sqlite:///{tmp_path / 'ready' / 'esign.db'}")
    upgrade(database)
    return replace(services, database=database)


def told(services: ApiServices) -> tuple[int, dict[str, object]]:
    answer = Caller(create_api(services), None).get("/readyz")
    return answer.status_code, answer.get_json()


def test_a_process_that_answers_is_alive_whatever_its_database_does(services: ApiServices, stranger: Caller) -> None:
    services.database.close()
    assert stranger.get("/healthz").get_json() == {"status": "ok", "failing": []}


def test_database_schema_and_keys_in_order_are_ready(ready: ApiServices) -> None:
    assert told(ready) == (200, {"status": "ok", "failing": []})
    ready.database.close()


def test_a_database_of_another_schema_is_not_ready(services: ApiServices) -> None:
    assert told(services) == (503, {"status": "failing", "failing": ["database-schema"]})


def test_keys_that_are_gone_are_not_ready_and_no_path_is_told(ready: ApiServices, tmp_path: Path) -> None:
    (tmp_path / "keys" / "master-1.key").unlink()
    assert told(ready) == (503, {"status": "failing", "failing": ["key-missing"]})
    ready.database.close()


def test_more_checks_tell_their_code_and_what_is_unexpected_only_that(ready: ApiServices) -> None:
    def fails() -> None:
        raise EsignError("clock-behind", "13800000009", "mend it")

    def breaks() -> None:
        raise RuntimeError("13800000009")

    assert told(replace(ready, ready=(fails, breaks))) == (
        503,
        {"status": "failing", "failing": ["clock-behind", "check-failed"]},
    )
    ready.database.close()


def test_an_answer_holds_for_two_seconds(ready: ApiServices, moment: Moment) -> None:
    asked: list[int] = []
    caller = Caller(create_api(replace(ready, ready=(lambda: asked.append(1),))), None)
    for seconds in (0, 1.9, 0.1, 1):
        moment.pass_by(seconds=seconds)
        assert caller.get("/readyz").status_code == 200
    assert len(asked) == 2
    ready.database.close()


def test_metrics_open_to_their_token_alone(services: ApiServices, stranger: Caller) -> None:
    assert stranger.get("/metrics").get_json()["code"] == "credentials-missing"
    assert stranger.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    opened = stranger.get("/metrics", headers=SCRAPE)
    assert (opened.status_code, opened.mimetype) == (200, "text/plain")
    closed = Caller(create_api(replace(services, metrics_token=None)), None)
    assert closed.get("/metrics", headers=SCRAPE).status_code == 404


def test_requests_are_counted_by_route_method_and_status(caller: Caller, stranger: Caller) -> None:
    caller.get("/v1/parties/pty_13800000009")
    caller.get("/v1/parties/pty_2")
    stranger("BREW", "/v1/13800000009")
    text = stranger.get("/metrics", headers=SCRAPE).text
    assert 'esign_request_seconds_count{method="GET",route="/v1/parties/<party>",status="200"} 2.0' in text
    assert 'esign_request_seconds_count{method="other",route="unmatched",status="404"} 1.0' in text
    assert "13800000009" not in text


def values(metrics: Metrics) -> dict[str, float]:
    families = text_string_to_metric_families(metrics.exposition().decode())
    return {
        sample.name + "".join(f" {v}" for _, v in sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def test_gauges_are_read_from_the_database_at_each_scrape(database: Database, moment: Moment) -> None:
    metrics = Metrics(CollectorRegistry())
    metrics.read_at_scrape(readings_of(database, moment, lambda: {"seal": NOON + timedelta(days=1)}))
    empty = values(metrics)
    assert empty["esign_readings_up"] == 1
    assert empty["esign_oldest_unsealed_seconds"] == 0
    assert "esign_checkpoint_age_seconds" not in empty
    assert empty["esign_certificate_expiry_seconds seal"] == 86400
    fill(database)
    moment.pass_by(minutes=1)
    full = values(metrics)
    assert full["esign_oldest_unsealed_seconds"] == 660
    assert full["esign_checkpoint_age_seconds"] == 90
    assert full["esign_queue_depth sign tasks"] == 2
    assert full["esign_queue_depth webhook deliveries"] == 1
    assert full["esign_queue_depth invitation messages"] == 1
    assert full["esign_dead_letters webhook deliveries"] == 1
    assert full["esign_dead_letters code messages"] == 1
    assert full["esign_certificate_expiry_seconds seal"] == 86340


def envelope(number: int, state: str) -> EnvelopeRow:
    moments = {"created_at": NOON, "updated_at": NOON, "expires_at": NOON}
    return EnvelopeRow(id=f"env_{number}", client="cli_1", mode="test", state=state, version=1, **moments)


def recipient(number: int, in_envelope: int, minutes: int) -> RecipientRow:
    return RecipientRow(
        id=f"rcp_{number}",
        envelope=f"env_{in_envelope}",
        number=number,
        role="applicant",
        group=1,
        state="signed",
        person=f"per_{number}",
        signed_at=NOON - timedelta(minutes=minutes),
    )


def fill(database: Database) -> None:
    """Two envelopes that wait for their seal (the last signatures 10 and 5 minutes ago), a completed one, a queue."""
    made = {"created_at": NOON, "due_at": NOON}
    with database.transaction() as session:
        session.add_all([envelope(1, "sealing"), envelope(2, "seal_failed"), envelope(3, "completed")])
        session.add_all([recipient(1, 1, 5), recipient(2, 2, 60), recipient(3, 2, 10), recipient(4, 3, 99)])
        session.flush()
        session.add_all([Task(id=f"tsk_{n}", kind="sign", subject="x", **made) for n in range(2)])
        session.add(TrailCheckpoint(size=1, epoch=1, log="x", note=b"n", token=b"t", time=NOON - timedelta(seconds=30)))
        session.add(WebhookEndpoint(id="whe_1", client="cli_1", sealed=b"x", event_types=["*"], created_at=NOON))
        session.flush()
        for number, (state, due) in enumerate([("waiting", NOON), ("dead", None), ("delivered", None)]):
            session.add(
                WebhookDelivery(
                    id=f"whd_{number}",
                    endpoint="whe_1",
                    event=f"evt_{number}",
                    state=state,
                    created_at=NOON,
                    due_at=due,
                )
            )
        for number, (kind, state, due) in enumerate(
            [("invitation", "waiting", NOON), ("code", "dead", None), ("code", "sent", None)]
        ):
            session.add(
                Message(
                    id=f"msg_{number}",
                    dedupe=str(number),
                    kind=kind,
                    person="per_1",
                    facts={},
                    state=state,
                    created_at=NOON,
                    due_at=due,
                )
            )


def test_readings_that_fail_do_not_take_the_other_metrics_along() -> None:
    def fails() -> Readings:
        raise RuntimeError("no database")

    metrics = Metrics(CollectorRegistry())
    metrics.observe_request("GET", "/v1/keys", 200, 0.1)
    metrics.read_at_scrape(fails)
    found = values(metrics)
    assert found["esign_readings_up"] == 0
    assert found["esign_request_seconds_count GET /v1/keys 200"] == 1


def test_the_timestamp_authority_is_measured_by_outcome() -> None:
    metrics = Metrics(CollectorRegistry())
    with metrics.timing_timestamp():
        pass
    with pytest.raises(ZeroDivisionError), metrics.timing_timestamp():
        _ = 1 // 0
    found = values(metrics)
    assert found["esign_timestamp_seconds_count granted"] == 1
    assert found["esign_timestamp_seconds_count failed"] == 1


def test_with_several_processes_each_tells_the_sum(tmp_path: Path) -> None:
    script = (
        "from prometheus_client import CollectorRegistry\n"
        "from esign.infra.metrics import Metrics, Readings\n"
        "metrics = Metrics(CollectorRegistry())\n"
        "metrics.observe_request('GET', '/v1/keys', 200, 0.1)\n"
        "metrics.read_at_scrape(lambda: Readings(oldest_unsealed=7, checkpoint_age=None))\n"
        "print(metrics.exposition().decode())\n"
    )
    environment = {**os.environ, FOLDER_VARIABLE: str(tmp_path), "PYTHONPATH": str(ROOT)}
    for expected in (1, 2, 3):
        shown = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        ).stdout
        assert re.search(rf"esign_request_seconds_count\{{[^}}]*\}} {expected}\.0", shown)
        assert "esign_oldest_unsealed_seconds 7.0" in shown


def test_the_keys_folder_is_looked_at_again(keys: FileKeyStore) -> None:
    assert keys.wrap(bytes(32), b"readiness").master_version == 1
