"""What a process opens from its settings: the operator's exceptions are not every client's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from ca.ports import TransportFailed, TransportFailure
from esign.api.keys import Clients
from esign.api.scopes import Scope
from esign.choices import origin_of
from esign.cli.serving import _prepare
from esign.infra.checkpoint_key import CheckpointKey
from esign.infra.pulse import Beat
from esign.infra.settings import load_settings
from esign.process import Process, web_application, worker
from esign.trail.publishing import CheckpointPublisher
from tests.quick_start import lay_database, share_quarantine
from tests.service import system_now
from tests.vectors.trail.stored import append, place
from wsgi import build


@contextmanager
def opened(folder: Path, **settings: str) -> Iterator[Process]:
    given = load_settings({"ESIGN_DATA": str(folder / "data"), "ESIGN_KEYS_FOLDER": str(folder / "keys"), **settings})
    builders = build()
    lay_database(given.data / "esign.db")
    _prepare(builders, given)
    share_quarantine()
    process = builders.open_process(given)
    try:
        yield process
    finally:
        process.service.ports.quarantine.close()
        process.service.ports.database.close()


def key_of(process: Process) -> str:
    clients, at = Clients(), system_now()
    with process.service.ports.database.transaction() as session:
        client = clients.create_client(session, "Sales platform", "test", at=at).id
        return clients.create_key(session, client, "key", frozenset(Scope), at=at).token.reveal()


def test_an_address_that_is_open_to_a_vendor_is_not_open_to_clients_webhooks(tmp_path: Path) -> None:
    lists = {"ESIGN_OUTGOING_ALLOW": "10.0.0.5:8080,localhost:4999", "ESIGN_WEBHOOKS_ALLOW": "10.0.0.6:8080"}
    with opened(tmp_path, **lists) as process:
        outside, headers = Client(web_application(process)), {"Authorization": f"Bearer {key_of(process)}"}

        def post(path: str, **body: str) -> tuple[int, dict[str, Any]]:
            answer = outside.post(f"/v1/webhook-endpoints{path}", headers=headers, json=body or None)
            return answer.status_code, answer.get_json()

        status, told = post("", url="http://10.0.0.5:8080/admin/reload")
        assert (status, told["code"]) == (422, "webhook-url")
        assert post("", url="http://10.0.0.6:8080/hook")[0] == 201
        # A name is judged when something is sent to it.
        _, named = post("", url="https://localhost:4999/")
        assert post(f"/{named['id']}/ping")[1]["failure"] == "refused"
        for url, failure in (
            ("http://localhost:4999/", TransportFailure.UNREACHABLE),  # asked, and nobody is there
            ("http://10.0.0.6:8080/", TransportFailure.REFUSED),
        ):
            with pytest.raises(TransportFailed) as caught:
                process.foundation.transport.get(url, timeout_seconds=5, max_bytes=10)
            assert caught.value.failure is failure


def test_files_are_told_ours_by_the_processs_own_seal_trail_and_policy(tmp_path: Path) -> None:
    with opened(tmp_path, ESIGN_ACCEPTANCE_POLICY="insurance-contract") as process:
        acceptors = process.service.acceptors
        assert acceptors.policy.name == "insurance-contract"
        assert acceptors.seals == {hashlib.sha256(process.trusted.seal.certificate).hexdigest()}
        assert acceptors.trail.keys == {process.log.public_key}
        assert not acceptors.told_to_anybody("ab" * 32).is_ours


def test_a_worker_looks_for_what_is_to_be_renewed_and_the_metrics_tell_when_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: dict[str, Beat] = {}

    def taking(*_parts: object, beats: Sequence[Beat], **_more: object) -> None:
        found.update({beat.name: beat for beat in beats})

    monkeypatch.setattr("esign.process.Worker", taking)
    with opened(tmp_path) as process:
        worker(process, name="test")
        append(process.service.ports.database, "env_1", 2)
        place(process.service.ports.database)
        timestamps = process.service.ports.trust_services.timestamp_authority
        key = CheckpointKey(process.service.ports.keys)
        CheckpointPublisher(origin_of(process.settings), key, timestamps).publish(process.service.ports.database)
        assert process.service.checkpoint_renewer.dues() == []
        assert {"renewal", "checkpoint renewal"} <= set(found)
        found["checkpoint renewal"].run()
        (due,) = process.service.checkpoint_renewer.dues()
        assert due.checkpoints == 1
        web_application(process)
        assert (
            'esign_certificate_expiry_seconds{purpose="checkpoints"}'
            in process.foundation.metrics.exposition().decode()
        )


def test_a_certificate_leads_to_the_public_page_where_there_is_one_and_tells_what_the_settings_stand_on(
    tmp_path: Path,
) -> None:
    with opened(tmp_path, ESIGN_PUBLIC_URL="https://sign.example") as process:
        ports = process.service.ports
        assert ports.verify_address == "https://sign.example/verify"
        assert {"embedded-authority", "embedded-timestamps"} <= set(ports.stand_ins)
        assert ports.trust_services.licence == ""
    with opened(tmp_path / "closed", ESIGN_VERIFICATION_PUBLIC="off") as process:
        assert process.service.ports.verify_address is None
