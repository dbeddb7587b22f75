"""`esign renew` on the command line: one clear line for a wrong call, and what falls due in a service."""

from __future__ import annotations

import pytest

from esign.cli import renewal
from esign.cli.settings_option import read_settings
from tests.command import Desk
from wsgi import make_authority


def test_a_document_or_the_list_is_asked_for_and_never_both(office: Desk) -> None:
    assert "give a document, or --due" in office.run("renew", status=2).output
    assert "give a document, or --due" in office.run("renew", "a.pdf", "--due", status=2).output


def test_nothing_is_due_in_a_service_that_sealed_nothing(started_office: Desk) -> None:
    make_authority(read_settings(None))
    assert started_office.json("renew", "--due") == {"due": [], "checkpoints_due": [], "not_looked_at": 0}
    assert "no document rests on a timestamp yet" in started_office.run("renew", "--due").output


def test_where_no_worker_has_looked_yet_it_does_not_say_that_nothing_was_sealed(
    started_office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_authority(read_settings(None))
    monkeypatch.setattr(renewal, "unknown_count", lambda _session: 3)
    told = started_office.run("renew", "--due").output
    assert "no document rests" not in told
    assert "sealed documents that no worker has looked at yet: 3; a worker looks once in an hour" in told
