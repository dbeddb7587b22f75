"""`esign serve`: it starts with nothing, starts anew what falls, ends whole, and keeps what it had."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from esign.api.envelope_examples import ENVELOPE_ASKED
from esign.cli.serving import served_folder
from esign.infra.database import open_database
from esign.infra.errors import ConfigurationError
from esign.infra.keystore import create_key_store
from esign.infra.personal_records import PersonalRecords
from esign.infra.schema import schema_revision
from esign.infra.secret import Secret
from esign.infra.settings import load_settings
from esign.webhooks.signature import verify
from tests.unit.cli.local_servers import Program, serving
from tests.unit.cli.running_service import ESIGN, RunningService, clean_environment, command, free_port, parents, until


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """A service that was started in an empty folder; the tests of this module follow its life in their order."""
    service = RunningService(tmp_path_factory.mktemp("service"))
    service.start()
    everybody = service.everybody()
    yield service
    if service.process is not None and service.process.poll() is None:
        everybody |= service.everybody()
        service.process.kill()
        service.process.wait()
    for pid in everybody & set(parents()):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def key(service: RunningService) -> str:
    """The key of a client that was created while the service ran."""
    made = command(service.folder, "clients", "create", "Sales platform", "--json")
    assert made.returncode == 0, made.stderr
    return str(json.loads(made.stdout)["key"])


def test_it_lives_and_is_ready_after_a_start_in_an_empty_folder(service: RunningService) -> None:
    assert service.get("/healthz") == (200, {"status": "ok", "failing": []})
    assert service.get("/readyz") == (200, {"status": "ok", "failing": []})
    assert sorted(path.name for path in service.folder.iterdir()) == ["esign-data", "esign-data-keys", "log"]


def test_keys_and_data_are_their_owners_alone(service: RunningService) -> None:
    for name in ("esign-data", "esign-data-keys"):
        assert (service.folder / name).stat().st_mode & 0o077 == 0


def test_a_client_that_is_created_beside_it_is_served_at_once(service: RunningService, key: str) -> None:
    status, told = service.get("/v1/keys", key)
    assert (status, len(told["items"])) == (200, 1)


def test_what_its_processes_measure_adds_up_in_one_folder(service: RunningService, key: str) -> None:
    measured = list((service.folder / "esign-data" / "metrics").glob("histogram_*.db"))
    assert {int(path.stem.rpartition("_")[2]) for path in measured} & service.everybody()


def test_nothing_is_open_in_the_process_that_forks_the_others(service: RunningService) -> None:
    assert service.process is not None
    process, data = Path(f"/proc/{service.process.pid}"), service.folder / "esign-data"
    open_files = [str(path.readlink()) for path in (process / "fd").iterdir()]
    assert len(list((process / "task").iterdir())) == 1
    assert [name for name in open_files if name.startswith(str(data))] == [str(data / "served.lock")]


def test_what_happens_in_it_is_listened_to_until_ctrl_c(service: RunningService, key: str, contract: bytes) -> None:
    program = Program()
    with serving(program=program) as port, (service.folder / "heard").open("wb") as heard:
        listening = subprocess.Popen(
            [ESIGN, "listen", "--forward", f"http://127.0.0.1:{port}/", "--url", f"http://127.0.0.1:{service.port}"],
            env=clean_environment({"api_key": key}),
            stdout=heard,
            stderr=heard,
        )
        until(lambda: "listening" in (service.folder / "heard").read_text(), "it listens")
        document = {"name": "合同.pdf", "content": base64.b64encode(contract).decode()}
        status, told = service.post("/v1/envelopes", {**ENVELOPE_ASKED, "documents": [document]}, key)
        assert status == 201, told
        until(lambda: bool(program.taken), "an event arrives")
        until(lambda: "envelope.created" in (service.folder / "heard").read_text(), "it is told")
        listening.send_signal(signal.SIGINT)
        assert listening.wait(30) == 0
    headers, body = program.taken[0]
    lines = (service.folder / "heard").read_text().splitlines()
    secret = Secret(lines[0].rpartition(" secret ")[2])
    assert json.loads(body)["type"] == "envelope.created"
    assert verify(secret, headers, body, now=datetime.now(UTC)) in lines[2]
    assert lines[-1] == "esign listen: ended"


def test_the_document_that_is_printed_is_the_one_that_is_served(service: RunningService) -> None:
    printed = command(service.folder, "openapi", public_url=f"http://127.0.0.1:{service.port}")
    assert json.loads(printed.stdout) == service.get("/v1/openapi.json")[1]


@pytest.mark.parametrize("kind", ["worker", "web"])
def test_a_process_that_is_killed_is_started_anew(service: RunningService, key: str, kind: str) -> None:
    (killed,) = service.children(kind)
    os.kill(killed, signal.SIGKILL)
    until(lambda: service.children(kind) not in ([], [killed]), f"another {kind}")
    until(service.is_ready, "it is ready again")
    if kind == "worker":
        until(lambda: service.told().count('"worker started"') == 2, "it works again")
    assert service.get("/v1/keys", key)[0] == 200


def test_every_line_of_its_log_is_json_and_quotes_no_token(service: RunningService) -> None:
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        connection.sendall(b"GET /s/a-secret-token HTTP/9\r\n\r\n")
        connection.recv(1000)
    first, *lines = service.told().splitlines()
    assert first.startswith("esign serves http://127.0.0.1:")
    assert all(json.loads(line)["level"] for line in lines)
    assert "a-secret-token" not in service.told()


def test_terminating_it_leaves_no_process_and_a_second_start_keeps_the_data(service: RunningService, key: str) -> None:
    everybody = service.everybody()
    assert len(everybody) >= 4
    assert service.stop() == 0
    until(lambda: not everybody & set(parents()), "all have ended")
    service.start()
    assert service.get("/v1/keys", key)[0] == 200


def test_whoever_kills_it_leaves_no_process_either(service: RunningService) -> None:
    everybody = service.everybody()
    assert service.stop(signal.SIGKILL) == -signal.SIGKILL
    until(lambda: not everybody & set(parents()), "all have ended")


def test_a_wrong_setting_is_one_line_and_makes_nothing(tmp_path: Path) -> None:
    ended = command(tmp_path, "serve", mode="lve")
    assert ended.returncode == 10
    assert re.fullmatch(r"esign: ESIGN_MODE is none of its choices; .* \[setting-wrong\]\n", ended.stderr)
    assert list(tmp_path.iterdir()) == []


def test_an_address_that_is_taken_is_one_line_and_makes_nothing(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ended = command(tmp_path, "serve", http_port=str(other.getsockname()[1]))
    assert ended.returncode == 10
    assert re.fullmatch(r"esign: .* \[address-in-use\]\n", ended.stderr)
    assert list(tmp_path.iterdir()) == []


def test_live_mode_does_not_start_with_stand_ins_that_nobody_accepted(tmp_path: Path) -> None:
    ended = command(
        tmp_path, "serve", mode="live", public_url="https://signing.insurer.example", http_port=str(free_port())
    )
    assert ended.returncode == 10
    assert re.fullmatch(r"esign: live mode would stand on .* \[stand-ins-not-accepted\]\n", ended.stderr)


def test_keys_that_protect_something_are_never_made_anew(tmp_path: Path) -> None:
    command(tmp_path, "db", "upgrade")
    keys = PersonalRecords(create_key_store(tmp_path / "esign-data-keys")).data_keys
    database = open_database(f"sqlite:///{tmp_path}/esign-data/esign.db")
    with database.transaction() as session:
        keys.new(session, "rec_1")
    database.close()
    (tmp_path / "esign-data-keys").rename(tmp_path / "elsewhere")
    ended = command(tmp_path, "serve", http_port=str(free_port()))
    assert ended.returncode == 10
    assert ended.stderr.endswith("[key-missing]\n")
    assert not (tmp_path / "esign-data-keys").exists()


def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    command(tmp_path, "db", "upgrade")
    database = open_database(f"sqlite:///{tmp_path}/esign-data/esign.db")
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    ended = command(tmp_path, "serve", http_port=str(free_port()))
    assert ended.returncode == 10
    assert re.fullmatch(r"esign: the database is at schema 9999, .* \[database-schema\]\n", ended.stderr)
    assert schema_revision(database) == "9999"
    database.close()


def test_a_folder_on_sqlite_is_served_once_at_a_time(tmp_path: Path) -> None:
    settings = load_settings({"ESIGN_DATA": str(tmp_path)})
    with served_folder(settings):
        with pytest.raises(ConfigurationError) as refused, served_folder(settings):
            pass
        assert refused.value.code == "served-already"
        assert str(os.getpid()) in str(refused.value)
    with served_folder(settings):
        pass
