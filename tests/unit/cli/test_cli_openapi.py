"""`esign openapi`: the document of what would be served, with nothing running and nothing touched."""

from __future__ import annotations

import json

import pytest

from tests.command import Desk


def test_it_describes_the_api_and_makes_no_file(office: Desk) -> None:
    document = json.loads(office.run("openapi").stdout)
    assert document["openapi"].startswith("3.1")
    assert {"/v1/envelopes", "/v1/events", "/v1/keys"} <= set(document["paths"])
    assert list(office.folder.iterdir()) == []


def test_it_needs_no_database_that_answers(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESIGN_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    assert json.loads(office.run("openapi").stdout)["paths"]


def test_the_settings_decide_its_address_and_nothing_else(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    tested = json.loads(office.run("openapi").stdout)
    monkeypatch.setenv("ESIGN_MODE", "live")
    monkeypatch.setenv("ESIGN_PUBLIC_URL", "https://signing.insurer.example")
    live = json.loads(office.run("openapi").stdout)
    assert live["servers"] == [{"url": "https://signing.insurer.example"}]
    assert {path: list(methods) for path, methods in live["paths"].items()} == {
        path: list(methods) for path, methods in tested["paths"].items()
    }


def test_it_is_written_into_a_file_whole(office: Desk) -> None:
    printed = office.run("openapi").stdout
    office.run("openapi", "--out", "openapi.json")
    assert (office.folder / "openapi.json").read_text("utf-8") == printed
    assert "[output-unwritable]" in office.run("openapi", "--out", "nowhere/openapi.json", status=13).stderr
